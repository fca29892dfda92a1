using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pawl.EndToEnd.Scenarios;

namespace Pawl.EndToEnd.Harness;

/// <summary>A page of <see cref="RealtimeApp"/> that runs lines of docs/integrations.md as they are.</summary>
internal sealed partial class RealtimePage
{
    private readonly ConcurrentQueue<string> _requests = [];
    private readonly ConcurrentQueue<string> _errors = [];

    private RealtimePage(IPage page)
    {
        Page = page;
        page.Request += (_, request) => _requests.Enqueue($"{request.Method} {new Uri(request.Url).AbsolutePath}");
        page.WebSocket += (_, socket) => _requests.Enqueue($"WebSocket {new Uri(socket.Url).AbsolutePath}");
        page.PageError += (_, error) => _errors.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>What the page has sent so far: the method, or WebSocket, and the path.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>What the page has not caught.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <param name="context">The browser's profile.</param>
    /// <param name="app">The app.</param>
    /// <param name="missing">What the browser does not have, such as WebSocket.</param>
    public static async Task<RealtimePage> OpenAsync(IBrowserContext context, RealtimeApp app, params string[] missing)
    {
        var page = new RealtimePage(await context.NewPageAsync());
        foreach (var name in missing)
            await page.Page.AddInitScriptAsync($"delete globalThis.{name};");
        await page.Page.GotoAsync(new Uri(app.Address, "/page").ToString());
        return page;
    }

    /// <summary>The block of JavaScript under a heading that contains a text.</summary>
    public static string Documented(string containing) =>
        Blocks()
            .Matches(File.ReadAllText(Repository.File("docs/integrations.md")))
            .Select(static match => match.Groups[1].Value)
            .Single(block => block.Contains(containing, StringComparison.Ordinal));

    /// <summary>Signs in, unless the browser has a session, and then runs the lines. What they declare is global.</summary>
    public Task RunAsync(string lines, string declared, string name = "ada", bool isBearer = false)
    {
        var import =
            lines.Contains("HubConnectionBuilder", StringComparison.Ordinal) && !lines.Contains("import ", StringComparison.Ordinal)
                ? "import { HubConnectionBuilder } from '@microsoft/signalr';"
                : "";
        return RunModuleAsync(
            $$"""
            import { createSession } from 'pawl';
            {{import}}
            const session = window.session = createSession('/auth'{{(isBearer ? ", { transport: 'bearer' }" : "")}});
            if (!session.state.sid) await session.signIn('/login', { name: '{{name}}', bearer: {{(isBearer ? "true" : "false")}} });
            {{lines}}
            Object.assign(window, { {{declared}} });
            """
        );
    }

    public Task SignInAsync(string name, bool isBearer = false) =>
        Page.EvaluateAsync("(login) => session.signIn('/login', login)", new { name, bearer = isBearer });

    public Task EvaluateAsync(string script) => Page.EvaluateAsync(script);

    public Task<T> EvaluateAsync<T>(string script) => Page.EvaluateAsync<T>(script);

    public Task<TimeSpan> UntilAsync(string condition) =>
        Eventually.TrueAsync(() => EvaluateAsync<bool>(condition), $"{condition}; uncaught: {string.Join(' ', Errors)}");

    private async Task RunModuleAsync(string module)
    {
        await Page.AddScriptTagAsync(new() { Type = "module", Content = module + "\nwindow.hasRun = true;" });
        await UntilAsync("() => window.hasRun === true");
    }

    [GeneratedRegex("^```js\n(.+?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
