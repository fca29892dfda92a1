using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>The subjects, and the requests of each.</summary>
internal static class Subjects
{
    public const string Json = "Content-Type: application/json";

    // A browser's own header: a cookie without it (or an Origin) is refused as cross-site.
    public const string SameOrigin = "Sec-Fetch-Site: same-origin";

    public const string PawlAnonymous = "anonymous on Pawl's server";
    public const string JwtBearerAnonymous = "anonymous on JwtBearer's server";
    public const string CookieAnonymous = "anonymous on the cookie app's server";

    public static readonly Server PawlServer = new("PawlPeer");
    public static readonly Server JwtBearerServer = new("JwtBearerPeer");
    public static readonly Server CookieServer = new("CookiePeer");

    // Pawl keeps a refresh token younger than the settle period instead of rotating it. The peer sets that period to a millisecond, and
    // every connection takes 32 sessions in turn, so that each one has rested that long: every measured refresh is a rotation (a column
    // counts them).
    public static readonly Subject PawlRefresh = new()
    {
        Name = "Pawl",
        Does = "one compare-and-set; rotates, detects reuse",
        Server = PawlServer,
        SignIn = [PawlLogin("user{n}")],
        FirstToken = new TokenSpec(Cookie: "__Host-Http-pawl-refresh"),
        Request = new RequestSpec("POST", "/auth/refresh", ["Cookie: __Host-Http-pawl-refresh={token}", SameOrigin]),
        NextToken = new TokenSpec(Cookie: "__Host-Http-pawl-refresh"),
        SessionsPerConnection = 32,
        Limit = "POST that sets two cookies",
    };

    // The same work behind a proof: one verification of a signature, and the session is read before it is moved on.
    public static readonly Subject PawlBoundRefresh = PawlRefresh with
    {
        Name = "Pawl, bound",
        Does = "verifies the proof of a device key first",
        Server = PawlServer with { Arguments = ["--bound", "true"] },
        BindsSessions = true,
        Request = new RequestSpec(
            "POST",
            "/auth/device/refresh",
            [
                "Cookie: __Host-Http-pawl-refresh={token}",
                SameOrigin,
                "Sec-Fetch-Mode: no-cors",
                "Sec-Secure-Session-Id: {sid}",
                "Secure-Session-Response: {proof}",
            ]
        ),
        Limit = "Pawl",
    };

    public static readonly Subject TwoCookies = new()
    {
        Name = "POST that sets two cookies",
        Does = "nothing else, on Pawl's server: the limit",
        Server = PawlServer,
        Request = new RequestSpec("POST", "/limit", []),
        IsLimit = true,
    };

    public static readonly Subject IdentityRefresh = new()
    {
        Name = "MapIdentityApi",
        Does = "reads the user; stores and rotates nothing",
        Server = new Server("IdentityPeer"),
        SignIn =
        [
            new RequestSpec("POST", "/register", [Json], """{"email":"user{n}@bench.example","password":"Passw0rd!"}"""),
            new RequestSpec("POST", "/login", [Json], """{"email":"user{n}@bench.example","password":"Passw0rd!"}"""),
        ],
        FirstToken = new TokenSpec(JsonProperty: "refreshToken"),
        Request = new RequestSpec("POST", "/refresh", [Json], """{"refreshToken":"{token}"}"""),
        NextToken = new TokenSpec(JsonProperty: "refreshToken"),
    };

    public static readonly Subject OpenIddictRefresh = new()
    {
        Name = "OpenIddict",
        Does = "redeems one row, adds two; rotates, detects reuse",
        Server = new Server("OpenIddictPeer"),
        SignIn = [TokenRequest("grant_type=password&username=user{n}&password=bench&client_id=bench")],
        FirstToken = new TokenSpec(JsonProperty: "refresh_token"),
        Request = TokenRequest("grant_type=refresh_token&refresh_token={token}&client_id=bench"),
        NextToken = new TokenSpec(JsonProperty: "refresh_token"),
        SessionsPerConnection = 4,
    };

    public static readonly Subject PgBenchRotation = new()
    {
        Name = "pgbench",
        Does = "the bare statement, no HTTP: the limit",
        Tool = new PgBench(),
        SessionsPerConnection = 32,
        IsLimit = true,
    };

    public static readonly Subject RedisBenchmarkRotation = new()
    {
        Name = "redis-benchmark",
        Does = "the bare script, no HTTP: the limit",
        Tool = new RedisBenchmark(),
        SessionsPerConnection = 32,
        IsLimit = true,
    };

    public static RequestSpec PawlLogin(string name) =>
        new("POST", "/login", [Json, SameOrigin], $$"""{"name":"{{name}}","password":"hunter2"}""");

    public static RequestSpec TokenRequest(string form) =>
        new("POST", "/connect/token", ["Content-Type: application/x-www-form-urlencoded"], form);

    public static Subject PawlGet(string name, string credential) =>
        Peer(name, "knows the token again", PawlServer, PawlAnonymous) with
        {
            SignIn = [PawlLogin("bench-user")],
            FirstToken = new TokenSpec(Cookie: "__Host-Http-pawl-access"),
            Request = new RequestSpec("GET", "/me", [credential]),
        };

    public static Subject Peer(string name, string does, Server server, string limit) =>
        new()
        {
            Name = name,
            Does = does,
            Server = server,
            SessionsPerConnection = 16,
            FreshSessions = true,
            Limit = limit,
        };

    public static Subject Anonymous(string name, Server server) =>
        new()
        {
            Name = name,
            Does = "no authentication: the limit",
            Server = server,
            IsLimit = true,
            Request = new RequestSpec("GET", "/anonymous", []),
        };
}
