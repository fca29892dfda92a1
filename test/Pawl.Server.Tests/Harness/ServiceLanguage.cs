using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace Pawl.Server.Tests;

/// <summary>One of the programs in samples/service, and what it needs.</summary>
internal sealed class ServiceLanguage
{
    private static readonly string Folder = Path.Combine(
        typeof(ServiceLanguage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "Root").Value!,
        "samples",
        "service"
    );

    private readonly string _program;
    private readonly string[] _arguments;

    private ServiceLanguage(string program, params string[] arguments) => (_program, _arguments) = (program, arguments);

    /// <summary>
    /// Prepares all samples. In CI their tools are there. Elsewhere those that can run are tested, and <see cref="Missing"/> says what the
    /// others need.
    /// </summary>
    public static async Task<IReadOnlyList<ServiceLanguage>> FindAllAsync()
    {
        ServiceLanguage[] all =
        [
            new("node", Path.Combine(Folder, "server.mjs")) { Missing = await FindMissingNodeAsync() },
            // The system's own Python, which is the one that Debian's packages are for.
            new("/usr/bin/python3", Path.Combine(Folder, "server.py"))
            {
                Missing = await RunAsync("/usr/bin/python3", "-c", "import jwt, cryptography")
                    ? null
                    : "PyJWT is not here: install python3-jwt and python3-cryptography.",
            },
            new(Binary)
            {
                Missing = await RunAsync("go", ["build", "-o", Binary, .. Directory.GetFiles(Folder, "*.go")])
                    ? null
                    : "golang-jwt is not here: install golang-go and golang-github-golang-jwt-jwt-dev.",
            },
        ];
        var missing = string.Join(' ', all.Select(static language => language.Missing).OfType<string>());
        Assert.False(missing.Length > 0 && Environment.GetEnvironmentVariable("CI") == "true", missing);
        return all;
    }

    /// <summary>What is not here that it needs; null if it can be started.</summary>
    public string? Missing { get; private init; }

    /// <summary>Starts the sample on a free port.</summary>
    public Process Start(Uri pawl, string secret, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(_program, [.. _arguments, "0", pawl.ToString().TrimEnd('/')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PAWL_SECRET"] = secret, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    // A program of its own, because "go run" would leave it behind when it is ended.
    private static string Binary { get; } = Path.Combine(AppContext.BaseDirectory, "sample-service");

    private static async Task<string?> FindMissingNodeAsync()
    {
        if (!await RunAsync("node", "--version"))
            return "Node is not here: install nodejs and npm.";
        return
            Directory.Exists(Path.Combine(Folder, "node_modules", "jose"))
            || await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci", "--prefix", Folder)
            ? null
            : $"npm ci in {Folder} failed.";
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Debian's Go packages are source below /usr/share/gocode, and nothing is downloaded.
        (start.Environment["GO111MODULE"], start.Environment["GOPATH"], start.Environment["GOFLAGS"]) = ("off", "/usr/share/gocode", "");
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await output;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (process.ExitCode != 0)
                TestContext.Current.SendDiagnosticMessage("{0}: {1}", program, errors);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
