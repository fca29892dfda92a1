using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>What would weaken sessions, or cannot work, stops the start with a sentence that says what to write.</summary>
public sealed class OptionsTests
{
    public static TheoryData<string, Action<PawlOptions>, string> Refused =>
        new()
        {
            {
                "access token too short",
                static o => o.AccessTokenLifetime = TimeSpan.FromSeconds(1.9),
                "options.AccessTokenLifetime = TimeSpan.FromMinutes(5)"
            },
            {
                "access token over an hour",
                static o => o.AccessTokenLifetime = TimeSpan.FromSeconds(3601),
                "options.AccessTokenLifetime = TimeSpan.FromMinutes(5)"
            },
            { "no settle period", static o => o.SettlePeriod = TimeSpan.Zero, "options.SettlePeriod = TimeSpan.FromSeconds(40)" },
            {
                "settle period over access life",
                static o => o.SettlePeriod = TimeSpan.FromSeconds(301),
                "options.SettlePeriod = TimeSpan.FromSeconds(40)"
            },
            {
                "idle within access life",
                static o => o.IdleTimeout = TimeSpan.FromMinutes(5),
                "options.IdleTimeout = TimeSpan.FromDays(14)"
            },
            {
                "idle too short without a key",
                static o => (o.DeviceBinding, o.IdleTimeout) = (DeviceBinding.Preferred, TimeSpan.FromMinutes(9)),
                "options.IdleTimeout = TimeSpan.FromMinutes(15)"
            },
            { "idle over absolute", static o => o.IdleTimeout = TimeSpan.FromDays(91), "options.IdleTimeout = TimeSpan.FromDays(14)" },
            {
                "absolute over 400 days",
                static o => o.AbsoluteTimeout = TimeSpan.FromDays(401),
                "options.AbsoluteTimeout = TimeSpan.FromDays(90)"
            },
            { "skew over 2 minutes", static o => o.ClockSkew = TimeSpan.FromSeconds(121), "options.ClockSkew = TimeSpan.FromSeconds(30)" },
            { "negative skew", static o => o.ClockSkew = TimeSpan.FromSeconds(-1), "options.ClockSkew = TimeSpan.FromSeconds(30)" },
            {
                "signing key below 2 days",
                static o => o.SigningKeyLifetime = TimeSpan.FromHours(47),
                "options.SigningKeyLifetime = TimeSpan.FromDays(90)"
            },
            { "no refresh at all", static o => o.RefreshesPerMinute = 0, "options.RefreshesPerMinute = 120, or null" },
            { "no session at all", static o => o.SessionLimit = 0, "options.SessionLimit = 5" },
            { "no such behavior", static o => o.SessionLimitBehavior = (SessionLimitBehavior)2, "SessionLimitBehavior.EndOldest" },
            { "no pruning", static o => o.PruningInterval = TimeSpan.Zero, "options.PruningInterval = TimeSpan.FromHours(1)" },
            { "short key", static o => o.KeyEncryptionKey = new byte[16], "openssl rand -base64 32" },
            { "no issuer", static o => o.Issuer = "", "options.Issuer = \"https://example.com\"" },
            { "null issuer", static o => o.Issuer = null!, "options.Issuer = \"https://example.com\"" },
            { "long audience", static o => o.Audience = new string('x', 257), "options.Issuer = \"https://example.com\"" },
            { "no client", static o => o.ClientId = "", "options.Issuer = \"https://example.com\"" },
            { "issuer with half a character", static o => o.Issuer = "urn:\ud83d", "options.Issuer = \"https://example.com\"" },
            { "client with a control character", static o => o.ClientId = "web\0", "options.Issuer = \"https://example.com\"" },
            { "http issuer", static o => o.Issuer = "http://auth.example.com", "options.Issuer = \"https://auth.example.com\"" },
            { "HTTP issuer", static o => o.Issuer = "HTTP://auth.example.com", "options.Issuer = \"https://auth.example.com\"" },
            { "SameSite None", static o => o.SameSite = SameSiteMode.None, "options.SameSite = SameSiteMode.Strict" },
            { "SameSite unset", static o => o.SameSite = SameSiteMode.Unspecified, "options.SameSite = SameSiteMode.Strict" },
            { "no base path", static o => o.BasePath = default, "options.BasePath = \"/auth\"" },
            { "root as base path", static o => o.BasePath = "/", "options.BasePath = \"/auth\"" },
            { "base path with slash", static o => o.BasePath = "/auth/", "options.BasePath = \"/auth\"" },
            { "base path with a parameter", static o => o.BasePath = "/auth/{tenant}", "options.BasePath = \"/auth\"" },
            { "base path with a control character", static o => o.BasePath = "/auth\n", "options.BasePath = \"/auth\"" },
            {
                "pruning once a year",
                static o => o.PruningInterval = TimeSpan.FromDays(365),
                "options.PruningInterval = TimeSpan.FromHours(1)"
            },
            {
                "signing key for ever",
                static o => o.SigningKeyLifetime = TimeSpan.MaxValue,
                "options.SigningKeyLifetime = TimeSpan.FromDays(90)"
            },
            { "no algorithm", static o => o.SigningAlgorithm = null!, "SigningAlgorithm.ES256" },
            { "no events", static o => o.Events = null!, "new PawlEvents()" },
            { "no handler", static o => o.Events.OnRefreshing = null!, "new PawlEvents()" },
            { "no handler of a start", static o => o.Events.OnSessionStarting = null!, "new PawlEvents()" },
            { "clock", static o => o.TimeProvider = TimeProvider.System, "AddSingleton<TimeProvider>" },
            { "type of events", static o => o.EventsType = typeof(PawlEvents), "options.Events.OnRefreshing" },
            { "issuer of claims", static o => o.ClaimsIssuer = "https://example.com", "options.Issuer" },
            { "any origin", static o => o.TrustedOrigins.Add("*"), "https://app.example.com, without a path" },
            { "null origin", static o => o.TrustedOrigins.Add("null"), "https://app.example.com, without a path" },
            { "wildcard origin", static o => o.TrustedOrigins.Add("https://*.example.com"), "https://app.example.com, without a path" },
            {
                "origin with slash",
                static o => o.TrustedOrigins.Add("https://app.example.com/"),
                "https://app.example.com, without a path"
            },
            { "http origin", static o => o.TrustedOrigins.Add("http://app.example.com"), "https://app.example.com, without a path" },
            {
                "origin in capitals",
                static o => o.TrustedOrigins.Add("https://APP.example.com"),
                "https://app.example.com, without a path"
            },
            { "origin of files", static o => o.TrustedOrigins.Add("file://localhost"), "has its own scheme as capacitor://localhost" },
            {
                "origin of a script",
                static o => o.TrustedOrigins.Add("javascript://localhost"),
                "has its own scheme as capacitor://localhost"
            },
            {
                "app origin with slash",
                static o => o.TrustedOrigins.Add("capacitor://localhost/"),
                "has its own scheme as capacitor://localhost"
            },
            {
                "app origin with path",
                static o => o.TrustedOrigins.Add("capacitor://localhost/index.html"),
                "has its own scheme as capacitor://localhost"
            },
            {
                "app origin in capitals",
                static o => o.TrustedOrigins.Add("Capacitor://localhost"),
                "has its own scheme as capacitor://localhost"
            },
            {
                "app origin with wildcard",
                static o => o.TrustedOrigins.Add("chrome-extension://*"),
                "has its own scheme as capacitor://localhost"
            },
            {
                "app origin with user",
                static o => o.TrustedOrigins.Add("capacitor://a@localhost"),
                "has its own scheme as capacitor://localhost"
            },
            { "app origin without host", static o => o.TrustedOrigins.Add("capacitor://"), "has its own scheme as capacitor://localhost" },
            {
                "app origin with line end",
                static o => o.TrustedOrigins.Add("capacitor://localhost\n"),
                "has its own scheme as capacitor://localhost"
            },
            { "short secret", static o => o.ServiceClients["billing"] = "0123456789abcdef0123456789abcde", "openssl rand -hex 32" },
            { "secret that is none", static o => o.ServiceClients["billing"] = new string('x', 64), "openssl rand -hex 32" },
            { "null secret", static o => o.ServiceClients["billing"] = null!, "openssl rand -hex 32" },
            {
                "hash of another size",
                static o => o.ServiceClients["billing"] = "sha256:0123456789abcdef0123456789abcdef",
                "openssl rand -hex 32"
            },
            { "hash that is none", static o => o.ServiceClients["billing"] = "sha256:" + new string('x', 64), "openssl rand -hex 32" },
            { "service with half a character", static o => o.ServiceClients["a\ud83d"] = Billing.Secret, "openssl rand -hex 32" },
            { "service without a name", static o => o.ServiceClients[""] = Billing.Secret, "openssl rand -hex 32" },
            { "service with a colon", static o => o.ServiceClients["a:b"] = Billing.Secret, "openssl rand -hex 32" },
            {
                "origin with user",
                static o => o.TrustedOrigins.Add("https://a@app.example.com"),
                "https://app.example.com, without a path"
            },
        };

    [Requirement("CK-08", "CLM-02", "KEY-01", "OPS-01", "XS-09", "ATTACK-03", "ATTACK-29")]
    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Stops_the_start_and_says_what_to_write(string what, Action<PawlOptions> configure, string sentence)
    {
        var thrown = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => TestApp.StartAsync(configure));
        Assert.Contains(thrown.Failures, failure => failure.Contains(sentence, StringComparison.Ordinal));
        Assert.NotEmpty(what);
    }

    [Requirement("OPS-01")]
    [Fact]
    public async Task An_invalid_option_stops_the_start_of_an_app_without_endpoints()
    {
        var builder = TestApp.NewBuilder();
        using var folder = new TestFolder();
        builder.Services.AddPawl(static o => o.ClockSkew = TimeSpan.FromHours(1)).AddSqliteStore($"Data Source={folder.Database}");
        await using var app = builder.Build();
        await Assert.ThrowsAnyAsync<OptionsValidationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.False(File.Exists(folder.Database));
    }

    [Theory]
    [InlineData("2 s", 2)]
    [InlineData("1 h", 3600)]
    public async Task The_limits_themselves_are_allowed(string what, int seconds)
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            o.AccessTokenLifetime = TimeSpan.FromSeconds(seconds);
            o.SettlePeriod = o.AccessTokenLifetime;
            o.AbsoluteTimeout = o.IdleTimeout = TimeSpan.FromDays(400);
            o.ClockSkew = TimeSpan.FromMinutes(2);
            o.SigningKeyLifetime = TimeSpan.FromDays(2);
            o.Issuer = "http://localhost:5080";
            o.TrustedOrigins.Add("http://localhost:5173");
            o.TrustedOrigins.Add("https://app.example.com:8443");
            o.TrustedOrigins.Add("capacitor://localhost");
            o.TrustedOrigins.Add("chrome-extension://abcdefghijklmnopabcdefghijklmnop");
            o.BasePath = "/a/b";
        });
        var ada = await app.SignInAsync("ada");
        Assert.Equal(seconds, (await ada.PostAsync("/a/b/refresh")).Number("expires_in"));
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task Events_can_be_set_one_by_one_or_all_at_once()
    {
        var told = new List<string>();
        await using var one = await TestApp.StartAsync(o => o.Events.OnRefreshing = _ => Tell("one"));
        await using var all = await TestApp.StartAsync(o => o.Events = new PawlEvents { OnRefreshing = _ => Tell("all") });
        await (await one.SignInAsync("ada")).RefreshAsync();
        await (await all.SignInAsync("ada")).RefreshAsync();
        Assert.Equal(["one", "all"], told);

        Task Tell(string what)
        {
            told.Add(what);
            return Task.CompletedTask;
        }
    }
}
