using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A circuit sends no requests, so it would keep the claims that it has begun with. A refresh of its session brings it the new ones.
/// </summary>
public sealed class CircuitClaimsTests
{
    private string[] _roles = ["reader"];

    [Fact]
    public async Task A_circuit_gains_and_loses_roles_as_the_refreshes_of_its_session_say()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(app, browser);
        foreach (string[] roles in new[] { ["admin", "reader"], Array.Empty<string>() })
        {
            _roles = roles;

            await RefreshAsync(app, browser);

            await Eventually.TrueAsync(async () => RolesOf(await circuit.UserAsync()).SequenceEqual(roles), "The circuit has old roles.");
            var user = await circuit.UserAsync();
            Assert.Equal(("ada", circuit.Session), (user.Identity!.Name, user.FindSessionId()));
        }
    }

    [Fact]
    public async Task Unchanged_claims_render_no_component_again()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada", new Login("ada") { Roles = _roles });
        using var circuit = await TestCircuit.OpenAsync(app, browser);
        var changes = circuit.CountChanges();
        app.Store.Forget();

        for (var check = 1; check <= 3; check++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(5));
            await Eventually.TrueAsync(
                () => Task.FromResult(app.Store.Calls.Count(static call => call == "Find") >= check),
                "The session was not checked."
            );
        }

        Assert.Equal(0, changes());
    }

    [Fact]
    public async Task The_transformation_of_the_app_is_applied_as_to_a_request()
    {
        await using var app = await StartAsync(services => services.AddScoped<IClaimsTransformation, Greeting>());
        var browser = await app.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(app, browser);

        await RefreshAsync(app, browser);

        await Eventually.TrueAsync(async () => (await circuit.UserAsync()).HasClaim("greeting", "hello"), "It was not applied.");
    }

    [Fact]
    public async Task New_claims_bring_no_user_back_after_the_end_of_the_session()
    {
        var (reached, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await StartAsync(services => services.AddSingleton<IClaimsTransformation>(new Slow(reached, open.Task)));
        var browser = await app.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(app, browser);
        await RefreshAsync(app, browser);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await app.Service<SessionManager>().EndAsync(circuit.Session, SessionEndReason.Revoked, TestContext.Current.CancellationToken);
        await circuit.LosesUserAsync();
        // The check goes on within this call, and would set the claims.
        open.SetResult();

        Assert.False(await circuit.HasUserAsync());
    }

    [Fact]
    public async Task A_user_that_the_app_has_given_the_circuit_stays()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        var user = await TestCircuit.UserOfAsync(app, browser);
        user.AddIdentity(new ClaimsIdentity([new Claim("desk", "7")], "terminal"));
        using var circuit = await TestCircuit.OpenAsync(app, user);

        await RefreshAsync(app, browser);

        await Eventually.TrueAsync(() => Task.FromResult(app.Store.Calls.Contains("Find")), "The session was not checked.");
        Assert.Same(user, await circuit.UserAsync());
    }

    // A refresh, and then the time at which the circuit looks at its session. The check has no context of the test to come back to.
    private static async Task RefreshAsync(TestApp app, Browser browser)
    {
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        await Task.Run(() => app.Clock.Advance(TimeSpan.FromMinutes(5)));
    }

    private static IEnumerable<string> RolesOf(ClaimsPrincipal user) =>
        user.FindAll(ClaimTypes.Role).Select(static claim => claim.Value).Order(StringComparer.Ordinal);

    private Task<TestApp> StartAsync(Action<IServiceCollection>? more = null) =>
        TestApp.StartAsync(
            options =>
                options.Events.OnRefreshing = context =>
                {
                    context.ReplaceClaims(
                        new ClaimsPrincipal(new ClaimsIdentity(_roles.Select(static role => new Claim(ClaimTypes.Role, role))))
                    );
                    return Task.CompletedTask;
                },
            services =>
            {
                services.AddRazorComponents().AddInteractiveServerComponents();
                services.AddScoped<NavigationManager, TestCircuit.Navigation>();
                more?.Invoke(services);
            },
            clock: new TestClock { WakesBackgroundWork = true }
        );

    private sealed class Greeting : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            principal.AddIdentity(new ClaimsIdentity([new Claim("greeting", "hello")]));
            return Task.FromResult(principal);
        }
    }

    // Requests are transformed at once, and have an HttpContext.
    private sealed class Slow(TaskCompletionSource reached, Task open) : IClaimsTransformation
    {
        public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            if (principal.Identity!.IsAuthenticated && principal.IsInRole("reader") && reached.TrySetResult())
                await open;
            return principal;
        }
    }
}
