using System.Diagnostics;

namespace Pawl.Faults.Tests;

/// <summary>
/// A native client that keeps to docs/clients.md: one refresh at a time, the same token again if the answer was lost, and only the
/// terminal words mean signed out. It asks any of the nodes, as a load balancer would have it. Now and then its user signs out, and in
/// again.
/// </summary>
internal sealed class Client(User user, Caller caller, NodeSet nodes, Random random)
{
    private const double SignOutsInHundred = 4;

    private readonly Stopwatch _outage = new();

    public ClientSession? Session { get; private set; }

    private Node AnyNode => nodes.Nodes[random.Next(nodes.Nodes.Count)];

    /// <summary>Uses the session until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        while (!stop.IsCancellationRequested)
        {
            if (Session is not { IsEndAsked: false })
                await SignInAsync(stop, cancellationToken);
            else if (random.NextDouble() * 100 < SignOutsInHundred && user.MaySignOut)
                await SignOutAsync(cancellationToken);
            else if (await RefreshAsync(cancellationToken))
                await AskAsync(cancellationToken);
            await ProbeAsync();
            // Until the newest token has settled, so that each refresh moves the session on.
            await Task.Delay(random.Next(1_000, 1_600), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Shows the newest refresh token until there is an answer. False if the session is over.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var session = Session!;
        var answer = await InsistAsync(() => caller.RefreshAsync(AnyNode, session.RefreshToken), cancellationToken);
        if (answer.Status is 200)
        {
            session.Take(answer);
            return true;
        }
        if (!answer.IsTerminal)
            caller.Counts.Unfit.Enqueue($"A refresh was answered {answer}");
        else if (!session.IsEndAsked)
            user.Expect(session, answer);
        Session = null;
        return false;
    }

    public async Task SignInAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        // One after another for a user, so that it is known which sessions there were when all are ended.
        using var turn = await user.TakeTurnAsync(cancellationToken);
        var answer = await InsistAsync(() => caller.PostAsync(AnyNode, "/auth/login", user.Credentials), cancellationToken, stop);
        if (answer.Status is 200)
            user.Add(Session = new ClientSession(answer));
        else if (!answer.IsTransient)
            caller.Counts.Unfit.Enqueue($"A sign-in was answered {answer}");
    }

    // An access token that another node does not take is nothing to sign out for: one refresh, and once more.
    private async Task AskAsync(CancellationToken cancellationToken)
    {
        var session = Session!;
        var answer = await caller.GetMeAsync(AnyNode, session.AccessToken);
        Note(answer);
        if (answer is { Status: 401, IsTerminal: true } && !session.IsEndAsked)
            user.Expect(session, answer);
        else if (answer is { Status: 401, IsTerminal: false } && await RefreshAsync(cancellationToken))
            Note(await caller.GetMeAsync(AnyNode, session.AccessToken));
    }

    private async Task SignOutAsync(CancellationToken cancellationToken)
    {
        var session = Session!;
        var everywhere = random.Next(8) == 0;
        using var turn = everywhere ? await user.TakeTurnAsync(cancellationToken) : null;
        var ending = everywhere ? user.Living : [session];
        foreach (var one in ending)
            one.IsEndAsked = true;
        var byToken = !everywhere && random.Next(2) == 0;
        var answer = await InsistAsync(
            async () =>
            {
                if (byToken)
                    return await caller.RevokeAsync(AnyNode, session.RefreshToken);
                var said = await caller.PostAsync(
                    AnyNode,
                    "/auth/logout",
                    new { scope = everywhere ? "everywhere" : "current" },
                    session.AccessToken
                );
                // By a node whose clock is wrong; a fresh token of its neighbour's, perhaps, or by and by.
                if (
                    said is { Status: 401, IsTerminal: false }
                    && await caller.RefreshAsync(AnyNode, session.RefreshToken) is { Status: 200 } refreshed
                )
                    session.Take(refreshed);
                return said is { Status: 401, IsTerminal: false } ? new(null, default, default) : said;
            },
            cancellationToken
        );
        // The first time may have been heard and its answer lost: then the session is over, and with it the right to end the others.
        if (answer.Status is 200 or 204)
            User.SetEnded(ending, session);
        else if (answer.IsTerminal)
            User.SetEnded([session], session);
        else
            caller.Counts.Unfit.Enqueue($"A sign-out was answered {answer}");
        Session = null;
    }

    // Somebody who has kept a token of a session that is over: never let in, whatever else is going on.
    private async Task ProbeAsync()
    {
        if (
            random.Next(4) == 0
            && user.PickEnded(random) is { } ended
            && await caller.RefreshAsync(AnyNode, ended.RefreshToken) is { Status: 200 }
        )
            user.Revived(ended, "during the fault");
    }

    private async Task<Answer> InsistAsync(Func<Task<Answer>> ask, CancellationToken cancellationToken, CancellationToken stop = default)
    {
        while (true)
        {
            var answer = await ask();
            Note(answer);
            if (!answer.IsTransient || stop.IsCancellationRequested)
                return answer;
            await Task.Delay(answer.RetryAfter + TimeSpan.FromMilliseconds(random.Next(100, 500)), cancellationToken);
        }
    }

    private void Note(Answer answer)
    {
        if (answer.Status is null or 503)
        {
            _outage.Start();
            return;
        }
        if (_outage.IsRunning)
            caller.Counts.WasOut(_outage.Elapsed);
        _outage.Reset();
    }
}
