using System.Security.Claims;
using Ferns.Components;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;

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
    // A real app asks for a password here.
    List<Claim> claims = [new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Role, "gardener")];
    await context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity(claims, "form")));
    return Results.LocalRedirect(returnUrl is ['/', not ('/' or '\\'), ..] ? returnUrl : "/");
});
app.MapPost("/sign-out", async (HttpContext context) =>
{
    await context.SignOutAsync();
    return Results.LocalRedirect("/");
});
app.MapGet("/api/me", (ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
app.MapRazorComponents<App>()
    .AddInteractiveServerRenderMode()
    .AddInteractiveWebAssemblyRenderMode()
    .AddAdditionalAssemblies(typeof(Ferns.Client.WhoAmI).Assembly);
app.Run();
