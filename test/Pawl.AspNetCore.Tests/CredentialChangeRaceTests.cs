namespace Pawl.AspNetCore.Tests;

/// <summary>A device that changes a credential stays signed in, also while its other requests and connections are under way.</summary>
public sealed class CredentialChangeRaceTests
{
    private const string Ada = "ada@example.com";

    [Fact]
    public async Task A_renewal_of_claims_that_is_overtaken_by_a_change_keeps_the_new_stamp()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var browser = await SignInAsync(app);
        var (read, mayGoOn, updates) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        app.Store.Before = async call =>
        {
            if (call == "Update" && Interlocked.Increment(ref updates) == 1)
            {
                read.SetResult();
                await mayGoOn.Task;
            }
        };
        var renewal = browser.PostAsync("/reload");
        await read.Task;

        Assert.Equal(200, (await browser.PostAsync("/manage/2fa", new { resetSharedKey = true })).Status);
        mayGoOn.SetResult();

        Assert.Equal(200, (await renewal).Status);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        return browser;
    }
}
