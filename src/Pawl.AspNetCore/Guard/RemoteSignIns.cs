using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Recognizes a sign-in that the framework's handler of an external provider makes at its callback. The provider's page may post to that
/// callback from another site, because the handler has its own protection: a protected state, a correlation cookie in the same browser,
/// and a nonce. No other code on that path has this protection.
/// </summary>
internal sealed class RemoteSignIns(IAuthenticationSchemeProvider schemes, PawlScheme scheme)
{
    // RemoteAuthenticationHandler names its scheme here after it has validated the provider's response.
    private const string SchemeItem = ".AuthScheme";

    /// <summary>
    /// Moves Pawl's scheme behind the other handlers that see each request. A scheme that Pawl has taken over from a cookie handler may
    /// stand before them. If a remote handler declines its callback, Pawl checks the request as any other before an endpoint runs.
    /// </summary>
    public async Task PutPawlLastAsync()
    {
        var handlers = await schemes.GetRequestHandlerSchemesAsync();
        if (handlers.SkipWhile(s => s.Name != scheme.Name).Skip(1).Any() && await schemes.GetSchemeAsync(scheme.Name) is { } ours)
        {
            schemes.RemoveScheme(ours.Name);
            schemes.AddScheme(ours);
        }
    }

    /// <summary>Whether a remote handler makes this sign-in: its handler runs now, and the properties are those of its ticket.</summary>
    public async Task<bool> IncludeAsync(HttpContext context, AuthenticationProperties? properties) =>
        RequestGuard.IsBeforeItsTurn(context)
        && properties?.Items.TryGetValue(SchemeItem, out var name) is true
        && name is not null
        && await schemes.GetSchemeAsync(name) is { } provider
        && IsRemote(provider.HandlerType);

    private static bool IsRemote(Type handler)
    {
        for (var type = handler.BaseType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(RemoteAuthenticationHandler<>))
                return true;
        }
        return false;
    }
}
