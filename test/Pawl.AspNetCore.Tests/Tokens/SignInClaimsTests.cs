using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>With AddIdentityUsers, the claims of the sign-in stay for the session, and those of the user are renewed.</summary>
public sealed class SignInClaimsTests
{
    private const string Ada = "ada@example.com";
    private static readonly string[] Given = ["tenant=t1", "impersonator=bob", "level=7"];

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task Claims_given_at_sign_in_outlive_a_refresh(int secondsLater)
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        var browser = await SignInAsync(app, "/sign-in");
        Assert.Equal(Given, await OwnAsync(browser));

        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(secondsLater));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
            Assert.Equal(Given, await OwnAsync(browser));
        }
        Assert.DoesNotContain("pawl_sign_in", AccessTokens.Claims(browser.AccessToken!).GetRawText(), StringComparison.Ordinal);
        // A number stays a number.
        Assert.Equal("7", AccessTokens.Claims(browser.AccessToken!).GetProperty("level").GetRawText());
    }

    [Fact]
    public async Task Claims_and_roles_that_the_user_loses_are_gone_after_a_refresh()
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        await MakeAdminAsync(app);
        await app.ChangeAsync(Ada, static (users, user) => users.AddClaimAsync(user, new Claim("plan", "pro")));
        var browser = await SignInAsync(app, "/sign-in");
        Assert.Equal(200, (await browser.GetAsync("/admin")).Status);
        Assert.Equal(["impersonator=bob", "level=7", "plan=pro", "tenant=t1"], (await OwnAsync(browser)).Order(StringComparer.Ordinal));

        await app.ChangeAsync(Ada, static (users, user) => users.RemoveFromRoleAsync(user, "admin"));
        await app.ChangeAsync(Ada, static (users, user) =>
            users.ReplaceClaimAsync(user, new Claim("plan", "pro"), new Claim("plan", "free"))
        );
        await browser.RefreshAsync();

        Assert.Equal(403, (await browser.GetAsync("/admin")).Status);
        Assert.Equal(["impersonator=bob", "level=7", "plan=free", "tenant=t1"], (await OwnAsync(browser)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/sign-in-late")]
    [InlineData("/sign-in-late?by=hand")]
    public async Task A_claim_that_the_user_loses_during_the_sign_in_is_not_kept_for_the_session(string path)
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        await MakeAdminAsync(app);
        await app.ChangeAsync(Ada, static (users, user) => users.AddClaimAsync(user, new Claim("plan", "pro")));
        var browser = await SignInAsync(app, path);
        await browser.RefreshAsync();
        Assert.Equal(403, (await browser.GetAsync("/admin")).Status);
        // In a principal made by hand the user's claims are not marked, so those of a moment ago count as the app's. Roles never do.
        if (!path.EndsWith("hand", StringComparison.Ordinal))
            Assert.Empty(await OwnAsync(browser));
    }

    [Fact]
    public async Task A_role_given_at_sign_in_stays_and_is_not_the_users()
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        var browser = await SignInAsync(app, "/sign-in?role=admin");
        await browser.RefreshAsync();
        Assert.Equal(200, (await browser.GetAsync("/admin")).Status);

        var other = await SignInAsync(app, "/sign-in");
        Assert.Equal(403, (await other.GetAsync("/admin")).Status);
    }

    [Fact]
    public async Task RefreshSignIn_keeps_the_claims_of_the_sign_in_unless_they_are_given_again()
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        var browser = await SignInAsync(app, "/sign-in");
        var sid = browser.Sid;
        Assert.Equal(200, (await browser.PostAsync("/reload")).Status);
        Assert.Equal(Given, await OwnAsync(browser));

        Assert.Equal(200, (await browser.PostAsync("/switch-tenant")).Status);
        await browser.RefreshAsync();
        Assert.Equal(sid, browser.Sid);
        Assert.Equal(["impersonator=bob", "level=7", "tenant=t2"], (await OwnAsync(browser)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Renewing_a_requests_own_principal_keeps_no_claim_that_the_user_has_lost()
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        await app.ChangeAsync(Ada, static (users, user) => users.AddClaimAsync(user, new Claim("plan", "pro")));
        var browser = await SignInAsync(app, "/sign-in");
        await app.ChangeAsync(Ada, static (users, user) => users.RemoveClaimAsync(user, new Claim("plan", "pro")));
        Assert.Equal(200, (await browser.PostAsync("/again")).Status);
        await browser.RefreshAsync();
        Assert.DoesNotContain("plan=pro", await OwnAsync(browser));
    }

    [Fact]
    public async Task A_claim_of_the_sign_in_that_the_app_takes_off_the_principal_of_a_request_is_gone()
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        var browser = await SignInAsync(app, "/sign-in");
        Assert.Equal(200, (await browser.PostAsync("/step-down")).Status);
        Assert.Equal(["level=7", "tenant=t1"], (await OwnAsync(browser)).Order(StringComparer.Ordinal));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await browser.RefreshAsync();
        Assert.Equal(["level=7", "tenant=t1"], (await OwnAsync(browser)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_refresh_at_the_same_time_brings_no_claim_back_that_the_app_has_taken_off()
    {
        using var folder = new TestFolder();
        Browser? browser = null;
        var isFirst = true;
        await using var app = await StartAsync(folder, o => o.Events.OnRefreshing = async _ =>
            {
                if (isFirst)
                    Assert.Equal(200, (await browser!.Copy().PostAsync("/step-down")).Status);
                isFirst = false;
            });
        browser = await SignInAsync(app, "/sign-in");
        // So that the refresh has claims to store.
        await app.ChangeAsync(Ada, static (users, user) => users.AddClaimAsync(user, new Claim("plan", "pro")));

        await browser.RefreshAsync();

        string[] left = ["level=7", "plan=pro", "tenant=t1"];
        Assert.Equal(left, (await OwnAsync(browser)).Order(StringComparer.Ordinal));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await browser.RefreshAsync();
        Assert.Equal(left, (await OwnAsync(browser)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_apps_own_handler_has_the_last_word()
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder, static o => o.Events.OnRefreshing = static context =>
            {
                context.ReplaceClaims(new ClaimsPrincipal(new ClaimsIdentity([new("only", "this")])));
                return Task.CompletedTask;
            });
        var browser = await SignInAsync(app, "/sign-in");
        await browser.RefreshAsync();
        Assert.Equal(["only=this"], await OwnAsync(browser));
    }

    private static async Task<Browser> SignInAsync(TestApp app, string path)
    {
        var browser = app.NewBrowser();
        Assert.Equal(200, (await browser.PostAsync(path)).Status);
        return browser;
    }

    private static async Task<string[]> OwnAsync(Browser browser) =>
        [
            .. (await browser.GetAsync("/claims"))
                .Json.EnumerateArray()
                .Select(static c => c.GetString()!)
                .Where(static c => c.Split('=')[0] is "tenant" or "impersonator" or "level" or "plan" or "only"),
        ];

    private static async Task MakeAdminAsync(TestApp app)
    {
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>().CreateAsync(new IdentityRole("admin"));
        await app.ChangeAsync(Ada, static (users, user) => users.AddToRoleAsync(user, "admin"));
    }

    private static async Task<TestApp> StartAsync(TestFolder folder, Action<PawlOptions>? pawl = null)
    {
        var app = await IdentityApp.StartAsync(folder, asksUsers: true, pawl: pawl, map: MapSignIns);
        await app.RegisterAsync(Ada);
        return app;
    }

    private static void MapSignIns(IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-in", static async (SignInManager<IdentityUser> signIn, string? role) =>
            await signIn.SignInWithClaimsAsync(
                (await signIn.UserManager.FindByEmailAsync(Ada))!,
                isPersistent: true,
                [
                    new("tenant", "t1"),
                    new("impersonator", "bob"),
                    new("level", "7", ClaimValueTypes.Integer),
                    .. role is null ? [] : new Claim[] { new(ClaimTypes.Role, role) },
                ]
            )
        );
        app.MapPost("/sign-in-late", static async (HttpContext context, SignInManager<IdentityUser> signIn, string? by) =>
        {
            var user = (await signIn.UserManager.FindByEmailAsync(Ada))!;
            var principal = await signIn.CreateUserPrincipalAsync(user);
            await signIn.UserManager.RemoveFromRoleAsync(user, "admin");
            await signIn.UserManager.RemoveClaimAsync(user, new Claim("plan", "pro"));
            if (by == "hand")
                principal = new(new ClaimsIdentity(principal.Claims.Select(static c => new Claim(c.Type, c.Value)), "hand"));
            await context.SignInAsync(IdentityConstants.ApplicationScheme, principal);
        });
        app.MapPost("/switch-tenant", static async (HttpContext context, SignInManager<IdentityUser> signIn) =>
        {
            var user = (await signIn.UserManager.GetUserAsync(context.User))!;
            var properties = (await context.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Properties;
            await signIn.SignInWithClaimsAsync(user, properties, [new("tenant", "t2")]);
        });
        app.MapPost("/step-down", static (ClaimsPrincipal me) =>
        {
            ((ClaimsIdentity)me.Identity!).RemoveClaim(me.FindFirst("impersonator"));
            return Results.SignIn(me, authenticationScheme: IdentityConstants.ApplicationScheme);
        });
        app.MapPost("/again", static (ClaimsPrincipal me) => Results.SignIn(me, authenticationScheme: IdentityConstants.ApplicationScheme));
    }
}
