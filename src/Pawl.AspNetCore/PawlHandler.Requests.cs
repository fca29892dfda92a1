using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>The part of the scheme that runs before every endpoint, including those that allow anonymous requests.</summary>
internal sealed partial class PawlHandler : IAuthenticationRequestHandler
{
    /// <summary>Answers a request that may not enter. Returns false for all others.</summary>
    public async Task<bool> HandleRequestAsync()
    {
        if ((guard.FindFaultEarly(Context, Options) ?? await FindFaultOfCircuitAsync()) is not { } problem)
            return false;
        await problem.WriteAsync(Context, retryAfter: _retryAfter);
        return true;
    }

    // A circuit keeps the user that it starts with. So a fault that passes must not start it without one.
    private async Task<Problem?> FindFaultOfCircuitAsync()
    {
        if (!RequestFacts.StartsCircuit(Context))
            return null;
        await HandleAuthenticateOnceSafeAsync();
        return _problem.Status is 429 or 503 ? _problem : null;
    }
}
