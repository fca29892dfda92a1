using Pawl.Bench.Load;
using static Pawl.Bench.Runner.Subjects;

namespace Pawl.Bench.Runner;

/// <summary>Who meets whom.</summary>
internal static class Contests
{
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
                + "with each refresh, as browsers do until they have a new challenge. The server keeps the keys of these sessions "
                + "imported; the first proof of a key costs one import more. *Limit* is the refresh without a proof.",
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
