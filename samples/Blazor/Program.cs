using System.Security.Claims;
using Ferns.Components;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Pawl;
using Pawl.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPawl(options => options.LoginPath = "/login")
    .BindConfiguration("Pawl")
    .AddSqliteStore(builder.Configuration.GetConnectionString("Sessions") ?? "Data Source=sessions.db");
builder.Services.AddCascadingAuthenticationState();
builder.Services.AddRazorComponents()
    .AddInteractiveServerComponents()
    .AddInteractiveWebAssemblyComponents()
    .AddAuthenticationStateSerialization(options => options.SerializeAllClaims = true);
builder.Services.AddHttpClient(); // Prerendered components get one too. They send nothing before they run in the browser.

var app = builder.Build();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapPawl();

// Cookies can only be set by a request of their own. So users sign in and out by forms, and not by an event of a circuit.
app.MapPost("/sign-in", async ([FromForm] string name, [FromForm] string? returnUrl, HttpContext context) =>
{
    await context.SignInAsync(Gardener(name));
    return Results.LocalRedirect(returnUrl is ['/', not ('/' or '\\'), ..] ? returnUrl : "/");
});
app.MapPost("/sign-out", async (HttpContext context) =>
{
    await context.SignOutAsync();
    return Results.LocalRedirect("/");
});
// A page in the browser may sign in without leaving it.
app.MapPost("/api/sign-in", (Credentials entered) => entered.Name is ""
    ? Results.BadRequest()
    : Results.SignIn(Gardener(entered.Name), new PawlSignInProperties
    {
        Transport = entered.HoldsToken ? SessionTransport.Bearer : SessionTransport.Cookie,
    }));
app.MapGet("/api/me", (ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
app.MapRazorComponents<App>()
    .AddInteractiveServerRenderMode()
    .AddInteractiveWebAssemblyRenderMode()
    .AddAdditionalAssemblies(typeof(Ferns.Client.WhoAmI).Assembly);
app.Run();

// A real app asks for a password first.
static ClaimsPrincipal Gardener(string name) =>
    new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Role, "gardener")], "form"));

internal sealed record Credentials(string Name, bool HoldsToken);
