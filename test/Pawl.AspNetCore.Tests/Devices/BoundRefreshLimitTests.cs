namespace Pawl.AspNetCore.Tests;

/// <summary>Copied tokens without the key of their session do not use up the limit of refreshes of the device that has it.</summary>
public sealed class BoundRefreshLimitTests
{
    private const int Limit = 3;

    [Fact]
    public async Task Refresh_tokens_without_the_key_leave_the_limit_to_the_native_client()
    {
        await using var app = await TestApp.StartAsync(static o =>
        {
            DpopDevice.SetUp(o);
            o.RefreshesPerMinute = Limit;
        });
        using var device = await DpopDevice.BindAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(200, (await device.RefreshAsync()).Status);
        using var thief = new DpopDevice(app) { Nonce = device.Nonce };
        var statuses = new List<int>();
        for (var i = 0; i <= Limit; i++)
        {
            statuses.Add((await thief.SendRefreshAsync(device.RefreshToken, null)).Status);
            Assert.NotEqual(200, (await thief.SendRefreshAsync(device.RefreshToken, thief.Proof("POST", "/auth/token"))).Status);
        }

        Assert.Equal(429, statuses[^1]);
        Assert.Equal(200, (await device.RefreshAsync()).Status);
    }

    [Fact]
    public async Task Copied_cookies_with_wrong_proofs_leave_the_limit_to_the_browser_at_the_same_address()
    {
        await using var app = await TestApp.StartAsync(static o =>
        {
            BoundBrowser.SetUp(o);
            o.RefreshesPerMinute = Limit;
        });
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        using var thief = new BoundBrowser(app, ada.Pages.Copy()) { Challenge = ada.Challenge };
        for (var i = 0; i <= Limit; i++)
            Assert.Equal(403, (await thief.SendAsync(BoundBrowser.RefreshPath, thief.Proof(), ada.Sid)).Status);

        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task The_browser_that_has_the_key_is_told_to_wait()
    {
        await using var app = await TestApp.StartAsync(static o =>
        {
            BoundBrowser.SetUp(o);
            o.RefreshesPerMinute = Limit;
        });
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        for (var i = 0; i < Limit; i++)
            Assert.Equal(200, (await ada.RefreshAsync()).Status);

        var refused = await ada.RefreshAsync();
        Assert.Equal((503, "device_proof_delayed", "20"), (refused.Status, refused.Code, refused["Retry-After"]));
    }
}
