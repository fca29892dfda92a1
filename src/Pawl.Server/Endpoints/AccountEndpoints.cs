using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>Maps what a user does with an account, beside Pawl's own endpoints and in their manner.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        PawlEndpoint.Map(
            endpoints,
            HttpMethods.Post,
            "/auth/register",
            RegisterEndpoint.HandleAsync,
            new EndpointDescription("Register", "Makes an account").Accepts<Credentials>("application/json")
        );
        PawlEndpoint.Map(
            endpoints,
            HttpMethods.Post,
            KnownDevice.SignInPath,
            LoginEndpoint.HandleAsync,
            new EndpointDescription("Login", "Starts a session").Accepts<Credentials>("application/json")
        );
        PawlEndpoint.Map(
            endpoints,
            HttpMethods.Post,
            "/auth/password",
            PasswordEndpoint.HandleAsync,
            new EndpointDescription("ChangePassword", "Changes the password").Accepts<PasswordChange>("application/json")
        );
    }
}
