using System.Security.Claims;

// The README's program with the connection string in the configuration, so that tests can bring a file of their own.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPawl().AddSqliteStore(builder.Configuration.GetConnectionString("Sessions") ?? "Data Source=sessions.db");
var app = builder.Build();
app.MapPawl();
app.MapPost("/login", (Login login) => login.Password == "hunter2"
    ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Name)], "password")))
    : Results.Unauthorized());
app.MapGet("/me", (ClaimsPrincipal me) => me.Identity!.Name).RequireAuthorization();
app.Run();
internal sealed record Login(string Name, string Password);
