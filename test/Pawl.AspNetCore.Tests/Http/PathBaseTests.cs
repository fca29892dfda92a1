using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app below a path of its host, as operations.md sets it up: by UsePathBase, or by a proxy that takes the path away.</summary>
public sealed class PathBaseTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_work_below_a_path_base(bool byProxy)
    {
        await using var app = await StartAsync(byProxy);
        var (path, headers) = byProxy ? ("", new[] { ("X-Forwarded-Prefix", "/shop") }) : ("/shop", []);
        var ada = app.NewBrowser();
        Task<Answer> PostAsync(string to, object? json = null, params (string, string)[] more) =>
            ada.PostAsync(path + to, json, [.. headers, .. more]);

        var signIn = await PostAsync("/login", new Login("ada"));
        Assert.Equal(5, signIn.SetCookies.Count);
        Assert.All(signIn.SetCookies, static c => Assert.Equal("/", c.Attributes["Path"]));
        Assert.Equal("ada /shop", (await ada.GetAsync(path + "/where", headers)).Body);

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("access_token_expired", (await ada.GetAsync(path + "/where", headers)).Code);
        Assert.Equal(200, (await PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, ada.Sid))).Status);
        Assert.Equal("ada /shop", (await ada.GetAsync(path + "/where", headers)).Body);
        Assert.Equal(200, (await ada.GetAsync(path + "/auth/client/pawl.js", headers)).Status);

        var discovery = await ada.GetAsync(path + "/.well-known/openid-configuration", headers);
        Assert.Equal("https://app.example/shop/auth/jwks", discovery.Text("jwks_uri"));
        Assert.Equal("https://app.example/shop/auth/token", discovery.Text("token_endpoint"));

        Assert.Equal(204, (await PostAsync("/auth/logout")).Status);
        Assert.Empty(ada.Cookies.Names);
        Assert.Equal(0, app.CountLiveSessions());
    }

    [Fact]
    public async Task An_issuer_with_a_path_has_its_documents_and_keys_below_it()
    {
        await using var app = await StartAsync(byProxy: false, static o => o.Issuer = "https://app.example/shop");
        var answer = await app.SendRawAsync("GET", "/shop/.well-known/openid-configuration");
        Assert.Equal(("https://app.example/shop", "https://app.example/shop/auth/jwks"), (answer.Text("issuer"), answer.Text("jwks_uri")));
        Assert.Equal(200, (await app.SendRawAsync("GET", "/shop/auth/jwks")).Status);
    }

    [Theory]
    [InlineData("/shop/auth/logout", 204)]
    [InlineData("/shop/note", 400)]
    public async Task Planted_cookies_keep_no_user_from_signing_out_below_a_path_base(string path, int status)
    {
        await using var app = await StartAsync(byProxy: false);
        var ada = app.NewBrowser();
        await ada.PostAsync("/shop/login", new Login("ada"));
        var twice = $"{ada.Cookies.Header}; {PawlDefaults.RefreshCookie}=planted";
        Assert.Equal(status, (await app.SendRawAsync("POST", path, ("Cookie", twice), ("Sec-Fetch-Site", "same-origin"))).Status);
    }

    private static Task<TestApp> StartAsync(bool byProxy, Action<PawlOptions>? pawl = null) =>
        TestApp.StartAsync(
            pawl,
            services: static services =>
                services.Configure<ForwardedHeadersOptions>(static options =>
                {
                    options.ForwardedHeaders = ForwardedHeaders.XForwardedPrefix;
                    options.KnownIPNetworks.Clear();
                    options.KnownProxies.Clear();
                }),
            map: app =>
            {
                if (byProxy)
                    app.UseForwardedHeaders();
                else
                    app.UsePathBase("/shop");
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/where", static (HttpContext context, ClaimsPrincipal me) => $"{me.Identity!.Name} {context.Request.PathBase}")
                    .RequireAuthorization();
            }
        );
}
