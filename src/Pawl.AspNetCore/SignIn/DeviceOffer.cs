using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Offers a browser to bind its new session to a key of the device. Browsers that cannot do so ignore the header. It is offered at a
/// sign-in only: if the refresh cookie were enough to bind a session, a thief could.
/// </summary>
internal sealed class DeviceOffer(EndpointRoles roles, DbscProofs proofs)
{
    /// <summary>Adds the offer to the response of a sign-in, if browsers can follow it.</summary>
    /// <exception cref="InvalidOperationException">The path of the endpoint is not known.</exception>
    public void AddTo(HttpContext context, Session session, PawlOptions options)
    {
        if (options.DeviceBinding is DeviceBinding.Off || session.Transport is not SessionTransport.Cookie || !context.Request.IsHttps)
            return;
        var path = roles.FindPath(context, EndpointRole.Device)
            ?? throw new InvalidOperationException(
                "DeviceBinding needs the path of Pawl's endpoints, and this app has mapped them in a group with a parameter that the "
                    + "request of the sign-in does not have: sign in below the same prefix, or call MapPawl outside of the group."
            );
        SecureSession.Offer(context.Response, path, proofs.NewChallenge(ChallengePurpose.Register, session.Id));
    }
}
