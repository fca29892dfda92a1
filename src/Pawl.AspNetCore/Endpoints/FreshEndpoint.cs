using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/fresh</c>: a request for which a browser with a device key refreshes first, if a refresh is due. The browser client sends
/// it instead of a refresh of its own.
/// </summary>
internal static class FreshEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlFresh", "Lets a browser with a device key refresh first")
            .Returns(StatusCodes.Status204NoContent, "The browser has refreshed, or it has no key")
            .Refuses(Problem.DeviceProofDelayed);

    public static async Task HandleAsync(HttpContext context)
    {
        if (SecureSession.FindSkipped(context.Request) is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        await Problem.DeviceProofDelayed.WriteAsync(context);
    }
}
