using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app whose MapIdentityApi signs in programs, with a registered user.</summary>
internal static class BearerApp
{
    public const string Ada = "ada@example.com";

    public static async Task<TestApp> StartAsync(
        TestFolder folder,
        Action<PawlOptions>? pawl = null,
        Action<IEndpointRouteBuilder>? map = null,
        Action<IServiceCollection>? others = null,
        bool isIdentityLater = false
    )
    {
        var app = await IdentityApp.StartAsync(
            folder,
            asksUsers: true,
            pawl: pawl,
            map: map,
            others: others,
            isIdentityLater: isIdentityLater
        );
        await app.RegisterAsync(Ada);
        return app;
    }
}
