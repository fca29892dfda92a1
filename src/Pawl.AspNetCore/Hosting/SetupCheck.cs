using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Checks that the calls that set the app up fit together. A set-up that cannot work stops the start, with the line to write. A
/// set-up that may be intended is only logged.
/// </summary>
internal sealed class SetupCheck(
    AppSetup setup,
    IEnumerable<RequiredService> required,
    IServiceProviderIsService known,
    IServiceProvider services,
    IOptions<AuthenticationOptions> authentication,
    IOptionsMonitor<PawlOptions> options,
    CookieTickets tickets,
    TimeProvider clock,
    PawlScheme scheme,
    CookieSettings cookies,
    ILogger<SetupCheck> logger
)
{
    /// <summary>
    /// Stops the start if the set-up cannot work. <c>MapPawl</c> calls it, because the host does not log an exception that the app's own
    /// line throws: its sentence is then printed once. In an app without endpoints, the start of the host calls it.
    /// </summary>
    /// <exception cref="OptionsValidationException">An option is invalid.</exception>
    /// <exception cref="InvalidOperationException">The set-up cannot work.</exception>
    public void ThrowIfFaulty()
    {
        try
        {
            _ = options.Get(scheme.Name);
        }
        catch (OptionsValidationException e) when (e is not PawlOptionsException && e.OptionsType == typeof(PawlOptions))
        {
            throw new PawlOptionsException(scheme.Name, e.Failures);
        }
        if (FindFault() is { } sentence)
            throw new SetupException(sentence);
        if (Protection.FindFault() is { } fault)
            throw new PawlOptionsException(scheme.Name, [fault]);
    }

    /// <summary>Does the same, and logs a set-up that may be intended.</summary>
    public void Run()
    {
        ThrowIfFaulty();
        Protection.Warn();
        if (options.Get(scheme.Name).IsLaxByDefault)
            logger.LaxByDefault();
        if (
            HasIdentity
            && authentication.Value.SchemeMap.ContainsKey(IdentityConstants.ApplicationScheme)
            && scheme.Name == IdentityConstants.ApplicationScheme
            && options.Get(scheme.Name) is { UserChecks: null, Events.AsksAtRefresh: false }
        )
            logger.IdentityNotAsked();
        if (cookies.FindIgnored(options.Get(scheme.Name)) is { Count: > 0 } ignored)
            logger.CookieSettingsIgnored(scheme.Name, string.Join(", ", ignored));
        if (services.GetService<BearerSettings>()?.FindIgnored(options.Get(scheme.Name)) is { Count: > 0 } settings)
            logger.BearerSettingsIgnored(string.Join(", ", settings));
        if (tickets.AreTaken)
            logger.TicketsAreExchanged(tickets.Options.Cookie.Name!, tickets.Until!.Value);
        else if (tickets.Until is { } until)
            logger.ExchangeIsOver(until);
    }

    /// <summary>Checks the endpoints, once the app has mapped them.</summary>
    public void RunAfterStart()
    {
        // A worker that only lists and ends sessions has no endpoints at all.
        if (setup.IsMapped || services.GetService<IServer>() is null)
            return;
        var o = options.Get(scheme.Name);
        if (o.NeedsEndpoints)
            logger.NotMapped(o.BasePath);
        else
            logger.NotMappedButRefreshed(o.BasePath, o.RefreshOnRequest);
    }

    // Data Protection writes to the log when it is made, so it is made after everything else has been checked.
    private KeyProtectionCheck Protection => services.GetRequiredService<KeyProtectionCheck>();

    private bool HasIdentity =>
        setup.Services.Any(static s => s.ServiceType.IsGenericType && s.ServiceType.GetGenericTypeDefinition() == typeof(SignInManager<>));

    private string? FindFault()
    {
        // This throws if another handler has the name of Pawl's scheme, so it comes first.
        var schemes = authentication.Value.SchemeMap;
        foreach (var store in (ReadOnlySpan<Type>)[typeof(ISessionStore), typeof(IKeyStore)])
        {
            var registered = setup.Services.Where(s => s.ServiceType == store && !s.IsKeyedService).ToList();
            if (registered is [] || PawlStores.IsPlaceholder(registered[^1]))
                return PawlStores.FindRemedy(store);
            if (registered.Count(static s => !PawlStores.IsPlaceholder(s)) > 1)
                return $"Two services of type {store.Name} are registered, and only the last one would be used: "
                    + "remove one of the two.";
        }
        if (tickets.Until is not null && scheme.Name == PawlDefaults.AuthenticationScheme)
            return $"ExchangeCookieTickets takes tickets of the scheme '{scheme.Name}', and cookie authentication had another one; "
                + "write AddPawl(CookieAuthenticationDefaults.AuthenticationScheme), AddPawl(IdentityConstants.ApplicationScheme), "
                + "or the name that the app passed to AddCookie.";
        if (tickets.Until - clock.GetUtcNow() > options.Get(scheme.Name).AbsoluteTimeout)
            return "ExchangeCookieTickets has an end that is further away than AbsoluteTimeout, and a ticket of today starts no session by "
                + "then; write a fixed date, such as the day of the change and the lifetime of a ticket.";
        if (required.FirstOrDefault(r => !known.IsService(r.Type)) is { } missing)
            return missing.Remedy;
        if (scheme.Name == PawlDefaults.AuthenticationScheme && schemes.ContainsKey(IdentityConstants.ApplicationScheme))
            return $"ASP.NET Core Identity signs in under '{IdentityConstants.ApplicationScheme}' and Pawl's sessions are under "
                + $"'{scheme.Name}', so a sign-in of Identity would start no session; "
                + "write builder.Services.AddPawl(IdentityConstants.ApplicationScheme), or give Pawl's scheme a name of its own, "
                + "such as AddPawl(\"Sessions\"), to use the two side by side.";
        return services.GetService<BearerSettings>()?.FindFault();
    }
}
