using System.Net.WebSockets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app with a hub of SignalR, on a port.</summary>
internal static class HubApp
{
    public static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null, TestFolder? folder = null, TestClock? clock = null)
    {
        clock ??= new TestClock();
        return TestApp.StartAsync(
            pawl,
            static services => services.AddSignalR(),
            app =>
            {
                app.MapHub<Crew>("/hub");
                app.MapPost("/later", () => clock.Advance(TimeSpan.FromSeconds(31)));
                app.MapPost("/hub/note", static () => "written").RequireAuthorization();
            },
            folder,
            clock,
            kestrel: true
        );
    }

    /// <summary>A page that keeps its access token in memory.</summary>
    public static async Task<string> SignInAsPageAsync(this TestApp app, string name = "ada")
    {
        var answer = await app.NewPage().SignInAsync(name, new Login("") { Transport = SessionTransport.Bearer, Roles = ["admin"] });
        return answer.Text("access_token")!;
    }

    public static Browser NewPage(this TestApp app) => app.NewBrowser($"http://{app.Address.Authority}");

    public static (string, string) Bearer(string token) => ("Authorization", $"Bearer {token}");

    public static Task<Answer> AskTicketAsync(this TestApp app, string access) =>
        app.NewPage().PostAsync("/auth/ticket", null, Bearer(access));

    public static async Task<string> TakeTicketAsync(this TestApp app, string access) => (await app.AskTicketAsync(access)).Text("ticket")!;

    /// <summary>Opens a WebSocket as a browser does: with nothing but its URL. Null if it was refused, and with which code.</summary>
    public static async Task<(ClientWebSocket? Socket, string? Code)> OpenAsync(this TestApp app, string token)
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        try
        {
            var address = new Uri($"ws://{app.Address.Authority}/hub?access_token={token}");
            await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
            return (socket, null);
        }
        catch (WebSocketException)
        {
            var code = socket.HttpResponseHeaders?.TryGetValue(PawlDefaults.ProblemHeader, out var values) is true
                ? values.Single()
                : $"{socket.HttpStatusCode}";
            socket.Dispose();
            return (null, code);
        }
    }

    [Authorize]
    internal sealed class Crew : Hub
    {
        public string WhoAmI() => $"{Context.UserIdentifier} {(Context.User!.IsInRole("admin") ? "admin" : "crew")}";
    }
}
