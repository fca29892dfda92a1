using System.Text.RegularExpressions;

namespace Pawl.Server.Tests;

/// <summary>What every answer tells a browser not to do.</summary>
public sealed partial class HeadersTests
{
    [Requirement("XS-11", "CLI-13")]
    [Fact]
    public async Task The_page_takes_no_code_but_its_files_and_sits_in_no_frame()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        var page = await client.GetAsync("/");
        Assert.Equal((200, "text/html"), (page.Status, page["Content-Type"]!.Split(';')[0]));
        var policy = page["Content-Security-Policy"]!.Split(';', StringSplitOptions.TrimEntries);
        foreach (
            var rule in new[]
            {
                "default-src 'self'",
                "object-src 'none'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "form-action 'self'",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            }
        )
            Assert.Contains(rule, policy);
        Assert.DoesNotContain("unsafe", page["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal(
            ("nosniff", "no-referrer", "same-origin", "same-origin"),
            (
                page["X-Content-Type-Options"],
                page["Referrer-Policy"],
                page["Cross-Origin-Opener-Policy"],
                page["Cross-Origin-Resource-Policy"]
            )
        );
        Assert.DoesNotMatch(InlineCode(), page.Body);
        // And texts of others become text only.
        foreach (var script in Script().Matches(page.Body).Select(static m => m.Groups[1].Value))
            Assert.DoesNotMatch(Markup(), (await client.GetAsync("/" + script.TrimStart('/'))).Body);
    }

    [Requirement("XS-11", "HTTP-04")]
    [Theory]
    [InlineData("/api/me")]
    [InlineData("/auth/session")]
    [InlineData("/auth/sessions")]
    [InlineData("/auth/nothing")]
    [InlineData("/nothing")]
    [InlineData("/health")]
    public async Task What_is_no_page_may_be_framed_sniffed_and_kept_by_nobody(string path)
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        var answer = await client.GetAsync(path);
        Assert.Equal(
            ("default-src 'none'; frame-ancestors 'none'", "nosniff"),
            (answer["Content-Security-Policy"], answer["X-Content-Type-Options"])
        );
        Assert.Contains("no-store", answer["Cache-Control"], StringComparison.Ordinal);
        Assert.Null(answer["Server"]);
    }

    [Requirement("HTTP-09", "XS-10")]
    [Fact]
    public async Task Over_https_it_asks_for_https_for_a_year_and_believes_no_strangers_word_for_it()
    {
        await using var server = await ServerProcess.StartAsync(("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true"));
        using var proxied = server.From();
        var answer = await proxied.GetAsync("/", ("X-Forwarded-Proto", "https"));
        Assert.Matches("^max-age=(3153[6-9]|315[4-9]|31[6-9]|3[2-9]|[4-9])[0-9]+", answer["Strict-Transport-Security"]);
        Assert.Null((await proxied.GetAsync("/"))["Strict-Transport-Security"]);

        await using var direct = await ServerProcess.StartAsync();
        using var stranger = direct.From();
        Assert.Null((await stranger.GetAsync("/", ("X-Forwarded-Proto", "https")))["Strict-Transport-Security"]);
        // Neither is anybody sent elsewhere.
        Assert.Equal(
            (400, "https_required", null),
            await stranger.PostAsync("/auth/login", new { email = "ada@example.com", password = "x" }, ("Host", "pawl.example"))
                is var refused
                ? (refused.Status, refused.Code, refused["Location"])
                : default
        );
        Assert.Contains("A request over plain http to another host than localhost was refused", direct.Output, StringComparison.Ordinal);
    }

    [Requirement("XS-07")]
    [Theory]
    [InlineData("/auth/login")]
    [InlineData("/auth/register")]
    public async Task An_account_is_asked_for_in_JSON_only(string path)
    {
        await using var server = await ServerProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (
            var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json+x" }
        )
        {
            using var content = new StringContent("""{"email":"ada@example.com","password":"Correct-Horse-7-Battery"}""")
            {
                Headers = { ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type) },
            };
            Assert.Equal(415, (int)(await http.PostAsync(path, content, TestContext.Current.CancellationToken)).StatusCode);
        }
        Assert.Equal(0, server.Query<long>("SELECT count(*) FROM AspNetUsers"));
    }

    [GeneratedRegex("<script(?![^>]*\\bsrc=)|<style|\\sstyle=|\\son[a-z]+=|javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("<script[^>]*\\bsrc=\"([^\"]+)\"")]
    private static partial Regex Script();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")]
    private static partial Regex Markup();
}
