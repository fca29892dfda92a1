namespace Pawl.Stores.Tests;

/// <summary>The file itself: whose it is, and how large it gets.</summary>
public sealed class SqliteFileTests : SessionStoreContract<SqlitePlace>
{
    [Requirement("KEY-10")]
    [Fact]
    public async Task It_is_nobody_elses_business()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        await CreateAsync();
        Assert.Equal(3, Directory.GetFiles(Place.Folder).Length);
        foreach (var file in Directory.GetFiles(Place.Folder))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Its_tables_are_as_wide_as_the_promise_and_no_index_covers_what_a_rotation_changes()
    {
        await CreateAsync();
        Assert.Equal("wal", Place.Query<string>("PRAGMA journal_mode"));
        Assert.Equal(4, Place.Query<long>("SELECT max(version) FROM pawl_schema"));
        const string query =
            "SELECT group_concat(i.name) FROM pragma_index_list('pawl_sessions') l, pragma_index_info(l.name) i "
            + "WHERE l.origin = 'c' ORDER BY l.seq DESC";
        var indexed = Place.Query<string>(query).Split(',').Order(StringComparer.Ordinal).Reverse();
        Assert.Equal("subject,id,expires_at,created_at", string.Join(',', indexed));
    }

    [Fact]
    public async Task Starting_again_changes_nothing()
    {
        var session = await CreateAsync();
        for (var i = 0; i < 3; i++)
            await Open().Sessions.InitializeAsync(Cancel);
        AssertSame(session, await FindAsync(session));
        Assert.Equal(4, Place.Query<long>("SELECT count(*) FROM pawl_schema"));
    }

    [Fact]
    public async Task Its_write_ahead_log_stays_small_under_twenty_thousand_rotations_with_readers_all_the_time()
    {
        const int Writers = 8;
        const int Rotations = 20_000 / Writers;
        var sessions = new List<Session>();
        for (var i = 0; i < 200; i++)
            sessions.Add(await CreateAsync(NewSession() with { Claims = new byte[200] }));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var largest = 0L;
        var watching = WatchAsync();
        var reading = Enumerable.Range(0, 3).Select(i => Task.Run(() => ReadAsync(i % 2 == 0 ? Store : Other), Cancel)).ToList();
        var following = Task.Run(FollowAsync, Cancel);

        await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(w =>
                    Task.Run(
                        async () =>
                        {
                            for (var i = 0; i < Rotations; i++)
                            {
                                var index = w + i % (sessions.Count / Writers) * Writers;
                                sessions[index] = (await Store.RotateAsync(NextMove(sessions[index]), Cancel))!;
                            }
                        },
                        Cancel
                    )
                )
        );
        await done.CancelAsync();
        await Task.WhenAll([watching, following, .. reading]);

        // SQLite folds the log back at a thousand pages, four megabytes; it may grow somewhat beyond while readers hold it up.
        Assert.InRange(largest, 1, 16 << 20);
        Assert.Equal(20_000, sessions.Sum(static s => s.Head.Generation));

        async Task WatchAsync()
        {
            while (!done.IsCancellationRequested)
            {
                largest = Math.Max(largest, new FileInfo(Place.File + "-wal").Length);
                await Task.Delay(5, CancellationToken.None);
            }
        }

        async Task ReadAsync(ISessionStore store)
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                await store.FindAsync(sessions[i % sessions.Count].Id, Cancel);
                if (i % 50 == 0)
                    await store.ListAllAsync("ada", Cancel);
            }
        }

        async Task FollowAsync()
        {
            try
            {
                while (true)
                    await Other.WaitForEndingsAsync(0, done.Token);
            }
            catch (OperationCanceledException)
            {
                // The rotations are done.
            }
        }
    }
}
