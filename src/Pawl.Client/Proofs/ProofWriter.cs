using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pawl.Client.Proofs;

/// <summary>Writes the proofs of one key (RFC 9449, section 4.2).</summary>
internal sealed class ProofWriter
{
    private const int IdSize = 16;
    private const int SignatureSize = 64;
    private const byte Dot = (byte)'.';

    private readonly IProofKey _key;
    private readonly byte[] _publicKey;
    private readonly byte[] _header;

    // A key of the app's own is checked once: the server would only say that the proof is not valid.
    private volatile bool _isTrusted;

    public ProofWriter(IProofKey key, bool isTrusted)
    {
        (_key, _isTrusted, _publicKey) = (key, isTrusted, key.PublicKey.ToArray());
        Thumbprint = PublicPoint.ToThumbprint(_publicKey);
        var header = $$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{PublicPoint.ToJwk(_publicKey)}}}""";
        _header = [.. Base64Url.EncodeToUtf8(Encoding.ASCII.GetBytes(header)), Dot];
    }

    public string Thumbprint { get; }

    /// <summary>A proof for one request. It is good for no other.</summary>
    /// <param name="method">The method.</param>
    /// <param name="uri">The URL. Its query and its fragment do not count.</param>
    /// <param name="now">The time, which counts only without a nonce.</param>
    /// <param name="accessTokenHash">What <see cref="Hash"/> has made; null without an access token.</param>
    /// <param name="nonce">What the server of the URL has given last.</param>
    /// <param name="cancellationToken">Ends the wait for the key.</param>
    /// <exception cref="ProofKeyException">The app's key has failed.</exception>
    public async ValueTask<string> WriteAsync(
        HttpMethod method,
        Uri uri,
        DateTimeOffset now,
        string? accessTokenHash,
        string? nonce,
        CancellationToken cancellationToken
    )
    {
        var claims = new ArrayBufferWriter<byte>(512);
        WriteClaims(claims, method, uri, now, accessTokenHash, nonce);
        var length = _header.Length + Base64Url.GetEncodedLength(claims.WrittenCount);
        var buffer = ArrayPool<byte>.Shared.Rent(length + 1 + Base64Url.GetEncodedLength(SignatureSize));
        try
        {
            _header.CopyTo(buffer, 0);
            Base64Url.EncodeToUtf8(claims.WrittenSpan, buffer.AsSpan(_header.Length));
            var signature = await SignAsync(buffer.AsMemory(0, length), cancellationToken);
            buffer[length] = Dot;
            var written = Base64Url.EncodeToUtf8(signature, buffer.AsSpan(length + 1));
            return Encoding.ASCII.GetString(buffer, 0, length + 1 + written);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The claim <c>ath</c> of an access token.</summary>
    public static string Hash(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    /// <summary>The URL as the server sees it, without query and fragment.</summary>
    public static string TargetOf(Uri uri)
    {
        // IdnHost is what goes over the wire, and it has no brackets around an IPv6 address.
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{uri.AbsolutePath}";
    }

    private static void WriteClaims(
        ArrayBufferWriter<byte> claims,
        HttpMethod method,
        Uri uri,
        DateTimeOffset now,
        string? accessTokenHash,
        string? nonce
    )
    {
        using var json = new Utf8JsonWriter(claims);
        json.WriteStartObject();
        json.WriteString("jti"u8, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdSize)));
        json.WriteString("htm"u8, HttpMethod.Parse(method.Method).Method); // As HttpClient sends it: "get" becomes "GET".
        json.WriteString("htu"u8, TargetOf(uri));
        // A machine without a battery for its clock may start before 1970.
        json.WriteNumber("iat"u8, Math.Max(0, now.ToUnixTimeSeconds()));
        if (accessTokenHash is not null)
            json.WriteString("ath"u8, accessTokenHash);
        if (nonce is not null)
            json.WriteString("nonce"u8, nonce);
        json.WriteEndObject();
    }

    private async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        byte[] signature;
        try
        {
            signature = await _key.SignAsync(data, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The app's own message may hold what it should not.
            throw new ProofKeyException($"The proof key has failed with {e.GetType().Name}.", e);
        }
        if (signature is not { Length: SignatureSize })
            throw new ProofKeyException(
                $"The proof key has returned {signature?.Length ?? 0} bytes. A signature has 64: r and s as of IEEE P1363, not DER."
            );
        if (!_isTrusted)
        {
            using var verifier = PublicPoint.TryImport(_publicKey);
            if (verifier?.VerifyData(data.Span, signature, HashAlgorithmName.SHA256) != true)
                throw new ProofKeyException("The proof key has made a signature that its public key does not verify.");
            _isTrusted = true;
        }
        return signature;
    }
}
