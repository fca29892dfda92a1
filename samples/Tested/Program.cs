using System.Security.Claims;

// A small app with an administrator, whose tests docs/testing.md shows.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPawl().AddSqliteStore("Data Source=sessions.db");
var app = builder.Build();
app.MapPawl();
app.MapPost("/login", (Login login) => login.Password == "hunter2"
    ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Name)], "password")))
    : Results.Unauthorized());
app.MapGet("/me", (ClaimsPrincipal me) => me.Identity!.Name).RequireAuthorization();
app.MapPost("/notes", (Note note, ClaimsPrincipal me) => $"{me.Identity!.Name}: {note.Text}").RequireAuthorization();
app.MapDelete("/notes", () => Results.NoContent()).RequireAuthorization(policy => policy.RequireRole("admin"));
app.Run();
internal sealed record Login(string Name, string Password);
internal sealed record Note(string Text);
