using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pawl.Stores.Testing.Histories;

/// <summary>
/// What several callers do at once, through several nodes, to the sessions of one user. The seed decides the calls, and the machine
/// which of them overlap.
/// </summary>
internal sealed class RecordedUser(IReadOnlyList<ISessionStore> nodes, int seed, CancellationToken cancellationToken)
{
    private const int Callers = 6;
    private const int CallsOfEach = 20;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Device[] _devices = [new(seed, 0), new(seed, 1)];
    private int _endings;
    private int _calls;
    private int _answered;

    public int Calls => _calls;

    /// <summary>How many of them were answered. Of the others nobody knows.</summary>
    public int Answered => _answered;

    /// <summary>One history for each session.</summary>
    public IEnumerable<IReadOnlyList<Operation>> Histories => _devices.Select(static d => d.History.OrderBy(static o => o.Called).ToList());

    public Task RunAsync() =>
        Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(caller =>
                    Task.Run(
                        async () =>
                        {
                            var random = new Random(seed + caller);
                            // Somebody signs in on each device while the others are at it already.
                            if (caller < _devices.Length)
                                await CreateAsync(nodes[caller], _devices[caller]);
                            for (var i = 0; i < CallsOfEach; i++)
                                await CallAsync(random, nodes[random.Next(nodes.Count)], _devices[random.Next(_devices.Length)]);
                        },
                        cancellationToken
                    )
                )
        );

    private async Task CallAsync(Random random, ISessionStore node, Device device)
    {
        // Now and then somebody does not wait for the answer, and never learns whether it was done.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (random.Next(40) == 0)
            patience.CancelAfter(1);
        var stamp = $"{random.Next():x}";
        await (
            random.Next(100) switch
            {
                < 35 => FindAsync(node, device, patience.Token),
                < 85 => RotateAsync(node, device, random, patience.Token),
                < 97 => UpdateAsync(node, device, stamp, patience.Token),
                < 99 => EndAsync(node, device, patience.Token),
                _ => EndAllAsync(node, patience.Token),
            }
        );
    }

    private async Task CreateAsync(ISessionStore node, Device device)
    {
        var (_, called, answered) = await TimeAsync(
            async cancel =>
            {
                await node.CreateAsync(device.Session, cancel);
                return true;
            },
            cancellationToken
        );
        device.History.Add(Operation.Create(device.Session, called, answered));
    }

    private async Task FindAsync(ISessionStore node, Device device, CancellationToken cancel)
    {
        var (found, called, answered) = await TimeAsync(c => node.FindAsync(device.Session.Id, c), cancel);
        if (answered != Operation.Never)
            device.History.Add(Operation.Find(found, called, answered));
    }

    // From the newest head that anybody has seen, as a rule; else from an older one.
    private async Task RotateAsync(ISessionStore node, Device device, Random random, CancellationToken cancel)
    {
        var from = random.Next(5) > 0 ? device.Heads.Last() : device.Heads.ElementAt(random.Next(device.Heads.Count));
        var move = new SessionMove(
            device.Session.Id,
            from,
            new(from.Generation + 1, (ulong)random.NextInt64()),
            Start.AddMinutes(1),
            Start.AddDays(-14)
        );
        var (moved, called, answered) = await TimeAsync(c => node.RotateAsync(move, c), cancel);
        if (moved is not null)
            device.Heads.Enqueue(moved.Head);
        device.History.Add(Operation.Rotate(move, moved, called, answered));
    }

    private async Task UpdateAsync(ISessionStore node, Device device, string stamp, CancellationToken cancel)
    {
        var (updated, called, answered) = await TimeAsync(
            c => node.UpdateAsync(device.Session.Id, new() { SecurityStamp = stamp }, c),
            cancel
        );
        device.History.Add(Operation.Update(stamp, updated, called, answered));
    }

    private async Task EndAsync(ISessionStore node, Device device, CancellationToken cancel)
    {
        var end = NextEnd(SessionEndReason.SignedOut);
        var (ended, called, answered) = await TimeAsync(c => node.EndAsync(device.Session.Id, end, c), cancel);
        device.History.Add(Operation.End(end, ended, called, answered));
    }

    private async Task EndAllAsync(ISessionStore node, CancellationToken cancel)
    {
        var end = NextEnd(SessionEndReason.Revoked);
        var (ended, called, answered) = await TimeAsync(c => node.EndAllNowAsync(_devices[0].Session.Subject, null, end, c), cancel);
        foreach (var device in _devices)
            device.History.Add(Operation.End(end, ended?.Contains(device.Session.Id) == true, called, answered));
    }

    // No two are the same, so that a reading says whose ending it was that counted.
    private SessionEnd NextEnd(SessionEndReason reason) => new(reason, Start.AddSeconds(Interlocked.Increment(ref _endings)));

    private async Task<(T? Answer, long Called, long Answered)> TimeAsync<T>(
        Func<CancellationToken, ValueTask<T>> call,
        CancellationToken cancel
    )
    {
        Interlocked.Increment(ref _calls);
        var called = Stopwatch.GetTimestamp();
        try
        {
            var answer = await call(cancel);
            var answered = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref _answered);
            return (answer, called, answered);
        }
        catch (Exception e)
            when (e is OperationCanceledException or StoreUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            return (default, called, Operation.Never);
        }
    }

    private sealed class Device
    {
        public Device(int seed, int number)
        {
            var random = new Random(seed + Callers + number);
            var id = new byte[SessionId.Size];
            random.NextBytes(id);
            Session = new()
            {
                Id = new(id),
                Subject = $"user {seed}",
                Head = new(0, (ulong)random.NextInt64()),
                CreatedAt = Start,
                LastUsedAt = Start,
                ExpiresAt = Start.AddDays(90),
            };
            Heads.Enqueue(Session.Head);
        }

        public Session Session { get; }

        public ConcurrentQueue<SessionHead> Heads { get; } = [];

        public ConcurrentBag<Operation> History { get; } = [];
    }
}
