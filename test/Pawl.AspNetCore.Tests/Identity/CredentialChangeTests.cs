using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// With AddIdentityUsers, the device that changes a credential stays signed in, and the user's other devices are signed out.
/// </summary>
public sealed class CredentialChangeTests
{
    private const string Ada = TwoDevices.Ada;
    private const string NewPassword = TwoDevices.NewPassword;

    [Theory]
    [InlineData("password")]
    [InlineData("enable 2fa")]
    [InlineData("reset the key")]
    public async Task The_device_that_changes_a_credential_by_MapIdentityApi_stays_and_the_others_end(string change)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);

        var answer = change switch
        {
            "password" => await laptop.PostAsync("/manage/info", new { oldPassword = IdentityApp.Password, newPassword = NewPassword }),
            "enable 2fa" => await EnableTwoFactorAsync(laptop),
            _ => await laptop.PostAsync("/manage/2fa", new { resetSharedKey = true }),
        };

        Assert.Equal(200, answer.Status);
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, laptop);
        if (change == "password")
            Assert.Equal(200, (await app.NewBrowser().LoginAsync(Ada, NewPassword)).Status);
    }

    [Theory]
    [InlineData("add-password", false)]
    [InlineData("email", false)]
    [InlineData("phone", false)]
    [InlineData("name", true)]
    [InlineData("remove-login", true)]
    [InlineData("stamp", true)]
    public async Task The_same_holds_for_endpoints_of_the_apps_own(string change, bool core)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, core, asksUsers: true, map: CredentialEndpoints.Map);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        Assert.Equal(200, (await laptop.PostAsync($"/change/{change}")).Status);
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, laptop);
    }

    [Theory]
    [InlineData("/manage/info", "wrong")]
    [InlineData("/change/taken-name", null)]
    [InlineData("/change/conflict", null)]
    [InlineData("/change/nothing", null)]
    public async Task An_update_that_fails_or_changes_no_credential_ends_no_session(string path, string? oldPassword)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, map: CredentialEndpoints.Map);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        await app.RegisterAsync("bob@example.com");
        var stamps = Stamps(folder);

        await laptop.PostAsync(path, oldPassword is null ? null : new { oldPassword, newPassword = NewPassword });

        Assert.Equal(stamps, Stamps(folder));
        Assert.Equal(200, (await phone.RefreshAsync()).Status);
        await TwoDevices.AssertStaysAsync(app, laptop);
    }

    [Fact]
    public async Task A_bearer_token_keeps_its_session()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, core: true, asksUsers: true);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        var json = Encoding.UTF8.GetBytes($$"""{"oldPassword":"{{IdentityApp.Password}}","newPassword":"{{NewPassword}}"}""");
        var answer = await app.SendRawAsync(
            "POST",
            "/manage/info",
            json,
            ("Authorization", $"Bearer {laptop.AccessToken}"),
            ("Content-Type", "application/json")
        );
        Assert.Equal(200, answer.Status);
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, laptop);
    }

    [Fact]
    public async Task A_session_that_starts_in_the_request_before_the_change_stays()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, map: static routes =>
            routes.MapPost("/sign-in-and-change", async (UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn) =>
            {
                var user = (await users.FindByEmailAsync(Ada))!;
                await signIn.SignInAsync(user, isPersistent: true);
                await users.SetPhoneNumberAsync(user, "1234");
            })
        );
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        Assert.Equal(200, (await laptop.PostAsync("/sign-in-and-change")).Status);
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, laptop);
    }

    [Fact]
    public async Task The_device_stays_where_the_app_fails_after_the_change()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, map: routes =>
        {
            ((IApplicationBuilder)routes).UseExceptionHandler(static error => error.Run(static _ => Task.CompletedTask));
            CredentialEndpoints.Map(routes);
        });
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        Assert.Equal(500, (await laptop.PostAsync("/change/stamp?fails=true")).Status);
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, laptop);
    }

    [Fact]
    public async Task A_store_that_fails_after_the_change_delays_the_endings_to_the_next_refresh()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        app.Store.IsDown = true;
        var change = new { oldPassword = IdentityApp.Password, newPassword = NewPassword };
        Assert.Equal(200, (await laptop.PostAsync("/manage/info", change)).Status);
        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(6).Count() == 2), "the response has been completed");
        app.Store.IsDown = false;

        Assert.Equal("credentials_changed", (await phone.RefreshAsync()).Reason);
        Assert.Equal("credentials_changed", (await laptop.RefreshAsync()).Reason);
        Assert.Equal(200, (await app.NewBrowser().LoginAsync(Ada, NewPassword)).Status);
    }

    [Fact]
    public async Task Identity_that_is_added_later_keeps_its_own_validator()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, isIdentityLater: true);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        Assert.Equal(400, (await app.NewBrowser().PostAsync("/register", new { email = Ada, password = IdentityApp.Password })).Status);
        await laptop.PostAsync("/manage/2fa", new { resetSharedKey = true });
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, laptop);
    }

    private static async Task<Answer> EnableTwoFactorAsync(Browser browser)
    {
        var key = (await browser.PostAsync("/manage/2fa", new { })).Text("sharedKey")!;
        return await browser.PostAsync("/manage/2fa", new { enable = true, twoFactorCode = Authenticator.Code(key) });
    }

    private static string Stamps(TestFolder folder) =>
        folder.Query<string>("SELECT group_concat(security_stamp) FROM (SELECT security_stamp FROM pawl_sessions ORDER BY id)");
}
