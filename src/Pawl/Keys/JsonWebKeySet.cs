using System.Buffers;
using System.Text.Json;

namespace Pawl;

/// <summary>The JWK set of a key ring (RFC 7517, section 5), with public members only.</summary>
internal static class JsonWebKeySet
{
    /// <summary>The set as JSON in UTF-8.</summary>
    public static byte[] Write(KeyRing keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys.Verifying.OrderBy(static k => k.KeyId, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("alg", key.Algorithm.Name);
                json.WriteString("kid", key.KeyId);
                json.WriteString("use", "sig");
                foreach (var (name, value) in key.PublicMembers)
                    json.WriteString(name, value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
