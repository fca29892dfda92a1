using System.Text.Json.Serialization;

namespace Pawl.AspNetCore;

/// <summary>The session instructions of Device Bound Session Credentials: when the browser refreshes, and where.</summary>
internal sealed class DeviceSessionResponse
{
    [JsonPropertyName("session_identifier")]
    public required string SessionId { get; init; }

    [JsonPropertyName("continue")]
    public bool? Continues { get; init; }

    [JsonPropertyName("refresh_url")]
    public string? RefreshUrl { get; init; }

    [JsonPropertyName("scope")]
    public DeviceSessionScope? Scope { get; init; }

    [JsonPropertyName("credentials")]
    public IReadOnlyList<DeviceSessionCredential>? Credentials { get; init; }
}

/// <summary>The requests that wait for a refresh if the cookie is missing: all of the origin but for these.</summary>
internal sealed class DeviceSessionScope
{
    [JsonPropertyName("include_site")]
    public bool IncludesSite { get; init; }

    [JsonPropertyName("scope_specification")]
    public required IReadOnlyList<DeviceSessionRule> Rules { get; init; }
}

/// <summary>A path whose requests do not wait.</summary>
internal sealed class DeviceSessionRule
{
    [JsonPropertyName("type")]
    public string Kind { get; init; } = "exclude";

    [JsonPropertyName("domain")]
    public string Domain { get; init; } = "*";

    [JsonPropertyName("path")]
    public required string Path { get; init; }
}

/// <summary>
/// The cookie without which the browser refreshes. A browser compares its attributes with those of the cookie, but for the age.
/// </summary>
internal sealed class DeviceSessionCredential
{
    [JsonPropertyName("type")]
    public string Kind { get; init; } = "cookie";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("attributes")]
    public required string Attributes { get; init; }
}
