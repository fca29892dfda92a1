using System.Globalization;
using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>redis-benchmark with the script of a rotation, on values of the same layout, as many as there are sessions.</summary>
internal sealed class RedisBenchmark : Tool
{
    // A character for each byte, so that they can be written on a command line: far ahead as times, and a token as good as any.
    // SessionBytes says what is where.
    private const string Time = "AAAAAA";
    private const string ExpiresAt = "15";
    private const string Generation = "AAAA";
    private const string Token = "TTTTTTTT";
    private const string Key = "bare:__rand_int__";

    private readonly Dictionary<int, double> rates = [];
    private string script = "";
    private string keys = "";

    public override void Prepare(DatabaseServer database, int sessions)
    {
        var server = (RedisServer)database;
        keys = $"{sessions}";
        script = server.Query("SCRIPT", "LOAD", File.ReadAllText(Path.Combine(Builds.Folder, "../src/Pawl.Redis/Scripts/rotate.lua")));
        // SETRANGE puts zeros before it: a session that has not ended. Drawn so often that none is left out.
        DatabaseServer.Execute(
            server.Client(
                "redis-benchmark",
                "-n",
                $"{sessions * 30}",
                "-r",
                keys,
                "-q",
                "SETRANGE",
                Key,
                ExpiresAt,
                Time + Time + Generation + Token + new string('T', 120)
            )
        );
        if (
            server
                .Query(
                    "EVALSHA",
                    script,
                    "1",
                    Key.Replace("__rand_int__", "000000000000", StringComparison.Ordinal),
                    Token,
                    Time + Generation + Token,
                    "1",
                    "0"
                )
                .Length == 0
        )
            throw new InvalidOperationException("The script of a rotation does nothing to the values it is measured with.");
    }

    public override Task<SlotResult> RunAsync(string subject, DatabaseServer database, int connections, double warmUp, double seconds)
    {
        // It takes a number of requests, not of seconds.
        var requests = (long)(rates.GetValueOrDefault(connections, 5_000) * seconds);
        var before = Reading.Take(ProcessUsage.ReapedCpuSeconds(), database.ProcessId);
        var output = DatabaseServer.Execute(
            ((RedisServer)database).Client(
                "redis-benchmark",
                "-n",
                $"{requests}",
                "-c",
                $"{connections}",
                "-r",
                keys,
                "--csv",
                "EVALSHA",
                script,
                "1",
                Key,
                Token,
                Time + Generation + Token,
                "1",
                "0"
            )
        )!;
        var after = Reading.Take(ProcessUsage.ReapedCpuSeconds(), database.ProcessId);
        // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
        var fields = output
            .Trim()
            .Split('\n')[^1]
            .Trim('"')
            .Split("\",\"")[^7..]
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture))
            .ToArray();
        rates[connections] = fields[0];
        var result = new Window(before, after).Result(
            subject,
            connections,
            requests,
            fields[3] * 1000,
            fields[5] * 1000,
            fields[6] * 1000
        ) with
        {
            RequestsPerSecond = fields[0],
        };
        return Task.FromResult(result);
    }
}
