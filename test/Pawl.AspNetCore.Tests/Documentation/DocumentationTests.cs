using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>What the documentation lists is what there is: codes, messages, and what a security review asks for.</summary>
public sealed partial class DocumentationTests
{
    [Requirement("HTTP-02")]
    [Fact]
    public void Each_problem_is_in_the_table_of_codes_with_its_status()
    {
        var table = Rows(SourceTree.Read("docs/protocol.md"), "## 4. Problem codes")
            .Select(static r => (Status: r[0], Code: r[1].Trim('`')))
            .Where(static r => r.Code != "code")
            .ToHashSet();
        var problems = typeof(Problem)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static f => f.GetValue(null))
            .OfType<Problem>()
            .ToList();
        Assert.True(problems.Count >= 17);
        Assert.All(problems, p => Assert.Contains(($"{p.Status}", p.Code), table));
        // The other way round: the table has no more.
        Assert.Empty(
            table
                .Select(static r => r.Code)
                .Where(static code => code.All(static c => c is '_' or (>= 'a' and <= 'z')))
                .Except(problems.Select(static p => p.Code))
        );
    }

    [Requirement("HTTP-02")]
    [Fact]
    public void The_browser_client_acts_upon_codes_that_there_are()
    {
        var codes = typeof(Problem)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static f => f.GetValue(null))
            .OfType<Problem>()
            .Select(static p => p.Code)
            .ToHashSet();
        var script = string.Concat(Directory.GetFiles(Path.Combine(SourceTree.Root, "js/src"), "*.js").Select(File.ReadAllText));
        foreach (var code in new[] { "session_ended", "refresh_token_invalid", "session_switched" })
        {
            Assert.Contains(code, codes);
            Assert.Contains(code, script, StringComparison.Ordinal);
        }
        // Of these a refresh helps, and the client goes by how they begin.
        Assert.Contains("/^access_token_/.test(code)", script, StringComparison.Ordinal);
        Assert.Equal(
            ["access_token_expired", "access_token_invalid"],
            codes.Where(static code => code.StartsWith("access_token_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
    }

    [Requirement("LOG-02", "OPS-08")]
    [Fact]
    public void Each_message_of_the_log_is_in_the_inventory_with_its_number_and_level()
    {
        var inventory = Rows(SourceTree.Read("docs/threat-model.md"), "## Log inventory").ToDictionary(static r => r[0]);
        var messages = typeof(PawlLog)
            .Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .SelectMany(static m => m.GetCustomAttributes<LoggerMessageAttribute>())
            .Select(static a => (Id: a.EventId, Level: $"{a.Level}", a.Message))
            .Concat(
                Message()
                    .Matches(SourceTree.Read("src/Pawl.Redis/RedisLog.cs") + SourceTree.Read("src/Pawl.Server/Hosting/ServerLog.cs"))
                    .Select(static m =>
                        (int.Parse(m.Groups["id"].Value, CultureInfo.InvariantCulture), m.Groups["level"].Value, m.Groups["text"].Value)
                    )
            )
            .ToList();
        Assert.True(messages.Count >= 19);
        foreach (var (id, level, text) in messages)
        {
            var row = inventory[$"{id}"];
            Assert.Equal(level, row[1]);
            // The inventory may stop early, and says so with an ellipsis unless the rest is an explanation.
            Assert.StartsWith(row[2].Replace("`", "", StringComparison.Ordinal).TrimEnd(' ', '…'), text, StringComparison.Ordinal);
        }
        Assert.Equal(messages.Count, inventory.Keys.Count(static id => int.TryParse(id, CultureInfo.InvariantCulture, out _)));
    }

    [Requirement("OPS-08")]
    [Theory]
    [InlineData("docs/threat-model.md", "## Assets", "signing and refresh-token keys")]
    [InlineData("docs/threat-model.md", "## Attackers", "sibling subdomain")]
    [InlineData("docs/threat-model.md", "## Session limits, and why", "| idle timeout | 14 days |")]
    [InlineData("docs/threat-model.md", "## Session limits, and why", "| absolute timeout | 90 days |")]
    [InlineData("docs/threat-model.md", "## Session limits, and why", "**Concurrent sessions**")]
    [InlineData("docs/threat-model.md", "## Session limits, and why", "**Single sign-on**")]
    [InlineData("docs/threat-model.md", "## Session limits, and why", "`SessionLimit` sets")]
    [InlineData("docs/threat-model.md", "## What defends what", "A WebSocket handshake is a `GET`, but the check covers it too")]
    [InlineData("docs/clients.md", "## In the browser", "closes the connection when its session ends")]
    [InlineData("docs/threat-model.md", "## Rate limits", "429 with `Retry-After`")]
    [InlineData("docs/threat-model.md", "## Keys and cryptography", "ECDSA P-256 with SHA-256 (ES256)")]
    [InlineData("docs/threat-model.md", "## Keys and cryptography", "| refresh tokens | HMAC-SHA256, 256 bits |")]
    [InlineData("docs/threat-model.md", "## Keys and cryptography", "PBKDF2 with SHA-512, 220,000 rounds")]
    [InlineData("docs/protocol.md", "## 7. Keys", "### Life of a key")]
    [InlineData("docs/protocol.md", "## 8. Revocation", "If the store cannot be read, a node keeps what it knows")]
    [InlineData("docs/operations.md", "## Timeouts and the NIST levels", "| AAL2 | 1 hour | 24 hours |")]
    public void What_a_security_review_asks_for_is_written_down(string file, string heading, string sentence) =>
        Assert.Contains(sentence, Section(SourceTree.Read(file), heading), StringComparison.Ordinal);

    [Requirement("POP-04")]
    [Theory]
    [InlineData("| code that runs on the device, as the user |")]
    [InlineData("| the refresh token before the session is bound |")]
    [InlineData("**Other services** must check proofs, too")]
    [InlineData("**A lost key** is a lost session")]
    public void What_device_keys_do_not_stop_is_written_down(string sentence) =>
        Assert.Contains(
            sentence,
            Section(SourceTree.Read("docs/device-binding.md"), "## What it stops, and what not"),
            StringComparison.Ordinal
        );

    private static string Section(string text, string heading)
    {
        var start = text.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no section '{heading}'.");
        var end = text.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    private static IEnumerable<string[]> Rows(string text, string heading) =>
        Section(text, heading)
            .Split('\n')
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => line.Trim('|').Split('|').Select(static cell => cell.Trim()).ToArray());

    [GeneratedRegex("""LoggerMessage\(\s*(?<id>\d+),\s*LogLevel\.(?<level>\w+),\s*"(?<text>[^"]+)"[\s)]""")]
    private static partial Regex Message();
}
