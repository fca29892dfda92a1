// ASP.NET Core Identity with its own unmodified endpoints: /register, /login, /refresh. Every option at its default.
// What its /refresh does: unprotect the token, read the user (security stamp), protect two new tokens. It writes nothing and rotates
// nothing:
// an old refresh token stays good until it expires. So `synchronous`, which only concerns writes, is left alone here.
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Pawl.Bench.Peers;

var builder = BenchServer.Create(args);
var connectionString = builder.ConnectionString();

builder.Services.AddDbContext<BenchDb>(options => options.UseSqlite(connectionString));
builder.Services.AddAuthorization();
builder.Services.AddIdentityApiEndpoints<IdentityUser>().AddEntityFrameworkStores<BenchDb>();

var app = builder.Build();
await using (var scope = app.Services.CreateAsyncScope())
    await scope.ServiceProvider.GetRequiredService<BenchDb>().Database.EnsureCreatedAsync();

app.MapIdentityApi<IdentityUser>();
app.MapGet("/anonymous", () => "bench-user");
app.Run();

internal sealed class BenchDb(DbContextOptions<BenchDb> options) : IdentityDbContext(options);
