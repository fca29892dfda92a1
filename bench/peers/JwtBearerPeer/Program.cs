// A resource server with AddJwtBearer and an ES256 key. /me is authorized, /anonymous is the same answer without any of it: the limit.
// POST /mint makes a token with the claims of Pawl's access token, so that both sides read a JWT of about the same length.
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pawl.Bench.Peers;

const string Issuer = "https://bench.example",
    Audience = "bench",
    User = "bench-user";
var builder = BenchServer.Create(args);
var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "bench" };

builder
    .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
    .AddJwtBearer(options =>
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = ["at+jwt"],
        };
    });
builder.Services.AddAuthorization();

var app = builder.Build();
app.MapGet("/me", (ClaimsPrincipal me) => me.FindFirstValue("sub")).RequireAuthorization();
app.MapGet("/anonymous", () => User);

var writer = new JsonWebTokenHandler();
var credentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
app.MapPost("/mint", (TimeProvider time) => new
    {
        access_token = writer.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = "at+jwt",
                Issuer = Issuer,
                Audience = Audience,
                IssuedAt = time.GetUtcNow().UtcDateTime,
                Expires = time.GetUtcNow().UtcDateTime.AddHours(1), // longer than any run
                SigningCredentials = credentials,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = User,
                    ["sid"] = Random22(),
                    ["jti"] = Random22(),
                    ["auth_time"] = time.GetUtcNow().ToUnixTimeSeconds(),
                    ["amr"] = new[] { "pwd" },
                    ["client_id"] = "bench",
                },
            }
        ),
    });
app.Run();

static string Random22() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16));
