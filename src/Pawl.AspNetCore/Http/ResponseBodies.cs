using System.Text.Json.Serialization;

namespace Pawl.AspNetCore;

/// <summary>The body of a <see cref="Problem"/>.</summary>
internal sealed class ProblemResponse
{
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("title")]
    public required string Title { get; init; }

    [JsonPropertyName("status")]
    public required int Status { get; init; }

    [JsonPropertyName("code")]
    public required string Code { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary>The error of a token endpoint (RFC 6749, section 5.2); the code and the reason are those of a problem.</summary>
internal sealed class TokenErrorResponse
{
    [JsonPropertyName("error")]
    public required string Error { get; init; }

    [JsonPropertyName("code")]
    public required string Code { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary>The tokens of a sign-in or a refresh. Times are seconds from now, so that no client needs to compare clocks.</summary>
internal sealed class TokenResponse
{
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("token_type")]
    public string? TokenType { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    [JsonPropertyName("expires_in")]
    public required long ExpiresIn { get; init; }

    [JsonPropertyName("refresh_in")]
    public required long RefreshIn { get; init; }

    [JsonPropertyName("session_expires_in")]
    public required long SessionExpiresIn { get; init; }

    [JsonPropertyName("sub")]
    public required string Subject { get; init; }

    [JsonPropertyName("sid")]
    public required string SessionId { get; init; }
}

/// <summary>The session of a request; <c>active</c> alone if there is none.</summary>
internal sealed class SessionResponse
{
    [JsonPropertyName("active")]
    public required bool IsActive { get; init; }

    [JsonPropertyName("sub")]
    public string? Subject { get; init; }

    [JsonPropertyName("sid")]
    public string? SessionId { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("expires_in")]
    public long? ExpiresIn { get; init; }

    [JsonPropertyName("auth_time")]
    public long? AuthenticatedAt { get; init; }

    [JsonPropertyName("amr")]
    public string[]? AuthenticationMethods { get; init; }

    [JsonPropertyName("roles")]
    public string[]? Roles { get; init; }
}

/// <summary>A page of a user's sessions.</summary>
internal sealed class SessionListResponse
{
    [JsonPropertyName("now")]
    public required long Now { get; init; }

    /// <summary>The cursor of the next page; null on the last one.</summary>
    [JsonPropertyName("next")]
    public string? Next { get; init; }

    [JsonPropertyName("sessions")]
    public required SessionListEntry[] Sessions { get; init; }
}

/// <summary>A session in a <see cref="SessionListResponse"/>. Times are in seconds since 1970.</summary>
internal sealed class SessionListEntry
{
    [JsonPropertyName("sid")]
    public required string SessionId { get; init; }

    [JsonPropertyName("current")]
    public required bool IsCurrent { get; init; }

    [JsonPropertyName("device"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Device { get; init; }

    [JsonPropertyName("bound")]
    public required bool IsBound { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("last_seen_at")]
    public required long LastUsedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required long ExpiresAt { get; init; }
}

/// <summary>A page of the sessions that have ended.</summary>
internal sealed class RevocationListResponse
{
    [JsonPropertyName("cursor")]
    public required string Cursor { get; init; }

    /// <summary>How long a service has to remember an entry, in seconds.</summary>
    [JsonPropertyName("remember_for")]
    public required long RememberFor { get; init; }

    [JsonPropertyName("revocations")]
    public required RevocationListEntry[] Revocations { get; init; }
}

/// <summary>An ended session in a <see cref="RevocationListResponse"/>.</summary>
internal sealed class RevocationListEntry
{
    [JsonPropertyName("sid")]
    public required string SessionId { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("ended_at")]
    public required long EndedAt { get; init; }
}

/// <summary>A ticket for one connection.</summary>
internal sealed class TicketResponse
{
    [JsonPropertyName("ticket")]
    public required string Ticket { get; init; }

    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }
}

/// <summary>What introspection always says. The claims of the token follow; they may have any name, so that a writer adds them.</summary>
internal sealed class IntrospectionResponse
{
    [JsonPropertyName("active")]
    public required bool IsActive { get; init; }

    [JsonPropertyName("token_type")]
    public string? TokenType { get; init; }
}
