using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>Somebody signs out: all tabs are, and no request of theirs brings the session back.</summary>
internal sealed class SignedOut(string id, string what, Func<Trial, Task> signOut) : Scenario
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(5);

    public static readonly Scenario[] All =
    [
        new SignedOut("S8 in a tab", "a sign-out in one tab; a tab that does not hear of it, or gets a good answer after it, has failed", static trial => SignOutAsync(trial.First)),
        new SignedOut("S8 by a page", "the same, by a page of the server's own", ByPageAsync),
        new SignedOut("S8 offline", "the same, while the server cannot be reached", OfflineAsync),
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
    }

    internal override (int Least, int Most) Refreshes(Trial trial) => (0, 0);

    private static Task<object?> SignOutAsync(Tab tab) => tab.RunAsync<object?>("async () => { try { await client.signOut(); } catch (error) { return `${error}`; } }");

    private static async Task ByPageAsync(Trial trial)
    {
        var page = await trial.Visitor.OpenEmptyAsync();
        await page.Page.GotoAsync(new Uri(trial.Proxy.Origin, Tab.Path).ToString());
        await trial.Subject.SignOutByPageAsync(page);
    }

    private static async Task OfflineAsync(Trial trial)
    {
        trial.Proxy.On(trial.Subject.Logout, Faults.Cut);
        await SignOutAsync(trial.First);
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
