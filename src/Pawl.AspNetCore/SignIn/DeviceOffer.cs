using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Offers a browser to bind its new session to a key of the device. Browsers that cannot do so ignore the header. It is offered at a
/// sign-in only: if the refresh cookie were enough to bind a session, a thief could.
/// </summary>
internal sealed class DeviceOffer(EndpointRoles roles, DbscProofs proofs)
{
    /// <summary>Adds the offer to the response of a sign-in, if browsers can follow it.</summary>
    public void AddTo(HttpContext context, Session session, PawlOptions options)
    {
        if (
            options.DeviceBinding is not DeviceBinding.Off
            && session.Transport is SessionTransport.Cookie
            && context.Request.IsHttps
            && roles.FindPath(context, EndpointRole.Device) is { } path
        )
            SecureSession.Offer(context.Response, path, proofs.NewChallenge(ChallengePurpose.Register, session.Id));
    }
}
