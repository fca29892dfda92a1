using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Reads the DPoP proof of a request (RFC 9449) and decides whether it is young, new and by the right key.</summary>
internal sealed class DpopProofs(
    KeyRingProvider keys,
    UsedProofs used,
    PawlMetrics metrics,
    LogSampler sampler,
    TimeProvider clock,
    ILogger<DpopProofs> logger
)
{
    private const string ProofHeader = "DPoP";
    private const string NonceHeader = "DPoP-Nonce";

    // By the clocks of client and server. A client whose clock is wrong gets a nonce and no longer depends on it.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The proof of a request for tokens; nothing if it has none. A nonce is required, so a proof that was copied earlier is refused. The
    /// id is not remembered: a repeated refresh is what the lineage rule is for, and its tokens are bound to a key that a thief lacks.
    /// </summary>
    public (DpopProof? Proof, Problem? Problem) ReadForTokens(HttpContext context, PawlOptions options)
    {
        if (context.Request.Headers[ProofHeader].Count == 0)
            return default;
        // On every response, so that only the first refresh of a client takes two requests.
        GiveNonce(context);
        var (proof, error) = Read(context, default, options);
        if (proof is null)
        {
            metrics.DeviceProofRefused(Name(error));
            return (null, Problem.InvalidDpopProof);
        }
        return IsFresh(proof.Nonce) ? (proof, null) : (null, Problem.UseDpopNonce);
    }

    /// <summary>Why a request may not use its access token; null if it may.</summary>
    public Problem? FindFault(HttpContext context, RequestTokens tokens, AccessToken token, PawlOptions options)
    {
        // The pipeline may run again for the page of an error. The proof of that request has been used by then.
        if (context.Features.Get<CheckedProof>() is { } verdict && verdict.Token == token.Id)
            return verdict.Fault;
        var fault = Check(context, tokens, token, options);
        context.Features.Set(new CheckedProof(token.Id, fault));
        return fault;
    }

    private Problem? Check(HttpContext context, RequestTokens tokens, AccessToken token, PawlOptions options)
    {
        if (token.KeyThumbprint is not { } thumbprint)
            return Problem.AccessTokenInvalid;
        if (!tokens.IsDpop)
            return Refuse(token, "missing", Problem.DeviceProofRequired);
        var (proof, error) = Read(context, tokens.Bearer.AsSpan(), options);
        if (proof is null)
            return Refuse(token, Name(error), Problem.InvalidDpopProof);
        var now = clock.GetUtcNow();
        var isYoung = proof.Nonce is null ? proof.IssuedAt >= now - MaxAge && proof.IssuedAt <= now + MaxAhead : IsFresh(proof.Nonce);
        if (!isYoung)
        {
            GiveNonce(context);
            return Problem.UseDpopNonce;
        }
        if (proof.Thumbprint != thumbprint)
            return Refuse(token, "other_key", Problem.InvalidDpopProof);
        // Remembered until the check above would refuse the same proof.
        var until = proof.Nonce is null ? proof.IssuedAt + MaxAge : now + DpopNonce.MaxLifetime;
        return used.TryUse(token.SessionId, proof.Id, now, until) switch
        {
            UsedProof.IsNew => null,
            UsedProof.IsKnown => Refuse(token, "repeated", Problem.InvalidDpopProof),
            _ => Refuse(token, "too_many", Problem.RateLimited),
        };
    }

    private static (DpopProof? Proof, DpopError Error) Read(HttpContext context, ReadOnlySpan<char> accessToken, PawlOptions options)
    {
        if (context.Request.Headers[ProofHeader] is not [{ } text])
            return (null, DpopError.Malformed);
        var error = DpopProofReader.Read(text, context.Request.Method, RequestUrls.Find(context, options), accessToken, out var proof);
        return (proof, error);
    }

    private Problem Refuse(AccessToken token, string cause, Problem problem)
    {
        metrics.DeviceProofRefused(cause);
        sampler.DeviceProofRefused(logger, token.SessionId, cause);
        return problem;
    }

    private bool IsFresh(string? nonce) => nonce is not null && DpopNonce.IsFresh(nonce, keys.Ring, clock.GetUtcNow());

    private void GiveNonce(HttpContext context) =>
        context.Response.Headers[NonceHeader] = DpopNonce.Write(clock.GetUtcNow(), keys.Ring.RefreshTokenKey!);

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

    private sealed record CheckedProof(string Token, Problem? Fault);
}
