using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The options of the framework's bearer tokens, whose place Pawl takes. What may refuse a token stops the start, because the app would be
/// open without it. Other settings that have no effect are named at the start.
/// </summary>
internal sealed class BearerSettings(
    BearerSessions sessions,
    IOptionsMonitor<BearerTokenOptions> bearer,
    IEnumerable<IConfigureOptions<BearerTokenOptions>> configurations,
    IEnumerable<IPostConfigureOptions<BearerTokenOptions>> postConfigurations,
    TimeProvider clock
)
{
    private const string Remedy =
        "remove that, or keep the framework's tokens: AddIdentityUsers<…>(options => options.ReplaceBearerTokens = false).";

    private static readonly BearerTokenOptions Defaults = new();

    /// <summary>What stops the start; null if nothing does.</summary>
    public string? FindFault()
    {
        if (!sessions.AreOn)
            return null;
        var options = bearer.Get(IdentityConstants.BearerScheme);
        if (
            options.EventsType is not null
            || options.Events.GetType() != typeof(BearerTokenEvents)
            || options.Events.OnMessageReceived != Defaults.Events.OnMessageReceived
        )
            return "BearerTokenOptions of the app has Events, and Pawl calls none: it accepts an access token in the Authorization header "
                + $"only, and a ticket in the URL of a hub's connection (docs/clients.md); {Remedy}";
        return options.RefreshTokenProtector is DecidedTicketFormat
            ? null
            : "The app replaces the RefreshTokenProtector of BearerTokenOptions after Pawl has set its own, and no refresh would work; "
                + Remedy;
    }

    /// <summary>The settings that have no effect, each with its counterpart.</summary>
    public IReadOnlyList<string> FindIgnored(PawlOptions pawl)
    {
        if (!sessions.AreOn)
            return [];
        var (options, bearerFormat, refreshFormat) = Replay();
        (bool IsIgnored, string Text)[] settings =
        [
            (
                options.BearerTokenExpiration != Defaults.BearerTokenExpiration
                    && options.BearerTokenExpiration != pawl.AccessTokenLifetime,
                "BearerTokenExpiration (set AccessTokenLifetime)"
            ),
            (
                options.RefreshTokenExpiration != Defaults.RefreshTokenExpiration
                    && options.RefreshTokenExpiration != pawl.IdleTimeout
                    && options.RefreshTokenExpiration != pawl.AbsoluteTimeout,
                "RefreshTokenExpiration (set IdleTimeout)"
            ),
            (bearerFormat, "BearerTokenProtector"),
            (refreshFormat, "RefreshTokenProtector"),
            (options.ClaimsIssuer is not null, "ClaimsIssuer"),
            (options.TimeProvider is { } other && other != clock, "TimeProvider"),
        ];
        return [.. settings.Where(static s => s.IsIgnored).Select(static s => s.Text)];
    }

    // Pawl's formats hide those of the app, so the options are made once more without them. The framework's own configuration sets formats,
    // too; a format that differs from those is the app's.
    private (BearerTokenOptions Options, bool HasBearerFormat, bool HasRefreshFormat) Replay()
    {
        var options = new BearerTokenOptions();
        (object? Bearer, object? Refresh) ofTheFramework = default;
        foreach (var configuration in configurations)
        {
            if (configuration is IConfigureNamedOptions<BearerTokenOptions> named)
                named.Configure(IdentityConstants.BearerScheme, options);
            if (configuration.GetType().Assembly == typeof(BearerTokenOptions).Assembly)
                ofTheFramework = (options.BearerTokenProtector, options.RefreshTokenProtector);
        }
        foreach (var configuration in postConfigurations.Where(static c => c is not BearerFormats))
            configuration.PostConfigure(IdentityConstants.BearerScheme, options);
        return (options, options.BearerTokenProtector != ofTheFramework.Bearer, options.RefreshTokenProtector != ofTheFramework.Refresh);
    }
}
