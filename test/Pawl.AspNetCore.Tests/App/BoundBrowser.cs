using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A browser with Device Bound Session Credentials: it makes a key when the server offers a registration, and refreshes by itself with a
/// proof. A page has no part in that.
/// </summary>
internal sealed partial class BoundBrowser(TestApp app, Browser browser) : IDisposable
{
    public const string RegisterPath = "/auth/device";
    public const string RefreshPath = "/auth/device/refresh";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The pages of this browser and its cookies.</summary>
    public Browser Pages => browser;

    /// <summary>The challenge of the offer, and then of the next refresh.</summary>
    public string? Challenge { get; set; }

    /// <summary>The session that the browser refreshes by itself; null before the registration and after its end.</summary>
    public string? Sid { get; set; }

    public static void SetUp(PawlOptions options) => options.DeviceBinding = DeviceBinding.Required;

    /// <summary>Signs in and registers a key.</summary>
    public static async Task<BoundBrowser> SignInAsync(TestApp app, string name = "ada")
    {
        var bound = await OfferAsync(app, name);
        Assert.Equal(200, (await bound.RegisterAsync()).Status);
        return bound;
    }

    /// <summary>Signs in and does not follow the offer yet.</summary>
    public static async Task<BoundBrowser> OfferAsync(TestApp app, string name = "ada")
    {
        var bound = new BoundBrowser(app, app.NewBrowser());
        bound.Take(await bound.Pages.SignInAsync(name));
        return bound;
    }

    /// <summary>Takes the challenges of a response, as the browser does with each.</summary>
    public Answer Take(Answer answer)
    {
        if (answer["Secure-Session-Registration"] is { } offer)
            Challenge = OfferedChallenge().Match(offer).Groups[1].Value;
        if (answer["Secure-Session-Challenge"] is { } next)
            Challenge = next.Split('"')[1];
        return answer;
    }

    public async Task<Answer> RegisterAsync(TestApp? at = null)
    {
        var answer = await SendAsync(RegisterPath, Registration(), at: at);
        if (answer.Status == 200)
            Sid = answer.Text("session_identifier");
        return answer;
    }

    /// <summary>Refreshes as the browser does: with the challenge that it has, and once more if it gets another.</summary>
    public async Task<Answer> RefreshAsync(TestApp? at = null)
    {
        var answer = await SendAsync(RefreshPath, Challenge is null ? null : Proof(), Sid, at: at);
        if (answer.Status == 403 && answer["Secure-Session-Challenge"] is not null)
            answer = await SendAsync(RefreshPath, Proof(), Sid, at: at);
        if (answer.Text("session_identifier") == Sid && answer.Body.Contains("\"continue\":false", StringComparison.Ordinal))
            Sid = null;
        return answer;
    }

    /// <summary>Requests a page. If the cookie is missing, the browser refreshes before it sends the request.</summary>
    public async Task<Answer> GetAsync(string path)
    {
        if (Sid is not null && !Pages.IsFresh)
            await RefreshAsync();
        return await Pages.GetAsync(path);
    }

    /// <summary>Sends a request of the browser's own, with any proof.</summary>
    public async Task<Answer> SendAsync(
        string path,
        string? proof,
        string? sid = null,
        string? mode = "no-cors",
        string? cookies = null,
        TestApp? at = null,
        params (string, string)[] more
    )
    {
        var headers = new List<(string, string)> { ("Sec-Fetch-Site", "same-origin"), ("Origin", TestApp.Origin) };
        headers.AddRange(more);
        if (mode is not null)
            headers.Add(("Sec-Fetch-Mode", mode));
        if ((cookies ?? Pages.Cookies.Header) is { Length: > 0 } jar)
            headers.Add(("Cookie", jar));
        if (proof is not null)
            headers.Add(("Secure-Session-Response", proof));
        if (sid is not null)
            headers.Add(("Sec-Secure-Session-Id", sid));
        var answer = Take(await (at ?? app).SendRawAsync("POST", path, [.. headers]));
        if (cookies is null)
        {
            foreach (var cookie in answer.SetCookies)
                Pages.Cookies.Take(cookie);
        }
        return answer;
    }

    /// <summary>A proof for a registration. The change is made before it is signed.</summary>
    public string Registration(Action<JsonObject, JsonObject>? change = null) =>
        Sign(
            new()
            {
                ["alg"] = "ES256",
                ["jwk"] = Jwk(),
                ["typ"] = "dbsc+jwt",
            },
            change
        );

    /// <summary>A proof for a refresh.</summary>
    public string Proof(Action<JsonObject, JsonObject>? change = null) => Sign(new() { ["alg"] = "ES256", ["typ"] = "dbsc+jwt" }, change);

    private string Sign(JsonObject header, Action<JsonObject, JsonObject>? change)
    {
        var claims = new JsonObject { ["jti"] = Challenge };
        change?.Invoke(header, claims);
        var signed = Encode(header) + "." + Encode(claims);
        return signed + "." + Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public JsonObject Jwk()
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

    public void Dispose() => _key.Dispose();

    [GeneratedRegex("challenge=\"([^\"]+)\"")]
    private static partial Regex OfferedChallenge();
}
