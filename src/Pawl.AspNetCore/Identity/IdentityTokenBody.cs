using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Writes tokens in the JSON of the framework's bearer tokens, with the names that the app's JSON options give.</summary>
internal sealed class IdentityTokenBody(IOptions<JsonOptions> json) : ITokenBody
{
    /// <inheritdoc/>
    public void Write(HttpResponse response, IssuedTokens tokens) => Write(response, tokens, tokens.RefreshToken!);

    public void Write(HttpResponse response, IssuedTokens tokens, string refreshToken)
    {
        response.Headers.CacheControl = "no-store";
        var body = new AccessTokenResponse
        {
            AccessToken = tokens.AccessToken,
            ExpiresIn = tokens.ExpiresIn,
            RefreshToken = refreshToken,
        };
        var type = (JsonTypeInfo<AccessTokenResponse>)json.Value.SerializerOptions.GetTypeInfo(typeof(AccessTokenResponse));
        PawlJson.Write(response, body, type, "application/json; charset=utf-8");
    }
}
