using System.Collections.Concurrent;

namespace Pawl.Client.Proofs;

/// <summary>Makes the proof of each request of a session, with the newest nonce of the server that it goes to.</summary>
internal sealed class RequestProofs(TimeProvider time)
{
    public const string Header = "DPoP";

    private const string NonceHeader = "DPoP-Nonce";
    private const int LongestNonce = 256;

    // Each server accepts its nonces for at least this long. Without one, a proof counts by this machine's clock, which is mostly right; an
    // old nonce would certainly be refused.
    private static readonly TimeSpan s_nonceLifetime = TimeSpan.FromMinutes(4);

    // By origin, and only of origins that get the token.
    private readonly ConcurrentDictionary<string, (string Value, long Since)> _nonces = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a proof to a request, in the place of any other.</summary>
    /// <exception cref="ProofKeyException">The key cannot make one.</exception>
    public async ValueTask AddAsync(
        HttpRequestMessage request,
        SessionKey key,
        string? accessTokenHash,
        CancellationToken cancellationToken
    )
    {
        var uri = request.RequestUri!;
        var nonce =
            _nonces.TryGetValue(OriginOf(uri), out var last) && time.GetElapsedTime(last.Since) < s_nonceLifetime ? last.Value : null;
        var proof = await key.Writer!.WriteAsync(request.Method, uri, time.GetUtcNow(), accessTokenHash, nonce, cancellationToken);
        request.Headers.Remove(Header);
        request.Headers.TryAddWithoutValidation(Header, proof);
    }

    /// <summary>Takes the nonce of a response to a request with a proof.</summary>
    public void TakeNonce(HttpResponseMessage response, Uri uri)
    {
        if (response.Headers.TryGetValues(NonceHeader, out var values) && values.ToArray() is [{ Length: > 0 and <= LongestNonce } nonce])
            _nonces[OriginOf(uri)] = (nonce, time.GetTimestamp());
    }

    private static string OriginOf(Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
