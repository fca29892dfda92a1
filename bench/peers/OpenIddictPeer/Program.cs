// OpenIddict's server as its documentation sets it up: EF Core on SQLite or what --postgresql names, rolling refresh tokens, everything
// not named here at its default (one entry per token and per authorization, redeemed tokens kept, leeway 30 s, refresh tokens encrypted).
// Named differences: access tokens are signed and not encrypted, so that both sides issue the same ES256 JWT; SQLite WAL with
// synchronous=NORMAL, PostgreSQL with synchronous_commit=off.
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Pawl.Bench.Peers;
using static OpenIddict.Abstractions.OpenIddictConstants;

const string ClientId = "bench";
var builder = BenchServer.Create(args);
var (postgresql, sqlite) = (builder.Configuration["postgresql"], builder.ConnectionString());

builder.Services.AddDbContext<BenchDb>(options =>
    (
        postgresql is null
            ? options.UseSqlite(sqlite).AddInterceptors(new SynchronousNormal())
            : options.UseNpgsql(postgresql + ";Options=-c synchronous_commit=off")
    ).UseOpenIddict()
);

builder
    .Services.AddOpenIddict()
    .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<BenchDb>())
    .AddServer(server =>
    {
        server.SetTokenEndpointUris("/connect/token").AllowPasswordFlow().AllowRefreshTokenFlow();
        server.AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.DisableAccessTokenEncryption();
        server.UseAspNetCore().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
    });

var app = builder.Build();
await CreateDatabaseAsync(app.Services);

// The refresh keeps the principal of the token it was given; the password grant takes any name, for the load generator to sign in with.
app.MapPost("/connect/token", async (HttpContext http) =>
{
    var request = http.GetOpenIddictServerRequest()!;
    var principal = request.IsRefreshTokenGrantType()
        ? (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal!
        : SignIn(request.Username!);
    return Results.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
});
app.MapGet("/anonymous", () => "bench-user");
app.Run();

static ClaimsPrincipal SignIn(string name)
{
    var identity = new ClaimsIdentity("password", Claims.Name, Claims.Role);
    identity.SetClaim(Claims.Subject, name);
    var principal = new ClaimsPrincipal(identity);
    principal.SetScopes(Scopes.OfflineAccess);
    return principal;
}

static async Task CreateDatabaseAsync(IServiceProvider services)
{
    await using var scope = services.CreateAsyncScope();
    await scope.ServiceProvider.GetRequiredService<BenchDb>().Database.EnsureCreatedAsync();
    await scope
        .ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>()
        .CreateAsync(
            new OpenIddictApplicationDescriptor
            {
                ClientId = ClientId,
                ClientType = ClientTypes.Public,
                Permissions = { Permissions.Endpoints.Token, Permissions.GrantTypes.Password, Permissions.GrantTypes.RefreshToken },
            }
        );
}

internal sealed class BenchDb(DbContextOptions<BenchDb> options) : DbContext(options);
