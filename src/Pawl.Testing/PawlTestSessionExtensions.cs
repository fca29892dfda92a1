using System.Security.Claims;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Pawl.AspNetCore;

namespace Pawl.Testing;

/// <summary>Sessions of users, and clients that hold them, for the tests of an app.</summary>
public static class PawlTestSessionExtensions
{
    /// <summary>
    /// Signs a user in and returns a client with the session. The sign-in goes through the app's whole pipeline and its store, as if an
    /// endpoint of the app had called <c>SignInAsync</c>. Nothing is added to the app.
    /// </summary>
    /// <param name="factory">The app.</param>
    /// <param name="subject">The user's id, which the app reads as <see cref="ClaimTypes.NameIdentifier"/>.</param>
    /// <param name="roles">The user's roles.</param>
    /// <param name="claims">Other claims.</param>
    /// <param name="transport">How the client gets its tokens: as a page with cookies, a page of another origin, or a native app.</param>
    /// <exception cref="InvalidOperationException">The app has refused the sign-in, or cannot take it. The message says why.</exception>
    /// <example><code>
    /// await using var factory = new WebApplicationFactory&lt;Program&gt;();
    /// using var ada = factory.CreateClientAs("ada", roles: ["admin"]);
    /// Console.WriteLine(await ada.GetStringAsync("/me"));
    /// </code></example>
    public static SessionClient CreateClientAs<TEntryPoint>(
        this WebApplicationFactory<TEntryPoint> factory,
        string subject,
        IEnumerable<string>? roles = null,
        IEnumerable<Claim>? claims = null,
        SessionTransport transport = SessionTransport.Cookie
    )
        where TEntryPoint : class
    {
        ArgumentNullException.ThrowIfNull(subject);
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, subject),
                .. (roles ?? []).Select(static role => new Claim(ClaimTypes.Role, role)),
                .. claims ?? [],
            ],
            "test"
        );
        return factory.CreateClientAs(new ClaimsPrincipal(identity), new PawlSignInProperties { Transport = transport });
    }

    /// <summary>Does the same for any principal, such as one that Identity's own factory of claims has made.</summary>
    /// <param name="factory">The app.</param>
    /// <param name="user">Who signs in.</param>
    /// <param name="properties">The transport, the device, the methods of authentication, the times and so on.</param>
    /// <exception cref="InvalidOperationException">The app has refused the sign-in, or cannot take it. The message says why.</exception>
    public static SessionClient CreateClientAs<TEntryPoint>(
        this WebApplicationFactory<TEntryPoint> factory,
        ClaimsPrincipal user,
        PawlSignInProperties properties
    )
        where TEntryPoint : class
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(properties);
        var (app, client) = Create(factory, properties.Transport);
        try
        {
            // Test runners have synchronization contexts of their own, which a call that blocks would wait for.
            Task.Run(() => app.SignInAsync(client.Tokens, user, properties)).GetAwaiter().GetResult();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A client without a session that behaves as a page of the app: it keeps cookies, and the cross-origin check accepts its requests. Use
    /// it to test the app's own sign-in.
    /// </summary>
    /// <param name="factory">The app.</param>
    /// <exception cref="InvalidOperationException">The app cannot be used. The message says why.</exception>
    /// <example><code>
    /// await using var factory = new WebApplicationFactory&lt;Program&gt;();
    /// using var page = factory.CreateSessionClient();
    /// await page.PostAsync("/login", new StringContent("…"));
    /// Console.WriteLine(page.SessionId);
    /// </code></example>
    public static SessionClient CreateSessionClient<TEntryPoint>(this WebApplicationFactory<TEntryPoint> factory)
        where TEntryPoint : class => Create(factory, SessionTransport.Cookie).Client;

    /// <summary>Ends all sessions of a user, as an administrator does, and returns their number.</summary>
    /// <param name="factory">The app.</param>
    /// <param name="subject">The user's id.</param>
    /// <param name="reason">What the clients are told: as for <see cref="SessionManager.EndAllForUserAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <example><code>
    /// await using var factory = new WebApplicationFactory&lt;Program&gt;();
    /// using var ada = factory.CreateClientAs("ada");
    /// await factory.EndSessionsAsync("ada"); // ada.GetAsync("/me") is 401 from now on
    /// </code></example>
    public static Task<int> EndSessionsAsync<TEntryPoint>(
        this WebApplicationFactory<TEntryPoint> factory,
        string subject,
        SessionEndReason reason = SessionEndReason.Revoked,
        CancellationToken cancellationToken = default
    )
        where TEntryPoint : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        return factory
            .Services.GetRequiredService<SessionManager>()
            .EndAllForUserAsync(subject, reason: reason, cancellationToken: cancellationToken);
    }

    private static (TestedApp App, SessionClient Client) Create<TEntryPoint>(
        WebApplicationFactory<TEntryPoint> factory,
        SessionTransport transport
    )
        where TEntryPoint : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        var app = TestedApp.Of(factory);
        return (app, new SessionClient(app, new ClientTokens(transport, new CookieJar(app.Clock))));
    }
}
