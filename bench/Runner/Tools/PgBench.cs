using System.Globalization;
using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>
/// pgbench with the statement of a rotation, prepared, on a table of the same layout with as many rows, as little durable. Each client
/// has rows of its own, as each connection has sessions of its own.
/// </summary>
internal sealed class PgBench : Tool
{
    private const string Database = "bare";

    private const string Script = """
        \set n :client_id * 32 + random(0, 31)
        UPDATE pawl_sessions SET head_generation = :n, head_token = 42, last_used_at = now()
        WHERE id = ('00000000-0000-0000-0000-' || lpad(:n::text, 12, '0'))::uuid AND head_token = 42 AND ended_at IS NULL AND expires_at > now() AND last_used_at > '2020-01-01'
        RETURNING id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, device, claims, security_stamp, ended_at, end_reason,
            set_config('synchronous_commit', 'off', true);
        """;

    public override void Prepare(DatabaseServer database, int sessions)
    {
        var server = (PostgreSqlServer)database;
        server.Query("postgres", $"CREATE DATABASE {Database}");
        server.RunFile(Database, Path.Combine(Builds.Folder, "../src/Pawl.PostgreSql/Schema/1.sql"));
        server.Query(
            Database,
            $$"""
            INSERT INTO pawl_sessions (id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, claims)
            SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'user' || n, 0, 42, now(), now(), now() + interval '90 days', 0, true, '{"amr":["pwd"]}'
            FROM generate_series(0, {{sessions - 1}}) n
            """
        );
        File.WriteAllText(ScriptFile(database), Script);
    }

    public override async Task<SlotResult> RunAsync(string subject, DatabaseServer database, int connections, double warmUp, double seconds)
    {
        var log = Path.Combine(database.Folder, "pgbench");
        // A second more than is looked at, so that it is still running at the end.
        string[] arguments =
        [
            "-n",
            "-M",
            "prepared",
            "-f",
            ScriptFile(database),
            "-c",
            $"{connections}",
            "-T",
            $"{Math.Ceiling(warmUp + seconds) + 1}",
            "-l",
            "--log-prefix",
            log,
        ];
        var window = await MeasureAsync(((PostgreSqlServer)database).Client("pgbench", Database, arguments), database, warmUp, seconds);
        var latencies = ReadLog(log, window).Order().ToArray();
        double Quantile(double quantile) =>
            latencies.Length == 0 ? 0 : latencies[Math.Clamp((int)Math.Ceiling(quantile * latencies.Length) - 1, 0, latencies.Length - 1)];
        return window.Result(subject, connections, latencies.Length, Quantile(0.5), Quantile(0.99), Quantile(1));
    }

    private static string ScriptFile(DatabaseServer database) => Path.Combine(database.Folder, "rotation.sql");

    /// <summary>A line is: client, transaction, microseconds it took, script, and when it was over in seconds and microseconds.</summary>
    private static List<double> ReadLog(string prefix, Window window)
    {
        var latencies = new List<double>();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(prefix)!, Path.GetFileName(prefix) + ".*"))
        {
            foreach (var line in File.ReadLines(file))
            {
                var fields = line.Split(' ');
                var over = DateTime.UnixEpoch.AddMicroseconds(
                    (long.Parse(fields[4], CultureInfo.InvariantCulture) * 1_000_000) + long.Parse(fields[5], CultureInfo.InvariantCulture)
                );
                if (over > window.Before.Time && over <= window.After.Time)
                    latencies.Add(double.Parse(fields[2], CultureInfo.InvariantCulture));
            }

            File.Delete(file);
        }

        return latencies;
    }
}
