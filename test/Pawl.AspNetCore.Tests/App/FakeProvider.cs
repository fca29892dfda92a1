using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Web;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Pawl.AspNetCore.Tests;

/// <summary>An OpenID Connect provider on another site. Its pages exist only as what they make a browser send.</summary>
internal sealed class FakeProvider : HttpMessageHandler
{
    public const string Origin = "https://login.provider.example";
    private const string Client = "app";

    private static readonly ECDsaSecurityKey Key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "provider" };

    private readonly Dictionary<string, (string User, string Nonce)> _codes = [];

    /// <summary>Sets up the framework's handler for this provider; all that it does not need keeps its default.</summary>
    public void Configure(OpenIdConnectOptions options)
    {
        (options.ClientId, options.ClientSecret) = (Client, "the secret of the app");
        options.BackchannelHttpHandler = this;
        options.Configuration = new OpenIdConnectConfiguration
        {
            Issuer = Origin,
            AuthorizationEndpoint = $"{Origin}/authorize",
            TokenEndpoint = $"{Origin}/token",
            EndSessionEndpoint = $"{Origin}/end",
        };
        options.Configuration.SigningKeys.Add(Key);
        // The app shows a failed sign-in as a page of its own.
        options.Events.OnRemoteFailure = static context =>
        {
            context.HandleResponse();
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        };
    }

    /// <summary>The user signs in at the provider, whose page then sends the browser back to the app.</summary>
    public Task<Answer> ReturnAsync(Browser browser, string authorizationRequest, string user, string page = Origin)
    {
        var asked = HttpUtility.ParseQueryString(new Uri(authorizationRequest).Query);
        var parameters = Respond(asked["response_type"]!, asked["nonce"]!, asked["state"]!, user);
        var content = new FormUrlEncodedContent(parameters);
        var path = new Uri(asked["redirect_uri"]!).AbsolutePath;
        return asked["response_mode"] == "form_post"
            ? browser.NavigateAsync(HttpMethod.Post, path, page, content)
            : browser.NavigateAsync(HttpMethod.Get, $"{path}?{content.ReadAsStringAsync().Result}", page);
    }

    private Dictionary<string, string> Respond(string type, string nonce, string state, string user)
    {
        if (type != "code")
            return new() { ["state"] = state, ["id_token"] = MakeIdToken(user, nonce) };
        var code = $"code-{_codes.Count}";
        _codes[code] = (user, nonce);
        return new()
        {
            ["state"] = state,
            ["code"] = code,
            ["session_state"] = "one",
            ["iss"] = Origin,
        };
    }

    private static string MakeIdToken(string user, string nonce) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Origin,
                Audience = Client,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = user,
                    ["nonce"] = nonce,
                    ["sid"] = "session-at-provider",
                },
                SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.EcdsaSha256),
            }
        );

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken));
        var (user, nonce) = _codes[form["code"]!];
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = JsonContent.Create(
                new
                {
                    id_token = MakeIdToken(user, nonce),
                    access_token = "of-the-provider",
                    token_type = "Bearer",
                }
            ),
        };
    }
}
