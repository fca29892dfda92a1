// The two lines of conversation with the load generator: a Slot in, a SlotResult out. The runner compiles this same file.
using System.Text.Json;

namespace Pawl.Bench.Load;

/// <summary>One uninterrupted stretch of load on one server.</summary>
internal sealed record Slot
{
    /// <summary>Names the sessions too: a later slot with the same name goes on with the tokens where this one left them.</summary>
    public required string Subject { get; init; }
    public required int Port { get; init; }

    /// <summary>The server's process; its children are counted with it.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The process of its database, if that is another one; its children are counted with it, too.</summary>
    public int? DatabaseProcessId { get; init; }
    public required int Connections { get; init; }

    /// <summary>A connection takes its sessions in turn, one request each, so that a session rests while the others are asked.</summary>
    public int SessionsPerConnection { get; init; } = 1;

    /// <summary>Load that is not counted before load that is.</summary>
    public double WarmUpSeconds { get; init; } = 1;
    public double Seconds { get; init; } = 5;

    /// <summary>Signs in anew for this slot instead of going on with the sessions of an earlier one.</summary>
    public bool FreshSessions { get; init; }

    /// <summary>
    /// The requests that start a session; the last one's answer carries <see cref="FirstToken"/>. Empty: no session is needed.
    /// </summary>
    public IReadOnlyList<RequestSpec> SignIn { get; init; } = [];
    public TokenSpec? FirstToken { get; init; }

    /// <summary>Binds each session to a key after the sign-in; <c>{sid}</c> and <c>{proof}</c> of a request are then filled in.</summary>
    public bool BindsSessions { get; init; }

    /// <summary>The request that is measured.</summary>
    public required RequestSpec Request { get; init; }

    /// <summary>Where its answer carries the token to send next; null when the same token is shown again and again.</summary>
    public TokenSpec? NextToken { get; init; }
}

/// <summary>
/// A request as text. <c>{token}</c> stands for the session's token, <c>{n}</c> for its number. Host and Content-Length are added.
/// </summary>
internal sealed record RequestSpec(string Method, string Path, IReadOnlyList<string> Headers, string? Body = null);

/// <summary>Where an answer carries a token: a JSON property or a cookie, by name.</summary>
internal sealed record TokenSpec(string? JsonProperty = null, string? Cookie = null);

/// <summary>
/// Times are microseconds, as the load generator saw them; CPU time is the server's and its database's, user and system, as the kernel
/// counted it.
/// </summary>
internal sealed record SlotResult
{
    public required string Subject { get; init; }
    public required int Connections { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Answers with status 200 (and, where a token is looked for, every answer of a session that still has one).</summary>
    public required long Requests { get; init; }
    public required double RequestsPerSecond { get; init; }

    /// <summary>Answers that set a refresh token other than the one sent: true rotations, or what the peer has in their place.</summary>
    public required long NewTokens { get; init; }
    public required long Errors { get; init; }
    public string? FirstError { get; init; }
    public required double P50 { get; init; }
    public required double P99 { get; init; }
    public required double Max { get; init; }
    public required double ServerCpuPerRequest { get; init; }

    /// <summary>How much of it was the database's, if that is a process of its own.</summary>
    public double DatabaseCpuPerRequest { get; init; }

    /// <summary>CPU seconds per second, in cores. A load generator near 1 on its own core measured itself, not the server.</summary>
    public required double ServerCores { get; init; }
    public required double LoadCores { get; init; }

    /// <summary>What everything else on the machine used meanwhile; much of it makes the slot worth little.</summary>
    public required double OtherCores { get; init; }

    /// <summary>The server's largest resident set during the slot, without a database's of its own.</summary>
    public required double PeakRssMiB { get; init; }
}

internal static class Lines
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string line) =>
        JsonSerializer.Deserialize<T>(line, Options) ?? throw new FormatException("The line says null.");
}
