using System.Diagnostics;
using Pawl.EndToEnd.Scenarios;

namespace Pawl.EndToEnd.Harness;

/// <summary>An OpenID Connect provider as a program of its own, on 127.0.0.1: another site than localhost, where the app is.</summary>
internal sealed class Provider : IDisposable
{
    private static readonly string Folder = Repository.File("test/EndToEnd/Provider");

    private readonly Process _process;

    private Provider(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Where a provider can listen that starts later.</summary>
    public static Uri FindAddress() => new($"http://127.0.0.1:{Ports.FindFree()}");

    /// <param name="redirectUris">Where the app may have its users sent back to.</param>
    /// <param name="address">Where it listens; null for any free port.</param>
    public static async Task<Provider> StartAsync(IEnumerable<Uri> redirectUris, Uri? address = null)
    {
        await InstallAsync();
        address ??= FindAddress();
        var process = Process.Start(
            new ProcessStartInfo(
                "node",
                [Path.Combine(Folder, "provider.mjs"), $"{address.Port}", .. redirectUris.Select(static uri => uri.ToString())]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("listening", line, StringComparison.Ordinal);
        return new Provider(process, address);
    }

    private static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "oidc-provider")))
            return;
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        using var install = Process.Start(new ProcessStartInfo(npm, ["ci", "--prefix", Folder]) { RedirectStandardOutput = true })!;
        await install.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await install.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, install.ExitCode);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
