using System.Diagnostics;

namespace Pawl.AspNetCore.Tests;

/// <summary>The sample as a process of its own, in a folder of its own, as it would be started in production.</summary>
internal sealed class SampleServer(Process process, Uri address, Func<string> output) : IDisposable
{
    public Uri Address => address;

    public string Output => output();

    /// <summary>Starts it; what it says becomes the exception if it does not start.</summary>
    /// <param name="folder">Its working folder, and where its home is.</param>
    /// <param name="program">The sample's DLL.</param>
    /// <param name="asUser">A numeric user without a home to run as, which takes root; null for this one.</param>
    /// <param name="arguments">Settings; null for none but a free port.</param>
    public static async Task<SampleServer> StartAsync(string folder, string program, string? asUser = null, string[]? arguments = null)
    {
        string[] command =
        [
            Path.GetFullPath(
                Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : FindDotnet()
            ),
            program,
            .. arguments ?? ["--urls", "http://127.0.0.1:0"],
        ];
        if (asUser is not null)
            command = ["setpriv", $"--reuid={asUser}", "--clear-groups", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in new[] { "LOCALAPPDATA", "USERPROFILE", "HOME", "DOTNET_RUNNING_IN_CONTAINER" })
            start.Environment.Remove(name);
        if (asUser is null)
            start.Environment["HOME"] = folder;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";

        var process = Process.Start(start)!;
        var lines = new List<string>();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (await Task.WhenAny(listening.Task, process.WaitForExitAsync()) == listening.Task)
            return new(process, await listening.Task, Output);
        process.WaitForExit();
        throw new InvalidOperationException(Output());

        void Take(object _, DataReceivedEventArgs e)
        {
            lock (lines)
                lines.Add(e.Data ?? "");
            if (e.Data?.Split("Now listening on: ") is [_, var url])
                listening.TrySetResult(new Uri(url));
        }

        string Output()
        {
            lock (lines)
                return string.Join('\n', lines);
        }
    }

    private static string FindDotnet() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? Path.Combine(
            Path.GetDirectoryName(typeof(object).Assembly.Location)!,
            "../../../dotnet" + (OperatingSystem.IsWindows() ? ".exe" : "")
        );

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
