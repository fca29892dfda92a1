using System.Diagnostics;

namespace Pawl.Faults.Tests;

/// <summary>What has to hold after any fault. What does not is in <see cref="Counts"/> when it is over.</summary>
internal sealed class Verification(NodeSet nodes, Population people, Loss loss, CancellationToken cancellationToken)
{
    // A second, as promised, on a machine that has other things to do; after all keys were replaced, half a minute.
    private static readonly TimeSpan FeedDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeyDelay = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.1);

    // Each costs a session, and the next to sign in a second.
    private const int ChainsToTry = 8;

    private Counts Counts => people.Caller.Counts;

    public async Task RunAsync()
    {
        await EverybodyIsSignedInAsync();
        await WhatHasEndedHasEndedAsync();
        await NoChainIsForkedAsync();
        if (loss.NeedsOperator)
            await EndingAllSessionsEndsThemAsync();
    }

    // Everybody who did not sign out refreshes, and once more when that token has settled.
    private async Task EverybodyIsSignedInAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            await Task.WhenAll(
                people
                    .Clients.Where(static c => c.Session is { IsEndAsked: false })
                    .Select(client => client.RefreshAsync(cancellationToken))
            );
            await Task.Delay(Settling, cancellationToken);
        }
    }

    private async Task WhatHasEndedHasEndedAsync()
    {
        var ended = people
            .Users.SelectMany(static user => user.Sessions, static (user, session) => (user, session))
            .Where(static pair => pair.session.EndedAt is not null);
        await EachAsync(ended, async (node, pair) =>
        {
            if (await RefreshesAsync(node, pair.session.RefreshToken))
                pair.user.Revived(pair.session, "with its refresh token");
            if (await OpensAsync(node, pair.session, FeedDelay))
                pair.user.Revived(pair.session, "with its access token");
        });
    }

    private async Task NoChainIsForkedAsync()
    {
        foreach (var session in people.Users.SelectMany(static u => u.Sessions).Where(static s => s.IsForked))
            Counts.Forked.Enqueue($"{session.Id} has granted children to two tokens of one parent");
        // A token that another has been used after is spent, at any time after: or two would hold the chain.
        foreach (var client in people.Clients.Where(static c => c.Session is { IsEndAsked: false, Spent: not null }).Take(ChainsToTry))
        {
            var session = client.Session!;
            session.IsEndAsked = true;
            var answer = await AskAsync(nodes.Nodes[0], session.Spent!);
            if (answer["reason"] != "token_reused" || await RefreshesAsync(nodes.Nodes[1], session.RefreshToken))
                Counts.Forked.Enqueue($"{session.Id}: a spent token was answered {answer}");
        }
    }

    private async Task EndingAllSessionsEndsThemAsync()
    {
        await nodes.Nodes[0].RunAsync(cancellationToken, "sessions", "end-all");
        var watch = Stopwatch.StartNew();
        await EachAsync(people.Users.SelectMany(static u => u.Sessions), async (node, session) =>
        {
            if (await RefreshesAsync(node, session.RefreshToken))
                Counts.Alive.Enqueue($"{session.Id} was refreshed after all sessions were ended");
            if (await OpensAsync(node, session, KeyDelay - watch.Elapsed))
                Counts.Alive.Enqueue($"{session.Id} was let in after all sessions were ended");
        });
    }

    private Task EachAsync<T>(IEnumerable<T> all, Func<Node, T, Task> check) =>
        Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (one, _) =>
            {
                foreach (var node in nodes.Nodes)
                    await check(node, one);
            }
        );

    private async Task<bool> RefreshesAsync(Node node, string refreshToken) => (await AskAsync(node, refreshToken)).Status is 200;

    private async Task<Answer> AskAsync(Node node, string refreshToken)
    {
        while (true)
        {
            var answer = await people.Caller.RefreshAsync(node, refreshToken);
            if (!answer.IsTransient)
                return answer;
            await Task.Delay(answer.RetryAfter + TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    // Whether an access token is still good after a while.
    private async Task<bool> OpensAsync(Node node, ClientSession session, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while ((await people.Caller.GetMeAsync(node, session.AccessToken)).Status is not 401)
        {
            if (watch.Elapsed > patience)
                return true;
            await Task.Delay(100, cancellationToken);
        }
        return false;
    }
}
