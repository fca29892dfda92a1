using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Pawl.Differential.Tests.Corpus;

namespace Pawl.Differential.Tests.Peers;

/// <summary>
/// A verifier in another language: one process, the rules and then the tokens to its standard input, a line of JSON each, and as many
/// answers back.
/// </summary>
/// <param name="name">What the table calls it.</param>
/// <param name="program">What runs it.</param>
/// <param name="arguments">The program's arguments.</param>
/// <param name="folder">The folder under Peers that it lives in.</param>
/// <param name="prepare">What brings its packages, if they are pinned beside it.</param>
/// <param name="prepared">What is there once that was done.</param>
/// <param name="probe">Arguments with which the program succeeds only if its library is there.</param>
/// <param name="package">The Debian packages that have it.</param>
internal sealed class ProcessPeer(
    string name,
    string program,
    string[] arguments,
    string folder,
    string[]? prepare = null,
    string? prepared = null,
    string[]? probe = null,
    string? package = null
) : Peer(name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private string Folder => Path.Combine(Repository.Root, "test/Pawl.Differential.Tests/Peers", folder);

    public override string? Missing
    {
        get
        {
            try
            {
                if (prepare is not null && !File.Exists(Path.Combine(Folder, prepared!)) && Ask(prepare[0], prepare[1..]).ExitCode is not 0)
                    return $"{string.Join(' ', prepare)} in {Folder} failed.";
                return probe is null || Ask(program, probe).ExitCode is 0 ? null : $"{Name} is not here: install {package}.";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return $"{program} is not here{(package is null ? "" : $": install {package}")}.";
            }
        }
    }

    public override Task<IReadOnlyList<Verdict>> VerifyAsync(Issuer issuer, IReadOnlyList<string> tokens)
    {
        using var jwks = JsonDocument.Parse(JsonWebKeySet.Write(issuer.Ring));
        var rules = new
        {
            now = Issuer.Second,
            skew = (int)Issuer.Rules.ClockSkew.TotalSeconds,
            max_age = (int)Issuer.Rules.MaxLifetime.TotalSeconds,
            issuer = Issuer.Rules.Issuer,
            audience = Issuer.Rules.Audience,
            algorithms = new[] { "ES256", "RS256" },
            required = Issuer.RequiredClaims,
            jwks = jwks.RootElement,
        };
        var (exitCode, output, errors) = Ask(
            program,
            arguments,
            [JsonSerializer.Serialize(rules), .. tokens.Select(static token => JsonSerializer.Serialize(token))]
        );
        var verdicts = output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line =>
            {
                using var answer = JsonDocument.Parse(line);
                return new Verdict(
                    answer.RootElement.GetProperty("accepted").GetBoolean(),
                    answer.RootElement.TryGetProperty("why", out var why) ? why.GetString() : null
                );
            })
            .ToList();
        return exitCode is 0 && verdicts.Count == tokens.Count
            ? Task.FromResult<IReadOnlyList<Verdict>>(verdicts)
            : throw new InvalidOperationException(
                $"{Name} ended with exit code {exitCode} after {verdicts.Count} of {tokens.Count} answers. {errors}"
            );
    }

    private (int ExitCode, string Output, string Errors) Ask(string command, IEnumerable<string> words, IEnumerable<string>? lines = null)
    {
        var start = new ProcessStartInfo(command, words)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        // Debian's Go packages are source below /usr/share/gocode, and nothing is downloaded.
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = "/usr/share/gocode";
        start.Environment["GOFLAGS"] = "";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        foreach (var line in lines ?? [])
            process.StandardInput.WriteLine(line);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{Name} has not ended within {Patience}.");
        }
        return (process.ExitCode, output.Result, errors.Result);
    }
}
