using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>POST /refresh of MapIdentityApi decides as Pawl's own endpoints do: races, lost responses, thieves, changed users.</summary>
public sealed class BearerRefreshTests
{
    private const string Ada = BearerApp.Ada;

    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Concurrent_refreshes_with_one_token_are_all_answered_and_the_session_goes_on()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(Settled);
        var copies = Enumerable.Range(0, 8).Select(_ => client.Copy()).ToList();

        var answers = await Task.WhenAll(copies.Select(static copy => copy.RefreshAsync()));

        Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        Assert.Equal(8, copies.Select(static copy => copy.RefreshToken).Distinct().Count());
        app.Clock.Advance(Settled);
        Assert.Equal(200, (await copies[3].RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_lost_response_signs_no_client_out()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(Settled);
            Assert.Equal(200, (await client.LoseRefreshAsync()).Status);
            Assert.Equal(200, (await client.RefreshAsync()).Status);
            Assert.Equal(Ada, (await client.GetAsync("/manage/info")).Text("email"));
        }
    }

    [Fact]
    public async Task A_stolen_refresh_token_ends_the_session_for_thief_and_owner()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var owner = await BearerClient.SignInAsync(app, Ada);
        var thief = owner.Copy();
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(Settled);
            Assert.Equal(200, (await owner.RefreshAsync()).Status);
        }

        Assert.Equal(("session_ended", "token_reused"), await BearerClient.CodeAsync(thief.RefreshAsync()));
        Assert.Equal(("session_ended", "token_reused"), await BearerClient.CodeAsync(owner.GetAsync("/manage/info")));
        Assert.Equal(("session_ended", "token_reused"), await BearerClient.CodeAsync(owner.RefreshAsync()));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_signs_no_client_out()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(Settled);
        app.Store.IsDown = true;

        var answer = await client.RefreshAsync();
        Assert.Equal((503, "store_unavailable", "1"), (answer.Status, answer.Code, answer["Retry-After"]));
        Assert.Equal(503, (await new BearerClient(app).LoginAsync(Ada)).Status);

        app.Store.IsDown = false;
        Assert.Equal(200, (await client.RefreshAsync()).Status);
    }

    [Theory]
    [InlineData("password", "credentials_changed")]
    [InlineData("deleted", "user_disabled")]
    [InlineData("disabled", "user_disabled")]
    [InlineData("ended", "revoked")]
    public async Task A_refresh_is_refused_after_a_change_elsewhere(string change, string reason)
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(Settled);
        if (change == "ended")
            await app.Service<SessionManager>()
                .EndAsync(SessionId.Parse(client.Sid, null), cancellationToken: TestContext.Current.CancellationToken);
        else
            await app.ChangeAsync(Ada, (users, user) => change switch
                {
                    "password" => users.UpdateSecurityStampAsync(user),
                    "deleted" => users.DeleteAsync(user),
                    _ => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue),
                });

        var answer = await client.RefreshAsync();

        Assert.Equal((401, "session_ended", reason), (answer.Status, answer.Code, answer.Reason));
        Assert.Equal("Bearer error=\"invalid_token\"", answer["WWW-Authenticate"]);
        Assert.Equal($"session_ended;reason={reason}", answer[PawlDefaults.ProblemHeader]);
        Assert.Equal(("session_ended", reason), await BearerClient.CodeAsync(client.GetAsync("/manage/info")));
    }

    [Fact]
    public async Task A_short_lockout_ends_no_session()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        await app.ChangeAsync(Ada, static (users, user) => users.SetLockoutEndDateAsync(user, DateTimeOffset.UtcNow.AddHours(1)));
        Assert.Equal(200, (await client.RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_change_of_the_own_password_keeps_the_session_and_ends_the_others()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var (laptop, phone) = (await BearerClient.SignInAsync(app, Ada), await BearerClient.SignInAsync(app, Ada));
        app.Clock.Advance(Settled);

        var changed = await laptop.PostAsync("/manage/info", new { oldPassword = IdentityApp.Password, newPassword = "Another-horse-8" });

        Assert.Equal(200, changed.Status);
        Assert.Equal(200, (await laptop.RefreshAsync()).Status);
        Assert.Equal(("session_ended", "credentials_changed"), await BearerClient.CodeAsync(phone.RefreshAsync()));
        Assert.Equal(401, (await new BearerClient(app).LoginAsync(Ada)).Status);
        Assert.Equal(200, (await new BearerClient(app).LoginAsync(Ada, "Another-horse-8")).Status);
    }

    [Fact]
    public async Task A_session_that_ends_while_the_endpoint_runs_gets_no_tokens()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, others: static services =>
            services.AddScoped<IUserClaimsPrincipalFactory<IdentityUser>, EndingFactory>()
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(Settled);
        var made = 0;
        EndingFactory.Before = async () =>
        {
            // The endpoint makes the user's claims after Pawl has decided with them.
            if (Interlocked.Increment(ref made) == 2)
                await app.Service<SessionManager>().EndAsync(SessionId.Parse(client.Sid, null));
        };
        var answer = await client.RefreshAsync();
        EndingFactory.Before = null;
        Assert.Equal((401, "session_ended", "revoked", 2), (answer.Status, answer.Code, answer.Reason, made));
    }

    [Fact]
    public async Task Roles_follow_the_user_at_a_refresh()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>().CreateAsync(new IdentityRole("admin"));
        var client = await BearerClient.SignInAsync(app, Ada);
        Assert.Equal(403, (await client.GetAsync("/admin")).Status);
        await app.ChangeAsync(Ada, static (users, user) => users.AddToRoleAsync(user, "admin"));
        await client.RefreshAsync();
        Assert.Equal(200, (await client.GetAsync("/admin")).Status);
        await app.ChangeAsync(Ada, static (users, user) => users.RemoveFromRoleAsync(user, "admin"));
        await client.RefreshAsync();
        Assert.Equal(403, (await client.GetAsync("/admin")).Status);
    }

    [Fact]
    public async Task A_session_times_out()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(TimeSpan.FromDays(14));
        Assert.Equal(("session_ended", "idle"), await BearerClient.CodeAsync(client.RefreshAsync()));
    }

    [Fact]
    public async Task A_flood_of_refreshes_is_429_and_ends_nothing()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, static o => o.RefreshesPerMinute = 2);
        var client = await BearerClient.SignInAsync(app, Ada);
        await client.RefreshAsync();
        await client.RefreshAsync();
        var answer = await client.RefreshAsync();
        Assert.Equal((429, "rate_limited"), (answer.Status, answer.Code));
        Assert.NotNull(answer["Retry-After"]);
        app.Clock.Advance(Settled);
        Assert.Equal(200, (await client.RefreshAsync()).Status);
    }

    private sealed class EndingFactory(UserManager<IdentityUser> users, Microsoft.Extensions.Options.IOptions<IdentityOptions> options)
        : UserClaimsPrincipalFactory<IdentityUser>(users, options)
    {
        public static Func<Task>? Before { get; set; }

        public override async Task<System.Security.Claims.ClaimsPrincipal> CreateAsync(IdentityUser user)
        {
            if (Before is { } before)
                await before();
            return await base.CreateAsync(user);
        }
    }
}
