namespace Pawl;

/// <summary>
/// A proof of Device Bound Session Credentials (W3C) that has been read. The proof of a registration brings its key and has been verified.
/// The proof of a refresh is verified by the key of the session, which only the store knows.
/// </summary>
internal sealed class DbscProof
{
    private readonly string _text;
    private readonly int _signedLength;

    internal DbscProof(string text, int signedLength, string challenge, byte[]? key) =>
        (_text, _signedLength, Challenge, Key) = (text, signedLength, challenge, key);

    /// <summary>The challenge that the browser has signed (<c>jti</c>).</summary>
    public string Challenge { get; }

    /// <summary>The public key of a registration, in the form of <see cref="DeviceKey.Content"/>; null at a refresh.</summary>
    public byte[]? Key { get; }

    /// <summary>Whether the key has signed this proof.</summary>
    public bool IsBy(ReadOnlySpan<byte> key) =>
        DeviceKeys.TryImport(key) is { } verifier
        && ProofSignature.IsBy(verifier, _text.AsSpan(0, _signedLength), _text.AsSpan(_signedLength + 1));
}

/// <summary>Why a proof was refused. For logs and metrics: the browser learns only that it was.</summary>
internal enum DbscError
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The proof is not three canonical base64url segments of strict JSON, or it is too long.</summary>
    Malformed,

    /// <summary>The header has another type or algorithm, or an extension.</summary>
    HeaderRefused,

    /// <summary>The key is missing at a registration, there at a refresh, private, or no point of the curve P-256.</summary>
    KeyRefused,

    /// <summary>The signature is wrong. A refresh is not verified before its session is known.</summary>
    SignatureRefused,

    /// <summary>The challenge is missing or of the wrong type.</summary>
    ClaimRefused,

    /// <summary>The proof is for another URL.</summary>
    UrlRefused,
}
