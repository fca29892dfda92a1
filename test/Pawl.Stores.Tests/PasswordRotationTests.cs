namespace Pawl.Stores.Tests;

/// <summary>The advice of operations.md on changing a database's password while processes run.</summary>
public sealed class PasswordRotationTests
{
    [Fact]
    public async Task PostgreSql_reads_a_password_file_for_each_connection_it_opens()
    {
        Assert.SkipUnless(PostgreSqlProcess.IsHere, "PostgreSQL is not installed.");
        using var files = new TestFiles();
        var access = files.Write("pg_hba.conf", "host all pawl 127.0.0.1/32 trust\nhost all app 127.0.0.1/32 scram-sha-256\n");
        using var server = new PostgreSqlProcess($"hba_file={access}");
        server.Execute("CREATE ROLE app LOGIN PASSWORD 'old'");
        server.Execute("CREATE DATABASE app OWNER app");
        var connection = $"Host=127.0.0.1;Port={server.Port};Database=app;Username=app";
        var passwords = files.Write("passwords", $"127.0.0.1:{server.Port}:app:app:old\n");
        await using var byFile = PostgreSqlPlace.Open($"{connection};Passfile={passwords}");
        await using var byText = PostgreSqlPlace.Open($"{connection};Password=old");
        foreach (var store in new[] { byFile, byText })
        {
            await store.Sessions.InitializeAsync(TestContext.Current.CancellationToken);
            Assert.True(await Answers(store));
        }

        server.Execute("ALTER ROLE app PASSWORD 'new'");
        files.Write("passwords", $"127.0.0.1:{server.Port}:app:app:new\n");
        // Open connections stay open.
        Assert.True(await Answers(byText));
        Assert.True(await Answers(byFile));

        server.Execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app'");
        await UntilAsync(() => Answers(byFile));
        await UntilAsync(async () => !await Answers(byText));
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => List(byText));
        Assert.Contains("password", fault.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_Redis_user_may_have_two_passwords_while_the_nodes_are_restarted()
    {
        Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
        using var server = new RedisProcess();
        server.Execute("ACL", "SETUSER", "app", "on", ">old", "~pawl*", "~{pawl*", "&pawl:*", "+@all");
        await using var before = RedisPlace.Open($"{server.ConnectionString},user=app,password=old");
        await before.Sessions.InitializeAsync(TestContext.Current.CancellationToken);

        server.Execute("ACL", "SETUSER", "app", ">new");
        await using var after = RedisPlace.Open($"{server.ConnectionString},user=app,password=new");
        await after.Sessions.InitializeAsync(TestContext.Current.CancellationToken);
        Assert.True(await Answers(before));
        Assert.True(await Answers(after));

        server.Execute("ACL", "SETUSER", "app", "<old");
        // Open connections stay open; a new one with the old password is refused.
        Assert.True(await Answers(before));
        // Redis treats an unknown client as its default user, who may do anything by default.
        server.Execute("ACL", "SETUSER", "default", "-@read", "-@write", "-@scripting");
        server.Execute("CLIENT", "KILL", "USER", "app");
        await UntilAsync(() => Answers(after));
        await UntilAsync(async () => !await Answers(before));
    }

    private static async Task<IReadOnlyList<Session>> List(OpenStore store) =>
        await store.Sessions.ListAsync("ada", null, 10, TestContext.Current.CancellationToken);

    private static async Task<bool> Answers(OpenStore store)
    {
        try
        {
            Assert.Empty(await List(store));
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
            await Task.Delay(50, limit.Token);
    }

    private sealed class TestFiles : IDisposable
    {
        private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        private readonly string _folder = Directory.CreateTempSubdirectory("pawl-").FullName;

        public TestFiles()
        {
            // The database's own user reads this file.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(_folder, Owner | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        public string Write(string name, string content)
        {
            var path = Path.Combine(_folder, name);
            File.WriteAllText(path, content);
            // Npgsql, as libpq, ignores a password file that others can read.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, name == "passwords" ? Owner : Owner | UnixFileMode.OtherRead);
            return path;
        }

        public void Dispose() => TemporaryFolder.Delete(_folder);
    }
}
