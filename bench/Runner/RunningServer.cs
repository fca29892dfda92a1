using System.Net.Sockets;

namespace Pawl.Bench.Runner;

/// <summary>A server that answers: its own process, a free port on loopback, a new folder for its database.</summary>
internal sealed class RunningServer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly ChildProcess process;
    private readonly string folder;

    private RunningServer(Server server, DatabaseServer? database, string artifacts, int? cpu)
    {
        Port = Ports.FindFree();
        folder = Directory.CreateTempSubdirectory("pawl-bench-").FullName;
        string[] arguments =
        [
            "--urls",
            $"http://127.0.0.1:{Port}",
            "--data",
            Path.Combine(folder, "data"),
            .. server.Arguments,
            .. database?.ArgumentsFor(server.Project) ?? [],
        ];

        // Not started where its database is: ASP.NET Core watches the working directory for new settings, and would be woken by every
        // write.
        process = new ChildProcess([.. Builds.Command(artifacts, server.Project), .. arguments], Path.Combine(folder, "app"), cpu);
        _ = PassOnAsync(process.Output);
    }

    public int Port { get; }
    public int ProcessId => process.Id;

    /// <summary>Starts the server and waits until its /anonymous answers.</summary>
    public static async Task<RunningServer> StartAsync(Server server, DatabaseServer? database, string artifacts, int? cpu)
    {
        var running = new RunningServer(server, database, artifacts, cpu);
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            for (var deadline = DateTime.UtcNow + StartLimit; ; await Task.Delay(50))
            {
                try
                {
                    (await client.GetAsync(new Uri($"http://127.0.0.1:{running.Port}/anonymous"))).EnsureSuccessStatusCode();
                    return running;
                }
                catch (HttpRequestException e)
                    when (e.InnerException is SocketException && !running.process.HasExited && DateTime.UtcNow < deadline) { }
            }
        }
        catch
        {
            running.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What the server logs (warnings only) belongs before the eyes of whoever runs this, and its pipe must not fill up.</summary>
    private static async Task PassOnAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("Hosting", StringComparison.Ordinal))
                Console.Error.WriteLine($"    {line}");
        }
    }
}
