using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>Somebody signs out: all tabs are, and no request of theirs brings the session back.</summary>
internal sealed class SignedOut(string id, string what, Func<Trial, Task> signOut, Func<Trial, Task>? afterwards = null, bool asks = false)
    : Scenario
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(5);

    public static readonly Scenario[] All =
    [
        new SignedOut(
            "S8 in a tab",
            "a sign-out in one tab; a tab that does not hear of it, or gets a good answer after it, has failed",
            static trial => SignOutAsync(trial.First)
        ),
        new SignedOut("S8 by a page", "the same, by a page of the server's own", ByPageAsync, asks: true),
        new SignedOut(
            "S8 offline",
            "the same, offline; and again once the network is back, and the server has been told",
            OfflineAsync,
            BackOnlineAsync
        ),
    ];

    public override string Id => id;

    public override string What => what;

    public override bool EndsSignedOut => true;

    internal override bool MayBeRefused => true;

    internal override async Task RunAsync(Trial trial)
    {
        await signOut(trial);
        foreach (var tab in trial.Tabs)
        {
            if (!await HearsAsync(tab))
                trial.Failed++;
        }
        await trial.CallAsync(5, good: static reply => reply.Status != 200);
        if (afterwards is null)
            return;
        await afterwards(trial);
        await trial.CallAsync(5, good: static reply => reply.Status != 200);
    }

    // A tab whose readable cookie is gone asks the server once, because the browser may have lost that cookie alone.
    internal override (int Least, int Most) Refreshes(Trial trial) => (0, asks ? trial.Tabs.Count : 0);

    private static Task<object?> SignOutAsync(Tab tab) =>
        tab.RunAsync<object?>("async () => { try { await client.signOut(); } catch (error) { return `${error}`; } }");

    private static async Task ByPageAsync(Trial trial)
    {
        var page = await trial.Visitor.OpenEmptyAsync();
        await page.Page.GotoAsync(new Uri(trial.Proxy.Origin, Tab.Path).ToString());
        await trial.Subject.SignOutByPageAsync(page);
    }

    private static async Task OfflineAsync(Trial trial)
    {
        await trial.Visitor.Context.SetOfflineAsync(true);
        await SignOutAsync(trial.First);
    }

    private static async Task BackOnlineAsync(Trial trial)
    {
        await trial.Visitor.Context.SetOfflineAsync(false);
        // Whether or not the server has been told by now: an access cookie, which no script can delete, must not speak for its user.
        await trial.CallAsync(5, good: static reply => reply.Status != 200);
        for (
            var until = DateTime.UtcNow + Generous;
            !trial.Proxy.Of(trial.Subject.Logout).Any(static e => e.Sent);
            await Task.Delay(20, TestContext.Current.CancellationToken)
        )
        {
            if (DateTime.UtcNow <= until)
                continue;
            trial.Failed++;
            return;
        }
    }

    private static async Task<bool> HearsAsync(Tab tab)
    {
        var until = DateTime.UtcNow + Generous;
        while (await Trial.IsSignedInAsync(tab))
        {
            if (DateTime.UtcNow > until)
                return false;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        return true;
    }
}
