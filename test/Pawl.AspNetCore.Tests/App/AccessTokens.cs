using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>Access tokens, opened by whoever finds one.</summary>
internal static class AccessTokens
{
    private static readonly BigInteger P256Order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    public static JsonElement Header(string token) => Segment(token, 0);

    public static JsonElement Claims(string token) => Segment(token, 1);

    /// <summary>The other signature that ECDSA makes of every one: <c>(r, n-s)</c> is as good as <c>(r, s)</c>.</summary>
    public static string Malleate(string token)
    {
        var segments = token.Split('.');
        var signature = Base64Url.DecodeFromChars(segments[2]);
        var s = P256Order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        var bytes = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(signature, 64 - bytes.Length);
        return $"{segments[0]}.{segments[1]}.{Base64Url.EncodeToString(signature)}";
    }

    private static JsonElement Segment(string token, int index) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[index])).RootElement;
}
