using Pawl.Stores.Tests;

namespace Pawl.Server.Tests;

/// <summary>Several nodes of the server on one store, and a service that asks them.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    public const string Service = "billing";
    public const string Secret = "0f8e6b1c4d7a92530f8e6b1c4d7a9253";

    private readonly List<ServerProcess> _nodes = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-nodes-");

    private RedisProcess? _redis;

    private Nodes() { }

    /// <summary>The stores that nodes may share: what is promised of nodes is tested on each.</summary>
    public static TheoryData<string> Stores => ["postgresql", "redis", "sqlite"];

    public ServerProcess this[int number] => _nodes[number];

    /// <summary>Starts so many, told alike.</summary>
    public static async Task<Nodes> StartAsync(
        PostgreSqlNodes postgreSql,
        string store,
        int count,
        params (string Name, string Value)[] more
    )
    {
        var nodes = new Nodes();
        var settings = store switch
        {
            "postgresql" => postgreSql.Settings(postgreSql.NewDatabase()),
            "redis" => [.. nodes.OnOneFile(), ("Pawl__Store", "redis"), ("ConnectionStrings__Redis", nodes.StartRedis())],
            _ => nodes.OnOneFile(),
        };
        for (var i = 0; i < count; i++)
            await nodes.AddAsync([.. settings, .. more]);
        return nodes;
    }

    /// <summary>One more, which may be told something else.</summary>
    public async Task<ServerProcess> AddAsync(params (string Name, string Value)[] settings)
    {
        var node = await ServerProcess.StartAsync([.. settings, ($"Pawl__ServiceClients__{Service}", Secret)]);
        _nodes.Add(node);
        return node;
    }

    /// <summary>What the service proves itself with.</summary>
    public static (string Name, string Value) Credentials =>
        ("Authorization", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{Service}:{Secret}")));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        _redis?.Dispose();
        TemporaryFolder.Delete(_folder.FullName);
    }

    private (string Name, string Value)[] OnOneFile() =>
        [
            ("ConnectionStrings__Pawl", $"Data Source={Path.Combine(_folder.FullName, "pawl.db")}"),
            ("Pawl__KeyEncryptionKey", Convert.ToBase64String(new byte[32])),
        ];

    private string StartRedis()
    {
        Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
        return (_redis = new("--appendonly", "yes", "--appendfsync", "always")).ConnectionString;
    }
}
