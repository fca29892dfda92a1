using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>Maps what a user does with an account, beside Pawl's own endpoints and in their manner.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        PawlEndpoint.Map(endpoints, HttpMethods.Post, "/auth/register", RegisterEndpoint.HandleAsync);
        PawlEndpoint.Map(endpoints, HttpMethods.Post, KnownDevice.SignInPath, LoginEndpoint.HandleAsync);
        PawlEndpoint.Map(endpoints, HttpMethods.Post, "/auth/password", PasswordEndpoint.HandleAsync);
    }
}
