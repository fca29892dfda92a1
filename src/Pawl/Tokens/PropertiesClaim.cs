using System.Text.Json;

namespace Pawl;

/// <summary>
/// The claim by which an access token names the version of its session's properties. It is there only if the session has any, so other
/// sessions cost no read, and an unchanged version is read once.
/// </summary>
internal static class PropertiesClaim
{
    public const string Name = "pawl_properties";

    /// <summary>Writes the claim, if the session has properties.</summary>
    public static void Write(Utf8JsonWriter json, Session session)
    {
        if (session.PropertiesVersion > 0)
            json.WriteNumber(Name, session.PropertiesVersion);
    }

    /// <summary>The version that a verified token names; 0 if it names none.</summary>
    public static long Read(JsonElement claims) =>
        claims.TryGetProperty(Name, out var value)
        && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt64(out var version)
        && version is > 0 and <= SessionProperties.MaxVersion
            ? version
            : 0;
}
