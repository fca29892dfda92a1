using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Stops the host at start where an option would weaken sessions or cannot work, and says what to write.</summary>
internal sealed partial class PawlOptionsValidator(PawlScheme scheme) : IValidateOptions<PawlOptions>
{
    private static readonly TimeSpan LongestCookie = TimeSpan.FromDays(400);

    public ValidateOptionsResult Validate(string? name, PawlOptions options)
    {
        if (name != scheme.Name)
            return ValidateOptionsResult.Skip;
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(PawlOptions o)
    {
        if (o.AccessTokenLifetime < TimeSpan.FromSeconds(2) || o.AccessTokenLifetime > TimeSpan.FromHours(1))
            yield return "AccessTokenLifetime must be from 2 seconds to 1 hour; write for example options.AccessTokenLifetime = TimeSpan.FromMinutes(5).";
        if (o.SettlePeriod <= TimeSpan.Zero || o.SettlePeriod > o.AccessTokenLifetime)
            yield return "SettlePeriod must be more than zero and not longer than AccessTokenLifetime; write for example options.SettlePeriod = TimeSpan.FromSeconds(40).";
        if (o.IdleTimeout <= o.AccessTokenLifetime || o.IdleTimeout > o.AbsoluteTimeout)
            yield return "IdleTimeout must be longer than AccessTokenLifetime and not longer than AbsoluteTimeout; write for example options.IdleTimeout = TimeSpan.FromDays(14).";
        if (o.AbsoluteTimeout > LongestCookie)
            yield return "AbsoluteTimeout must be at most 400 days, which is as long as a browser keeps a cookie; write for example options.AbsoluteTimeout = TimeSpan.FromDays(90).";
        if (o.ClockSkew < TimeSpan.Zero || o.ClockSkew > TimeSpan.FromMinutes(2))
            yield return "ClockSkew must be from zero to 2 minutes; write for example options.ClockSkew = TimeSpan.FromSeconds(30).";
        if (o.SigningKeyLifetime > TimeSpan.FromDays(3650))
            yield return "SigningKeyLifetime must be at most 3,650 days; "
                + "write for example options.SigningKeyLifetime = TimeSpan.FromDays(90).";
        if (o.SigningKeyLifetime < TimeSpan.FromDays(2))
            yield return "SigningKeyLifetime must be at least 2 days, since a key is published a day before it is used; write for example options.SigningKeyLifetime = TimeSpan.FromDays(90).";
        if (o.RefreshesPerMinute < 0)
            yield return "RefreshesPerMinute must not be negative; write for example options.RefreshesPerMinute = 120, or 0 for any number.";
        if (o.SessionLimit < 1)
            yield return "SessionLimit must be at least 1; write for example options.SessionLimit = 5, or null for any number.";
        if (!Enum.IsDefined(o.SessionLimitBehavior))
            yield return "SessionLimitBehavior must be EndOldest or RefuseNew; "
                + "write for example options.SessionLimitBehavior = SessionLimitBehavior.EndOldest.";
        if (o.PruningInterval <= TimeSpan.Zero || o.PruningInterval > TimeSpan.FromDays(30))
            yield return "PruningInterval must be more than zero and at most 30 days; "
                + "write for example options.PruningInterval = TimeSpan.FromHours(1).";
        if (o.KeyEncryptionKey is { Length: not 32 })
            yield return "KeyEncryptionKey must be 32 random bytes; make one with: openssl rand -base64 32.";
        if (!SessionText.IsSubject(o.Issuer) || !SessionText.IsSubject(o.Audience ?? o.Issuer) || !SessionText.IsSubject(o.ClientId))
            yield return "Issuer, Audience and ClientId must have 1 to 256 characters, none of them a control character; "
                + "write for example options.Issuer = \"https://example.com\".";
        if (Uri.TryCreate(o.Issuer, UriKind.Absolute, out var issuer) && issuer.Scheme == Uri.UriSchemeHttp && !issuer.IsLoopback)
            yield return $"Issuer must be an https URL; write options.Issuer = \"https://{issuer.Authority}\".";
        if (o.SameSite is not (SameSiteMode.Strict or SameSiteMode.Lax))
            yield return "SameSite must be Strict or Lax; write options.SameSite = SameSiteMode.Strict.";
        if (!o.BasePath.HasValue || o.BasePath.Value!.EndsWith('/')
            || "{}*?#\\%".Any(o.BasePath.Value.Contains) || !SessionText.IsValid(o.BasePath.Value))
            yield return "BasePath must start with a slash, not end with one, and hold no parameters; "
                + "write for example options.BasePath = \"/auth\".";
        // Neither the name nor the secret is repeated: somebody may have mixed them up.
        if (o.ServiceClients.Any(static c => !SessionText.IsSubject(c.Key) || c.Key.Contains(':', StringComparison.Ordinal)
            || ServiceSecret.Hash(c.Value) is null))
            yield return "ServiceClients must have a name without a colon and a secret of at least 32 random characters each, or \"sha256:\" and its hash in hexadecimal; make one with: openssl rand -hex 32.";
        if (o.SigningAlgorithm is null)
            yield return "SigningAlgorithm must be ES256 or RS256; write options.SigningAlgorithm = SigningAlgorithm.ES256.";
        if (o.Events is null || o.Events.OnRefreshing is null || o.Events.OnSessionEnded is null)
            yield return "Events and its handlers must not be null; "
                    + "leave them at their defaults, or write options.Events = new PawlEvents().";
        // The options of every scheme inherit it, and Pawl does not use it.
        if (o.EventsType is not null)
            yield return "EventsType is not used; write options.Events.OnRefreshing = context => "
                + "context.HttpContext.RequestServices.GetRequiredService<YourType>().RefreshingAsync(context).";
        if (o.ClaimsIssuer is not null)
            yield return "ClaimsIssuer is not used; write options.Issuer = \"https://example.com\".";
        foreach (var origin in o.TrustedOrigins.Where(origin => !IsOrigin(origin)))
            yield return $"TrustedOrigins holds '{origin}', which is no exact origin; "
                + "write it as https://app.example.com, without a path, a slash at the end or a wildcard; "
                + "an app with a scheme of its own is written as capacitor://localhost.";
    }

    private static bool IsOrigin(string origin) =>
        IsAppOrigin(origin) || IsWebOrigin(origin);

    private static bool IsWebOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && origin == uri.GetLeftPart(UriPartial.Authority) && uri.UserInfo.Length == 0 && !origin.Contains('*');

    // Web pages have these schemes, or any page or file can use them, so none of them belongs to one app.
    private static bool IsAppOrigin(string origin) =>
        AppOrigin().Match(origin) is { Success: true } match
        && match.Groups["scheme"].Value is not ("http" or "https" or "ws" or "wss" or "ftp" or "file" or "data" or "blob"
            or "about" or "javascript" or "filesystem" or "content");

    [GeneratedRegex(@"^(?<scheme>[a-z][a-z0-9+.-]*)://[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex AppOrigin();
}
