using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>No token makes the server go anywhere.</summary>
public sealed class FetchingTests
{
    [Requirement("JWS-05", "ATTACK-05")]
    [Fact]
    public async Task Key_urls_in_a_token_are_never_fetched()
    {
        await using var app = await TestApp.StartAsync();
        var good = (await app.SignInAsync("ada")).AccessToken!;
        var kid = AccessTokens.Header(good).GetProperty("kid").GetString();
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        var url = $"http://{trap.LocalEndpoint}/keys";
        using var attacker = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        foreach (var member in new[] { "jku", "x5u", "iss", "jwks_uri" })
        {
            foreach (var name in new[] { $"\"kid\":\"{kid}\",", "\"kid\":\"unknown\",", $"\"kid\":\"{url}\",", "" })
            {
                var signed = $"{Encode($$"""{"alg":"ES256",{{name}}"typ":"at+jwt","{{member}}":"{{url}}"}""")}.{good.Split('.')[1]}";
                var token =
                    $"{signed}.{Base64Url.EncodeToString(attacker.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
                Assert.Equal("access_token_invalid", (await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {token}"))).Code);
                Assert.Equal(
                    200,
                    (
                        await app.SendRawAsync(
                            "POST",
                            "/auth/revoke",
                            Encoding.ASCII.GetBytes($"token={token}"),
                            ("Content-Type", "application/x-www-form-urlencoded")
                        )
                    ).Status
                );
            }
        }

        Assert.False(trap.Pending());
        Assert.Equal(200, (await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {good}"))).Status);
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
