using System.Diagnostics;
using System.Text.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>A service in Node that verifies by the nodes' key sets, and keeps them for as long as it may.</summary>
internal sealed class JwksVerifier : IDisposable
{
    private readonly Process _process;

    public JwksVerifier(params IEnumerable<TestApp> nodes)
    {
        var sample = Path.Combine(SourceTree.Root, "samples/service");
        if (!Directory.Exists(Path.Combine(sample, "node_modules/jose")))
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--prefix", sample]) { RedirectStandardOutput = true })!;
            install.WaitForExit();
            Assert.Equal(0, install.ExitCode);
        }
        _process = Process.Start(
            new ProcessStartInfo("node", [Path.Combine(SourceTree.Root, "test/Pawl.AspNetCore.Tests/jwks-verifier.mjs")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        _process.StandardInput.WriteLine(
            JsonSerializer.Serialize(new { urls = nodes.Select(static n => new Uri(n.Address, "/auth/jwks").ToString()) })
        );
    }

    /// <summary>How often it has asked for a key set so far.</summary>
    public int Asked { get; private set; }

    /// <summary>What it has against a token at a time; null if it accepts it.</summary>
    public async Task<string?> VerifyAsync(string token, DateTimeOffset now)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { now = now.ToUnixTimeMilliseconds(), token }));
        await _process.StandardInput.FlushAsync();
        using var answer = JsonDocument.Parse((await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        Asked = answer.RootElement.GetProperty("asked").GetInt32();
        return answer.RootElement.GetProperty("why").GetString();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
