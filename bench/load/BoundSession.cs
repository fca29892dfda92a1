using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Bench.Load;

/// <summary>
/// Binds a session to a key, as a browser with Device Bound Session Credentials does after a sign-in, and signs the proof for its
/// refreshes. A challenge is good for ten minutes, and browsers repeat a proof until they have a new challenge. So one signature serves
/// a run.
/// </summary>
internal static class BoundSession
{
    private const string Key = """{"kty":"EC","crv":"P-256","x":"@x","y":"@y"}""";

    private static readonly TokenReader s_refresh = new(new TokenSpec(Cookie: "__Host-Http-pawl-refresh"));
    private static readonly TokenReader s_id = new(new TokenSpec(JsonProperty: "session_identifier"));

    /// <summary>Registers a key.</summary>
    /// <param name="connection">A connection to the server.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="session">The session, with its refresh token.</param>
    /// <param name="signIn">The header lines of the sign-in's response, which offer the registration.</param>
    public static void Bind(HttpConnection connection, int port, LoadSession session, ReadOnlySpan<byte> signIn)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        var jwk = Key.Replace("@x", Base64Url.EncodeToString(q.X), StringComparison.Ordinal)
            .Replace("@y", Base64Url.EncodeToString(q.Y), StringComparison.Ordinal);
        var proof = Sign(
            key,
            $$"""{"alg":"ES256","typ":"dbsc+jwt","jwk":{{jwk}}}""",
            Find(signIn, "\r\nSecure-Session-Registration: ", "challenge=\"")
        );
        string[] headers =
        [
            "Cookie: __Host-Http-pawl-refresh={token}",
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Mode: no-cors",
            $"Secure-Session-Response: {proof}",
        ];
        var answer = connection.Exchange(new RequestWriter(new RequestSpec("POST", "/auth/device", headers), port), session);
        if (answer.Status != 200)
            throw new FormatException($"The registration was answered:\n{answer.Status} {Encoding.UTF8.GetString(answer.Body)}");
        if (s_refresh.Read(answer) is { IsEmpty: false } token)
            session.Take(token);
        var challenge = Find(answer.Head, "\r\nSecure-Session-Challenge: ", "\"");
        session.Id = s_id.Read(answer).ToArray();
        session.Proof = Encoding.ASCII.GetBytes(Sign(key, """{"alg":"ES256","typ":"dbsc+jwt"}""", challenge));
    }

    private static string Sign(ECDsa key, string header, string challenge)
    {
        var signed = $"{Encode(header)}.{Encode($$"""{"jti":"{{challenge}}"}""")}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Find(ReadOnlySpan<byte> head, string header, string before)
    {
        var text = Encoding.ASCII.GetString(head);
        var line = text.IndexOf(header, StringComparison.Ordinal);
        var at = line < 0 ? -1 : text.IndexOf(before, line + header.Length, StringComparison.Ordinal);
        return at < 0 ? throw new FormatException($"No{header.TrimEnd()} in:\n{text}") : text[(at + before.Length)..].Split('"')[0];
    }
}
