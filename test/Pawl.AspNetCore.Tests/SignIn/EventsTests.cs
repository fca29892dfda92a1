using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app overrides methods of the events, or sets their delegates, and hears in each who and what it is about.</summary>
public sealed class EventsTests
{
    [Fact]
    public async Task A_class_that_overrides_the_methods_sees_a_session_from_sign_in_to_end()
    {
        var events = new Recorder();
        await using var app = await TestApp.StartAsync(o => o.Events = events);
        var ada = await app.SignInAsync("ada");
        var sid = ada.Sid;
        await ada.RefreshAsync();
        await ada.LogoutAsync();
        Assert.Equal(
            ["signing in ada", $"starting {sid}", $"started {sid}", $"refreshing {sid}", $"ended {sid} of ada: SignedOut"],
            events.Heard
        );
    }

    [Fact]
    public async Task A_sign_in_is_given_another_end_and_other_claims_by_who_signs_in()
    {
        await using var app = await TestApp.StartAsync(static o =>
        {
            o.IncludePersonalClaims = true;
            o.Events.OnSigningIn = static signingIn =>
            {
                var subject = signingIn.Principal!.FindFirstValue(ClaimTypes.NameIdentifier);
                signingIn.Principal!.AddIdentity(new ClaimsIdentity([new Claim("plan", "gold")]));
                var clock = signingIn.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
                if (subject == "admin")
                    signingIn.Properties.ExpiresUtc = clock.GetUtcNow().AddHours(1);
                return Task.CompletedTask;
            };
        });
        var (ada, admin) = (await app.SignInAsync("ada"), await app.SignInAsync("admin"));
        Assert.Equal("gold", AccessTokens.Claims(ada.AccessToken!).GetProperty("plan").GetString());
        app.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal(401, (await admin.RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_handler_cannot_give_a_sign_in_another_transport_than_the_guard_has_let_in()
    {
        await using var app = await TestApp.StartAsync(static o =>
            o.Events.OnSigningIn = static signingIn =>
            {
                Assert.IsType<PawlSignInProperties>(signingIn.Properties).Transport = SessionTransport.Body;
                return Task.CompletedTask;
            }
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            app.NewBrowser().PostAsync("/login", new Login("ada") { Device = "laptop" })
        );
    }

    [Fact]
    public async Task A_handler_that_fails_after_the_start_leaves_no_session_behind()
    {
        await using var app = await TestApp.StartAsync(static o =>
            o.Events.OnSessionStarted = static _ => throw new InvalidOperationException("The app's own fault.")
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().PostAsync("/login", new Login("ada")));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Fact]
    public async Task The_end_of_a_session_is_told_without_the_user_when_the_store_does_not_say()
    {
        var events = new Recorder();
        await using var app = await TestApp.StartAsync(o => o.Events = events);
        var ada = await app.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out var id));
        app.Store.Before = static call =>
            call is "Find" ? throw new StoreUnavailableException("The test has cut the store off.") : Task.CompletedTask;

        Assert.True(await app.Service<SessionManager>().EndAsync(id, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal($"ended {ada.Sid} of : Revoked", events.Heard[^1]);
    }

    private sealed class Recorder : PawlEvents
    {
        public List<string> Heard { get; } = [];

        public override Task SigningIn(SigningInContext context) =>
            Note($"signing in {context.Principal!.FindFirstValue(ClaimTypes.NameIdentifier)}");

        public override Task SessionStarting(SessionStartingContext context) => Note($"starting {context.Session.Id}");

        public override Task SessionStarted(SessionStartedContext context) => Note($"started {context.Session.Id}");

        public override Task Refreshing(RefreshingContext context)
        {
            Assert.Equal(PawlDefaults.AuthenticationScheme, context.Scheme.Name);
            return Note($"refreshing {context.Session.Id}");
        }

        public override Task SessionEnded(SessionEndedContext context) =>
            Note($"ended {context.SessionId} of {context.Subject}: {context.Reason}");

        private Task Note(string what)
        {
            Heard.Add(what);
            return Task.CompletedTask;
        }
    }
}
