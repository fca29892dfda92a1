// Pawl as the README sets it up, on SQLite or what --postgresql or --redis names. Three settings are the benchmark's own. A refresh token
// may be used a millisecond after it was issued instead of 40 seconds, and far more often than twice a second. With the defaults a load
// generator would see tokens kept, and itself refused. So each refresh does the whole work of a rotation. One user may have any number of
// sessions, because the load signs many in for one user. With --bound, sessions may be bound to device keys; then requests count as https,
// because nothing is bound over http.
using System.Security.Claims;
using Pawl.AspNetCore;
using Pawl.Bench.Peers;

const string User = "bench-user";
var builder = BenchServer.Create(args);
var isBound = builder.Configuration["bound"] is not null;
var pawl = builder.Services.AddPawl(options =>
{
    (options.SettlePeriod, options.RefreshesPerMinute, options.SessionLimit) = (TimeSpan.FromMilliseconds(1), null, null);
    options.DeviceBinding = isBound ? DeviceBinding.Preferred : DeviceBinding.Off;
});
_ = (builder.Configuration["postgresql"], builder.Configuration["redis"]) switch
{
    ({ } postgresql, _) => pawl.AddPostgreSqlStore(postgresql),
    (_, { } redis) => pawl.AddRedisStore(redis),
    _ => pawl.AddSqliteStore(builder.ConnectionString()),
};

var app = builder.Build();
if (isBound)
    app.Use(
        (context, next) =>
        {
            context.Request.Scheme = "https";
            return next();
        }
    );
app.MapPawl();
app.MapPost("/login", (Login login) =>
    login.Password == "hunter2"
        ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Name)], "password")))
        : Results.Unauthorized()
);
app.MapGet("/me", (ClaimsPrincipal me) => me.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
app.MapGet("/anonymous", () => User);

// The limit of a refresh over HTTP: an answer of the same shape that nothing was done for.
var (access, refresh) = (new string('a', 500), "pawl_r1_" + new string('r', 128));
app.MapPost("/limit", (HttpResponse response) =>
{
    response.Headers.Append("Set-Cookie", $"__Host-Http-pawl-access={access}; path=/; secure; samesite=strict; httponly");
    response.Headers.Append("Set-Cookie", $"__Host-Http-pawl-refresh={refresh}; path=/; secure; samesite=strict; httponly");
    return Results.Text("""{"expires_in":300,"refresh_in":240}""", "application/json");
});
app.Run();

internal sealed record Login(string Name, string Password);
