using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.Bench.Growth;

internal sealed class SqliteGrowth : GrowingStore
{
    private readonly string folder;
    private readonly string connectionString;

    private SqliteGrowth(string folder, string connectionString)
        : base(pawl => pawl.AddSqliteStore(connectionString)) => (this.folder, this.connectionString) = (folder, connectionString);

    public static SqliteGrowth Create()
    {
        var folder = Directory.CreateTempSubdirectory("pawl-growth-").FullName;
        return new(folder, $"Data Source={Path.Combine(folder, "sessions.db")}");
    }

    public override Task FillAsync(long first, long count, TimeSpan life)
    {
        using var connection = new SqliteConnection(connectionString + ";Pooling=False");
        connection.Open();
        // Two gigabytes of pages, so that the random order of the ids does not make each a read from the disk.
        Execute(connection, "PRAGMA cache_size = -2000000; PRAGMA synchronous = OFF");
        const int Step = 1_000_000;
        for (var from = first; from < first + count; from += Step)
        {
            Insert(connection, from, Math.Min(Step, first + count - from), life);
            Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        return Task.CompletedTask;
    }

    public override Task SettleAsync()
    {
        using var connection = new SqliteConnection(connectionString + ";Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        return Task.CompletedTask;
    }

    public override Task<long> SizeAsync() => Task.FromResult(new FileInfo(Path.Combine(folder, "sessions.db")).Length);

    /// <summary>The database is in this process, which writes nothing else.</summary>
    public override Task<long> WrittenAsync() =>
        Task.FromResult(
            long.Parse(
                File.ReadLines("/proc/self/io").First(line => line.StartsWith("wchar:", StringComparison.Ordinal))["wchar:".Length..],
                CultureInfo.InvariantCulture
            )
        );

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static void Insert(SqliteConnection connection, long first, long count, TimeSpan life)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO pawl_sessions (
                id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, device, claims)
            VALUES ($id, $subject, 0, $head, $now, $now, $end, 0, 1, $device, $claims)
            """;
        var now = DateTimeOffset.UtcNow;
        var id = command.Parameters.AddWithValue("$id", Array.Empty<byte>());
        var subject = command.Parameters.AddWithValue("$subject", "");
        var head = command.Parameters.AddWithValue("$head", 0L);
        command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$end", (now + life).ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$device", Population.Device);
        command.Parameters.AddWithValue("$claims", System.Text.Encoding.UTF8.GetBytes(Population.Claims));
        for (var number = first; number < first + count; number++)
        {
            (id.Value, subject.Value, head.Value) = (
                Population.Id(number).ToByteArray(),
                Population.Subject(number),
                (long)Population.Head(number, 0).TokenId
            );
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
