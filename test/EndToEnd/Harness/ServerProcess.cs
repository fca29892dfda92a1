using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;

namespace Pawl.EndToEnd.Harness;

/// <summary>The real server, as a program of its own with a folder of its own. It can be killed, and comes back on the same port and file.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly ServerSettings _settings;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-e2e-");
    private readonly List<string> _output = [];
    private Process? _process;

    private ServerProcess(ServerSettings settings) => _settings = settings;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{Ports.Free()}");

    /// <summary>What it has written to its console so far, over all its lives.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_output)
                return [.. _output];
        }
    }

    public static async Task<ServerProcess> StartAsync(ServerSettings settings)
    {
        var server = new ServerProcess(settings);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it (again), and returns when it answers.</summary>
    public async Task StartAsync()
    {
        var process = _process = Process.Start(Describe()) ?? throw new InvalidOperationException("The server cannot be started.");
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (process.HasExited || watch.Elapsed > Patience)
                throw new InvalidOperationException($"The server did not start.\n{string.Join('\n', Output)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Pulls the plug: no goodbye, nothing flushed.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private ProcessStartInfo Describe()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { FindProgram(), "--urls", Address.ToString() },
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var variables = start.Environment;
        foreach (var name in variables.Keys.Where(static name => name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Pawl", StringComparison.OrdinalIgnoreCase)).ToList())
            variables.Remove(name);
        // Whatever it keeps, it keeps in the folder: also the Data Protection keys, which are at home by default.
        variables["HOME"] = _folder.FullName;
        variables["ConnectionStrings__Pawl"] = $"Data Source={Path.Combine(_folder.FullName, "pawl.db")}";
        variables["Logging__Console__FormatterName"] = "simple";
        variables["Logging__Console__FormatterOptions__SingleLine"] = "true";
        foreach (var (name, value) in _settings.Variables())
            variables[name] = value;
        return start;
    }

    /// <summary>Where the build has put it, which may have been another folder than this one is in now.</summary>
    private static string FindProgram()
    {
        var assembly = typeof(ServerProcess).Assembly;
        var built = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "ServerProgram").Value!;
        var name = Path.GetFileName(built);
        var beside = AppContext.BaseDirectory.Replace(assembly.GetName().Name!, Path.GetFileNameWithoutExtension(name), StringComparison.Ordinal);
        return new[] { built, Path.Combine(beside, name) }.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{built} is not there; build it: dotnet build Pawl.slnx -c Release.");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await Probe.GetAsync(new Uri(Address, "/auth/jwks"), TestContext.Current.CancellationToken);
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Take(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null)
            return;
        lock (_output)
            _output.Add(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {e.Data}"));
    }
}
