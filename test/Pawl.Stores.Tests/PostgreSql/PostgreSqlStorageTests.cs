namespace Pawl.Stores.Tests;

/// <summary>What a rotation costs the server: one version of one row, on the page where the last one was, and no index.</summary>
public sealed class PostgreSqlStorageTests : SessionStoreContract<PostgreSqlPlace>
{
    [Fact]
    public async Task A_rotation_writes_to_no_index()
    {
        const int Sessions = 200;
        const int Rotations = 10;
        var sessions = new List<Session>();
        for (var i = 0; i < Sessions; i++)
            sessions.Add(await CreateAsync(NewSession($"user {i}") with { Device = new string('x', 200), Claims = new byte[400] }));

        for (var i = 0; i < Rotations; i++)
        {
            for (var s = 0; s < Sessions; s++)
                sessions[s] = (await Store.RotateAsync(NextMove(sessions[s]), Cancel))!;
        }

        // The server counts at its leisure.
        for (var waited = 0; Count("n_tup_upd") < Sessions * Rotations; waited++)
        {
            Assert.True(waited < 300, $"{Count("n_tup_upd")} updates have been counted.");
            await Task.Delay(100, Cancel);
        }
        Assert.Equal(Sessions * Rotations, Count("n_tup_upd"));
        // The server writes to an index where it has no room on the page, which depends on what else runs.
        // With an index over what a rotation changes it would write to one at every rotation.
        Assert.InRange(Count("n_tup_hot_upd"), 1, Sessions * Rotations);
        var indexes = Place.Query<string>("SELECT string_agg(indexdef, '; ') FROM pg_indexes WHERE tablename = 'pawl_sessions'");
        Assert.DoesNotMatch("head_generation|head_token|last_used_at", indexes);
    }

    private long Count(string column) => Place.Query<long>($"SELECT {column} FROM pg_stat_user_tables WHERE relname = 'pawl_sessions'");
}
