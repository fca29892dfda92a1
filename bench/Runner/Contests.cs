using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>Who meets whom.</summary>
internal static class Contests
{
    private const string Json = "Content-Type: application/json";

    // A browser's own header: a cookie without it (or an Origin) is refused as cross-site.
    private const string SameOrigin = "Sec-Fetch-Site: same-origin";

    private const string PawlAnonymous = "anonymous on Pawl's server";
    private const string JwtBearerAnonymous = "anonymous on JwtBearer's server";
    private const string CookieAnonymous = "anonymous on the cookie app's server";

    private static readonly Server PawlServer = new("PawlPeer");
    private static readonly Server JwtBearerServer = new("JwtBearerPeer");
    private static readonly Server CookieServer = new("CookiePeer");

    // Pawl keeps a refresh token younger than the settle period instead of rotating it. The peer sets that period to a millisecond, and
    // every connection takes 32 sessions in turn, so that each one has rested that long: every measured refresh is a rotation (a column
    // counts them).
    private static readonly Subject PawlRefresh = new()
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
    private static readonly Subject PawlBoundRefresh = PawlRefresh with
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

    private static readonly Subject TwoCookies = new()
    {
        Name = "POST that sets two cookies",
        Does = "nothing else, on Pawl's server: the limit",
        Server = PawlServer,
        Request = new RequestSpec("POST", "/limit", []),
        IsLimit = true,
    };

    private static readonly Subject IdentityRefresh = new()
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

    private static readonly Subject OpenIddictRefresh = new()
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

    private static readonly Subject PgBenchRotation = new()
    {
        Name = "pgbench",
        Does = "the bare statement, no HTTP: the limit",
        Tool = new PgBench(),
        SessionsPerConnection = 32,
        IsLimit = true,
    };

    private static readonly Subject RedisBenchmarkRotation = new()
    {
        Name = "redis-benchmark",
        Does = "the bare script, no HTTP: the limit",
        Tool = new RedisBenchmark(),
        SessionsPerConnection = 32,
        IsLimit = true,
    };

    public static IReadOnlyList<Contest> All { get; } =
    [
        new Contest(
            "Refresh over HTTP, SQLite",
            "Each request presents a session's newest refresh token and follows the one in the answer. "
                + "WAL; `synchronous=NORMAL` wherever something is written.",
            [PawlRefresh, IdentityRefresh, OpenIddictRefresh, TwoCookies],
            [
                new Target("CPU µs a refresh at 64 connections", t => t.Of("Pawl", 64, r => r.ServerCpuPerRequest), 70, AtLeast: false),
                new Target("p99 µs at 64 connections", t => t.Of("Pawl", 64, r => r.P99), 20_000, AtLeast: false),
                new Target("× OpenIddict, refreshes a second", t => TimesAsMany(t, "OpenIddict"), 40, AtLeast: true),
                new Target("× MapIdentityApi, refreshes a second", t => TimesAsMany(t, "MapIdentityApi"), 3, AtLeast: true),
            ]
        ),
        new Contest(
            "Refresh over HTTP, SQLite, on all cores",
            "The same, with server and load on the cores that the kernel gives them.",
            [PawlRefresh, IdentityRefresh, OpenIddictRefresh, TwoCookies],
            [
                new Target("refreshes a second at 64 connections", t => t.Of("Pawl", 64, r => r.RequestsPerSecond), 18_000, AtLeast: true),
                new Target("p99 µs at 64 connections", t => t.Of("Pawl", 64, r => r.P99), 20_000, AtLeast: false),
                new Target("× OpenIddict, refreshes a second", t => TimesAsMany(t, "OpenIddict"), 40, AtLeast: true),
                new Target("× MapIdentityApi, refreshes a second", t => TimesAsMany(t, "MapIdentityApi"), 3, AtLeast: true),
            ]
        )
        {
            IsPinned = false,
        },
        new Contest(
            "Refresh over HTTP, PostgreSQL",
            "The same requests; the server, the database and the load share both cores. Rotations are committed without waiting for "
                + "the disk (`synchronous_commit=off`) by everybody. "
                + "pgbench sends the same statement with as much to return, prepared, to a table of the same layout with as many rows.",
            [PawlRefresh with { Limit = null }, OpenIddictRefresh, PgBenchRotation],
            [
                new Target(
                    "× the requests a second of pgbench at 64 connections",
                    t => t.Ratio("Pawl", "pgbench", 64, r => r.RequestsPerSecond),
                    0.8,
                    AtLeast: true
                ),
                new Target("× the p50 of pgbench at 1 connection", t => t.Ratio("Pawl", "pgbench", 1, r => r.P50), 1.5, AtLeast: false),
                new Target("p99 µs at 64 connections", t => t.Of("Pawl", 64, r => r.P99), 20_000, AtLeast: false),
                new Target("× OpenIddict, refreshes a second", t => TimesAsMany(t, "OpenIddict"), 20, AtLeast: true),
            ]
        )
        {
            Database = DatabaseKind.PostgreSql,
            IsPinned = false,
        },
        new Contest(
            "Refresh over HTTP, Redis",
            "The same requests; the server, the database and the load share both cores. redis-benchmark has the same script "
                + "evaluated, without pipelining.",
            [PawlRefresh with { Limit = null }, RedisBenchmarkRotation],
            [
                new Target("refreshes a second at 64 connections", t => t.Of("Pawl", 64, r => r.RequestsPerSecond), 15_000, AtLeast: true),
                new Target("p99 µs at 64 connections", t => t.Of("Pawl", 64, r => r.P99), 20_000, AtLeast: false),
            ]
        )
        {
            Database = DatabaseKind.Redis,
            IsPinned = false,
        },
        new Contest(
            "Refresh with a device proof, SQLite",
            "Sessions of browsers that are bound to a key, and sessions that are not, on the same server. A proof is signed once and sent "
                + "with each refresh, as browsers do until they have a new challenge. The server keeps the keys of these sessions imported; the "
                + "first proof of a key costs one import more. *Limit* is the refresh without a proof.",
            [PawlRefresh with { Server = PawlBoundRefresh.Server, Limit = null }, PawlBoundRefresh],
            [
                new Target("p50 µs above no proof, 1 connection", t => AboveNoProof(t, 1, r => r.P50), 250, AtLeast: false),
                new Target(
                    "CPU µs above no proof, 64 connections",
                    t => AboveNoProof(t, 64, r => r.ServerCpuPerRequest),
                    250,
                    AtLeast: false
                ),
            ]
        ),
        new Contest(
            "GET of an authorized endpoint",
            "16 tokens a connection are shown in turn, again and again, as an access token is in its five minutes. "
                + "The limit is the same answer, anonymous, from the same server.",
            [
                PawlGet("Pawl, cookie", "Cookie: __Host-Http-pawl-access={token}"),
                PawlGet("Pawl, bearer", "Authorization: Bearer {token}"),
                Anonymous(PawlAnonymous, PawlServer),
                Peer("JwtBearer ES256", "verifies the signature each time", JwtBearerServer, JwtBearerAnonymous) with
                {
                    SignIn = [new RequestSpec("POST", "/mint", [])],
                    FirstToken = new TokenSpec(JsonProperty: "access_token"),
                    Request = new RequestSpec("GET", "/me", ["Authorization: Bearer {token}"]),
                },
                Anonymous(JwtBearerAnonymous, JwtBearerServer),
                Peer("cookie authentication", "decrypts the ticket each time", CookieServer, CookieAnonymous) with
                {
                    SignIn = [new RequestSpec("POST", "/login", [])],
                    FirstToken = new TokenSpec(Cookie: ".AspNetCore.Cookies"),
                    Request = new RequestSpec("GET", "/me", ["Cookie: .AspNetCore.Cookies={token}"]),
                },
                Anonymous(CookieAnonymous, CookieServer),
            ],
            [
                new Target(
                    "CPU µs above anonymous, cookie, 64 connections",
                    t => t.Overhead("Pawl, cookie", PawlAnonymous, 64),
                    4,
                    AtLeast: false
                ),
                new Target(
                    "CPU µs above anonymous, bearer, 64 connections",
                    t => t.Overhead("Pawl, bearer", PawlAnonymous, 64),
                    4,
                    AtLeast: false
                ),
                new Target("× less overhead than JwtBearer ES256, cookie", t => LessOverhead(t, "Pawl, cookie"), 15, AtLeast: true),
                new Target("× less overhead than JwtBearer ES256, bearer", t => LessOverhead(t, "Pawl, bearer"), 15, AtLeast: true),
            ]
        ),
    ];

    private static RequestSpec PawlLogin(string name) =>
        new("POST", "/login", [Json, SameOrigin], $$"""{"name":"{{name}}","password":"hunter2"}""");

    private static RequestSpec TokenRequest(string form) =>
        new("POST", "/connect/token", ["Content-Type: application/x-www-form-urlencoded"], form);

    private static Subject PawlGet(string name, string credential) =>
        Peer(name, "knows the token again", PawlServer, PawlAnonymous) with
        {
            SignIn = [PawlLogin("bench-user")],
            FirstToken = new TokenSpec(Cookie: "__Host-Http-pawl-access"),
            Request = new RequestSpec("GET", "/me", [credential]),
        };

    private static Subject Peer(string name, string does, Server server, string limit) =>
        new()
        {
            Name = name,
            Does = does,
            Server = server,
            SessionsPerConnection = 16,
            FreshSessions = true,
            Limit = limit,
        };

    private static Subject Anonymous(string name, Server server) =>
        new()
        {
            Name = name,
            Does = "no authentication: the limit",
            Server = server,
            IsLimit = true,
            Request = new RequestSpec("GET", "/anonymous", []),
        };

    private static IReadOnlyList<double> TimesAsMany(Turns turns, string peer) => turns.Ratio("Pawl", peer, 64, r => r.RequestsPerSecond);

    private static IReadOnlyList<double> AboveNoProof(Turns turns, int connections, Func<SlotResult, double> value) =>
        turns.Difference(PawlBoundRefresh.Name, PawlRefresh.Name, connections, value);

    /// <summary>Less than half a microsecond cannot be told from nothing, and counts as half a microsecond.</summary>
    private static IReadOnlyList<double> LessOverhead(Turns turns, string pawl) =>
        [
            .. turns
                .Overhead("JwtBearer ES256", JwtBearerAnonymous, 64)
                .Zip(turns.Overhead(pawl, PawlAnonymous, 64), (theirs, mine) => theirs / Math.Max(mine, 0.5)),
        ];
}
