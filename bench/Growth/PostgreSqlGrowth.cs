using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Pawl.Bench.Runner;

namespace Pawl.Bench.Growth;

internal sealed class PostgreSqlGrowth : GrowingStore
{
    private const string Database = "postgres";
    private readonly PostgreSqlServer server;

    private PostgreSqlGrowth(PostgreSqlServer server)
        : base(pawl => pawl.AddPostgreSqlStore(server.ConnectionString(Database))) => this.server = server;

    /// <summary>
    /// A server with a quarter of a small machine's memory for itself, as its manual advises, and room in its log for ten million rows at
    /// once.
    /// </summary>
    public static PostgreSqlGrowth Create() => new(new PostgreSqlServer("shared_buffers=1GB", "max_wal_size=8GB"));

    public override Task FillAsync(long first, long count, TimeSpan life)
    {
        // Else each row would write three whole pages to the log.
        SetPageImages(false);
        server.Query(
            Database,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO pawl_sessions (
                    id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, device, claims)
                SELECT md5('s' || n)::uuid, (md5('u' || n / {Population.SessionsOfUser})::uuid)::text, 0, n::bigint * 1000,
                    now(), now(), now() + make_interval(secs => {life.TotalSeconds}),
                    0, true, '{Population.Device}', '{Population.Claims}'
                FROM generate_series({first}, {first + count - 1}) n
                """
            )
        );
        SetPageImages(true);
        return Task.CompletedTask;
    }

    public override Task SettleAsync()
    {
        server.Query(Database, "VACUUM (ANALYZE) pawl_sessions");
        server.Query(Database, "CHECKPOINT");
        return Task.CompletedTask;
    }

    public override Task<long> SizeAsync() => NumberAsync("SELECT pg_total_relation_size('pawl_sessions')");

    public override Task<long> WrittenAsync() => NumberAsync("SELECT pg_current_wal_lsn() - '0/0'");

    public override async Task<long?> PageImagesSinceAsync(long written)
    {
        server.Query(Database, "CREATE EXTENSION IF NOT EXISTS pg_walinspect");
        return await NumberAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT coalesce(sum(fpi_size), 0) FROM pg_get_wal_stats('0/0'::pg_lsn + {written}, pg_current_wal_flush_lsn())"
            )
        );
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        server.Dispose();
    }

    private void SetPageImages(bool on)
    {
        server.Query(Database, $"ALTER SYSTEM SET full_page_writes = {(on ? "on" : "off")}");
        server.Query(Database, "SELECT pg_reload_conf()");
    }

    private Task<long> NumberAsync(string sql) =>
        Task.FromResult(long.Parse(server.Query(Database, sql).Split('.')[0], CultureInfo.InvariantCulture));
}
