using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Reads the proofs of browsers (Device Bound Session Credentials), and gives and checks their challenges.</summary>
internal sealed class DbscProofs(
    KeyRingProvider keys,
    StoredSessions sessions,
    PawlMetrics metrics,
    LogSampler sampler,
    TimeProvider clock,
    ILogger<DbscProofs> logger
)
{
    /// <summary>A challenge for a session.</summary>
    public string NewChallenge(ChallengePurpose purpose, SessionId session)
    {
        Span<byte> random = stackalloc byte[DeviceChallenge.RandomSize];
        RandomNumberGenerator.Fill(random);
        return DeviceChallenge.Write(purpose, session, clock.GetUtcNow(), random, keys.Ring.RefreshTokenKey!);
    }

    /// <summary>Gives the challenge of the next refresh.</summary>
    public void Challenge(HttpResponse response, SessionId session) =>
        SecureSession.Challenge(response, session, NewChallenge(ChallengePurpose.Refresh, session));

    /// <summary>Reads the proof of a registration and verifies it by its own key; null if the request has no good one.</summary>
    public DbscProof? ReadRegistration(HttpContext context, PawlOptions options)
    {
        var (proof, cause) = Read(context, isRegistration: true, options);
        if (proof is null)
            metrics.DeviceProofRefused(cause);
        return proof;
    }

    /// <summary>Whether the challenge of a registration was given at the sign-in of this session, and not too long ago.</summary>
    public bool IsAnswered(DbscProof proof, SessionId session)
    {
        var state = DeviceChallenge.Check(proof.Challenge, ChallengePurpose.Register, session, keys.Ring, clock.GetUtcNow());
        if (state is ChallengeState.Wrong)
            Refuse(session, "challenge");
        return state is ChallengeState.Fresh;
    }

    /// <summary>
    /// Reads the proof of a refresh and verifies it by the key of the session; null if the browser has to sign another challenge. A limit
    /// may count the proof afterwards: only the holder of the key can make it.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store does not respond.</exception>
    public async Task<RefreshProof?> ReadRefreshAsync(HttpContext context, SessionId session, PawlOptions options)
    {
        // A browser that has no challenge yet asks for one.
        if (SecureSession.FindProof(context.Request).Count == 0)
            return null;
        var (proof, cause) = Read(context, isRegistration: false, options);
        if (proof is null)
        {
            Refuse(session, cause);
            return null;
        }
        var state = DeviceChallenge.Check(proof.Challenge, ChallengePurpose.Refresh, session, keys.Ring, clock.GetUtcNow());
        if (state is ChallengeState.Wrong)
            Refuse(session, "challenge");
        if (state is not ChallengeState.Fresh)
            return null;
        var key = (await sessions.FindAsync(session, context.RequestAborted))?.DeviceKey?.Content ?? default;
        if (key.IsEmpty || proof.IsBy(key.Span))
            return RefreshProof.OfBrowser(key);
        Refuse(session, "signature");
        return null;
    }

    private static (DbscProof? Proof, string Cause) Read(HttpContext context, bool isRegistration, PawlOptions options)
    {
        if (SecureSession.FindProof(context.Request).Text is not { } text)
            return (null, Name(DbscError.Malformed));
        // The browser names the URL that it has used, and the challenge is ours alone. So a free Host header gains nothing here.
        var own =
            $"{context.Request.Scheme}://{context.Request.Host}"
            + (RequestFacts.FindOriginalPathBase(context) + RequestFacts.FindOriginalPath(context)).ToUriComponent();
        var error = DbscProofReader.Read(text, isRegistration, [.. RequestUrls.Find(context, options.Issuer), own], out var proof);
        return (proof, Name(error));
    }

    private void Refuse(SessionId session, string cause)
    {
        metrics.DeviceProofRefused(cause);
        sampler.DeviceProofRefused(logger, session, cause);
    }

    private static string Name(DbscError error) =>
        error switch
        {
            DbscError.Malformed => "malformed",
            DbscError.HeaderRefused => "header",
            DbscError.KeyRefused => "key",
            DbscError.SignatureRefused => "signature",
            DbscError.ClaimRefused => "claim",
            DbscError.UrlRefused => "url",
            _ => "unknown",
        };
}
