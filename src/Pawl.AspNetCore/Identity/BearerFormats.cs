using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Gives the endpoints that read or write bearer tokens our formats.</summary>
internal sealed class BearerFormats(BearerSessions sessions, DecidedTicketFormat format) : IPostConfigureOptions<BearerTokenOptions>
{
    public void PostConfigure(string? name, BearerTokenOptions options)
    {
        if (name != IdentityConstants.BearerScheme || !sessions.AreOn)
            return;
        options.BearerTokenProtector = new NoTicketFormat();
        options.RefreshTokenProtector = format;
    }
}
