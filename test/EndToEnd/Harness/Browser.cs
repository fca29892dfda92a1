using System.Collections;
using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>The engines that tests run in.</summary>
public enum Browser
{
    Chromium,

    /// <summary>As its makers ship it, driven by WebDriver BiDi: without DevTools, and so without what only they can do.</summary>
    Firefox,

    /// <summary>Chromium with scripts switched off in each page. It shows pages from its memory on Back, as people's browsers do.</summary>
    ChromiumWithoutScript,

    /// <summary>Firefox with scripts switched off by its own preference. The driver then uses mouse and keyboard alone.</summary>
    FirefoxWithoutScript,

    /// <summary>
    /// Chromium with device-bound sessions, whose keys are in software. Its pages are of an https origin. It signs as often as it likes,
    /// because the tests of a run need more than the six proofs in nine minutes that users' browsers make.
    /// </summary>
    BoundChromium,

    /// <summary>The same with the limit of users' browsers.</summary>
    LimitedBoundChromium,
}

/// <summary>Browsers as Linux distributions have them: none is downloaded.</summary>
internal static class Browsers
{
    private static readonly string[] Arguments =
    [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private static readonly string[] BoundArguments = Bind("DeviceBoundSessions:RefreshQuota/false");
    private static readonly string[] LimitedBoundArguments = Bind("DeviceBoundSessions");

    // A page's icon is what it would ask for of its own accord, against the policy of pages that allow no image.
    private static readonly Dictionary<string, object> Preferences = new() { ["browser.chrome.site_icons"] = false };
    private static readonly Dictionary<string, object> PreferencesWithoutScript = new(Preferences) { ["javascript.enabled"] = false };

    /// <summary>Whether a browser binds sessions to a key of the device.</summary>
    public static bool BindsSessions(this Browser browser) => browser is Browser.BoundChromium or Browser.LimitedBoundChromium;

    /// <summary>Without a browser there is nothing to test: that is an error where tests must run, and said aloud elsewhere.</summary>
    public static Task<IBrowser> LaunchAsync(this IPlaywright playwright, Browser browser, DeviceClock? clock = null) =>
        browser switch
        {
            Browser.Chromium or Browser.ChromiumWithoutScript or Browser.BoundChromium or Browser.LimitedBoundChromium =>
                playwright.Chromium.LaunchAsync(
                    new()
                    {
                        ExecutablePath = Find("chromium", "chromium-browser", "google-chrome"),
                        Args = browser switch
                        {
                            Browser.BoundChromium => BoundArguments,
                            Browser.LimitedBoundChromium => LimitedBoundArguments,
                            _ => Arguments,
                        },
                        IgnoreDefaultArgs = browser is Browser.ChromiumWithoutScript ? ["--disable-back-forward-cache"] : null,
                        Env = Variables(clock),
                    }
                ),
            // The channel is what makes Playwright speak BiDi; without it, it speaks what only its own build of Firefox understands.
            Browser.Firefox or Browser.FirefoxWithoutScript => playwright.Firefox.LaunchAsync(
                new()
                {
                    ExecutablePath = Find("firefox-esr", "firefox"),
                    Channel = "moz-firefox",
                    FirefoxUserPrefs = browser is Browser.Firefox ? Preferences : PreferencesWithoutScript,
                    Env = Variables(clock),
                }
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(browser)),
        };

    /// <summary>Chromium with a profile on the disk, in which scripts are off.</summary>
    public static BrowserTypeLaunchPersistentContextOptions PersistentWithoutScript =>
        new()
        {
            ExecutablePath = Find("chromium", "chromium-browser", "google-chrome"),
            Args = Arguments,
            JavaScriptEnabled = false,
            ViewportSize = new() { Width = 1000, Height = 1600 },
        };

    /// <summary>Chromium with device-bound sessions and a profile on the disk.</summary>
    public static BrowserTypeLaunchPersistentContextOptions PersistentBound =>
        new() { ExecutablePath = Find("chromium", "chromium-browser", "google-chrome"), Args = BoundArguments };

    private static string[] Bind(string feature) =>
        [
            .. Arguments,
            $"--enable-features={feature},EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
            $"--ignore-certificate-errors-spki-list={LocalCertificate.KeyHash}",
        ];

    private static IEnumerable<KeyValuePair<string, string>>? Variables(DeviceClock? clock) =>
        clock?.Environment.Concat(
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .Select(static e => KeyValuePair.Create((string)e.Key, (string)e.Value!))
        );

    /// <param name="names">Of the program; the first is Debian's, and its package's too.</param>
    private static string Find(params string[] names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") + ":/usr/bin").Split(Path.PathSeparator);
        return Require(folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))), names[0], names[0]);
    }

    /// <summary>The first of the files that exists. Without one, the test fails in CI and is skipped elsewhere.</summary>
    public static string Require(IEnumerable<string> files, string name, string package)
    {
        if (files.FirstOrDefault(File.Exists) is { } found)
            return found;
        var missing = $"There is no {name} here; install it with: apt-get install {package}.";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.Fail(missing);
        throw new InvalidOperationException(missing);
    }
}
