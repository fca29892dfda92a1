using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Stops the host at start if an option would weaken sessions or cannot work, and says what to write.</summary>
internal sealed partial class PawlOptionsValidator(PawlScheme scheme) : IValidateOptions<PawlOptions>
{
    private static readonly TimeSpan MaxCookieLifetime = TimeSpan.FromDays(400);

    // A refresh is then due after 240 seconds. Browsers refresh 120 seconds ahead of it.
    private static readonly TimeSpan MinBoundLifetime = TimeSpan.FromSeconds(267);

    public ValidateOptionsResult Validate(string? name, PawlOptions options)
    {
        if (name != scheme.Name)
            return ValidateOptionsResult.Skip;
        var failures = Rules(options).Where(static rule => !rule.Holds).Select(static rule => rule.Sentence).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<(bool Holds, string Sentence)> Rules(PawlOptions o) =>
        [.. Times(o), .. Limits(o), .. Names(o), .. Handlers(o), .. o.TrustedOrigins.Select(TrustedOrigin)];

    private static IEnumerable<(bool Holds, string Sentence)> Times(PawlOptions o) =>
        [
            (
                o.AccessTokenLifetime >= TimeSpan.FromSeconds(2) && o.AccessTokenLifetime <= TimeSpan.FromHours(1),
                "AccessTokenLifetime must be from 2 seconds to 1 hour; "
                    + "write for example options.AccessTokenLifetime = TimeSpan.FromMinutes(5)."
            ),
            (
                o.SettlePeriod > TimeSpan.Zero && o.SettlePeriod <= o.AccessTokenLifetime,
                "SettlePeriod must be more than zero and not longer than AccessTokenLifetime; "
                    + "write for example options.SettlePeriod = TimeSpan.FromSeconds(40)."
            ),
            (
                o.IdleTimeout > o.AccessTokenLifetime && o.IdleTimeout <= o.AbsoluteTimeout,
                "IdleTimeout must be longer than AccessTokenLifetime and not longer than AbsoluteTimeout; "
                    + "write for example options.IdleTimeout = TimeSpan.FromDays(14)."
            ),
            (
                o.AbsoluteTimeout <= MaxCookieLifetime,
                "AbsoluteTimeout must be at most 400 days, which is the maximum that a browser keeps a cookie; "
                    + "write for example options.AbsoluteTimeout = TimeSpan.FromDays(90)."
            ),
            (
                o.ClockSkew >= TimeSpan.Zero && o.ClockSkew <= TimeSpan.FromMinutes(2),
                "ClockSkew must be from zero to 2 minutes; write for example options.ClockSkew = TimeSpan.FromSeconds(30)."
            ),
            (
                o.SigningKeyLifetime <= TimeSpan.FromDays(3650),
                "SigningKeyLifetime must be at most 3,650 days; write for example options.SigningKeyLifetime = TimeSpan.FromDays(90)."
            ),
            (
                o.SigningKeyLifetime >= TimeSpan.FromDays(2),
                "SigningKeyLifetime must be at least 2 days, since a key is published a day before it is used; "
                    + "write for example options.SigningKeyLifetime = TimeSpan.FromDays(90)."
            ),
            (
                o.PruningInterval > TimeSpan.Zero && o.PruningInterval <= TimeSpan.FromDays(30),
                "PruningInterval must be more than zero and at most 30 days; "
                    + "write for example options.PruningInterval = TimeSpan.FromHours(1)."
            ),
        ];

    private static IEnumerable<(bool Holds, string Sentence)> Limits(PawlOptions o) =>
        [
            (
                o.RefreshesPerMinute is null or >= 1,
                "RefreshesPerMinute must be at least 1; write for example options.RefreshesPerMinute = 120, or null for any number."
            ),
            (
                o.SessionLimit is null or >= 1,
                "SessionLimit must be at least 1; write for example options.SessionLimit = 5, or null for any number."
            ),
            (
                Enum.IsDefined(o.SessionLimitBehavior),
                "SessionLimitBehavior must be EndOldest or RefuseNew; "
                    + "write for example options.SessionLimitBehavior = SessionLimitBehavior.EndOldest."
            ),
            (
                Enum.IsDefined(o.RefreshOnRequest),
                "RefreshOnRequest must be Never, Navigations or Always; "
                    + "write for example options.RefreshOnRequest = RefreshOnRequest.Navigations."
            ),
            (
                o.KeyEncryptionKey is null or { Length: 32 },
                "KeyEncryptionKey must be 32 random bytes; make one with: openssl rand -base64 32."
            ),
            (
                !o.AcceptDpop || (Uri.TryCreate(o.Issuer, UriKind.Absolute, out var issuer) && issuer.Scheme is "https" or "http"),
                "AcceptDpop needs the public URL of this server as Issuer, because proofs name URLs; "
                    + "write for example options.Issuer = \"https://app.example.com\"."
            ),
            (
                Enum.IsDefined(o.DeviceBinding),
                "DeviceBinding must be Off, Preferred or Required; " + "write for example options.DeviceBinding = DeviceBinding.Preferred."
            ),
            (
                o.DeviceBinding is DeviceBinding.Off || o.AccessTokenLifetime >= MinBoundLifetime,
                "DeviceBinding needs an AccessTokenLifetime of at least 267 seconds, since browsers sign at most six proofs in nine "
                    + "minutes; write for example options.AccessTokenLifetime = TimeSpan.FromMinutes(5)."
            ),
            // A refresh without a proof dates the last use back by nearly this lifetime, and the next refresh is due after the same time.
            (
                o.DeviceBinding is not DeviceBinding.Preferred || o.IdleTimeout >= 2 * o.AccessTokenLifetime,
                "DeviceBinding.Preferred needs an IdleTimeout of at least twice the AccessTokenLifetime, or users whose device has lost "
                    + "its key are signed out while they work; write for example options.IdleTimeout = TimeSpan.FromMinutes(15)."
            ),
            (
                o.DeviceBinding is DeviceBinding.Off || !o.Issuer.StartsWith("http:", StringComparison.OrdinalIgnoreCase),
                "DeviceBinding works over https only, also on this machine; "
                    + "write for example options.Issuer = \"https://localhost\", and dotnet dev-certs https --trust."
            ),
            // The message repeats neither the name nor the secret, because the app may have exchanged them.
            (
                o.ServiceClients.All(static c => IsServiceName(c.Key) && ServiceSecret.Hash(c.Value) is not null),
                "ServiceClients must have a name without a colon and a secret of at least 32 random characters each, "
                    + "or \"sha256:\" and its hash in hexadecimal; make one with: openssl rand -hex 32."
            ),
            (
                o.SigningAlgorithm is not null,
                "SigningAlgorithm must be ES256 or RS256; write options.SigningAlgorithm = SigningAlgorithm.ES256."
            ),
            (
                o.SameSite is SameSiteMode.Strict or SameSiteMode.Lax,
                "SameSite must be Strict or Lax; write options.SameSite = SameSiteMode.Strict."
            ),
        ];

    private static IEnumerable<(bool Holds, string Sentence)> Names(PawlOptions o)
    {
        yield return (
            SessionText.IsSubject(o.Issuer) && SessionText.IsSubject(o.Audience ?? o.Issuer) && SessionText.IsSubject(o.ClientId),
            "Issuer, Audience and ClientId must have 1 to 256 characters, none of them a control character; "
                + "write for example options.Issuer = \"https://example.com\"."
        );
        if (Uri.TryCreate(o.Issuer, UriKind.Absolute, out var issuer))
            yield return (
                issuer.Scheme != Uri.UriSchemeHttp || issuer.IsLoopback,
                $"Issuer must be an https URL; write options.Issuer = \"https://{issuer.Authority}\"."
            );
        yield return (
            o.CookieName is { } cookie && CookieName().IsMatch(cookie),
            "CookieName must have 1 to 32 lowercase letters, digits, hyphens and underscores, begin with a letter or a digit, and not "
                + "begin with \"http\", which browsers take for a part of the prefix; write for example options.CookieName = \"shop\"."
        );
        foreach (var (name, path) in new[] { (nameof(o.LoginPath), o.LoginPath), (nameof(o.AccessDeniedPath), o.AccessDeniedPath) })
            yield return (
                !path.HasValue || (!"?#\\".Any(path.Value!.Contains) && !path.Value!.StartsWith("//", StringComparison.Ordinal)),
                $"{name} must be a path of this app without a query; write for example options.{name} = \"/account\"."
            );
        yield return (
            o.ReturnUrlParameter is { Length: > 0 } parameter && !parameter.Equals("reason", StringComparison.OrdinalIgnoreCase),
            "ReturnUrlParameter must be the name of a query parameter, and not \"reason\", which says why a session has ended; "
                + "write for example options.ReturnUrlParameter = \"ReturnUrl\"."
        );
        yield return (
            o.BasePath.HasValue
                && !o.BasePath.Value!.EndsWith('/')
                && !"{}*?#\\%".Any(o.BasePath.Value.Contains)
                && SessionText.IsValid(o.BasePath.Value),
            "BasePath must start with a slash, not end with one, and have no parameters; "
                + "write for example options.BasePath = \"/auth\"."
        );
    }

    // The options of every scheme inherit EventsType, TimeProvider and ClaimsIssuer, and Pawl does not use them.
    private static IEnumerable<(bool Holds, string Sentence)> Handlers(PawlOptions o) =>
        [
            (
                o.Events is { IsComplete: true },
                "Events and its handlers must not be null; " + "leave them at their defaults, or write options.Events = new PawlEvents()."
            ),
            (
                o.EventsType is null,
                "EventsType is not used; write options.Events.OnRefreshing = context => "
                    + "context.HttpContext.RequestServices.GetRequiredService<YourType>().RefreshingAsync(context)."
            ),
            (o.TimeProvider is null, "TimeProvider is not used; write builder.Services.AddSingleton<TimeProvider>(yourClock)."),
            (o.ClaimsIssuer is null, "ClaimsIssuer is not used; write options.Issuer = \"https://example.com\"."),
        ];

    private static (bool Holds, string Sentence) TrustedOrigin(string origin) =>
        (
            IsOrigin(origin),
            $"TrustedOrigins contains '{origin}', which is not an exact origin; "
                + "write it as https://app.example.com, without a path, a slash at the end or a wildcard; "
                + "write the origin of an app that has its own scheme as capacitor://localhost."
        );

    private static bool IsServiceName(string name) => SessionText.IsSubject(name) && !name.Contains(':', StringComparison.Ordinal);

    private static bool IsOrigin(string origin) => IsAppOrigin(origin) || IsWebOrigin(origin);

    private static bool IsWebOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && origin == uri.GetLeftPart(UriPartial.Authority)
        && uri.UserInfo.Length == 0
        && !origin.Contains('*');

    // Web pages have these schemes, or every page or file can use them. So none of them belongs to one app.
    private static bool IsAppOrigin(string origin) =>
        AppOrigin().Match(origin) is { Success: true } match
        && match.Groups["scheme"].Value
            is not (
                "http"
                or "https"
                or "ws"
                or "wss"
                or "ftp"
                or "file"
                or "data"
                or "blob"
                or "about"
                or "javascript"
                or "filesystem"
                or "content"
            );

    // Browsers compare the prefixes of names without case, so two names that differ only in case would be twins.
    [GeneratedRegex(@"^(?!http)[a-z0-9][a-z0-9_-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CookieName();

    [GeneratedRegex(@"^(?<scheme>[a-z][a-z0-9+.-]*)://[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex AppOrigin();
}
