using Microsoft.AspNetCore.Authorization;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>Maps what a user does with an account, beside Pawl's own endpoints and in their manner.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/auth/register", RegisterEndpoint.HandleAsync);
        endpoints.MapPost(KnownDevice.SignInPath, LoginEndpoint.HandleAsync);
        endpoints.MapPost("/auth/password", PasswordEndpoint.HandleAsync).RequireLiveSession(StoreUnavailableBehavior.Refuse);
    }
}
