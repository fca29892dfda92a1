using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>The options of the framework's bearer tokens are honoured, named at the start, or stop it.</summary>
public sealed class BearerSetupTests
{
    private const string Ada = BearerApp.Ada;

    [Fact]
    public async Task The_framework_keeps_its_own_tokens_if_the_app_says_so()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, more: static builder =>
            builder.AddIdentityUsers<IdentityUser>(static o => o.ReplaceBearerTokens = false)
        );
        await app.RegisterAsync(Ada);
        var client = await BearerClient.SignInAsync(app, Ada);
        Assert.StartsWith("CfDJ8", client.AccessToken, StringComparison.Ordinal);
        Assert.Equal(Ada, (await client.GetAsync("/manage/info")).Text("email"));
        Assert.Equal(200, (await client.RefreshAsync()).Status);
        Assert.Equal(0, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_stop_the_start(bool isType)
    {
        using var folder = new TestFolder();
        var fault = await Assert.ThrowsAnyAsync<InvalidOperationException>(() =>
            BearerApp.StartAsync(folder, others: services => Configure(services, options =>
                {
                    if (isType)
                        options.EventsType = typeof(BearerTokenEvents);
                    else
                        options.Events.OnMessageReceived = static context =>
                        {
                            context.Token = context.Request.Query["access_token"];
                            return Task.CompletedTask;
                        };
                }))
        );
        Assert.Contains("ReplaceBearerTokens = false", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_format_that_is_set_after_ours_stops_the_start()
    {
        using var folder = new TestFolder();
        var fault = await Assert.ThrowsAnyAsync<InvalidOperationException>(() =>
            IdentityApp.StartAsync(folder, asksUsers: true, more: builder =>
                builder.Services.PostConfigure<BearerTokenOptions>(IdentityConstants.BearerScheme, options =>
                    options.RefreshTokenProtector = NewFormat(folder)
                )
            )
        );
        Assert.Contains("RefreshTokenProtector", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_without_effect_are_named_at_the_start()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, others: services => Configure(services, options =>
            {
                options.BearerTokenExpiration = TimeSpan.FromMinutes(10);
                options.RefreshTokenExpiration = TimeSpan.FromDays(30);
                options.BearerTokenProtector = NewFormat(folder);
                options.ClaimsIssuer = "us";
            }));
        var message = Assert.Single(app.Logs.OfPawl(54)).Message;
        Assert.Contains("BearerTokenExpiration (set AccessTokenLifetime)", message, StringComparison.Ordinal);
        Assert.Contains("RefreshTokenExpiration (set IdleTimeout)", message, StringComparison.Ordinal);
        Assert.Contains("BearerTokenProtector", message, StringComparison.Ordinal);
        Assert.DoesNotContain("RefreshTokenProtector", message, StringComparison.Ordinal);
        Assert.Contains("ClaimsIssuer", message, StringComparison.Ordinal);
        Assert.Equal(200, (await (await BearerClient.SignInAsync(app, Ada)).RefreshAsync()).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_named_by_default_and_Identity_may_be_added_later(bool isIdentityLater)
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, isIdentityLater: isIdentityLater);
        Assert.Empty(app.Logs.OfPawl(54));
        Assert.Equal(200, (await (await BearerClient.SignInAsync(app, Ada)).RefreshAsync()).Status);
    }

    [Fact]
    public async Task An_app_with_bearer_tokens_alone_has_sessions()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, core: true, asksUsers: true, others: static services =>
            services.AddAuthentication(IdentityConstants.BearerScheme).AddBearerToken(IdentityConstants.BearerScheme)
        );
        await app.RegisterAsync(Ada);
        var client = await BearerClient.SignInAsync(app, Ada);
        Assert.Equal(Ada, (await client.GetAsync("/manage/info")).Text("email"));
        Assert.Equal(200, (await client.RefreshAsync()).Status);
        Assert.Equal("authentication_required", (await client.SendAsync(HttpMethod.Get, "/manage/info", null, sendsToken: false)).Code);
        Assert.DoesNotContain(app.Logs.All, static entry => entry.Message.Contains("default scheme", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_apps_JSON_options_name_the_members()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, others: static services =>
            services.ConfigureHttpJsonOptions(static o => o.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower)
        );
        var client = new BearerClient(app);
        var login = await client.PostAsync("/login", new { email = Ada, password = IdentityApp.Password }, sendsToken: false);
        Assert.Equal(("Bearer", 300), (login.Text("token_type"), login.Number("expires_in")));
        var refresh = await client.PostAsync("/refresh", new { refresh_token = login.Text("refresh_token") }, sendsToken: false);
        Assert.Equal((200, login.Text("refresh_token")), (refresh.Status, refresh.Text("refresh_token")));
    }

    private static void Configure(IServiceCollection services, Action<BearerTokenOptions> configure) =>
        services.Configure(IdentityConstants.BearerScheme, configure);

    private static TicketDataFormat NewFormat(TestFolder folder) => new(folder.DataProtection.CreateProtector("the app's"));
}
