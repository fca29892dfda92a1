using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>Maps what a user does with an account, beside Pawl's own endpoints and in their manner.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        PawlEndpoint.Map(endpoints, "/auth/register", (HttpMethods.Post, RegisterEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, KnownDevice.SignInPath, (HttpMethods.Post, LoginEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, "/auth/password", (HttpMethods.Post, PasswordEndpoint.HandleAsync));
    }
}
