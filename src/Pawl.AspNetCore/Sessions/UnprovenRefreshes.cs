using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Refreshes of bound sessions without a proof by the session's key: what is answered, logged and counted.</summary>
internal sealed class UnprovenRefreshes(PawlMetrics metrics, LogSampler sampler, ILogger<UnprovenRefreshes> logger)
{
    /// <summary>Why the lineage rule was not asked.</summary>
    public Problem FindProblem(Session session, RefreshProof? proof)
    {
        if (session.DeviceKey is null)
            return Problem.ReauthenticationRequired;
        var cause =
            proof is null or { IsRefused: true } ? "missing"
            : proof.IsForBoundOnly ? "signature"
            : "other_key";
        metrics.DeviceProofRefused(cause);
        if (proof is { Binds: SessionTransport.Cookie })
        {
            sampler.DeviceKeyDiffers(logger, session.Id);
            return Problem.DeviceKeyDiffers;
        }
        sampler.DeviceProofRefused(logger, session.Id, cause);
        return session.Transport is SessionTransport.Body ? Problem.DeviceProofRequired : Problem.DeviceRefreshRequired;
    }

    /// <summary>A session goes on without the proof that it should have.</summary>
    public void BindingLost(Session session)
    {
        metrics.BindingLost();
        sampler.DeviceBindingLost(logger, session.Id);
    }
}
