using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>An access token, or why it was refused.</summary>
internal readonly record struct ReadAccessToken(VerifiedToken? Token, AccessTokenError Error);

/// <summary>An access token that has been verified, and the parts of the identity made from it.</summary>
internal sealed record VerifiedToken(AccessToken Token, KeyRing Keys, Claim[] Claims, string NameClaimType)
{
    // Object sizes of a 64-bit runtime: the entry with the token's fields; a claim and its place in the array; a string without its
    // characters.
    private const int OfEntry = 700;
    private const int OfClaim = 88;
    private const int OfString = 24;

    /// <summary>The approximate memory in bytes without the characters. A token with hundreds of roles has hundreds of claims.</summary>
    public int Size { get; } =
        OfEntry
        + Token.Claims.Length
        + Claims.Sum(static c => OfClaim + OfString + sizeof(char) * c.Value.Length)
        + Claims.Select(static c => c.Type).Distinct(StringComparer.Ordinal).Sum(static type => OfString + sizeof(char) * type.Length);
}

/// <summary>
/// Caches verified tokens by their exact characters. A signature check is 95 % of a validation, and a client sends a token hundreds of
/// times. Only verified tokens enter, so invalid ones cannot fill the cache. Expiry, endings and keys are checked at every hit.
/// </summary>
internal sealed class VerifiedTokens
{
    private readonly ConcurrentDictionary<byte[], VerifiedToken> _tokens;
    private readonly ConcurrentDictionary<byte[], VerifiedToken>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private long _size;

    public VerifiedTokens()
    {
        _tokens = new(new TokenComparer());
        _lookup = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public VerifiedTokens(PawlMetrics metrics)
        : this() => metrics.Observe("pawl.access_tokens.cached", () => Size, "By", "Memory of verified access tokens.");

    public long Size => Volatile.Read(ref _size);

    public bool TryGet(ReadOnlySpan<char> text, [NotNullWhen(true)] out VerifiedToken? token) => _lookup.TryGetValue(text, out token);

    /// <summary>Reads a token by the keys of a ring. It does not know which sessions have ended.</summary>
    /// <param name="text">The token.</param>
    /// <param name="ring">The keys in force.</param>
    /// <param name="rules">What is accepted.</param>
    /// <param name="limit">The maximum size of this cache, in bytes.</param>
    /// <param name="now">The time.</param>
    public ReadAccessToken Read(StringSegment text, KeyRing ring, AccessTokenRules rules, long limit, DateTimeOffset now)
    {
        if (TryGet(text, out var known) && known.Keys == ring)
            return AccessTokenValidator.IsExpired(known.Token, rules, now)
                ? new(null, AccessTokenError.Expired)
                : new(known, AccessTokenError.None);

        var result = AccessTokenValidator.Validate(text, ring, rules, now);
        if (!result.IsAccepted)
            return new(null, result.Error);
        var token = new VerifiedToken(result.Token, ring, TokenClaims.FromToken(result.Token, rules.Issuer, out var nameType), nameType);
        Remove(text);
        Add(text, token, limit);
        return new(token, AccessTokenError.None);
    }

    /// <summary>Adds a token. If the cache would exceed <paramref name="limit"/> bytes, some older tokens are removed.</summary>
    public void Add(ReadOnlySpan<char> text, VerifiedToken token, long limit)
    {
        var key = new byte[text.Length];
        Encoding.ASCII.GetBytes(text, key);
        if (_tokens.TryAdd(key, token) && Interlocked.Add(ref _size, token.Size + key.Length) > limit)
            MakeRoom(limit);
    }

    /// <summary>Removes tokens that have expired.</summary>
    public void Forget(DateTimeOffset expiredBefore)
    {
        foreach (var (key, token) in _tokens)
        {
            if (token.Token.ExpiresAt < expiredBefore)
                Remove(key);
        }
    }

    // Removes an arbitrary tenth. A removed token that is still in use costs one signature check to return.
    private void MakeRoom(long limit)
    {
        foreach (var (key, _) in _tokens)
        {
            if (Size <= limit / 10 * 9)
                return;
            Remove(key);
        }
    }

    public void Remove(ReadOnlySpan<char> text)
    {
        if (_lookup.TryRemove(text, out var key, out var token))
            Interlocked.Add(ref _size, -(token.Size + key.Length));
    }

    private void Remove(byte[] key)
    {
        if (_tokens.TryRemove(key, out var token))
            Interlocked.Add(ref _size, -(token.Size + key.Length));
    }

    /// <summary>
    /// Finds the bytes of a token by its characters, without making a string. The hash is seeded, so that a client cannot fill one bucket
    /// on purpose.
    /// </summary>
    private sealed class TokenComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<char>, byte[]>
    {
        private readonly ulong _seed = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8)) | 1;

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<char> alternate, byte[] other) => Ascii.Equals(other, alternate);

        public int GetHashCode(byte[] bytes)
        {
            Span<char> text = stackalloc char[bytes.Length <= 2048 ? bytes.Length : 0];
            if (bytes.Length > 2048)
                text = new char[bytes.Length];
            Encoding.ASCII.GetChars(bytes, text);
            return GetHashCode((ReadOnlySpan<char>)text);
        }

        public int GetHashCode(ReadOnlySpan<char> text)
        {
            var words = MemoryMarshal.Cast<char, ulong>(text);
            var (a, b) = (_seed, _seed ^ 0x9E3779B97F4A7C15);
            var i = 0;
            for (; i + 1 < words.Length; i += 2)
            {
                var high = Math.BigMul(words[i] ^ a, words[i + 1] ^ b, out var low);
                a += high ^ low;
                b = ulong.RotateLeft(b, 29) ^ a;
            }
            if (i < words.Length)
                a = (a ^ words[i]) * 0x9E3779B97F4A7C15;
            for (i = words.Length * 4; i < text.Length; i++)
                a = (a ^ text[i]) * 0x9E3779B97F4A7C15;
            return (int)(a ^ (a >> 32)) ^ (int)b;
        }

        public byte[] Create(ReadOnlySpan<char> alternate)
        {
            var bytes = new byte[alternate.Length];
            Encoding.ASCII.GetBytes(alternate, bytes);
            return bytes;
        }
    }
}
