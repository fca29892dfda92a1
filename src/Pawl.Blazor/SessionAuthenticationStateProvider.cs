using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace Pawl.Blazor;

/// <summary>
/// The user of the components. It begins with the user that the server has rendered the page for, so nothing flashes, and then follows the
/// events of the browser client.
/// </summary>
internal sealed class SessionAuthenticationStateProvider : AuthenticationStateProvider, IDisposable
{
    private static readonly ClaimsPrincipal Anonymous = new(new ClaimsIdentity());

    private readonly BrowserSession _session;
    private Task<AuthenticationState> _state;
    private ClaimsPrincipal _user = Anonymous;
    private int _reads;

    /// <param name="session">The browser client.</param>
    /// <param name="rendered">The state that the server has serialized into the page; anonymous if it has not.</param>
    public SessionAuthenticationStateProvider(BrowserSession session, Task<AuthenticationState> rendered)
    {
        _session = session;
        _session.Happened += OnEvent;
        _state = StartAsync(rendered);
    }

    public override Task<AuthenticationState> GetAuthenticationStateAsync() => _state;

    public void Dispose() => _session.Happened -= OnEvent;

    // A page without a rendered user waits for the client: its user may be signed in all the same, as in an app without a server.
    private async Task<AuthenticationState> StartAsync(Task<AuthenticationState> rendered)
    {
        var state = await rendered;
        if (state.User.Identity is not { IsAuthenticated: true })
            return new(_user = await ReadAsync());
        _user = state.User;
        _ = CompareAsync();
        return state;
    }

    // The session may have ended, or another user may have signed in, after the page was rendered.
    private async Task CompareAsync()
    {
        try
        {
            if (await _session.FindSessionIdAsync() != _user.FindFirst("sid")?.Value)
                Publish();
        }
        catch (JSException)
        {
            // The client could not be loaded. The page keeps the user that the server has rendered it for.
        }
    }

    private void OnEvent(string type, string reason) => Publish();

    private void Publish()
    {
        _state = ChangeAsync(++_reads);
        NotifyAuthenticationStateChanged(_state);
    }

    // A later event has the later answer: what an earlier one brings afterwards is not kept.
    private async Task<AuthenticationState> ChangeAsync(int read)
    {
        var user = await ReadAsync();
        if (read == _reads)
            _user = user;
        return new(user);
    }

    private async Task<ClaimsPrincipal> ReadAsync()
    {
        try
        {
            return (await _session.FindUserAsync())?.ToPrincipal(_user) ?? Anonymous;
        }
        catch (JSException)
        {
            // A server that does not answer signs no user out. But another session's page must not show the user of this one.
            return await IsSameSessionAsync() ? _user : Anonymous;
        }
    }

    private async Task<bool> IsSameSessionAsync()
    {
        try
        {
            return await _session.FindSessionIdAsync() is { Length: > 0 } id && _user.FindFirst("sid")?.Value == id;
        }
        catch (JSException)
        {
            return true;
        }
    }
}
