using System.Diagnostics;
using System.Reflection;

namespace Pawl.Server.Tests;

/// <summary>
/// samples/service: a service in Node that verifies by the public keys and follows the endings refuses whoever has signed out.
/// </summary>
public sealed class ServiceSampleTests
{
    private const string Ada = "ada@example.com";

    [Requirement("SES-15")]
    [Fact]
    public async Task A_service_in_another_language_refuses_who_has_signed_out()
    {
        await using var server = await ServerProcess.StartAsync(("Pawl__ServiceClients__sample", Nodes.Secret));
        using var ada = server.From();
        await ada.RegisterAsync(Ada);
        using var earlier = await Device.SignInAsync(server, Ada);
        await earlier.Client.PostAsync("/auth/logout", new { scope = "current" });
        using var first = await Device.SignInAsync(server, Ada);
        using var second = await Device.SignInAsync(server, Ada);
        using var service = await ServiceProcess.StartAsync(server.Address, Nodes.Secret);

        Assert.Equal((401, "access_token_invalid"), await service.AskAsync(("Authorization", "Bearer x")));
        foreach (var device in new[] { first, second })
            Assert.Equal(200, (await service.AskAsync(device.Bearer)).Status);
        var bearer = first.Bearer;
        await first.Client.PostAsync("/auth/logout");
        await Eventually.TrueAsync(async () => await service.AskAsync(bearer) == (401, "session_ended"), "The service was not told.");
        Assert.Equal(200, (await service.AskAsync(second.Bearer)).Status);

        // What it has heard, it keeps, whether or not there is anybody to ask.
        server.Kill();
        Assert.Equal((401, "session_ended"), await service.AskAsync(bearer));
        Assert.Equal(200, (await service.AskAsync(second.Bearer)).Status);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task It_does_not_start_where_it_is_not_known()
    {
        await using var server = await ServerProcess.StartAsync(("Pawl__ServiceClients__sample", Nodes.Secret));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ServiceProcess.StartAsync(server.Address, Nodes.Secret[1..] + "x"));
    }

    /// <summary>The sample, as a program of its own.</summary>
    private sealed class ServiceProcess : IDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _http;

        private ServiceProcess(Process process, Uri address) => (_process, _http) = (process, new HttpClient { BaseAddress = address });

        public static async Task<ServiceProcess> StartAsync(Uri pawl, string secret)
        {
            var root = typeof(ServiceProcess)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(static a => a.Key == "Root")
                .Value!;
            var folder = Path.Combine(root, "samples", "service");
            if (!Directory.Exists(Path.Combine(folder, "node_modules", "jose")))
            {
                using var install = Process.Start(
                    new ProcessStartInfo("npm", ["ci", "--prefix", folder]) { RedirectStandardOutput = true }
                )!;
                await install.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Equal(0, install.ExitCode);
            }
            var process = Process.Start(
                new ProcessStartInfo("node", [Path.Combine(folder, "server.mjs"), "0", pawl.ToString()])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment = { ["PAWL_SECRET"] = secret },
                }
            )!;
            var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            return line is not null
                ? new(process, new Uri(line.Split("listening on ")[1]))
                : throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        }

        public async Task<(int Status, string Body)> AskAsync((string Name, string Value) header)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        public void Dispose()
        {
            _http.Dispose();
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
