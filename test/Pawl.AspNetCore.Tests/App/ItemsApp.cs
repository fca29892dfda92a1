using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app that keeps a provider's tokens and a tenant with the session, and shows and changes them.</summary>
internal static class ItemsApp
{
    public const string First = "provider-token-1";
    public const string Second = "provider-token-2";

    public static async Task<Browser> SignInAsync(TestApp app, string name = "ada", string token = First)
    {
        var browser = app.NewBrowser();
        Assert.Equal(200, (await browser.PostAsync($"/in?name={name}&token={token}")).Status);
        return browser;
    }

    public static Task<Answer> GetAsync(TestApp node, Browser browser) =>
        node.SendRawAsync("GET", "/items", ("Cookie", $"{PawlDefaults.AccessCookie}={browser.AccessToken}"));

    public static Task<TestApp> StartAsync(TestApp other, Action<PawlOptions>? pawl = null) =>
        StartAsync(null, pawl, other.Folder, other.Clock);

    public static Task<TestApp> StartAsync(
        Func<Task>? between = null,
        Action<PawlOptions>? pawl = null,
        TestFolder? folder = null,
        TestClock? clock = null
    ) =>
        TestApp.StartAsync(
            pawl,
            map: app =>
            {
                MapSignIn(app);
                app.MapGet("/items", DescribeAsync).RequireAuthorization();
                app.MapGet("/anonymous", DescribeAsync);
                app.MapPost("/update", async (HttpContext context, string token) =>
                {
                    var result = await context.AuthenticateAsync();
                    Assert.True(result.Properties!.UpdateTokenValue("access_token", token));
                    await context.SignInAsync(result.Principal!, result.Properties);
                });
                app.MapPost("/store", async (HttpContext context, string token) =>
                {
                    var result = await context.AuthenticateAsync();
                    NewProperties(token, "8").Items.ToList().ForEach(item => result.Properties!.Items[item.Key] = item.Value);
                    await context.SignInAsync(result.Principal!, result.Properties);
                });
                app.MapPost("/renew", async (HttpContext context, string properties) =>
                {
                    var result = await context.AuthenticateAsync();
                    await (between?.Invoke() ?? Task.CompletedTask);
                    await context.SignInAsync(
                        result.Principal!,
                        properties switch
                        {
                            "none" => null,
                            "new" => new AuthenticationProperties(),
                            _ => result.Properties,
                        }
                    );
                });
                app.MapPost("/copy", async (HttpContext context) =>
                {
                    var properties = new PawlSignInProperties
                    {
                        Device = "phone",
                        AuthenticationMethods = ["otp", "x"],
                        WriteJsonResponse = true,
                    };
                    await context.SignInAsync(new Login("ada").ToPrincipal(), properties.Clone());
                });
            },
            folder: folder,
            clock: clock
        );

    /// <summary>Maps a sign-in with a provider's token.</summary>
    public static void MapSignIn(IEndpointRouteBuilder app) =>
        app.MapPost("/in", (HttpContext context, string name, string token) =>
            context.SignInAsync(new Login(name).ToPrincipal(), NewProperties(token, "7"))
        );

    private static AuthenticationProperties NewProperties(string token, string tenant)
    {
        var properties = new AuthenticationProperties { Items = { ["tenant"] = tenant } };
        properties.StoreTokens([
            new AuthenticationToken { Name = "access_token", Value = token },
            new AuthenticationToken { Name = "refresh_token", Value = "another" },
        ]);
        return properties;
    }

    private static async Task DescribeAsync(HttpContext context)
    {
        var token = await context.GetTokenAsync("access_token");
        var tenant = "";
        (await context.AuthenticateAsync()).Properties?.Items.TryGetValue("tenant", out tenant);
        await context.Response.WriteAsync($"{token} {tenant}");
    }
}
