using System.Net;
using Duende.IdentityModel.Client;
using Duende.IdentityModel.OidcClient;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A third-party .NET client of OAuth (Duende.IdentityModel.OidcClient) refreshes, repeats requests with a new token, asks about tokens and
/// signs out, with what discovery says.
/// </summary>
public sealed class OidcClientTests
{
    [Requirement("HTTP-04", "HTTP-13", "RT-13")]
    [Fact]
    public async Task It_refreshes_introspects_and_revokes_by_the_discovery_document()
    {
        await using var app = await StartAsync();
        var tokens = await SignInAsync(app);
        var document = await DiscoverAsync(app);
        Assert.False(document.IsError, document.Error);
        var client = NewClient(app, document);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var refreshed = await client.RefreshTokenAsync(
            tokens.Text("refresh_token")!,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.False(refreshed.IsError, refreshed.Error);
        Assert.NotEqual(tokens.Text("refresh_token"), refreshed.RefreshToken);
        Assert.Equal("ada", (await MeAsync(app, refreshed.AccessToken)).Body);
        Assert.Equal(300, refreshed.ExpiresIn);

        Assert.True((await IntrospectAsync(app, document, refreshed.AccessToken)).IsActive);
        using var http = app.NewClient();
        using var revoke = new TokenRevocationRequest
        {
            Address = document.RevocationEndpoint,
            ClientId = "web",
            Token = refreshed.RefreshToken,
        };
        var revoked = await http.RevokeTokenAsync(revoke, TestContext.Current.CancellationToken);
        Assert.False(revoked.IsError, revoked.Error);
        Assert.False((await IntrospectAsync(app, document, refreshed.AccessToken)).IsActive);
        var refused = await client.RefreshTokenAsync(refreshed.RefreshToken, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("invalid_grant", refused.Error);
    }

    [Requirement("HTTP-04")]
    [Fact]
    public async Task Its_handler_refreshes_once_at_a_401_and_keeps_a_refresh_token_that_the_response_leaves_out()
    {
        await using var app = await StartAsync();
        var tokens = await SignInAsync(app);
        var client = NewClient(app, await DiscoverAsync(app));
        using var handler = new RefreshTokenDelegatingHandler(
            client,
            tokens.Text("access_token")!,
            tokens.Text("refresh_token")!,
            innerHandler: app.Server.CreateHandler()
        );
        using var http = new HttpClient(handler) { BaseAddress = new Uri(TestApp.Origin) };
        Assert.Equal("ada", await http.GetStringAsync("/me", TestContext.Current.CancellationToken));

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("ada", await http.GetStringAsync("/me", TestContext.Current.CancellationToken));
        var rotated = handler.RefreshToken;
        Assert.NotEqual(tokens.Text("refresh_token"), rotated);

        // A child of the head within the settle period: the response has no refresh token, and the client keeps its own.
        var kept = await client.RefreshTokenAsync(rotated, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(kept.IsError, kept.Error);
        Assert.Null(kept.RefreshToken);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("ada", await http.GetStringAsync("/me", TestContext.Current.CancellationToken));
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(static o =>
        {
            o.Issuer = TestApp.Origin;
            Billing.SetUp(o);
        });

    private static async Task<Answer> SignInAsync(TestApp app)
    {
        using var http = app.NewClient();
        using var content = System.Net.Http.Json.JsonContent.Create(new { name = "ada", transport = "Body" });
        using var response = await http.PostAsync("/login", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await Answer.ReadAsync(response);
    }

    private static async Task<DiscoveryDocumentResponse> DiscoverAsync(TestApp app)
    {
        using var http = app.NewClient();
        return await http.GetDiscoveryDocumentAsync(TestApp.Origin, TestContext.Current.CancellationToken);
    }

    private static OidcClient NewClient(TestApp app, DiscoveryDocumentResponse document) =>
        new(
            new OidcClientOptions
            {
                Authority = TestApp.Origin,
                ClientId = "web",
                // The client reads the document itself only if a server has an authorization endpoint (RFC 8414 does not require one).
                ProviderInformation = new()
                {
                    IssuerName = document.Issuer,
                    TokenEndpoint = document.TokenEndpoint,
                    KeySet = document.KeySet,
                    AuthorizeEndpoint = TestApp.Origin,
                },
                BackchannelHandler = app.Server.CreateHandler(),
                Policy = { RequireIdentityTokenOnRefreshTokenResponse = false },
            }
        );

    private static async Task<TokenIntrospectionResponse> IntrospectAsync(TestApp app, DiscoveryDocumentResponse document, string token)
    {
        using var http = app.NewClient();
        using var request = new TokenIntrospectionRequest
        {
            Address = document.IntrospectionEndpoint,
            ClientId = Billing.Name,
            ClientSecret = Billing.Secret,
            ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader,
            Token = token,
        };
        var response = await http.IntrospectTokenAsync(request, TestContext.Current.CancellationToken);
        Assert.False(response.IsError, response.Error);
        return response;
    }

    private static async Task<Answer> MeAsync(TestApp app, string token)
    {
        using var http = app.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
