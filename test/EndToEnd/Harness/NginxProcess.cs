using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Pawl.EndToEnd.Harness;

/// <summary>A real nginx on a free port of this machine, over plain http, which browsers trust there.</summary>
internal sealed class NginxProcess : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-e2e-");
    private readonly Process _process;

    private NginxProcess(int port, string http)
    {
        Address = new($"http://localhost:{port}");
        var file = Path.Combine(_folder.FullName, "nginx.conf");
        File.WriteAllText(
            file,
            $$"""
            daemon off;
            pid {{_folder}}/nginx.pid;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path {{_folder}}; proxy_temp_path {{_folder}};
              fastcgi_temp_path {{_folder}}; uwsgi_temp_path {{_folder}}; scgi_temp_path {{_folder}};
              {{http.Replace("listen 443 ssl", $"listen 127.0.0.1:{port}", StringComparison.Ordinal)}}
            }
            """
        );
        _process = Process.Start(Program!, ["-p", _folder.FullName, "-e", "stderr", "-c", file]);
    }

    public static string? Program { get; } = new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);

    public Uri Address { get; }

    /// <summary>Starts it with lines of the block <c>http</c>. Its server listens on a free port instead of 443.</summary>
    public static async Task<NginxProcess> StartAsync(string http)
    {
        var nginx = new NginxProcess(Ports.FindFree(), http);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(nginx._process.HasExited, "nginx did not start.");
                using var socket = new TcpClient();
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, nginx.Address.Port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            "nginx listens"
        );
        return nginx;
    }

    public void Dispose()
    {
        // The master ends its worker. A master that is killed would leave it behind.
        using (var quit = Process.Start("kill", ["-QUIT", $"{_process.Id}"]))
            quit.WaitForExit();
        if (!_process.WaitForExit(10_000))
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        TemporaryFolder.Delete(_folder.FullName);
    }
}
