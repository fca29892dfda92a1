using System.Text.Json;

namespace Pawl;

/// <summary>
/// The claim that says when a browser proved the device key of its session. It is in the access tokens of a refresh with a proof, so an
/// endpoint may require a proof without a look-up in the store.
/// </summary>
internal static class DeviceProofClaim
{
    public const string Name = "pawl_device_proof";

    // The last second of the year 9999, the maximum of a DateTimeOffset.
    private const long LastSecond = 253402300799;

    public static void Write(Utf8JsonWriter json, Session session, DateTimeOffset? provedAt)
    {
        if (provedAt is { } time && session.Transport is SessionTransport.Cookie)
            json.WriteNumber(Name, time.ToUnixTimeSeconds());
    }

    /// <summary>The time that a verified token names; null if it names none.</summary>
    public static DateTimeOffset? Read(JsonElement claims) =>
        claims.TryGetProperty(Name, out var value)
        && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
