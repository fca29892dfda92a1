using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app that signs the request's own principal in again, with the properties of the request or others.</summary>
internal static class RenewingApp
{
    // The request is authenticated before "between" runs, as with a body that arrives slowly.
    public static async Task<TestApp> StartAsync(Func<TestApp, Task>? between = null, Action<PawlOptions>? pawl = null)
    {
        TestApp? test = null;
        AuthenticationProperties? kept = null;
        ClaimsPrincipal? principal = null;
        return test = await TestApp.StartAsync(pawl, map: app =>
        {
            app.MapPost("/keep", async (HttpContext context) =>
                (kept, principal) = ((await context.AuthenticateAsync()).Properties, context.User)
            );
            app.MapPost("/sign-in-kept", () => Results.SignIn(principal!));
            app.MapPost("/renew", async (HttpContext context, string? @as) =>
            {
                var result = await context.AuthenticateAsync();
                await (between?.Invoke(test!) ?? Task.CompletedTask);
                var name = @as ?? result.Principal?.Identity?.Name ?? "ada";
                var properties = context.Request.Query.ContainsKey("kept") ? kept : result.Properties;
                await context.SignInAsync(new Login(name) { Roles = ["admin"] }.ToPrincipal(), properties);
                return "done";
            });
            app.MapPost(
                    "/sign-in-myself",
                    async (
                        HttpContext context,
                        SessionTransport? transport,
                        string? device,
                        string? methods,
                        int? expires,
                        bool json = false
                    ) =>
                    {
                        await (between?.Invoke(test!) ?? Task.CompletedTask);
                        ((ClaimsIdentity)context.User.Identity!).AddClaim(new Claim(ClaimTypes.Role, "admin"));
                        PawlSignInProperties? properties = null;
                        if (transport is { } own)
                            properties = new()
                            {
                                Transport = own,
                                WriteJsonResponse = json,
                                Device = device,
                                AuthenticationMethods = methods?.Split(' '),
                            };
                        if (expires is { } seconds)
                            properties!.ExpiresUtc = test!.Clock.GetUtcNow().AddSeconds(seconds);
                        await context.SignInAsync(context.User, properties);
                        return json ? Results.Empty : Results.Text("done");
                    }
                )
                .RequireAuthorization();
        });
    }
}
