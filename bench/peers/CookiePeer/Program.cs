// An app with the framework's cookie authentication as it is by default. /me is authorized, /anonymous is the same answer without any of
// it: the limit. The ticket has the claims that a cookie app usually has: an id, a name and a role.
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Pawl.Bench.Peers;

const string User = "bench-user";
var builder = BenchServer.Create(args);
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
builder.Services.AddAuthorization();

var app = builder.Build();
app.MapPost("/login", (HttpContext context) =>
    context.SignInAsync(
        new ClaimsPrincipal(
            new ClaimsIdentity(
                [new(ClaimTypes.NameIdentifier, User), new(ClaimTypes.Name, "Bench"), new(ClaimTypes.Role, "user")],
                "password"
            )
        )
    )
);
app.MapGet("/me", (ClaimsPrincipal me) => me.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
app.MapGet("/anonymous", () => User);
app.Run();
