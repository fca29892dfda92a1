using System.Diagnostics;

namespace Pawl.AspNetCore.Tests;

/// <summary>A real Caddy on a free port of this machine, with the lines that a page of the documentation shows.</summary>
internal sealed class CaddyServer : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Process _process;

    private CaddyServer(int port, string site)
    {
        Address = new($"http://localhost:{port}");
        var file = Path.Combine(_folder.Path, "Caddyfile");
        // The address of its administration would be the same for every Caddy of the machine.
        File.WriteAllText(
            file,
            $$"""
            {
                admin off
                auto_https off
            }
            {{site.Replace("example.com {", $"{Address.GetLeftPart(UriPartial.Authority)} {{\nbind 127.0.0.1", StringComparison.Ordinal)}}
            """
        );
        var start = new ProcessStartInfo(Program!, ["run", "--config", file, "--adapter", "caddyfile"]) { RedirectStandardError = true };
        (start.Environment["XDG_DATA_HOME"], start.Environment["XDG_CONFIG_HOME"]) = (_folder.Path, _folder.Path);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) => Output += $"{e.Data}\n";
        _process.BeginErrorReadLine();
    }

    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/bin")
            .Select(static folder => Path.Combine(folder, "caddy"))
            .FirstOrDefault(File.Exists);

    public Uri Address { get; }

    public string Output { get; private set; } = "";

    /// <summary>Starts it with the lines of a site, which listens here instead of at example.com.</summary>
    public static async Task<CaddyServer> StartAsync(string site)
    {
        var caddy = new CaddyServer(Ports.FindFree(), site);
        await Listening.AtAsync(caddy.Address.Port, () => Assert.False(caddy._process.HasExited, caddy.Output));
        return caddy;
    }

    public static SocketsHttpHandler NewHandler() => new() { UseCookies = false, AllowAutoRedirect = false };

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
