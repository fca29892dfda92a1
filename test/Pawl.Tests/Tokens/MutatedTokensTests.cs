using CsCheck;

namespace Pawl.Tests.Tokens;

/// <summary>Tokens that were changed at random: none is accepted, none throws (JWS-15).</summary>
public sealed class MutatedTokensTests
{
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ {}\"\\\0\u00e9\uffff";

    // The usual run is a sample of the deep one.
    private static readonly int Count = Environment.GetEnvironmentVariable("PAWL_PROVE") == "1" ? 100_000 : 3_000;

    // What to do, where, with which character, how many times.
    private static readonly Gen<(int Kind, double At, char Character, int Count)[]> Mutations = Gen.Select(
        Gen.Int[0, 4],
        Gen.Double[0, 1],
        Gen.Char[Characters],
        Gen.Int[1, 20]
    ).Array[1, 3];

    private static string Mutate(string text, (int Kind, double At, char Character, int Count) mutation)
    {
        var (kind, at, character, count) = mutation;
        var position = (int)(at * text.Length);
        var behind = text[Math.Min(position + (kind is 2 ? count : 1), text.Length)..];
        return kind switch
        {
            0 => text[..position] + character + behind, // another character
            1 => text[..position] + character + text[position..], // one more
            2 => text[..position] + behind, // some fewer
            3 => text[..position], // cut off
            _ => text[..position] + text[Math.Max(position - count, 0)..], // some twice
        };
    }

    [Requirement("JWS-15")]
    [Fact]
    public void No_mutated_access_token_is_accepted()
    {
        var token = Jws.Sign(Jws.Payload());
        Mutations.Sample(
            mutations =>
            {
                var mutated = mutations.Aggregate(token, Mutate);
                Assert.True(mutated == token || !Jws.Validate(mutated).IsAccepted, mutated);
            },
            iter: Count
        );
    }

    [Fact]
    public void No_mutated_refresh_token_is_accepted()
    {
        var token = RefreshTokenCodec.Write(RefreshToken.First(Given.SessionId, Given.Session.Head, 1, Given.Now), Given.RefreshKey);
        Mutations.Sample(
            mutations =>
            {
                var mutated = mutations.Aggregate(token, Mutate);
                Assert.True(mutated == token || !RefreshTokenCodec.TryRead(mutated, Given.Ring, out _), mutated);
            },
            iter: Count
        );
    }

    [Requirement("JWS-15")]
    [Fact]
    public void No_signed_nonsense_throws()
    {
        // Bytes under a good signature get past it: the parser must stand on its own.
        var header = Jws.Utf8(Jws.Header());
        var payload = Jws.Utf8(Jws.Payload());
        Gen.Select(Gen.Bool, Gen.Int[0, payload.Length - 1], Gen.Byte, Gen.Int[0, 3])
            .Sample(
                (inHeader, at, value, remove) =>
                {
                    var bytes = inHeader ? header : payload;
                    at %= bytes.Length;
                    byte[] changed = [.. bytes[..at], value, .. bytes[Math.Min(at + remove, bytes.Length)..]];
                    var result = inHeader ? Jws.Validate(Jws.Sign(changed, payload)) : Jws.Validate(Jws.Sign(header, changed));
                    Assert.Equal(result.IsAccepted, result.Error is AccessTokenError.None);
                },
                iter: Count / 3
            );
    }
}
