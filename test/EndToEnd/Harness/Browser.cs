using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>The engines that tests run in.</summary>
public enum Browser
{
    Chromium,

    /// <summary>As its makers ship it, driven by WebDriver BiDi: without DevTools, and so without what only they can do.</summary>
    Firefox,
}

/// <summary>Browsers as Linux distributions have them: none is downloaded.</summary>
internal static class Browsers
{
    private static readonly string[] Arguments =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    // A page's icon is what it would ask for of its own accord, against the policy of pages that allow no image.
    private static readonly Dictionary<string, object> Preferences = new() { ["browser.chrome.site_icons"] = false };

    /// <summary>Without a browser there is nothing to test: that is an error where tests must run, and said aloud elsewhere.</summary>
    public static Task<IBrowser> LaunchAsync(this IPlaywright playwright, Browser browser) => browser switch
    {
        Browser.Chromium => playwright.Chromium.LaunchAsync(new() { ExecutablePath = Find("chromium", "chromium-browser", "google-chrome"), Args = Arguments }),
        // The channel is what makes Playwright speak BiDi; without it, it speaks what only its own build of Firefox understands.
        Browser.Firefox => playwright.Firefox.LaunchAsync(new() { ExecutablePath = Find("firefox-esr", "firefox"), Channel = "moz-firefox", FirefoxUserPrefs = Preferences }),
        _ => throw new ArgumentOutOfRangeException(nameof(browser)),
    };

    /// <param name="names">Of the program; the first is Debian's, and its package's too.</param>
    private static string Find(params string[] names)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") + ":/usr/bin").Split(Path.PathSeparator)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        if (found is not null)
            return found;
        var missing = $"There is no {names[0]} here; install it with: apt-get install {names[0]}.";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.Fail(missing);
        throw new InvalidOperationException(missing);
    }
}
