namespace Pawl.Faults.Tests;

/// <summary>Everybody who uses a set of nodes, some devices each.</summary>
internal sealed class Population : IDisposable
{
    private const int DevicesOfUser = 8;

    private readonly Caller _caller;
    private readonly User[] _users;
    private readonly Client[] _clients;
    private readonly NodeSet _nodes;

    /// <param name="size">How many clients.</param>
    /// <param name="nodes">Whom they ask.</param>
    /// <param name="counts">Where it is kept what they see.</param>
    /// <param name="loss">What they have to be prepared for.</param>
    /// <param name="cancellationToken">Ends all of it.</param>
    public Population(int size, NodeSet nodes, Counts counts, Loss loss, CancellationToken cancellationToken)
    {
        _nodes = nodes;
        _caller = new Caller(counts, cancellationToken);
        _users =
        [
            .. Enumerable.Range(0, (size + DevicesOfUser - 1) / DevicesOfUser).Select(i => new User($"user{i}@example.com", counts, loss)),
        ];
        _clients = [.. Enumerable.Range(0, size).Select(i => new Client(_users[i % _users.Length], _caller, nodes, new Random(i)))];
    }

    public Caller Caller => _caller;

    public IReadOnlyList<User> Users => _users;

    public IEnumerable<Client> Clients => _clients;

    /// <summary>All sign up and in.</summary>
    public async Task ArriveAsync(CancellationToken cancellationToken)
    {
        // Somebody may be told to wait: passwords are hashed a few at a time.
        foreach (var user in _users)
        {
            while (await _caller.PostAsync(_nodes.Nodes[0], "/auth/register", user.Registration) is { Status: not 200 } answer)
                await Task.Delay(answer.RetryAfter, cancellationToken);
        }
        await Parallel.ForEachAsync(
            _clients,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            static async (client, cancel) => await client.SignInAsync(default, cancel)
        );
        Assert.All(_clients, static client => Assert.NotNull(client.Session));
    }

    /// <summary>Everybody goes about their business, until it is over.</summary>
    public Task RunAsync(CancellationToken stop, CancellationToken cancellationToken) =>
        Task.WhenAll(_clients.Select(client => Task.Run(() => client.RunAsync(stop, cancellationToken), cancellationToken)));

    public void Dispose()
    {
        _caller.Dispose();
        foreach (var user in _users)
            user.Dispose();
    }
}
