using System.Security.Claims;
using System.Text.Json.Serialization;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Add(AppJson.Default));
builder.Services.AddPawl().AddSqliteStore("Data Source=sessions.db");
var app = builder.Build();
app.MapPawl();
app.MapPost("/login", (Login login) => login.Password == "hunter2"
    ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Name)], "password")))
    : Results.Unauthorized());
app.MapGet("/me", (ClaimsPrincipal me) => me.Identity!.Name).RequireAuthorization();
app.Run();

record Login(string Name, string Password);

[JsonSerializable(typeof(Login))]
partial class AppJson : JsonSerializerContext;
