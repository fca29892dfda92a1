using System.Net.Http.Json;
using Pawl.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>A .NET program with a session of Pawl.Client. Its clock is the app's.</summary>
internal static class NativeClient
{
    private static readonly string[] s_roles = ["admin"];

    public static async Task<PawlSession> SignInAsNativeAsync(this TestApp app, string name = "ada")
    {
        var session = new PawlSession(new PawlSessionOptions { Server = app.Address, TimeProvider = app.Clock });
        await session.SignInAgainAsync(name);
        return session;
    }

    /// <summary>The header with a fresh token.</summary>
    public static async Task<(string, string)> BearerAsync(this PawlSession session) =>
        HubApp.Bearer((await session.GetAccessTokenAsync(TestContext.Current.CancellationToken))!);

    public static async Task SignInAgainAsync(this PawlSession session, string name = "ada")
    {
        using var login = JsonContent.Create(
            new
            {
                name,
                transport = "Body",
                roles = s_roles,
            }
        );
        Assert.IsType<SignedIn>(await session.SignInAsync("/login", login, TestContext.Current.CancellationToken));
    }
}
