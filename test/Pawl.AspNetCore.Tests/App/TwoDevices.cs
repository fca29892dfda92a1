namespace Pawl.AspNetCore.Tests;

/// <summary>One user of Identity on a laptop and a phone, and what a change of the user has done to either.</summary>
internal static class TwoDevices
{
    public const string Ada = "ada@example.com";

    public const string NewPassword = CredentialEndpoints.NewPassword;

    public static async Task<(Browser Laptop, Browser Phone)> SignInAsync(TestApp app)
    {
        app.Folder.Secrets.Learn(NewPassword);
        var (laptop, phone) = (await app.RegisterAsync(Ada), app.NewBrowser());
        await laptop.LoginAsync(Ada);
        await phone.LoginAsync(Ada);
        return (laptop, phone);
    }

    // The session has ended on this node already, before any refresh.
    public static async Task AssertOutAsync(Browser browser)
    {
        var answer = await browser.GetAsync("/manage/info");
        Assert.Equal((401, "session_ended", "credentials_changed"), (answer.Status, answer.Code, answer.Reason));
        Assert.Equal("credentials_changed", (await browser.RefreshAsync()).Reason);
    }

    public static async Task AssertStaysAsync(TestApp app, Browser browser)
    {
        var sid = browser.Sid;
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((200, sid), ((await browser.RefreshAsync()).Status, browser.Sid));
            Assert.Equal(200, (await browser.GetAsync("/manage/info")).Status);
            app.Clock.Advance(TimeSpan.FromMinutes(6));
        }
    }
}
