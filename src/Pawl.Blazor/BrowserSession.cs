using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace Pawl.Blazor;

/// <summary>
/// The session of this browser, which all its pages share. It is the browser client, called from .NET: refreshes, waiting and repeating are
/// decided there and nowhere else. Only for components that run in the browser.
/// </summary>
public sealed class BrowserSession : IAsyncDisposable
{
    private const string Module = "./_content/Pawl.Blazor/session.js";

    private readonly IJSRuntime _script;
    private readonly BrowserSessionOptions _options;
    private readonly DotNetObjectReference<Listener> _listener;
    private Task<IJSObjectReference>? _session;

    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(SessionUser))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(SessionGrant))]
    internal BrowserSession(IJSRuntime script, IOptions<BrowserSessionOptions> options)
    {
        (_script, _options) = (script, options.Value);
        _listener = DotNetObjectReference.Create(new Listener(this));
    }

    /// <summary>An event of the client: its type, and the reason of a sign-out.</summary>
    internal event Action<string, string>? Happened;

    internal BrowserSessionOptions Options => _options;

    /// <summary>
    /// Waits until a fresh access token is in place. Call it before a WebSocket or a hub connection is opened. Returns false if the user is
    /// signed out.
    /// </summary>
    /// <exception cref="JSException">There was no fresh access token within 15 seconds. The session has not ended.</exception>
    public async Task<bool> ReadyAsync(CancellationToken cancellationToken = default) => await CallAsync<bool>("ready", cancellationToken);

    /// <summary>
    /// A fresh access token of the transport <c>Bearer</c>. Empty if cookies carry the session or the user is signed out. Ask again for
    /// each use.
    /// </summary>
    /// <exception cref="JSException">There was no fresh access token within 15 seconds. The session has not ended.</exception>
    public async Task<string> TokenAsync(CancellationToken cancellationToken = default) =>
        await CallAsync<string>("token", cancellationToken);

    /// <summary>Posts a body as JSON to the app's own sign-in endpoint.</summary>
    /// <param name="url">The endpoint, relative to the page's base address or absolute.</param>
    /// <param name="body">What becomes the JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The status code of the response: 200 to 299 if the user is signed in.</returns>
    /// <exception cref="JSException">The server could not be reached.</exception>
    public async Task<int> SignInAsync(string url, object? body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        return await CallAsync<int>("signIn", cancellationToken, url, body);
    }

    /// <summary>
    /// Signs out, in all tabs of this browser at once, also offline. With <see cref="SignOutScope.Others"/> this browser stays signed in.
    /// </summary>
    /// <param name="scope">Which sessions end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>True if the server has confirmed it. False: it will be told as soon as it can be reached.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The scope is no member of <see cref="SignOutScope"/>.</exception>
    public async Task<bool> SignOutAsync(SignOutScope scope = SignOutScope.Current, CancellationToken cancellationToken = default) =>
        await CallAsync<bool>("signOut", cancellationToken, NameOf(scope));

    internal Task<SessionUser?> FindUserAsync() => CallAsync<SessionUser?>("user", CancellationToken.None);

    internal Task<string> FindSessionIdAsync() => CallAsync<string>("sid", CancellationToken.None);

    internal Task<SessionGrant> GrantAsync(CancellationToken cancellationToken) => CallAsync<SessionGrant>("grant", cancellationToken);

    internal Task<bool> JudgeAsync(string generation, CancellationToken cancellationToken) =>
        CallAsync<bool>("judge", cancellationToken, generation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is { IsCompletedSuccessfully: true } session)
        {
            await session.Result.InvokeVoidAsync("dispose");
            await session.Result.DisposeAsync();
        }
        _listener.Dispose();
    }

    private static string NameOf(SignOutScope scope) =>
        scope switch
        {
            SignOutScope.Current => "current",
            SignOutScope.Others => "others",
            SignOutScope.Everywhere => "everywhere",
            _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "Pass a member of SignOutScope."),
        };

    private async Task<T> CallAsync<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicConstructors
                | DynamicallyAccessedMemberTypes.PublicFields
                | DynamicallyAccessedMemberTypes.PublicProperties
        )]
            T
    >(string function, CancellationToken cancellationToken, params object?[] arguments)
    {
        // A module that could not be loaded, as while offline, is loaded again by the next call.
        if (_session is null or { IsFaulted: true } or { IsCanceled: true })
            _session = JoinAsync();
        var session = await _session.WaitAsync(cancellationToken);
        return await session.InvokeAsync<T>(function, cancellationToken, arguments);
    }

    private async Task<IJSObjectReference> JoinAsync()
    {
        await using var module = await _script.InvokeAsync<IJSObjectReference>("import", Module);
        return await module.InvokeAsync<IJSObjectReference>(
            "join",
            _options.BasePath,
            _options.UsesBearerTokens,
            _options.Origins.ToArray(),
            _listener
        );
    }

    private sealed class Listener(BrowserSession session)
    {
        [JSInvokable]
        public void OnEvent(string type, string reason) => session.Happened?.Invoke(type, reason);
    }
}
