using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Stops the host at start if an option of a service cannot work, and says what to write.</summary>
internal sealed class ResourceOptionsValidator : IValidateOptions<PawlResourceOptions>
{
    public ValidateOptionsResult Validate(string? name, PawlResourceOptions options)
    {
        var failures = Rules(options).Where(static rule => !rule.Holds).Select(static rule => rule.Sentence).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<(bool Holds, string Sentence)> Rules(PawlResourceOptions o) => [.. Server(o), .. Limits(o), .. Unused(o)];

    private static IEnumerable<(bool Holds, string Sentence)> Server(PawlResourceOptions o) =>
        [
            (
                IsUrl(o.Authority),
                "Authority must be the https URL of the server that issues the tokens, without a query; http works for localhost only. "
                    + "Write for example AddPawlResource(\"https://example.com\", StoreUnavailableBehavior.Refuse, …)."
            ),
            (
                SessionText.IsSubject(o.Issuer ?? "urn:pawl") && SessionText.IsSubject(o.Audience ?? "urn:pawl"),
                "Issuer and Audience must have 1 to 256 characters, none of them a control character; "
                    + "write for example options.Audience = \"https://example.com\"."
            ),
            // The message repeats neither the name nor the secret, because the app may have exchanged them.
            (
                !o.FollowEndings || (IsName(o.ServiceName) && IsSecret(o.ServiceSecret)),
                "ServiceName and ServiceSecret must be those that the server has in its option ServiceClients: a name without a colon, "
                    + "and the secret itself, at least 32 random characters. Or write options.FollowEndings = false: "
                    + "then a token is accepted until it expires, also after a sign-out."
            ),
            (
                !o.AcceptDpop || (IsUrl(o.PublicUrl) && IsSecret(o.ServiceSecret)),
                "AcceptDpop needs PublicUrl, the https URL by which clients reach this service, because proofs name it, and a "
                    + "ServiceSecret of at least 32 random characters for the nonces; "
                    + "write for example options.PublicUrl = \"https://billing.example.com\"."
            ),
        ];

    private static IEnumerable<(bool Holds, string Sentence)> Limits(PawlResourceOptions o) =>
        [
            (
                Enum.IsDefined(o.WhenUnavailable),
                "WhenUnavailable must be Refuse or Accept; write for example options.WhenUnavailable = StoreUnavailableBehavior.Refuse."
            ),
            (
                o.UnavailableAfter >= TimeSpan.FromSeconds(10) && o.UnavailableAfter <= TimeSpan.FromHours(1),
                "UnavailableAfter must be from 10 seconds to 1 hour; write for example options.UnavailableAfter = TimeSpan.FromMinutes(1)."
            ),
            (
                o.ClockSkew >= TimeSpan.Zero && o.ClockSkew <= TimeSpan.FromMinutes(2),
                "ClockSkew must be from zero to 2 minutes; write for example options.ClockSkew = TimeSpan.FromSeconds(30)."
            ),
        ];

    private static IEnumerable<(bool Holds, string Sentence)> Unused(PawlResourceOptions o) =>
        [
            (o.Events is null && o.EventsType is null, "Events and EventsType are not used; change claims by an IClaimsTransformation."),
            (o.ClaimsIssuer is null, "ClaimsIssuer is not used; write options.Issuer = \"https://example.com\"."),
        ];

    private static bool IsName(string? name) => SessionText.IsSubject(name) && !name!.Contains(':', StringComparison.Ordinal);

    private static bool IsSecret(string? secret) =>
        ServiceSecret.Hash(secret) is not null && !secret!.StartsWith("sha256:", StringComparison.Ordinal);

    private static bool IsUrl(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && AuthorityUrl.IsProtected(url) && url.Query == "" && url.Fragment == "";
}
