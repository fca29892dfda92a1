using Npgsql;

namespace Pawl.Stores.Tests;

/// <summary>Rotations that go together in one statement do not depend on each other.</summary>
public sealed class PostgreSqlGroupTests : SessionStoreContract<PostgreSqlPlace>
{
    private const int Many = 200;

    [Fact]
    public async Task Many_at_once_are_all_moved_on_and_each_by_its_own_move()
    {
        var moves = (await CreateManyAsync()).ConvertAll(NextMove);

        var moved = await Task.WhenAll(moves.Select(move => Task.Run(() => Store.RotateAsync(move, Cancel).AsTask())));

        Assert.Equal(moves.Select(static m => (m.Id, m.To, m.At)), moved.Select(static s => (s!.Id, s.Head, s.LastUsedAt)));
    }

    [Fact]
    public async Task A_session_that_somebody_holds_holds_no_other_up()
    {
        var sessions = await CreateManyAsync();
        await using var holder = new NpgsqlConnection(Place.ConnectionString + ";Pooling=False");
        await holder.OpenAsync(Cancel);
        await using var hold = await holder.BeginTransactionAsync(Cancel);
        await using (var command = new NpgsqlCommand($"SELECT 1 FROM pawl_sessions WHERE subject = '{sessions[Many / 2].Subject}' FOR UPDATE", holder, hold))
            await command.ExecuteNonQueryAsync(Cancel);

        var moving = sessions.ConvertAll(session => Store.RotateAsync(NextMove(session), Cancel).AsTask());
        await Task.WhenAll(moving.Where((_, i) => i != Many / 2)).WaitAsync(TimeSpan.FromSeconds(8), Cancel);

        Assert.False(moving[Many / 2].IsCompleted);
        await hold.RollbackAsync(Cancel);
        Assert.All(await Task.WhenAll(moving), Assert.NotNull);
    }

    private async Task<List<Session>> CreateManyAsync()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < Many; i++)
            sessions.Add(await CreateAsync(NewSession($"user {i}")));
        return sessions;
    }
}
