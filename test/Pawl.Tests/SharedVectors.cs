using System.Text.Json;

namespace Pawl.Tests;

/// <summary>The vectors in <c>spec/vectors</c>, which every implementation of the protocol is held to.</summary>
public sealed class SharedVectors
{
    [Requirement("RT-18")]
    [Fact]
    public void Refresh_tokens_are_written_and_read_as_the_vectors_say()
    {
        using var vectors = Read("refresh-token.json");
        var given = vectors.RootElement.GetProperty("key");
        var key = new RefreshTokenKey(
            given.GetProperty("id").GetByte(),
            Convert.FromHexString(given.GetProperty("secret_hex").GetString()!)
        );
        var ring = new KeyRing(null, [], [key]);
        foreach (var vector in vectors.RootElement.GetProperty("accepted").EnumerateArray())
        {
            Assert.True(SessionId.TryParse(vector.GetProperty("session_id").GetString(), out var session));
            var token = new RefreshToken(
                session,
                vector.GetProperty("generation").GetUInt32(),
                Hex(vector, "id"),
                Hex(vector, "parent_id"),
                DateTimeOffset.FromUnixTimeMilliseconds(vector.GetProperty("issued_at_ms").GetInt64())
            );
            var text = vector.GetProperty("token").GetString()!;
            Assert.Equal(text, RefreshTokenCodec.Write(token, key));
            Assert.True(RefreshTokenCodec.TryRead(text, ring, out var read));
            Assert.Equal(token, read);
        }
        foreach (var vector in vectors.RootElement.GetProperty("refused").EnumerateArray())
            Assert.False(
                RefreshTokenCodec.TryRead(vector.GetProperty("token").GetString(), ring, out _),
                vector.GetProperty("why").GetString()
            );
    }

    [Fact]
    public void Rotation_decides_as_the_vectors_say()
    {
        using var vectors = Read("rotation.json");
        var times = vectors.RootElement.GetProperty("policy");
        var policy = new SessionPolicy
        {
            SettlePeriod = Seconds(times, "settle_period"),
            IdleTimeout = Seconds(times, "idle_timeout"),
            AbsoluteTimeout = Seconds(times, "absolute_timeout"),
        };
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var token = vector.GetProperty("token");
            var shown = new RefreshToken(default, token[0].GetUInt32(), Id(token[1]), Id(token[2]), At(token[3].GetInt32()));
            var session = new Session
            {
                Id = default,
                Subject = "ada",
                Head = new(5, 'b'),
                CreatedAt = At(0),
                LastUsedAt = At(vector.GetProperty("last_used").GetInt32()),
                ExpiresAt = At(0) + policy.AbsoluteTimeout,
                End = vector.TryGetProperty("ended", out var ended) ? new(Reason(ended), At(0)) : null,
            };
            SessionEndReason? reason = vector.TryGetProperty("reason", out var why) ? Reason(why) : null;
            var expected = new RotationResult(Outcome(vector.GetProperty("outcome")), reason);
            var waited = vector.TryGetProperty("waited", out _) ? Seconds(vector, "waited") : TimeSpan.Zero;
            var result = Rotation.Decide(session, shown, At(vector.GetProperty("now").GetInt32()), waited, policy);
            Assert.True(expected == result, vector.GetProperty("name").GetString());
        }
    }

    internal static JsonDocument Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", file)));

    private static ulong Hex(JsonElement vector, string name) => Convert.ToUInt64(vector.GetProperty(name).GetString(), 16);

    private static ulong Id(JsonElement letter) => letter.GetString()![0];

    private static TimeSpan Seconds(JsonElement element, string name) => TimeSpan.FromSeconds(element.GetProperty(name).GetInt32());

    private static DateTimeOffset At(int seconds) => DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000 + seconds);

    private static SessionEndReason Reason(JsonElement name) => Value<SessionEndReason>(name);

    private static RotationOutcome Outcome(JsonElement name) => Value<RotationOutcome>(name);

    private static T Value<T>(JsonElement name)
        where T : struct, Enum => Enum.Parse<T>(name.GetString()!.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
