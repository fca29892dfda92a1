using System.Security.Claims;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPawl().AddSqliteStore("Data Source=sessions.db");
var app = builder.Build();
app.MapPawl();
app.MapPost("/login", (Login login) => login.Password == "hunter2"
    ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Name)], "password")))
    : Results.Unauthorized());
app.MapGet("/me", (ClaimsPrincipal me) => me.Identity!.Name).RequireAuthorization();
app.Run();
record Login(string Name, string Password);
