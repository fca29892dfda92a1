using System.Collections.Frozen;
using System.Security.Claims;

namespace Pawl.AspNetCore;

/// <summary>How a user has signed in, as the claims of a principal say it: the <c>amr</c> claim of RFC 8176.</summary>
internal static class AuthenticationMethods
{
    /// <summary>The claim type to which handlers of external providers map <c>amr</c> by default.</summary>
    public const string MappedType = "http://schemas.microsoft.com/claims/authnmethodsreferences";

    private const string OfWindows = "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/";
    private const string OfSaml = "urn:oasis:names:tc:SAML:2.0:ac:classes:";

    // The values of WS-Federation and SAML. Any other value stays as it is, such as the name of an external provider.
    private static readonly FrozenDictionary<string, string> ToRegistered = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["http://schemas.microsoft.com/claims/multipleauthn"] = "mfa",
        [OfWindows + "password"] = "pwd",
        [OfWindows + "windows"] = "wia",
        [OfWindows + "smartcard"] = "sc",
        ["urn:federation:authentication:windows"] = "wia",
        [OfSaml + "Password"] = "pwd",
        [OfSaml + "PasswordProtectedTransport"] = "pwd",
        [OfSaml + "Smartcard"] = "sc",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string[] Find(ClaimsPrincipal principal) =>
        [
            .. principal
                .Claims.Where(static c => c.Type is "amr" or ClaimTypes.AuthenticationMethod or MappedType)
                .Select(static c => ToRegistered.GetValueOrDefault(c.Value, c.Value))
                .Distinct(StringComparer.Ordinal),
        ];
}
