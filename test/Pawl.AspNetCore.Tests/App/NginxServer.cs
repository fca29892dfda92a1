using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pawl.AspNetCore.Tests;

/// <summary>A real nginx that ends TLS in front of an app, with the lines that a page of the documentation shows.</summary>
internal sealed class NginxServer : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Process _process;
    private readonly string _certificate;

    private NginxServer(int port, string configuration)
    {
        Port = port;
        var file = Path.Combine(_folder.Path, "nginx.conf");
        File.WriteAllText(file, configuration.Replace("{folder}", _folder.Path, StringComparison.Ordinal));
        _certificate = WriteCertificate();
        var start = new ProcessStartInfo(Program!, ["-p", _folder.Path, "-e", "stderr", "-c", file]) { RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) => Output += $"{e.Data}\n";
        _process.BeginErrorReadLine();
    }

    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Select(static folder => Path.Combine(folder, "nginx"))
            .FirstOrDefault(File.Exists);

    public int Port { get; }

    public Uri Address => new($"https://localhost:{Port}");

    public string Output { get; private set; } = "";

    /// <summary>Starts it. <paramref name="lines"/> go into the location that passes everything on to <paramref name="app"/>.</summary>
    public static Task<NginxServer> StartAsync(Uri app, string lines) =>
        StartAsync(
            $$"""
            server {
              listen 443 ssl;
              location / {
                proxy_pass {{app}};
                {{lines}}
              }
            }
            """
        );

    /// <summary>Starts it with lines of the block <c>http</c>. Its server listens on a free port instead of 443.</summary>
    public static async Task<NginxServer> StartAsync(string http)
    {
        var port = Ports.FindFree();
        var nginx = new NginxServer(
            port,
            $$"""
            daemon off;
            pid {folder}/nginx.pid;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path {folder}; proxy_temp_path {folder};
              fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
              ssl_certificate {folder}/certificate.pem;
              ssl_certificate_key {folder}/key.pem;
              {{http.Replace("listen 443 ssl", $"listen 127.0.0.1:{port} ssl", StringComparison.Ordinal)}}
            }
            """
        );
        await Listening.AtAsync(port, () => Assert.False(nginx._process.HasExited, nginx.Output));
        return nginx;
    }

    /// <summary>A client that keeps no cookies, and trusts this server's certificate alone.</summary>
    public HttpClient NewClient() => new(NewHandler());

    public SocketsHttpHandler NewHandler() =>
        new()
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate,
            },
        };

    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        File.WriteAllText(Path.Combine(_folder.Path, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder.Path, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate.GetCertHashString();
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
        _folder.Dispose();
    }
}
