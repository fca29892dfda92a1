using System.Text;

namespace Pawl.Bench.Load;

/// <summary>
/// Finds a token in an answer by searching for its name: tokens hold no quote, escape or semicolon, so no parser is needed.
/// </summary>
internal sealed class TokenReader(TokenSpec spec)
{
    private readonly byte[] property = Encoding.ASCII.GetBytes($"\"{spec.JsonProperty}\":");
    private readonly byte[] cookie = Encoding.ASCII.GetBytes($"{spec.Cookie}=");

    /// <summary>The token, or an empty span if the answer sets none.</summary>
    public ReadOnlySpan<byte> Read(Answer answer) => spec.Cookie is null ? ReadJson(answer.Body) : ReadCookie(answer.Head);

    private ReadOnlySpan<byte> ReadJson(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf(property);
        if (at < 0)
            return default;

        var value = body[(at + property.Length)..].TrimStart((byte)' '); // OpenIddict indents its JSON.
        var length = value.IsEmpty || value[0] != '"' ? -1 : value[1..].IndexOf((byte)'"');
        return length < 0 ? default : value.Slice(1, length);
    }

    private ReadOnlySpan<byte> ReadCookie(ReadOnlySpan<byte> head)
    {
        const int HeaderName = 14; // "\r\nSet-Cookie: "
        for (int at; (at = head.IndexOf("\r\nSet-Cookie: "u8)) >= 0; )
        {
            head = head[(at + HeaderName)..];
            if (head.StartsWith(cookie))
                return head[cookie.Length..head.IndexOfAny((byte)';', (byte)'\r')];
        }

        return default;
    }
}
