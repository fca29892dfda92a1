using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Yarp.ReverseProxy.Transforms;

// The browser has cookies, and the services behind this gateway get the session's access token instead. They use AddJwtBearer.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPawl().BindConfiguration("Pawl")
    .AddSqliteStore(builder.Configuration.GetConnectionString("Sessions") ?? "Data Source=sessions.db");
builder.Services.AddAuthorization();
string[] identityHeaders = ["Pawl-User", "Pawl-Sid", "Pawl-Name", "Pawl-Roles"];
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddTransforms(routes => routes.AddRequestTransform(async request =>
    {
        // Without a session, the client's own header does not pass either.
        var token = await request.HttpContext.FindAccessTokenAsync();
        request.ProxyRequest.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        // Pawl has already hidden the refresh token. The services need no cookie at all.
        request.ProxyRequest.Headers.Remove("Cookie");
        // A service that moves here from another gateway may still read these. They come from the client.
        foreach (var name in identityHeaders)
            request.ProxyRequest.Headers.Remove(name);
    }).AddResponseTransform(response =>
    {
        // No service can replace the session of the browser.
        if (response.ProxyResponse?.Headers.Contains("Set-Cookie") is true)
            response.HttpContext.Response.Headers.Remove("Set-Cookie");
        return ValueTask.CompletedTask;
    }));

var app = builder.Build();
app.UseWebSockets();
app.MapPawl();
app.MapReverseProxy();

// In place of a password: the name is believed.
app.MapPost("/login", (Login login) =>
    Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, login.Name), new(ClaimTypes.Role, "customer")], "demo"))));
app.Run();

internal sealed record Login(string Name);
