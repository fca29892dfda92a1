using System.Collections.Frozen;

namespace Pawl;

/// <summary>The keys that are in use at one moment. It is immutable: a change of keys makes another ring.</summary>
internal sealed class KeyRing
{
    private readonly FrozenDictionary<string, SigningKey> _byKeyId;
    private readonly FrozenDictionary<string, SigningKey>.AlternateLookup<ReadOnlySpan<char>> _byHeaderSegment;
    private readonly RefreshTokenKey?[] _refreshTokenKeys = new RefreshTokenKey?[256];

    /// <summary>Creates a ring.</summary>
    /// <param name="signing">The key that signs now, or null for a service that only verifies.</param>
    /// <param name="verifying">
    /// Every key whose tokens are accepted and which the key set shows. It may include <paramref name="signing"/>.
    /// </param>
    /// <param name="refreshTokenKeys">The refresh-token keys. The first one writes new tokens.</param>
    /// <exception cref="ArgumentException">The signing key has no private part, or two refresh-token keys have one number.</exception>
    public KeyRing(SigningKey? signing, IEnumerable<SigningKey> verifying, IReadOnlyList<RefreshTokenKey> refreshTokenKeys)
    {
        if (signing is { CanSign: false })
            throw new ArgumentException("A key without its private part cannot sign.", nameof(signing));

        Signing = signing;
        _byKeyId = verifying
            .Concat(signing is null ? [] : [signing])
            .DistinctBy(static k => k.KeyId)
            .ToFrozenDictionary(static k => k.KeyId, StringComparer.Ordinal);
        _byHeaderSegment = _byKeyId
            .Values.ToFrozenDictionary(static k => k.HeaderSegment, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var key in refreshTokenKeys)
        {
            if (_refreshTokenKeys[key.Id] is not null)
                throw new ArgumentException($"Two refresh-token keys have the number {key.Id}.", nameof(refreshTokenKeys));
            _refreshTokenKeys[key.Id] = key;
        }
        RefreshTokenKey = refreshTokenKeys.Count > 0 ? refreshTokenKeys[0] : null;
    }

    /// <summary>The key that signs access tokens, or null.</summary>
    public SigningKey? Signing { get; }

    /// <summary>The key that new refresh tokens are written under, or null.</summary>
    public RefreshTokenKey? RefreshTokenKey { get; }

    /// <summary>Every key whose access tokens are accepted.</summary>
    public IReadOnlyList<SigningKey> Verifying => _byKeyId.Values;

    /// <summary>The verifying key with exactly this <c>kid</c>, or null. No other key is tried.</summary>
    public SigningKey? FindSigningKey(string keyId) => _byKeyId.GetValueOrDefault(keyId);

    internal SigningKey? FindByHeaderSegment(ReadOnlySpan<char> segment) => _byHeaderSegment.TryGetValue(segment, out var key) ? key : null;

    internal RefreshTokenKey? FindRefreshTokenKey(byte id) => _refreshTokenKeys[id];
}
