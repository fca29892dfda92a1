using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore.Tests;

/// <summary>What the app's sign-in endpoints take.</summary>
internal sealed record Login(string Name)
{
    public string[] Roles { get; init; } = [];

    public Dictionary<string, string> Claims { get; init; } = [];

    /// <summary>Who says so: null is the app itself.</summary>
    public string? Provider { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<SessionTransport>))]
    public SessionTransport Transport { get; init; }

    public bool Persistent { get; init; } = true;

    public string? Device { get; init; }

    public string[]? Methods { get; init; }

    public bool Json { get; init; }

    /// <summary>Sign in with the framework's own properties, or none, instead of Pawl's.</summary>
    public bool Plain { get; init; }

    public ClaimsPrincipal ToPrincipal() =>
        new(
            new ClaimsIdentity(
                [
                    new(ClaimTypes.NameIdentifier, Name),
                    .. Roles.Select(static r => new Claim(ClaimTypes.Role, r)),
                    .. Claims.Select(c => new Claim(c.Key, c.Value, null, Provider)),
                ],
                "password"
            )
        );

    public AuthenticationProperties? ToProperties() =>
        Plain
            ? Persistent
                ? null
                : new AuthenticationProperties { IsPersistent = false }
            : new PawlSignInProperties
            {
                Transport = Transport,
                IsPersistent = Persistent,
                Device = Device,
                AuthenticationMethods = Methods,
                WriteJsonResponse = Json,
            };
}
