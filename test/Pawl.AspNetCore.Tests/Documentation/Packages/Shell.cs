using System.Diagnostics;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A terminal: the current folder and the exported variables last from one command to the next. At most one program runs in it.
/// </summary>
internal sealed class Shell : IDisposable
{
    private static readonly Dictionary<string, string> s_environment = new()
    {
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        ["MSBUILDDISABLENODEREUSE"] = "1",
    };

    private readonly string _home;
    private string _exports = "";
    private Process? _program;

    /// <param name="home">Where it starts, and where everything is kept that these commands keep for their user.</param>
    public Shell(string home) => _home = Folder = home;

    /// <summary>The current folder.</summary>
    public string Folder { get; private set; }

    /// <summary>Runs commands to their end and returns what they write; fails where one of them fails.</summary>
    public async Task<string> RunAsync(string commands)
    {
        var saving = $"pwd > '{State("folder")}'\nexport -p > '{State("exports")}'";
        using var process = Process.Start(Describe($"set -e\n{_exports}\n{commands}\n{saving}"))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{commands}\n{output}{await error}");
        (Folder, _exports) = ((await File.ReadAllTextAsync(State("folder"))).Trim(), await File.ReadAllTextAsync(State("exports")));
        return output;
    }

    /// <summary>Starts a web app and returns when it listens.</summary>
    public async Task StartAsync(string command)
    {
        Stop();
        _program = Process.Start(Describe($"{_exports}\nexec {command}"))!;
        var (lines, listening) = (new List<string>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _program.OutputDataReceived += Take;
        _program.ErrorDataReceived += Take;
        _program.BeginOutputReadLine();
        _program.BeginErrorReadLine();
        await Task.WhenAny(listening.Task, _program.WaitForExitAsync(TestContext.Current.CancellationToken));
        lock (lines)
            Assert.True(listening.Task.IsCompleted, $"{command}\n{string.Join('\n', lines)}");

        void Take(object _, DataReceivedEventArgs e)
        {
            lock (lines)
                lines.Add(e.Data ?? "");
            if (e.Data?.Contains("Now listening on: ", StringComparison.Ordinal) == true)
                listening.TrySetResult();
        }
    }

    /// <summary>Ends the program that runs, as Ctrl+C does.</summary>
    public void Stop()
    {
        if (_program is not { } program)
            return;
        _program = null;
        program.Kill(entireProcessTree: true);
        program.WaitForExit();
        program.Dispose();
    }

    private string State(string name) => Path.Combine(_home, $".shell-{name}");

    private ProcessStartInfo Describe(string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The program that runs these tests has set variables for itself, which would reach the commands.
        string[] prefixes = ["ASPNETCORE_", "DOTNET_", "MSBUILD", "TESTINGPLATFORM_"];
        foreach (var name in start.Environment.Keys.Where(key => prefixes.Any(key.ToUpperInvariant().StartsWith)).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = _home;
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_home, ".packages");
        foreach (var (name, value) in s_environment)
            start.Environment[name] = value;
        return start;
    }

    public void Dispose() => Stop();
}
