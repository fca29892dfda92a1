using System.Text.Json;
using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>What a call of the client came to: a status and a body, or the error it rejected with.</summary>
internal sealed record Reply(int Status, string Body, string? Error)
{
    public override string ToString() => Error ?? $"{Status} {Body}";
}

/// <summary>What the client says of the session, and all it has told its listeners.</summary>
internal sealed record ClientState(string Status, string Sid, string Generation, bool Degraded, string[] Events, string? Reason)
{
    public override string ToString() =>
        $"{Status} {Sid} {Generation}{(Degraded ? " degraded" : "")}, after {string.Join(", ", Events)} {Reason}";
}

/// <summary>A user, who has never been seen before.</summary>
internal sealed record User(string Email, string Password)
{
    public object Credentials => new { email = Email, password = Password };

    public static User New(string name = "ann") => new($"{name}-{Guid.NewGuid():N}@example.com", "Correct-Horse-7-Battery");
}

/// <summary>A tab with the real browser client in it, spoken to as an app's script would.</summary>
internal sealed class Tab
{
    public const string Path = "/e2e/page";
    public const string Me = "/api/me";
    public const string Refresh = "/auth/refresh";
    public const string Logout = "/auth/logout";

    /// <summary>Starts the client as a page would, and keeps what it tells.</summary>
    public const string Script = """
        async () => {
          const { createSession } = await import('/auth/client/pawl.js');
          const session = (window.session = createSession());
          window.told = [];
          for (const type of ['signedin', 'signedout', 'switched', 'refreshed', 'degraded', 'recovered'])
            session.on(type, ({ reason }) => told.push([type, reason, performance.timeOrigin + performance.now()]));
          window.call = (path, init) =>
            session.fetch(path, init).then(
              async (response) => ({ status: response.status, body: await response.text() }),
              (error) => ({ status: 0, body: '', error: error.code || `${error}` }),
            );
        }
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // A page that never answers is a failure, and not to be waited for: the client itself gives up after 15 seconds, and the longest run of
    // traffic is a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly Uri _origin;
    private readonly string _script;

    public Tab(IPage page, Uri origin, string script)
    {
        (Page, _origin, _script) = (page, origin, script);
        page.Console += (_, message) => Console.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Console.Add("uncaught: " + error);
    }

    public IPage Page { get; }

    public List<string> Console { get; } = [];

    /// <summary>Loads the page (again) and starts the client in it.</summary>
    public async Task LoadAsync()
    {
        await Page.GotoAsync(new Uri(_origin, Path).ToString());
        await StartClientAsync();
    }

    public Task StartClientAsync() => Page.EvaluateAsync(_script);

    /// <summary>Runs a function in the page, and brings back what it or its promise comes to.</summary>
    public async Task<T> RunAsync<T>(string function, object? argument = null) =>
        JsonSerializer.Deserialize<T>(
            await Page.EvaluateAsync<string>($"async (argument) => JSON.stringify((await ({function})(argument)) ?? null)", argument)
                .WaitAsync(Patience),
            Json
        )!;

    public Task<ClientState> StateAsync() =>
        RunAsync<ClientState>(
            "() => ({ ...session.state, events: told.map(([type]) => type), reason: told.findLast(([type]) => type == 'signedout')?.[1] })"
        );

    public async Task<bool> IsSignedInAsync() => (await StateAsync()).Status == "signed-in";

    /// <summary>Waits until the client says so.</summary>
    public Task<TimeSpan> SeesAsync(Func<ClientState, bool> what, string words, TimeSpan? within = null) =>
        Eventually.TrueAsync(StateAsync, what, words, within);

    public Task<TimeSpan> SeesSignedOutAsync() => SeesAsync(static s => s.Status == "signed-out", "the tab is signed out");

    public async Task<User> SignInAsNewUserAsync(string name = "ann")
    {
        var user = User.New(name);
        await RegisterAsync(user);
        await SignInAsync(user);
        return user;
    }

    public async Task RegisterAsync(User user) =>
        Assert.InRange(
            await RunAsync<int>(
                "async (user) => (await fetch('/auth/register', { method: 'POST', headers: { 'Content-Type': 'application/json' }, "
                    + "body: JSON.stringify(user) })).status",
                user.Credentials
            ),
            200,
            204
        );

    public async Task SignInAsync(User user)
    {
        Assert.Equal(200, await RunAsync<int>("async (user) => (await session.signIn('login', user)).status", user.Credentials));
        Assert.True(await IsSignedInAsync());
    }

    public Task<bool> SignOutAsync(string scope = "current") => RunAsync<bool>("(scope) => session.signOut({ scope })", scope);

    public Task<Reply> FetchAsync(string path = Me) => RunAsync<Reply>("(path) => call(path)", path);

    /// <summary>
    /// So many at once, and really so: a browser makes requests for one address wait for each other, in the hope that the first answer will
    /// do for all.
    /// </summary>
    public Task<Reply[]> FetchAsync(int requests, string path = Me) =>
        RunAsync<Reply[]>(
            "([n, path]) => Promise.all(Array.from({ length: n }, (_, i) => call(`${path}?n=${i}`)))",
            new object[] { requests, path }
        );

    /// <summary>The access token has reached the end of its fresh life: the browser has dropped the cookie that is the timer.</summary>
    public Task LapseAsync() => Page.EvaluateAsync("() => { document.cookie = '__Host-pawl-fresh=; Path=/; Secure; Max-Age=0'; }");

    /// <summary>Brings a new access token about, as a lapse does.</summary>
    public async Task RefreshAsync()
    {
        await LapseAsync();
        Assert.Equal(200, (await FetchAsync()).Status);
    }
}
