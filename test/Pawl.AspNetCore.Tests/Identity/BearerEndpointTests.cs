using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>Endpoints of an app's own that sign in, refresh or sign out under Identity's bearer scheme.</summary>
public sealed class BearerEndpointTests
{
    private const string Ada = BearerApp.Ada;

    [Fact]
    public async Task A_copy_of_the_refresh_endpoint_adds_a_claim()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes =>
            MapCopy(routes, "/copy", static user => ((ClaimsIdentity)user.Identity!).AddClaim(new("colour", "blue")))
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var answer = await client.PostAsync("/copy", new { refreshToken = client.RefreshToken }, sendsToken: false);

        Assert.Equal((200, "blue"), (answer.Status, Colour(answer)));
        (client.AccessToken, client.RefreshToken) = (answer.Text("accessToken")!, answer.Text("refreshToken")!);
        Assert.Equal(Ada, (await client.GetAsync("/manage/info")).Text("email"));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await client.RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_refresh_that_changes_claims_keeps_the_items_of_the_session()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(
            folder,
            pawl: static o =>
                o.Events.OnSigningIn = static context =>
                {
                    context.Properties!.Items["tenant"] = "t1";
                    return Task.CompletedTask;
                },
            map: static routes =>
            {
                MapCopy(routes, "/copy", static user => ((ClaimsIdentity)user.Identity!).AddClaim(new("colour", "blue")));
                routes.MapGet("/tenant", static async (HttpContext context, CancellationToken _) =>
                    (await context.AuthenticateAsync(IdentityConstants.BearerScheme)).Properties!.GetString("tenant")
                );
            }
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        Assert.Equal("t1", (await client.GetAsync("/tenant")).Body);
        var answer = await client.PostAsync("/copy", new { refreshToken = client.RefreshToken });
        client.AccessToken = answer.Text("accessToken")!;
        Assert.Equal("t1", (await client.GetAsync("/tenant")).Body);
    }

    [Fact]
    public async Task A_refresh_signs_no_other_user_in()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes => MapCopy(routes, "/copy", static user =>
            {
                var identity = (ClaimsIdentity)user.Identity!;
                identity.RemoveClaim(identity.FindFirst(ClaimTypes.NameIdentifier));
                identity.AddClaim(new(ClaimTypes.NameIdentifier, "bob"));
            }));
        var client = await BearerClient.SignInAsync(app, Ada);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.PostAsync("/copy", new { refreshToken = client.RefreshToken }));
        Assert.Equal(1, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task An_endpoint_that_reads_the_token_in_another_way_is_told_so()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes =>
            routes.MapPost("/own", static (OwnRequest own, IOptionsMonitor<BearerTokenOptions> options) =>
                options.Get(IdentityConstants.BearerScheme).RefreshTokenProtector.Unprotect(own.Token) is null
            )
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            client.PostAsync("/own", new { token = client.RefreshToken })
        );
        Assert.Contains("RefreshRequest", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_tokens_of_the_apps_own_reach_its_endpoint()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes =>
            routes.MapPost("/own", static (RefreshRequest own) => own.RefreshToken)
        );
        var answer = await new BearerClient(app).PostAsync("/own", new { refreshToken = "the app's" }, sendsToken: false);
        Assert.Equal((200, "the app's"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Filters_of_a_group_run_and_its_prefix_counts()
    {
        var calls = 0;
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: routes => routes
                .MapGroup("/v2")
                .AddEndpointFilter(
                    async (context, next) =>
                    {
                        calls++;
                        return await next(context);
                    }
                )
                .MapIdentityApi<IdentityUser>());
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await client.PostAsync("/v2/refresh", new { refreshToken = client.RefreshToken }, sendsToken: false)).Status);
        Assert.Equal(401, (await client.PostAsync("/v2/refresh", new { refreshToken = "unknown" }, sendsToken: false)).Status);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_sign_out_under_the_bearer_scheme_ends_the_tokens_session_and_no_cookies()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes =>
            routes.MapPost("/bye", static () => TypedResults.SignOut(authenticationSchemes: [IdentityConstants.BearerScheme]))
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        var browser = app.NewBrowser();
        await browser.LoginAsync(Ada);

        Assert.Equal(200, (await browser.PostAsync("/bye")).Status);
        Assert.Equal(Ada, (await browser.GetAsync("/manage/info")).Text("email"));
        Assert.Equal(200, (await client.PostAsync("/bye")).Status);
        Assert.Equal(("session_ended", "signed_out"), await BearerClient.CodeAsync(client.RefreshAsync()));
    }

    [Fact]
    public async Task An_access_token_starts_no_session_under_the_bearer_scheme()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes =>
            routes.MapPost("/again", static (ClaimsPrincipal me) =>
                TypedResults.SignIn(me, authenticationScheme: IdentityConstants.BearerScheme)
            )
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.PostAsync("/again"));
        Assert.Equal(1, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    private static string? Colour(Answer answer) => AccessTokens.Claims(answer.Text("accessToken")!).GetProperty("colour").GetString();

    private static void MapCopy(IEndpointRouteBuilder routes, string path, Action<ClaimsPrincipal> change) =>
        routes.MapPost(
            path,
            async Task<IResult> (RefreshRequest request, SignInManager<IdentityUser> signIn, IOptionsMonitor<BearerTokenOptions> options) =>
            {
                var ticket = options.Get(IdentityConstants.BearerScheme).RefreshTokenProtector.Unprotect(request.RefreshToken);
                if (ticket is null || await signIn.ValidateSecurityStampAsync(ticket.Principal) is not { } user)
                    return TypedResults.Unauthorized();
                var principal = await signIn.CreateUserPrincipalAsync(user);
                change(principal);
                return TypedResults.SignIn(principal, authenticationScheme: IdentityConstants.BearerScheme);
            }
        );

    private sealed record OwnRequest(string Token);
}
