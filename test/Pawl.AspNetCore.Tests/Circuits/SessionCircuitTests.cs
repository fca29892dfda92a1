using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A circuit of Blazor keeps the user that it was started with, and the framework hands it to the client's next connection. So it loses its
/// user when the session ends, on every node.
/// </summary>
public sealed class SessionCircuitTests
{
    [Fact]
    public async Task A_circuit_loses_its_user_when_the_session_ends_on_this_node()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(app, browser);
        Assert.True(await circuit.HasUserAsync());

        await browser.LogoutAsync();

        await circuit.LosesUserAsync();
    }

    [Fact]
    public async Task A_circuit_loses_its_user_when_another_node_ends_the_session()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(app, browser);

        await app.Store.EndAsync(
            circuit.Session,
            new SessionEnd(SessionEndReason.Revoked, app.Clock.GetUtcNow()),
            TestContext.Current.CancellationToken
        );

        await circuit.LosesUserAsync();
    }

    [Fact]
    public async Task No_event_of_the_page_runs_after_the_end()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(app, browser);
        Assert.True(await circuit.RunsEventAsync());

        await browser.LogoutAsync();

        // The response to the sign-out comes after the end. Nothing has to be waited for.
        Assert.False(await circuit.RunsEventAsync());
    }

    [Fact]
    public async Task A_page_that_comes_back_after_the_end_is_loaded_again()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(app, browser);
        await circuit.ConnectAsync();
        Assert.False(circuit.IsReloaded);
        await browser.LogoutAsync();

        await circuit.ConnectAsync();

        Assert.True(circuit.IsReloaded);
    }

    [Fact]
    public async Task A_circuit_that_starts_with_a_session_that_has_ended_has_no_user()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        var user = await TestCircuit.UserOfAsync(app, browser);
        await browser.LogoutAsync();

        using var circuit = await TestCircuit.OpenAsync(app, user);

        Assert.False(await circuit.RunsEventAsync());
        await circuit.LosesUserAsync();
    }

    [Fact]
    public async Task A_circuit_loses_its_user_when_the_session_times_out()
    {
        await using var app = await StartAsync(ticks: true);
        using var circuit = await TestCircuit.OpenAsync(app, await app.SignInAsync("ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.True(await circuit.HasUserAsync());

        app.Clock.Advance(TimeSpan.FromMinutes(40));

        await circuit.LosesUserAsync();
    }

    [Fact]
    public async Task A_circuit_loses_its_user_when_a_connection_finds_that_the_session_has_timed_out()
    {
        await using var app = await StartAsync(ticks: true);
        var browser = await app.SignInAsync("ada");
        // The circuit asks the store every five minutes: at 58 and 63 minutes, and the session times out at 60.
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        using var circuit = await TestCircuit.OpenAsync(app, browser);
        app.Clock.Advance(TimeSpan.FromMinutes(55));
        var timeout = app.Clock.GetUtcNow() + TimeSpan.FromMinutes(2);
        using var connection = app.Service<EndedSessions>()
            .Connections.Add(new ConnectionOwner(circuit.Session, timeout), new object(), static () => { });
        Assert.True(await circuit.HasUserAsync());

        app.Clock.Advance(TimeSpan.FromMinutes(3));

        await circuit.LosesUserAsync();
    }

    [Fact]
    public async Task A_store_that_does_not_answer_takes_no_user_from_a_circuit()
    {
        await using var app = await StartAsync(ticks: true);
        using var circuit = await TestCircuit.OpenAsync(app, await app.SignInAsync("ada"));
        app.Store.IsDown = true;

        app.Clock.Advance(TimeSpan.FromHours(2));

        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(90).Any()), "No check has failed.");
        Assert.True(await circuit.HasUserAsync());
        Assert.True(await circuit.RunsEventAsync());
    }

    [Fact]
    public async Task Ten_thousand_circuits_that_have_closed_leave_nothing_behind()
    {
        await using var app = await StartAsync();
        var user = await TestCircuit.UserOfAsync(app, await app.SignInAsync("ada"));
        for (var i = 0; i < 10_000; i++)
        {
            using var circuit = await TestCircuit.OpenAsync(app, user);
            await circuit.CloseAsync();
        }
        Assert.Equal(0, app.Service<EndedSessions>().Listeners.Count);
    }

    [Fact]
    public async Task A_circuit_without_a_session_is_left_alone()
    {
        await using var app = await StartAsync();
        using var circuit = await TestCircuit.OpenAsync(app, new ClaimsPrincipal(new ClaimsIdentity()));
        await circuit.ConnectAsync();
        Assert.True(await circuit.RunsEventAsync());
        Assert.False(circuit.IsReloaded);
        Assert.Equal(0, app.Service<EndedSessions>().Listeners.Count);
    }

    private static Task<TestApp> StartAsync(bool ticks = false) =>
        TestApp.StartAsync(
            static options => options.IdleTimeout = TimeSpan.FromHours(1),
            static services =>
            {
                services.AddRazorComponents().AddInteractiveServerComponents();
                services.AddScoped<NavigationManager, TestCircuit.Navigation>();
            },
            clock: new TestClock { WakesBackgroundWork = ticks }
        );
}
