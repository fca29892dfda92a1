using System.Globalization;
using System.Security.Cryptography;

namespace Pawl.Stores.Tests;

/// <summary>Another process of a test: it does one thing with a store, and says on its standard output what has been answered.</summary>
internal static class Worker
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var store = AddressedPlace.Find(args[1]);
        Console.WriteLine("ready");
        Console.ReadLine();
        if (args[0] != "initialize")
            await store.Sessions.InitializeAsync(default);
        await (
            args switch
            {
                ["initialize", _] => store.Sessions.InitializeAsync(default).AsTask(),
                ["make-keys", _] => MakeKeysAsync(store.Keys),
                ["rotate", _, var id, var count] => RotateAsync(store.Sessions, id, int.Parse(count, CultureInfo.InvariantCulture)),
                ["end", _, var count] => EndAsync(store.Sessions, int.Parse(count, CultureInfo.InvariantCulture)),
                ["churn", _] => ChurnAsync(store.Sessions),
                _ => throw new ArgumentException(args[0]),
            }
        );
        Console.WriteLine("done");
        return 0;
    }

    private static async Task MakeKeysAsync(IKeyStore keys)
    {
        var document = await keys.ReadKeysAsync(default);
        var isTaken = await keys.TryWriteKeysAsync(document with { Content = new byte[] { 1 } }, default);
        Console.WriteLine($"taken {isTaken} from {document.Version}");
    }

    // Moves one session on as often as it can: with others that do the same, each move is made by exactly one.
    private static async Task RotateAsync(ISessionStore store, string id, int attempts)
    {
        if (!SessionId.TryParse(id, out var sid))
            throw new ArgumentException(id);
        for (var i = 0; i < attempts; i++)
        {
            var session = (await store.FindAsync(sid, default))!;
            var to = new SessionHead(session.Head.Generation + 1, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
            var move = new SessionMove(sid, session.Head, to, session.LastUsedAt.AddSeconds(1), session.LastUsedAt.AddDays(-1));
            if (await store.RotateAsync(move, default) is not null)
                Console.WriteLine($"moved {to.Generation} {to.TokenId}");
        }
    }

    private static async Task EndAsync(ISessionStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var session = NewSession();
            await store.CreateAsync(session, default);
            await store.EndAsync(session.Id, new(SessionEndReason.SignedOut, session.CreatedAt), default);
            Console.WriteLine($"ended {session.Id}");
        }
    }

    // Until it is killed: everything it says has been answered by then.
    private static async Task ChurnAsync(ISessionStore store) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (true)
                        {
                            var session = NewSession();
                            await store.CreateAsync(session, default);
                            Say($"created {session.Id}");
                            for (uint generation = 1; generation <= 20; generation++)
                            {
                                var to = new SessionHead(generation, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
                                var (at, usedSince) = (session.LastUsedAt.AddSeconds(1), session.LastUsedAt.AddDays(-1));
                                session = (await store.RotateAsync(new(session.Id, session.Head, to, at, usedSince), default))!;
                                Say($"moved {session.Id} {generation}");
                            }
                            await store.EndAsync(session.Id, new(SessionEndReason.SignedOut, session.LastUsedAt), default);
                            Say($"ended {session.Id}");
                        }
                    })
                )
        );

    private static void Say(string line)
    {
        lock (Console.Out)
            Console.WriteLine(line);
    }

    private static Session NewSession()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        return new()
        {
            Id = new(RandomNumberGenerator.GetBytes(SessionId.Size)),
            Subject = "ada",
            Head = new(0, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))),
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now.AddDays(90),
        };
    }
}
