using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Gives an endpoint that refreshes the ticket of the session that was decided upon. The endpoint asks without waiting, so
/// <see cref="IdentityRefresh"/> has asked the store before.
/// </summary>
internal sealed class DecidedTicketFormat(IHttpContextAccessor accessor) : ISecureDataFormat<AuthenticationTicket>
{
    /// <inheritdoc/>
    public AuthenticationTicket? Unprotect(string? protectedText) =>
        accessor.HttpContext is { } context && DecidedRefresh.Of(context) is { } decided && decided.RefreshToken == protectedText
            ? decided.Ticket
            : throw new InvalidOperationException(
                "Pawl decides about a refresh token before the endpoint runs, and it has not seen this one: bind the request's JSON to "
                    + "RefreshRequest, as MapIdentityApi does, or set ReplaceBearerTokens = false in AddIdentityUsers."
            );

    /// <inheritdoc/>
    public AuthenticationTicket? Unprotect(string? protectedText, string? purpose) => Unprotect(protectedText);

    /// <inheritdoc/>
    public string Protect(AuthenticationTicket data) => throw NoTicketFormat.Unsupported();

    /// <inheritdoc/>
    public string Protect(AuthenticationTicket data, string? purpose) => throw NoTicketFormat.Unsupported();
}

/// <summary>Refuses to make or read the framework's own bearer tokens, which no handler would accept.</summary>
internal sealed class NoTicketFormat : ISecureDataFormat<AuthenticationTicket>
{
    public static InvalidOperationException Unsupported() =>
        new(
            "The bearer tokens of this app are Pawl's: to issue them, sign in under IdentityConstants.BearerScheme; to read one, call "
                + "AuthenticateAsync. To have the framework's own tokens, set ReplaceBearerTokens = false in AddIdentityUsers."
        );

    /// <inheritdoc/>
    public string Protect(AuthenticationTicket data) => throw Unsupported();

    /// <inheritdoc/>
    public string Protect(AuthenticationTicket data, string? purpose) => throw Unsupported();

    /// <inheritdoc/>
    public AuthenticationTicket? Unprotect(string? protectedText) => throw Unsupported();

    /// <inheritdoc/>
    public AuthenticationTicket? Unprotect(string? protectedText, string? purpose) => throw Unsupported();
}
