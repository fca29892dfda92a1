using Microsoft.Data.Sqlite;

namespace Pawl.Stores.Tests;

/// <summary>When the file or the disk fails, the store says so in a sentence that helps; and when the fault is gone, it goes on.</summary>
public sealed class SqliteFaultTests : IDisposable
{
    private const int IoError = 10;
    private const int Full = 13;

    static SqliteFaultTests() => FaultyDisk.Use();

    private readonly SqlitePlace _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_folder()
    {
        var missing = Path.Combine(_place.Folder, "no", "such", "sessions.db");
        Assert.Equal(
            $"The session database '{missing}' cannot be opened; does its folder exist, and may this user write to it?",
            await RefusalAsync($"Data Source={missing}")
        );
        Directory.CreateDirectory(Path.GetDirectoryName(missing)!);
        await (await StartAsync($"Data Source={missing}")).DisposeAsync();
    }

    [Theory]
    [InlineData("not a database at all, but text that somebody put there, and quite a lot of it")]
    [InlineData("SQLite format 3\0 and then nothing of the kind")]
    public async Task A_file_that_is_none(string text)
    {
        File.WriteAllText(_place.File, string.Concat(Enumerable.Repeat(text, 200)));
        Assert.Equal(
            $"The session database '{_place.File}' is corrupt or is not a SQLite file; "
                + "restore it from a backup, or move it away to start with an empty one.",
            await RefusalAsync(ConnectionString)
        );
    }

    [Fact]
    public async Task A_file_that_was_damaged()
    {
        await (await StartAsync(ConnectionString)).DisposeAsync();
        var bytes = File.ReadAllBytes(_place.File);
        bytes.AsSpan(4096).Fill(0xAA);
        File.WriteAllBytes(_place.File, bytes);
        // The tables' own page is gone: at the start, or at the first look.
        await using var store = SqlitePlace.Open(ConnectionString);
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            await store.Sessions.InitializeAsync(Cancel);
            await store.Sessions.CreateAsync(NewSession(), Cancel);
        });
        Assert.Contains("is corrupt or is not a SQLite file; restore it from a backup", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_may_only_read()
    {
        await (await StartAsync(ConnectionString)).DisposeAsync();
        Assert.Equal(
            $"The session database '{_place.File}' is read-only; give this user the right to write to the file and its folder.",
            await RefusalAsync(ConnectionString + ";Mode=ReadOnly")
        );
    }

    [Fact]
    public async Task A_disk_that_may_only_be_read()
    {
        using var disk = SmallDisk.Mount("4m");
        var connectionString = $"Data Source={Path.Combine(disk.Path, "sessions.db")}";
        await (await StartAsync(connectionString)).DisposeAsync();
        disk.MakeReadOnly();
        Assert.Contains(
            "cannot be opened; does its folder exist, and may this user write to it?",
            await RefusalAsync(connectionString),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Tables_of_a_newer_program()
    {
        await (await StartAsync(ConnectionString)).DisposeAsync();
        _place.Query<string>("INSERT INTO pawl_schema (version) VALUES (99) RETURNING 'done'");
        Assert.Equal(
            $"The session tables in '{_place.File}' are of version 99; this program knows versions up to 4. Run the newer program.",
            await RefusalAsync(ConnectionString)
        );
    }

    [Fact]
    public async Task Another_program_that_keeps_the_file_locked()
    {
        await using var store = await StartAsync(ConnectionString);
        using var connection = new SqliteConnection($"{ConnectionString};Pooling=False");
        connection.Open();
        Execute(connection, "BEGIN IMMEDIATE");
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await store.Sessions.CreateAsync(NewSession(), Cancel)
        );
        Assert.Equal($"The session database '{_place.File}' is locked by another program.", thrown.Message);
        Execute(connection, "ROLLBACK");
        await store.Sessions.CreateAsync(NewSession(), Cancel);
    }

    [Requirement("RT-17")]
    [Theory]
    [InlineData(Full, "The disk that holds the session database '{0}' is full.")]
    [InlineData(IoError, "The session database '{0}' cannot be read or written: ")]
    public async Task A_disk_that_fails_and_recovers(int code, string sentence)
    {
        await using var store = await StartAsync(ConnectionString);
        var session = NewSession();
        await store.Sessions.CreateAsync(session, Cancel);
        var move = new SessionMove(session.Id, session.Head, new(1, 77), session.LastUsedAt.AddMinutes(1), session.LastUsedAt.AddDays(-1));

        FaultyDisk.Fail(_place.File, code);
        var expected = string.Format(System.Globalization.CultureInfo.InvariantCulture, sentence, _place.File);
        foreach (
            var write in new Func<Task>[]
            {
                async () => await store.Sessions.RotateAsync(move, Cancel),
                async () => await store.Sessions.EndAsync(session.Id, new(SessionEndReason.SignedOut, session.CreatedAt), Cancel),
                async () => await store.Sessions.CheckAsync(Cancel),
                async () => await store.Sessions.CreateAsync(NewSession(), Cancel),
                async () => await store.Keys.TryWriteKeysAsync(new(0, new byte[] { 1 }), Cancel),
            }
        )
            Assert.StartsWith(expected, (await Assert.ThrowsAsync<StoreUnavailableException>(write)).Message, StringComparison.Ordinal);
        // Reading goes on, and shows that nothing was done by halves.
        var found = await store.Sessions.FindAsync(session.Id, Cancel);
        Assert.Equal((session.Head, null), (found!.Head, found.End));
        Assert.Empty(await store.Sessions.ReadEndingsAsync(0, 10, Cancel));

        FaultyDisk.Fail(_place.File, 0);
        await store.Sessions.CheckAsync(Cancel);
        Assert.Equal(move.To, (await store.Sessions.RotateAsync(move, Cancel))!.Head);
        Assert.True(await store.Sessions.EndAsync(session.Id, new(SessionEndReason.SignedOut, session.CreatedAt), Cancel));
        Assert.Single(await store.Sessions.ReadEndingsAsync(0, 10, Cancel));
    }

    [Fact]
    public async Task A_disk_that_is_really_full()
    {
        using var disk = SmallDisk.Mount("768k");
        var reserve = Path.Combine(disk.Path, "reserve");
        File.WriteAllBytes(reserve, new byte[256 << 10]);
        var file = Path.Combine(disk.Path, "sessions.db");
        await using var store = await StartAsync($"Data Source={file}");
        var kept = new List<SessionId>();
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (true)
            {
                var session = NewSession() with { Claims = new byte[3000] };
                await store.Sessions.CreateAsync(session, Cancel);
                kept.Add(session.Id);
            }
        });
        Assert.Equal($"The disk that holds the session database '{file}' is full.", thrown.Message);
        Assert.NotEmpty(kept);
        foreach (var id in kept)
            Assert.NotNull(await store.Sessions.FindAsync(id, Cancel));

        disk.Fill();
        var check = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.CheckAsync(Cancel));
        Assert.Equal(thrown.Message, check.Message);
        File.Delete(reserve);
        await store.Sessions.CheckAsync(Cancel);
    }

    private string ConnectionString => $"Data Source={_place.File}";

    private static Session NewSession() =>
        new()
        {
            Id = new(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)),
            Subject = "ada",
            Head = new(0, 1),
            CreatedAt = DateTimeOffset.UnixEpoch,
            LastUsedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(90),
        };

    private static async Task<string> RefusalAsync(string connectionString)
    {
        await using var store = SqlitePlace.Open(connectionString);
        return (await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.InitializeAsync(Cancel))).Message;
    }

    private static async Task<OpenStore> StartAsync(string connectionString)
    {
        var store = SqlitePlace.Open(connectionString);
        await store.Sessions.InitializeAsync(Cancel);
        return store;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose() => TemporaryFolder.Delete(_place.Folder);
}
