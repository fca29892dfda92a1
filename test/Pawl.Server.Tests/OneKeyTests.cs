using Pawl.Stores.Tests;

namespace Pawl.Server.Tests;

/// <summary>Nodes with the same <c>Pawl__KeyEncryptionKey</c> need to share only the store.</summary>
public sealed class OneKeyTests(PostgreSqlNodes nodes) : IClassFixture<PostgreSqlNodes>
{
    private const string Ada = "ada@example.com";

    [Fact]
    public async Task A_browser_that_one_node_knows_is_known_on_the_other()
    {
        var database = nodes.NewDatabase();
        await using var one = await nodes.StartAsync(database);
        await using var other = await nodes.StartAsync(database);
        using var here = one.From();
        await here.RegisterAsync(Ada);
        Assert.Equal(200, (await here.LoginAsync(Ada)).Status);
        using var guesser = other.From();
        for (var i = 0; i < 5; i++)
            Assert.Equal(401, (await guesser.LoginAsync(Ada, "wrong-but-long-enough")).Status);
        Assert.Equal(429, (await guesser.LoginAsync(Ada)).Status);

        using var there = here.At(other);
        Assert.Equal(200, (await there.LoginAsync(Ada)).Status);
    }

    [Fact]
    public async Task A_node_with_the_key_writes_no_file()
    {
        await using var node = await nodes.StartAsync(nodes.NewDatabase());
        using var client = node.From();
        await client.RegisterAsync(Ada);
        Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
        Assert.Empty(node.Files);
    }

    [Fact]
    public async Task A_node_with_the_key_starts_on_a_read_only_disk()
    {
        using var disk = SmallDisk.Mount("1m");
        disk.MakeReadOnly();
        await using var node = await ServerProcess.StartAsync(disk.Path, nodes.Settings(nodes.NewDatabase()));
        using var client = node.From();
        await client.RegisterAsync(Ada);
        Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
        Assert.DoesNotContain("Read-only file system", node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_gets_the_key_later_goes_on_with_what_its_folder_has_encrypted()
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string> cookies;
        await using (var before = await ServerProcess.StartAsync(folder.FullName))
        {
            using var client = before.From();
            await client.RegisterAsync(Ada);
            Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
            cookies = client.Cookies;
        }
        await using var after = await ServerProcess.StartAsync(
            folder.FullName,
            ("Pawl__KeyEncryptionKey", Convert.ToBase64String(new byte[32]))
        );
        using var browser = after.From();
        foreach (var (name, value) in cookies)
            browser.Cookies[name] = value;
        Assert.Equal(200, (await browser.PostAsync("/auth/refresh")).Status);
        using var guesser = after.From();
        for (var i = 0; i < 6; i++)
            await guesser.LoginAsync(Ada, "wrong-but-long-enough");
        Assert.Equal(200, (await browser.LoginAsync(Ada)).Status);
    }

    [Fact]
    public async Task A_server_that_is_moved_to_another_folder_reads_its_keys_there()
    {
        using var data = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        (string, string) database = ("ConnectionStrings__Pawl", $"Data Source={Path.Combine(data.FullName, "pawl.db")}");
        await using (await ServerProcess.StartAsync(data.FullName, database)) { }
        await using (await ServerProcess.StartAsync(elsewhere.FullName, database)) { }
    }
}
