using Npgsql;

namespace Pawl.Stores.Tests;

/// <summary>Rotations that go together in one statement do not depend on each other.</summary>
public sealed class PostgreSqlGroupTests : SessionStoreContract<PostgreSqlPlace>
{
    private const int Many = 200;

    // Shorter than a command may take: what waits for a row is given up after that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

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
        await using var hold = await Hold.TakeAsync(Place.ConnectionString, sessions[Many / 2]);

        var moving = sessions.ConvertAll(session => Store.RotateAsync(NextMove(session), Cancel).AsTask());
        await Task.WhenAll(moving.Where((_, i) => i != Many / 2)).WaitAsync(Patience, Cancel);

        Assert.False(moving[Many / 2].IsCompleted);
        await hold.ReleaseAsync();
        Assert.All(await Task.WhenAll(moving), Assert.NotNull);
    }

    [Fact]
    public async Task Nor_do_several_that_are_asked_for_one_after_the_other()
    {
        var sessions = await CreateManyAsync();
        var held = sessions[..8];
        await using var hold = await Hold.TakeAsync(Place.ConnectionString, [.. held]);

        var stuck = new List<Task<Session?>>();
        foreach (var session in held)
        {
            stuck.Add(Store.RotateAsync(NextMove(session), Cancel).AsTask());
            await Task.Delay(20, Cancel);
        }
        await Task.WhenAll(sessions[8..].ConvertAll(session => Store.RotateAsync(NextMove(session), Cancel).AsTask()))
            .WaitAsync(Patience, Cancel);

        Assert.All(stuck, static moving => Assert.False(moving.IsCompleted));
        await hold.ReleaseAsync();
        Assert.All(await Task.WhenAll(stuck), Assert.NotNull);
    }

    private async Task<List<Session>> CreateManyAsync()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < Many; i++)
            sessions.Add(await CreateAsync(NewSession($"user {i}")));
        return sessions;
    }

    /// <summary>Another's transaction that has locked the rows of some sessions.</summary>
    private sealed class Hold(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public static async Task<Hold> TakeAsync(string connectionString, params Session[] sessions)
        {
            var connection = new NpgsqlConnection(connectionString + ";Pooling=False");
            await connection.OpenAsync(Cancel);
            var transaction = await connection.BeginTransactionAsync(Cancel);
            await using var command = new NpgsqlCommand(
                "SELECT 1 FROM pawl_sessions WHERE subject = ANY($1) FOR UPDATE",
                connection,
                transaction
            );
            command.Parameters.Add(new() { Value = sessions.Select(static s => s.Subject).ToArray() });
            await command.ExecuteNonQueryAsync(Cancel);
            return new Hold(connection, transaction);
        }

        public Task ReleaseAsync() => transaction.RollbackAsync(Cancel);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
