using System.Security.Claims;
using Parlour;

// A room with four kinds of connection to it. Each is authenticated when it opens, outlives refreshes, and is closed when its session
// ends. None of them has a line for that, except the one whose type does not say that it is a stream.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPawl().BindConfiguration("Pawl")
    .AddSqliteStore(builder.Configuration.GetConnectionString("Sessions") ?? "Data Source=sessions.db");
builder.Services.AddSignalR();
builder.Services.AddSingleton<Room>();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseWebSockets();
app.MapPawl();

// In place of a password: the name is believed.
app.MapPost("/login", (Login login) =>
    Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Name)], "demo"))));

var members = app.MapGroup("").RequireAuthorization();
members.MapHub<RoomHub>("/hub");
members.Map("/socket", (HttpContext context, Room room) => RoomSocket.RunAsync(context, room)); // CONNECT in HTTP/2, and not GET.
members.MapGet("/events", (ClaimsPrincipal user, Room room, CancellationToken aborted) =>
    TypedResults.ServerSentEvents(room.ListenAsync(user, aborted)));
members.MapGet("/stream", async (HttpContext context, Room room) =>
{
    context.Response.ContentType = "text/plain; charset=utf-8";
    await foreach (var line in room.ListenAsync(context.User, context.RequestAborted))
        await context.Response.WriteAsync(line + "\n", context.RequestAborted);
}).CloseAtSessionEnd();
members.MapPost("/say", (Message message, ClaimsPrincipal user, Room room) => room.SayAsync(user, message.Text));
app.Run();

internal sealed record Login(string Name);
internal sealed record Message(string Text);
