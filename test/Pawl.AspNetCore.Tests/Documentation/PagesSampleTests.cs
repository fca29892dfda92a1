using System.Net;

namespace Pawl.AspNetCore.Tests;

/// <summary>samples/Pages as docs/clients.md describes it. Other tests drive it in browsers.</summary>
public sealed class PagesSampleTests
{
    private static readonly string[] s_folders = ["samples/Pages", "samples/Pages/Pages"];

    [Fact]
    public void It_has_at_most_120_lines_of_CSharp() =>
        Assert.InRange(
            s_folders
                .SelectMany(static folder => Directory.GetFiles(Path.Combine(SourceTree.Root, folder), "*.cs"))
                .Sum(static file => File.ReadLines(file).Count()),
            1,
            120
        );

    [Fact]
    public async Task It_leads_to_the_sign_in_page_and_says_why_a_session_has_ended()
    {
        using var folder = new TestFolder();
        using var server = await SampleServer.StartAsync(folder.Path, Path.Combine(AppContext.BaseDirectory, "Pages.dll"));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "navigate");

        using var response = await client.GetAsync(new Uri("/devices", UriKind.Relative), TestContext.Current.CancellationToken);
        var page = await client.GetStringAsync(
            new Uri("/login?reason=token_reused", UriKind.Relative),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/login?ReturnUrl=%2Fdevices", response.Headers.Location?.ToString());
        Assert.Contains("Your sign-in was used in two places at once", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.True(File.Exists(Path.Combine(folder.Path, "sessions.db")));
    }
}
