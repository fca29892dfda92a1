using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>Reads the DPoP proof of a request (RFC 9449) and decides whether it is young, new and by the right key.</summary>
internal sealed class DpopProofs(PawlMetrics metrics, LogSampler sampler, TimeProvider clock, ILogger<DpopProofs> logger)
{
    /// <summary>The header of the response with the nonce of the next proof.</summary>
    public const string NonceHeader = "DPoP-Nonce";

    private const string ProofHeader = "DPoP";

    // By the clocks of client and server. A client whose clock is wrong gets a nonce and no longer depends on it.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The proof of a request for tokens; nothing if it has none. A nonce is required, so a proof that was copied earlier is refused. The
    /// id is not remembered: a repeated refresh is what the lineage rule is for, and its tokens are bound to a key that a thief lacks.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="place">The app.</param>
    public (DpopProof? Proof, Problem? Problem) ReadForTokens(HttpContext context, in ProofPlace place)
    {
        if (context.Request.Headers[ProofHeader].Count == 0)
            return default;
        // On every response, so that only the first refresh of a client takes two requests.
        var now = clock.GetUtcNow();
        place.Nonces.Give(context.Response, now);
        var (proof, error) = Read(context, default, place.PublicUrl);
        if (proof is null)
        {
            metrics.DeviceProofRefused(Name(error));
            return (null, Problem.InvalidDpopProof);
        }
        return place.Nonces.IsFresh(proof.Nonce, now) ? (proof, null) : (null, Problem.UseDpopNonce);
    }

    /// <summary>Why a request may not use its access token; null if it may.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sent">The token as it was sent with the scheme <c>DPoP</c>; empty if it was sent in another way.</param>
    /// <param name="token">The verified token.</param>
    /// <param name="place">The app or service.</param>
    public Problem? FindFault(HttpContext context, StringSegment sent, AccessToken token, in ProofPlace place)
    {
        if (context.Features.Get<CheckedProof>() is { } before && before.TokenId == token.Id)
            return before.Fault;
        var fault = Check(context, sent, token, place, out var hasNonce);
        context.Features.Set(new CheckedProof(token.Id, token.SessionId, fault, hasNonce, place.Nonces));
        return fault;
    }

    private Problem? Check(HttpContext context, StringSegment sent, AccessToken token, in ProofPlace place, out bool hasNonce)
    {
        hasNonce = false;
        if (token.KeyThumbprint is not { } thumbprint)
            return Problem.AccessTokenInvalid;
        if (!sent.HasValue)
            return Refuse(token, "missing", Problem.DeviceProofRequired);
        var (proof, error) = Read(context, sent.AsSpan(), place.PublicUrl);
        if (proof is null)
            return Refuse(token, Name(error), Problem.InvalidDpopProof);
        var now = clock.GetUtcNow();
        hasNonce = place.Nonces.IsFresh(proof.Nonce, now);
        var isYoung = proof.Nonce is null ? proof.IssuedAt >= now - MaxAge && proof.IssuedAt <= now + MaxAhead : hasNonce;
        if (!isYoung)
        {
            place.Nonces.Give(context.Response, now);
            return Problem.UseDpopNonce;
        }
        if (proof.Thumbprint != thumbprint)
            return Refuse(token, "other_key", Problem.InvalidDpopProof);
        // Remembered until the check above would refuse the same proof.
        var until = proof.Nonce is null ? proof.IssuedAt + MaxAge : now + DpopNonce.MaxLifetime;
        return place.Used.TryUse(token.SessionId, proof.Id, now, until) switch
        {
            UsedProof.IsNew => null,
            UsedProof.IsKnown => Refuse(token, "repeated", Problem.InvalidDpopProof),
            _ => Refuse(token, "too_many", Problem.RateLimited),
        };
    }

    private static (DpopProof? Proof, DpopError Error) Read(HttpContext context, ReadOnlySpan<char> accessToken, string? publicUrl)
    {
        if (context.Request.Headers[ProofHeader] is not [{ } text])
            return (null, DpopError.Malformed);
        var urls = RequestUrls.Find(context, publicUrl);
        var error = DpopProofReader.Read(text, context.Request.Method, urls, accessToken, out var proof);
        return (proof, error);
    }

    private Problem Refuse(AccessToken token, string cause, Problem problem)
    {
        metrics.DeviceProofRefused(cause);
        sampler.DeviceProofRefused(logger, token.SessionId, cause);
        return problem;
    }

    private static string Name(DpopError error) =>
        error switch
        {
            DpopError.Malformed => "malformed",
            DpopError.HeaderRefused => "header",
            DpopError.KeyRefused => "key",
            DpopError.SignatureRefused => "signature",
            DpopError.ClaimRefused => "claim",
            DpopError.MethodRefused => "method",
            DpopError.UrlRefused => "url",
            DpopError.TokenRefused => "token",
            _ => "unknown",
        };
}
