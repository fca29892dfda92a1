using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd;

/// <summary>The server's page, from the first visit to the last sign-out. The browser has nothing to complain of, ever.</summary>
public sealed class AccountPage(World world) : BrowserTest(world)
{
    [Requirement("CLI-13")]
    [Fact]
    public async Task Who_signs_up_is_signed_in_and_told_who_they_are()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var screen = await Screen.OpenAsync(visitor);
        var user = User.New();

        await screen.SignUpAsync(user);

        var account = screen.Page.GetByRole(AriaRole.Region, new() { Name = "Account" });
        await Expect(account).ToContainTextAsync(user.Email);
        await Expect(account).ToContainTextAsync((await visitor.CookieAsync(CookieNames.Session))!.Split('.')[0]);
        await Expect(screen.TokenCard).ToContainTextAsync("Fresh");
        await screen.LoadAsync();
        await screen.SeesUserAsync(user);
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Who_signs_out_can_sign_in_again()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var screen = await Screen.OpenAsync(visitor);
        var user = User.New();
        await screen.SignUpAsync(user);

        await screen.Button("Sign out").ClickAsync();
        await screen.SeesSignInAsync();
        // The page does not wait for the server, which deletes them.
        await Eventually.TrueAsync(async () => (await visitor.CookiesAsync()).Count == 0, "the cookies are gone");
        await screen.SignInAsync(user);

        Assert.Empty(screen.Complaints);
    }

    [Requirement("PW-01")]
    [Fact]
    public async Task A_wrong_password_is_said_so_aloud_and_names_no_reason()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var screen = await Screen.OpenAsync(visitor);
        var user = User.New();
        await screen.SignUpAsync(user);
        await screen.Button("Sign out").ClickAsync();
        await screen.SeesSignInAsync();
        var alert = screen.Page.GetByRole(AriaRole.Alert).Filter(new() { Visible = true });

        await screen.FillAsync(user with { Password = "Correct-Horse-8-Battery" });
        await screen.Button("Sign in").ClickAsync();
        await Expect(alert).ToHaveTextAsync(new Regex("."));
        var said = await alert.TextContentAsync();
        await screen.FillAsync(User.New("nobody"));
        await screen.Button("Sign in").ClickAsync();
        await Eventually.TrueAsync(() => visitor.Proxy.Of("/auth/login").Count(static e => e.Status == 401) == 2, "both are refused");

        await Expect(alert).ToHaveTextAsync(said!);
        await screen.SeesSignInAsync();
    }

    [Fact]
    public async Task Fifty_requests_at_once_cost_one_refresh_and_the_page_says_so()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var screen = await Screen.OpenAsync(visitor);
        await screen.SignUpAsync(User.New());

        await screen.Button("Send 50 requests").ClickAsync();

        await Expect(screen.Page.GetByText(new Regex("50 answers, 1 refresh, "))).ToBeVisibleAsync();
        await Expect(screen.Log).ToContainTextAsync("refreshed");
        Assert.Equal(50, visitor.Proxy.Of("/api/clock").Count(static e => e.Status == 200));
        Assert.Equal(1, visitor.Proxy.Count(Tab.Refresh));
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Each_refresh_shows_as_it_happens()
    {
        var visitor = await VisitAsync(ServerSettings.Quick);
        var screen = await Screen.OpenAsync(visitor);
        await screen.SignUpAsync(User.New());
        var second = await Screen.OpenAsync(visitor);

        await Expect(screen.Log.GetByText("refreshed").First).ToBeVisibleAsync(new() { Timeout = 15_000 });
        await Expect(second.Log.GetByText("refreshed").First).ToBeVisibleAsync(new() { Timeout = 15_000 });

        Assert.Empty(screen.Complaints);
        Assert.Empty(second.Complaints);
    }

    [Fact]
    public async Task Two_tabs_stay_in_step()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var (first, second) = (await Screen.OpenAsync(visitor), await Screen.OpenAsync(visitor));
        var user = User.New();

        await first.SignUpAsync(user);
        await second.SeesUserAsync(user);
        await second.Button("Sign out").ClickAsync();
        await first.SeesSignInAsync();
        await first.SignInAsync(user);
        await second.SeesUserAsync(user);

        Assert.Empty(first.Complaints);
        Assert.Empty(second.Complaints);
    }

    [Fact]
    public async Task A_server_that_is_away_is_said_so_and_nobody_is_signed_out()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var screen = await Screen.OpenAsync(visitor);
        var user = User.New();
        await screen.SignUpAsync(user);
        string[] paths = [Tab.Refresh, "/health", "/api/clock"];
        foreach (var path in paths)
            visitor.Proxy.On(path, Faults.Answer(503));

        await screen.Button("Make a refresh due").ClickAsync();
        await screen.Button("Send a request").ClickAsync();
        var banner = screen.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "You stay signed in" });
        await Expect(banner).ToBeVisibleAsync(new() { Timeout = 15_000 });
        await screen.SeesUserAsync(user);
        foreach (var path in paths)
            visitor.Proxy.Heal(path);

        await Expect(banner).ToBeHiddenAsync(new() { Timeout = 15_000 });
        await Expect(screen.TokenCard).ToContainTextAsync("Fresh");
    }

    [Theory]
    [InlineData(320, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task On_a_phone_nothing_sticks_out_at_the_side(int width, ColorScheme scheme)
    {
        var server = await World.ServerAsync(ServerSettings.Default);
        var visitor = await VisitAsync(
            server,
            new()
            {
                ViewportSize = new() { Width = width, Height = 720 },
                ColorScheme = scheme,
                HasTouch = true,
            }
        );
        var screen = await Screen.OpenAsync(visitor);
        await screen.SeesSignInAsync();
        Assert.InRange(await WidthAsync(screen), 1, width);
        await screen.Button("Create an account").ClickAsync();
        Assert.InRange(await WidthAsync(screen), 1, width);
        await screen.LoadAsync();

        await screen.SignUpAsync(User.New("a-rather-long-name-that-nobody-would-want-to-type-on-a-phone"));
        await Expect(screen.Devices).ToHaveCountAsync(1);
        await screen.Button("Send 50 requests").ClickAsync();
        await Expect(screen.Page.GetByText("50 answers").First).ToBeVisibleAsync();

        Assert.InRange(await WidthAsync(screen), 1, width);
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Every_field_and_button_has_a_name_and_the_keyboard_is_enough_to_sign_in()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = await visitor.OpenAsync();
        var user = User.New();
        await tab.RegisterAsync(user);
        var screen = await Screen.OpenAsync(visitor);
        await screen.SeesSignInAsync();
        var nameless = await screen.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('input, button, a')].filter((e) => !e.hidden && !(e.labels?.length || "
                + "e.textContent.trim() || e.ariaLabel)).map((e) => e.outerHTML)"
        );
        Assert.Empty(nameless);

        await screen.Page.GetByLabel("E-mail address").Filter(new() { Visible = true }).FocusAsync();
        await screen.Page.Keyboard.TypeAsync(user.Email);
        await screen.Page.Keyboard.PressAsync("Tab");
        await screen.Page.Keyboard.TypeAsync(user.Password);
        await screen.Page.Keyboard.PressAsync("Enter");

        await screen.SeesUserAsync(user);
        Assert.Empty(screen.Complaints);
    }

    private static Task<int> WidthAsync(Screen screen) =>
        screen.Page.EvaluateAsync<int>("() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)");
}
