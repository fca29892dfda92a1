using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pawl.AspNetCore.Tests;

/// <summary>A native client with a key of its own, and the tokens that it has.</summary>
internal sealed class DpopDevice(TestApp app) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string AccessToken { get; set; } = "";

    public string RefreshToken { get; set; } = "";

    public string Sid { get; private set; } = "";

    /// <summary>The nonce that the server has given last.</summary>
    public string? Nonce { get; set; }

    public string Thumbprint
    {
        get
        {
            var jwk = Jwk();
            var json = $$"""{"crv":"P-256","kty":"EC","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""";
            return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(json)));
        }
    }

    public static void SetUp(PawlOptions options) => (options.Issuer, options.AcceptDpop) = (TestApp.Origin, true);

    /// <summary>Signs in without a proof, as every client does.</summary>
    public async Task SignInAsync(string name = "ada")
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { name, transport = "Body" });
        Take(await app.SendRawAsync("POST", "/login", body, ("Content-Type", "application/json")));
    }

    /// <summary>Signs in and refreshes once with a proof, which binds the session.</summary>
    public static async Task<DpopDevice> BindAsync(TestApp app, string name = "ada")
    {
        var device = new DpopDevice(app);
        await device.SignInAsync(name);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var answer = await device.RefreshAsync();
        Assert.Equal((200, "DPoP"), (answer.Status, answer.Text("token_type")));
        return device;
    }

    /// <summary>Refreshes with a proof, and once more if the server asks for its nonce.</summary>
    public async Task<Answer> RefreshAsync(TestApp? at = null)
    {
        var answer = await SendRefreshAsync(RefreshToken, Proof("POST", "/auth/token"), at);
        return answer.Text("error") == "use_dpop_nonce" ? await SendRefreshAsync(RefreshToken, Proof("POST", "/auth/token"), at) : answer;
    }

    /// <summary>Refreshes with a token and any proofs; none of them is repeated.</summary>
    public async Task<Answer> SendRefreshAsync(string token, string? proof, TestApp? at = null)
    {
        (string, string)[] headers =
        [
            ("Content-Type", "application/x-www-form-urlencoded"),
            .. proof is null ? [] : new[] { ("DPoP", proof) },
        ];
        var form = Encoding.ASCII.GetBytes($"grant_type=refresh_token&refresh_token={token}");
        return Take(await (at ?? app).SendRawAsync("POST", "/auth/token", form, headers));
    }

    /// <summary>Sends a request with the access token and a proof for it.</summary>
    public Task<Answer> GetAsync(string path) => SendAsync("GET", path, Proof("GET", path, AccessToken));

    public async Task<Answer> SendAsync(string method, string path, string? proof, string scheme = "DPoP", TestApp? at = null)
    {
        (string, string)[] headers = [("Authorization", $"{scheme} {AccessToken}"), .. proof is null ? [] : new[] { ("DPoP", proof) }];
        return Take(await (at ?? app).SendRawAsync(method, path, headers), takesTokens: false);
    }

    /// <summary>A proof by the device's key. The change is made before it is signed.</summary>
    public string Proof(
        string method,
        string path,
        string? accessToken = null,
        Action<JsonObject, JsonObject>? change = null,
        bool withNonce = true
    )
    {
        var header = new JsonObject
        {
            ["typ"] = "dpop+jwt",
            ["alg"] = "ES256",
            ["jwk"] = Jwk(),
        };
        var claims = new JsonObject
        {
            ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(12)),
            ["htm"] = method,
            ["htu"] = TestApp.Origin + path,
            ["iat"] = app.Clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (accessToken is not null)
            claims["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
        else if (withNonce && Nonce is not null)
            claims["nonce"] = Nonce;
        change?.Invoke(header, claims);
        var signed = Encode(header) + "." + Encode(claims);
        return signed + "." + Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private JsonObject Jwk()
    {
        var q = _key.ExportParameters(false).Q;
        return new()
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(q.X),
            ["y"] = Base64Url.EncodeToString(q.Y),
        };
    }

    private Answer Take(Answer answer, bool takesTokens = true)
    {
        Nonce = answer["DPoP-Nonce"] ?? Nonce;
        if (!takesTokens || answer.Status != 200)
            return answer;
        AccessToken = answer.Text("access_token")!;
        RefreshToken = answer.Text("refresh_token") ?? RefreshToken;
        Sid = answer.Text("sid")!;
        return answer;
    }

    public void Dispose() => _key.Dispose();
}
