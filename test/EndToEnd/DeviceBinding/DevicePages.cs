using System.Net.WebSockets;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>The pages and endpoints of <see cref="DeviceApp"/>: each way to sign in, and each kind of request.</summary>
internal static class DevicePages
{
    public const string Login = "/login";
    public const string Welcome = "/welcome";
    public const string Me = "/me";
    public const string Bound = "/api/bound";
    public const string Proved = "/api/proved";
    public const string Echo = "/api/echo";
    public const string Events = "/api/events";
    public const string Stream = "/api/stream";
    public const string Socket = "/api/socket";

    private const string LoginForm =
        "<!doctype html><title>Sign in</title><form method=post><input name=name><button>Sign in</button></form>";

    public static void Map(WebApplication app)
    {
        app.MapPost("/auth/register", static () => TypedResults.NoContent()).AllowAnonymous();
        app.MapPost("/auth/login", static (HttpContext context, JsonElement user) => SignInAsync(context, user.GetProperty("email")));
        app.MapGet(Login, static () => Page(LoginForm));
        app.MapPost(Login, static async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync();
            await context.SignInAsync(Describe($"{form["name"]}"));
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = Me;
        });
        // As a link of an e-mail does: the page that is shown has signed the user in.
        app.MapGet(Welcome, static async (HttpContext context) =>
        {
            await context.SignInAsync(Describe("ada"));
            return Page("<!doctype html><title>Welcome</title>ada");
        });
        app.MapGet(Me, static (ClaimsPrincipal me) => Page($"<!doctype html><title>Me</title>{Name(me)}")).RequireAuthorization();
        app.MapGet(Tab.Me, static (ClaimsPrincipal me) => Name(me)).RequireAuthorization();
        app.MapPost(Echo, static (HttpRequest request) => RepeatAsync(request)).RequireAuthorization();
        app.MapGet(Bound, static (ClaimsPrincipal me) => Name(me)).RequireDeviceBound();
        app.MapGet(Proved, static (ClaimsPrincipal me) => Name(me)).RequireFreshDeviceProof(TimeSpan.FromMinutes(1));
        app.MapPost(Proved, static (HttpRequest request) => RepeatAsync(request)).RequireFreshDeviceProof(TimeSpan.FromMinutes(1));
    }

    /// <summary>Endpoints at the proxy that let in the users whom the app knows, and then speak other protocols.</summary>
    public static void AddConnections(FaultProxy proxy)
    {
        proxy.On(Events, static async call =>
        {
            if (await IsKnownAsync(call))
                await WriteAsync(call, "text/event-stream", ["data: hello\n\n"]);
        });
        proxy.On(Stream, static async call =>
        {
            if (await IsKnownAsync(call))
                await WriteAsync(call, "text/plain", Enumerable.Repeat(new string('x', 10_000), 3));
        });
        proxy.On(Socket, static async call =>
        {
            if (!await IsKnownAsync(call))
                return;
            using var socket = await call.Context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, call.Context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, call.Context.RequestAborted);
        });
    }

    private static async Task<bool> IsKnownAsync(ProxiedCall call)
    {
        await call.ForwardAsync(HttpMethod.Get, Tab.Me);
        if (call.Status == StatusCodes.Status200OK)
            return true;
        await call.AnswerAsync();
        return false;
    }

    private static async Task WriteAsync(ProxiedCall call, string type, IEnumerable<string> parts)
    {
        call.Context.Response.ContentType = type;
        foreach (var part in parts)
        {
            await call.Context.Response.WriteAsync(part);
            await call.Context.Response.Body.FlushAsync();
        }
    }

    private static async Task<string> RepeatAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync();
    }

    private static async Task SignInAsync(HttpContext context, JsonElement email) =>
        await context.SignInAsync(Describe(email.GetString()!));

    private static ClaimsPrincipal Describe(string name) => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, name)], "test"));

    private static string Name(ClaimsPrincipal me) => me.FindFirstValue(ClaimTypes.NameIdentifier)!;

    private static IResult Page(string html) => Results.Content(html, "text/html");
}
