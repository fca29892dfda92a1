using Microsoft.Playwright;
using Pawl.AspNetCore.Tests;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>The pages of ASP.NET Core Identity, as they are, in Chromium without script and in Firefox.</summary>
public sealed class IdentityPages(World world) : BrowserTest(world)
{
    private const string Password = "Correct-horse-7";
    private const string Another = "Another-horse-8";
    private const string Manage = "/Identity/Account/Manage";
    private const string Login = "/Identity/Account/Login";

    private static readonly ViewportSize Window = new() { Width = 1000, Height = 1600 };

    [Theory]
    [InlineData(Browser.Chromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_user_registers_and_is_signed_in_as_long_as_the_browser_should_remember_it(Browser browser)
    {
        var (visitor, tab) = await OpenAsync(IdentitySettings.Default, browser);
        var email = NewAddress();
        await RegisterAsync(tab, email);
        await tab.GoAsync(Manage);
        Assert.Equal($"{Login}?ReturnUrl=%2FIdentity%2FAccount%2FManage", tab.Shown);
        await LogInAsync(tab, email, isRemembered: false);
        Assert.Equal(Manage, tab.Shown);
        await GreetsAsync(tab, email);

        // The browser drops the expired access token, and the next page refreshes.
        await ForgetAsync(visitor, static cookie => cookie.Name is CookieNames.Access or CookieNames.Fresh);
        await tab.GoAsync(Manage);
        Assert.Equal(Manage, tab.Shown);
        Assert.NotNull(await visitor.CookieAsync(CookieNames.Access));

        await CloseAsync(visitor);
        await tab.GoAsync(Manage);
        Assert.StartsWith(Login, tab.Shown, StringComparison.Ordinal);
        await LogInAsync(tab, email, isRemembered: true);
        await CloseAsync(visitor);
        await tab.GoAsync(Manage);
        Assert.Equal(Manage, tab.Shown);

        await tab.LeaveByAsync(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Logout" }));
        Assert.Null(await visitor.CookieAsync(CookieNames.Refresh));
        await tab.GoAsync(Manage);
        Assert.StartsWith(Login, tab.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_password_and_a_deleted_account_sign_the_other_browser_out()
    {
        var email = NewAddress();
        var (_, here) = await OpenAsync(IdentitySettings.Default, Browser.Chromium);
        var (elsewhere, there) = await OpenAsync(IdentitySettings.Default, Browser.Chromium);
        await RegisterAsync(here, email);
        await LogInAsync(here, email);
        await LogInAsync(there, email);

        await here.GoAsync(Manage + "/ChangePassword");
        await here.FillAsync(("OldPassword", Password), ("NewPassword", Another), ("ConfirmPassword", Another));
        await here.PressAsync("Update password");
        await there.GoAsync(Manage);
        Assert.Equal($"{Login}?ReturnUrl=%2FIdentity%2FAccount%2FManage&reason=credentials_changed", there.Shown);
        await here.GoAsync(Manage);
        await GreetsAsync(here, email);

        await LogInAsync(there, email, password: Another);
        await here.GoAsync(Manage + "/DeletePersonalData");
        await here.FillAsync(("Password", Another));
        await here.PressAsync("Delete data and close my account");
        await ForgetAsync(elsewhere, static cookie => cookie.Name is CookieNames.Access or CookieNames.Fresh);
        await there.GoAsync(Manage);
        Assert.StartsWith(Login, there.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_takes_a_code_of_the_authenticator_until_the_machine_is_remembered()
    {
        var (visitor, tab) = await OpenAsync(IdentitySettings.Default, Browser.Chromium);
        var email = NewAddress();
        await RegisterAsync(tab, email);
        await LogInAsync(tab, email);
        await tab.GoAsync(Manage + "/EnableAuthenticator");
        var key = (await tab.Page.TextContentAsync("kbd"))!.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        await tab.FillAsync(("Code", Authenticator.Code(key)));
        await tab.PressAsync("Verify");
        await tab.LeaveByAsync(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Logout" }));

        await LogInAsync(tab, email);
        Assert.StartsWith("/Identity/Account/LoginWith2fa", tab.Shown, StringComparison.Ordinal);
        Assert.Null(await visitor.CookieAsync(CookieNames.Refresh));
        await tab.FillAsync(("TwoFactorCode", Authenticator.Code(key)));
        await tab.CheckAsync("RememberMachine");
        await tab.PressAsync("Log in");
        await GreetsAsync(tab, email);
        await tab.LeaveByAsync(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Logout" }));

        await LogInAsync(tab, email);
        await GreetsAsync(tab, email);
    }

    [Theory]
    [InlineData(Browser.Chromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_user_of_a_provider_registers_and_signs_in_there(Browser browser)
    {
        var address = Provider.FindAddress();
        var (visitor, tab) = await OpenAsync(new IdentitySettings { Provider = address }, browser);
        using var provider = await Provider.StartAsync([new Uri(visitor.Proxy.Origin, "/signin-oidc")], address);
        var email = NewAddress();
        await SignInThereAsync(tab);
        await tab.FillAsync(("Email", email));
        await tab.PressAsync("Register");
        await tab.LeaveByAsync(tab.Page.Locator("#confirm-link"));

        await SignInThereAsync(tab);
        await GreetsAsync(tab, email);
    }

    private static async Task SignInThereAsync(FormTab tab)
    {
        await tab.GoAsync(Login);
        await tab.LeaveByAsync(tab.Page.GetByRole(AriaRole.Button, new() { Name = "OpenIdConnect" }));
        await tab.PressAsync("Sign in");
    }

    private async Task<(Visitor Visitor, FormTab Tab)> OpenAsync(IdentitySettings settings, Browser browser)
    {
        BrowserNewContextOptions options = new() { ViewportSize = Window };
        if (browser is Browser.Chromium)
            options.JavaScriptEnabled = false;
        var visitor = await VisitAsync(await World.ServerAsync(settings), options, browser: browser);
        return (visitor, new FormTab(await visitor.NewPageAsync(), visitor.Proxy.Origin));
    }

    private static string NewAddress() => $"{Guid.NewGuid():N}@example.com";

    private static async Task RegisterAsync(FormTab tab, string email)
    {
        await tab.GoAsync("/Identity/Account/Register");
        await tab.FillAsync(("Email", email), ("Password", Password), ("ConfirmPassword", Password));
        await tab.PressAsync("Register");
        // Without a sender of mails, the page shows the link.
        await tab.LeaveByAsync(tab.Page.Locator("#confirm-link"));
    }

    private static async Task LogInAsync(FormTab tab, string email, bool isRemembered = true, string password = Password)
    {
        if (!tab.Shown.StartsWith(Login, StringComparison.Ordinal))
            await tab.GoAsync(Login);
        await tab.FillAsync(("Email", email), ("Password", password));
        if (isRemembered)
            await tab.CheckAsync("RememberMe");
        await tab.PressAsync("Log in");
    }

    private static async Task GreetsAsync(FormTab tab, string email) =>
        Assert.Contains($"Hello {email}!", await tab.Page.TextContentAsync("nav"), StringComparison.Ordinal);

    // What a browser does when it is closed and started again.
    private static Task CloseAsync(Visitor visitor) => ForgetAsync(visitor, static cookie => cookie.Expires < 0);

    private static async Task ForgetAsync(Visitor visitor, Func<BrowserContextCookiesResult, bool> which)
    {
        foreach (var cookie in (await visitor.CookiesAsync()).Values.Where(which))
            await visitor.Context.ClearCookiesAsync(new() { Name = cookie.Name });
    }
}
