using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd.Harness;

/// <summary>The server's own page, used as a person would: by the names of things and not by their ids.</summary>
internal sealed class Screen
{
    private readonly Uri _home;
    private readonly List<string> _complaints = [];

    private Screen(IPage page, Uri home)
    {
        (Page, _home) = (page, home);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add("uncaught: " + error);
        page.Dialog += (_, dialog) =>
        {
            _complaints.Add("dialog: " + dialog.Message);
            _ = dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>
    /// What the browser complained of so far: errors, warnings, and breaches of the page's policy, which it reports as errors too.
    /// </summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public ILocator SignInForm => Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in", Exact = true });

    public ILocator TokenCard => Page.GetByRole(AriaRole.Region, new() { Name = "Access token" });

    public ILocator Devices => Page.GetByRole(AriaRole.Region, new() { Name = "My devices" }).GetByRole(AriaRole.Listitem);

    public ILocator Log => Page.GetByRole(AriaRole.Log);

    public static async Task<Screen> OpenAsync(Visitor visitor)
    {
        var screen = new Screen(await visitor.NewPageAsync(), visitor.Proxy.Origin);
        await screen.LoadAsync();
        return screen;
    }

    public async Task LoadAsync() => await Page.GotoAsync(_home.ToString());

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public async Task SignUpAsync(User user)
    {
        await Button("Create an account").ClickAsync();
        await FillAsync(user);
        await Button("Create the account").ClickAsync();
        await SeesUserAsync(user);
    }

    public async Task SignInAsync(User user)
    {
        await FillAsync(user);
        await Button("Sign in").ClickAsync();
        await SeesUserAsync(user);
    }

    public async Task FillAsync(User user)
    {
        await Page.GetByLabel("E-mail address").Filter(new() { Visible = true }).FillAsync(user.Email);
        await Page.GetByLabel("Password", new() { Exact = true }).Filter(new() { Visible = true }).FillAsync(user.Password);
    }

    public async Task SeesUserAsync(User user)
    {
        await Expect(Page.GetByRole(AriaRole.Banner)).ToContainTextAsync(user.Email);
        await Expect(TokenCard).ToBeVisibleAsync();
        await Expect(SignInForm).ToBeHiddenAsync();
    }

    public async Task SeesSignInAsync()
    {
        await Expect(SignInForm).ToBeVisibleAsync();
        await Expect(TokenCard).ToBeHiddenAsync();
        await Expect(Page.GetByRole(AriaRole.Banner)).Not.ToContainTextAsync("@");
    }
}
