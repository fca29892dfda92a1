using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>The option <c>CookieName</c> names all cookies of an app, in each place that reads, writes, hides or deletes one.</summary>
public sealed class CookieNameTests
{
    private static readonly CookieNames Shop = new("shop");

    [Fact]
    public async Task Every_response_sets_and_deletes_the_cookies_under_the_option()
    {
        await using var app = await StartAsync();
        var ada = NewBrowser(app);
        string[] all = [Shop.Access, Shop.Refresh, Shop.SignIn, Shop.Session, Shop.Fresh];

        Assert.Equal(all.Order(), Named(await ada.SignInAsync("ada")));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("access_token_expired", (await ada.MeAsync()).Code);
        Assert.Equal(all.Except([Shop.SignIn]).Order(), Named(await ada.RefreshAsync()));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        var signOut = await ada.LogoutAsync();
        Assert.Equal((204, true), (signOut.Status, signOut.SetCookies.All(static c => c.IsDeletion)));
        Assert.Equal(all.Order(), Named(signOut));
        Assert.Empty(ada.Cookies.Names);
    }

    [Fact]
    public async Task The_default_names_are_those_of_PawlDefaults()
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal(
            new[]
            {
                PawlDefaults.AccessCookie,
                PawlDefaults.RefreshCookie,
                PawlDefaults.SignInCookie,
                PawlDefaults.SessionCookie,
                PawlDefaults.FreshCookie,
            }.Order(),
            Named(await app.NewBrowser().SignInAsync("ada"))
        );
    }

    [Fact]
    public async Task The_refresh_tokens_are_hidden_under_the_option_and_cookies_of_another_name_are_not()
    {
        await using var app = await StartAsync();
        var ada = NewBrowser(app);
        await ada.SignInAsync("ada");
        ada.Cookies[PawlDefaults.RefreshCookie] = "of another app";
        Assert.DoesNotContain("pawl_r1_", (await ada.GetAsync("/seen")).Body, StringComparison.Ordinal);
        Assert.Contains($"{PawlDefaults.RefreshCookie}=of another app", (await ada.GetAsync("/seen")).Body, StringComparison.Ordinal);
        Assert.Contains($"{Shop.Access}={ada.AccessToken}", (await ada.GetAsync("/seen")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("__Host-Http-SHOP-access", "ambiguous_credentials")]
    [InlineData("__Host-Http-shop-access", "ambiguous_credentials")]
    [InlineData("__Host-Http-pawl-access", null)]
    [InlineData("__Host-Http-shops-access", null)]
    public async Task Only_a_cookie_of_the_same_name_is_a_twin(string name, string? problem)
    {
        await using var app = await StartAsync();
        var ada = NewBrowser(app);
        await ada.SignInAsync("ada");
        var answer = await app.SendRawAsync("GET", "/open", ("Cookie", $"{Shop.Access}={ada.AccessToken}; {name}=planted"));
        Assert.Equal((problem, problem is null ? "ada" : "nobody"), (answer[PawlDefaults.ProblemHeader], answer.Body));
        Assert.Equal(problem is not null, answer.SetCookies.Any(c => c.IsDeletion && c.Name == name));
        Assert.DoesNotContain($"{Shop.Access}=; Max-Age=0; Path=/; Secure; HttpOnly", answer.SetCookies.Select(static c => c.Raw));
    }

    [Fact]
    public async Task A_second_sign_in_of_a_request_takes_back_the_cookies_that_it_does_not_set()
    {
        await using var app = await StartAsync();
        var ada = NewBrowser(app);
        var answer = await ada.PostAsync("/twice");
        Assert.Equal(new[] { Shop.Refresh, Shop.SignIn, Shop.Session, Shop.Fresh }.Order(), Named(answer));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_redirect_after_a_sign_in_from_another_site_is_replaced_by_a_page()
    {
        await using var app = await StartAsync();
        var answer = await NewBrowser(app).NavigateAsync(HttpMethod.Get, "/link", "https://mail.example");
        Assert.Equal((200, null), (answer.Status, answer["Location"]));
        Assert.Contains("url=/me", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_learns_the_name_with_the_client()
    {
        await using var pawl = await TestApp.StartAsync();
        await using var shop = await StartAsync();
        Assert.EndsWith("export const COOKIE_NAME = 'pawl';\n", SourceTree.Read("js/src/name.js"), StringComparison.Ordinal);
        var (first, second) = (await NameAsync(pawl), await NameAsync(shop));
        Assert.Equal(("export const COOKIE_NAME = 'pawl';\n", "export const COOKIE_NAME = 'shop';\n"), (first.Body, second.Body));
        // A browser that has the other app's file in its cache gets the right one.
        Assert.NotEqual(first["ETag"], second["ETag"]);
    }

    [Fact]
    public async Task The_name_counts_in_the_size_of_the_access_cookie()
    {
        var longest = new string('n', 32);
        await using var app = await TestApp.StartAsync(
            o => o.CookieName = longest,
            map: static app => app.MapPost("/size", async (HttpContext context, int characters) =>
                {
                    var user = new Login("ada").ToPrincipal();
                    user.Identities.First().AddClaim(new("padding", new string('x', characters)));
                    await context.SignInAsync(user);
                })
        );
        var browser = new Browser(app.NewClient(), app.Clock, new Uri(TestApp.Origin)) { Names = new(longest) };
        async Task<int?> SignInAsync(int characters)
        {
            try
            {
                return (await browser.PostAsync($"/size?characters={characters}")).Cookie(browser.Names.Access)!.Value.Length;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
        // Four characters of base64url stand for three of the claim.
        var left = 4096 - browser.Names.Access.Length - await SignInAsync(1);
        var most = 1 + (left!.Value * 3 / 4);
        Assert.NotNull(await SignInAsync(most - 1));
        Assert.Null(await SignInAsync(most + 4));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("__Host-shop")]
    [InlineData("Pawl")]
    [InlineData("my.shop")]
    [InlineData("shop;")]
    [InlineData("shop\n")]
    [InlineData("shop'")]
    [InlineData("caf\u00e9")]
    [InlineData("http-shop")]
    [InlineData("abcdefghijklmnopqrstuvwxyz1234567")]
    public async Task A_name_that_cannot_work_prevents_the_start(string? name)
    {
        var fault = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => TestApp.StartAsync(o => o.CookieName = name!));
        Assert.Contains("write for example options.CookieName = \"shop\"", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("shop-2_x")]
    [InlineData("abcdefghijklmnopqrstuvwxyz123456")]
    public async Task A_configuration_gives_the_name(string name)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Pawl:CookieName", name)]).Build();
        await using var app = await TestApp.StartAsync(
            services: services => services.AddSingleton<IConfiguration>(settings),
            more: static pawl => pawl.BindConfiguration("Pawl")
        );
        var answer = await app.NewBrowser().SignInAsync("ada");
        Assert.NotNull(answer.Cookie($"__Host-{name}-session"));
    }

    private static Task<Answer> NameAsync(TestApp app) => app.SendRawAsync("GET", "/auth/client/name.js");

    private static IEnumerable<string> Named(Answer answer) => answer.SetCookies.Select(static c => c.Name).Order();

    private static Browser NewBrowser(TestApp app) => new(app.NewClient(), app.Clock, new Uri(TestApp.Origin)) { Names = Shop };

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            static o => o.CookieName = "shop",
            map: static app =>
            {
                app.MapGet("/seen", static (HttpRequest request) => string.Join('|', request.Headers.Cookie!));
                app.MapGet("/link", static () =>
                    Results.SignIn(new Login("ada").ToPrincipal(), new AuthenticationProperties { RedirectUri = "/me" })
                );
                app.MapPost("/twice", static async (HttpContext context) =>
                {
                    await context.SignInAsync(new Login("bob").ToPrincipal());
                    await context.SignInAsync(
                        new Login("ada").ToPrincipal(),
                        new PawlSignInProperties { Transport = SessionTransport.Bearer }
                    );
                });
            }
        );
}
