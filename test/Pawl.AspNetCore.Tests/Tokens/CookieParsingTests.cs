using System.Net.Sockets;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>Our cookies are found by their exact bytes; whatever looks like one of them is either refused or none of ours.</summary>
public sealed class CookieParsingTests
{
    private const string Access = PawlDefaults.AccessCookie;

    [Requirement("CK-04", "ATTACK-26")]
    [Theory]
    [InlineData("{0}; {0}")]
    [InlineData("{0}; {1}=other")]
    [InlineData("{1}=other; {0}")]
    [InlineData("{1}=; {0}")]
    [InlineData("{0}; __host-http-pawl-access=planted")]
    [InlineData("__HOST-HTTP-PAWL-ACCESS=planted; {0}")]
    [InlineData("__host-http-pawl-access=planted")]
    [InlineData("{0};{0}")]
    [InlineData("a=b; {0}; c=d;\t{0}")]
    [InlineData("{0}; __Host-Http-pawl-refresh=a; __Host-Http-pawl-refresh=a")]
    public async Task Twins_count_for_nothing_in_either_order(string cookies)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var header = string.Format(System.Globalization.CultureInfo.InvariantCulture, cookies, $"{Access}={ada.AccessToken}", Access);

        Assert.Equal((400, "ambiguous_credentials"), await AskAsync("GET", "/me"));
        Assert.Equal((400, "ambiguous_credentials"), await AskAsync("POST", "/note"));
        Assert.Equal((400, "ambiguous_credentials"), await AskAsync("POST", "/auth/refresh"));
        Assert.Equal("nobody", (await app.SendRawAsync("GET", "/open", ("Cookie", header))).Body);
        Assert.Equal("""{"active":false}""", (await app.SendRawAsync("GET", "/auth/session", ("Cookie", header))).Body);
        Assert.Equal((0, "ada"), (app.Notes, (await ada.MeAsync()).Body));

        async Task<(int, string)> AskAsync(string method, string path)
        {
            var answer = await app.SendRawAsync(method, path, ("Cookie", header), ("Sec-Fetch-Site", "same-origin"));
            return (answer.Status, answer.Code);
        }
    }

    [Requirement("CK-04")]
    [Fact]
    public async Task Two_header_lines_are_one_header()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        Assert.Equal(
            "ambiguous_credentials",
            (await app.SendRawAsync("GET", "/me", ("Cookie", $"{Access}={ada.AccessToken}"), ("Cookie", $"{Access}=other"))).Code
        );
        Assert.Equal("ada", (await app.SendRawAsync("GET", "/me", ("Cookie", "a=b"), ("Cookie", $"{Access}={ada.AccessToken}"))).Body);
    }

    [Requirement("CK-05", "ATTACK-26")]
    [Theory]
    [InlineData("__%48ost-Http-pawl-access={0}")]
    [InlineData("__Host-Http-pawl%2Daccess={0}")]
    [InlineData("$Version=1,__Host-Http-pawl-access={0}")]
    [InlineData("\u2000__Host-Http-pawl-access={0}")]
    [InlineData("\u0085__Host-Http-pawl-access={0}")]
    [InlineData("\u00a0__Host-Http-pawl-access={0}")]
    [InlineData("__Host-Http-pawl-access\u00a0={0}")]
    [InlineData("__Host-Http-pawl-access ={0}")]
    [InlineData("={0}")]
    [InlineData("__Host-Http-pawl-acces={0}")]
    [InlineData("x__Host-Http-pawl-access={0}")]
    [InlineData("__Host-Http-pawl-access-2={0}")]
    [InlineData("__Host-pawl-access={0}")]
    [InlineData("pawl-access={0}")]
    [InlineData("a=\"; __Host-Http-pawl-refresh=x\"; b=__Host-Http-pawl-access={0}")]
    public async Task A_name_that_only_looks_alike_is_none_of_ours_and_no_twin(string cookies)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var twin = string.Format(System.Globalization.CultureInfo.InvariantCulture, cookies, ada.AccessToken);

        Assert.Equal(401, (await app.SendRawAsync("GET", "/me", ("Cookie", twin))).Status);
        Assert.Equal("ada", (await app.SendRawAsync("GET", "/me", ("Cookie", $"{twin}; {Access}={ada.AccessToken}"))).Body);
        Assert.Equal("ada", (await app.SendRawAsync("GET", "/me", ("Cookie", $"{Access}={ada.AccessToken}; {twin}"))).Body);
    }

    [Requirement("CK-05")]
    [Theory]
    [InlineData("$Version=1; {0}; $Path=/")]
    [InlineData("{0};")]
    [InlineData(";;{0}")]
    [InlineData("a; =b; ; {0}; c==")]
    [InlineData(" \t {0}")]
    public async Task Oddities_around_ours_do_not_hide_it(string cookies)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var header = string.Format(System.Globalization.CultureInfo.InvariantCulture, cookies, $"{Access}={ada.AccessToken}");
        Assert.Equal("ada", (await app.SendRawAsync("GET", "/me", ("Cookie", header))).Body);
    }

    [Requirement("CK-05")]
    [Theory]
    [InlineData("\"{0}\"")]
    [InlineData("{0} ")]
    [InlineData("%{0}")]
    [InlineData("{0}=")]
    [InlineData("{0},{0}")]
    public async Task A_value_is_taken_as_it_is(string value)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var header = $"{Access}={string.Format(System.Globalization.CultureInfo.InvariantCulture, value, ada.AccessToken)}; a=b";
        Assert.Equal("access_token_invalid", (await app.SendRawAsync("GET", "/me", ("Cookie", header))).Code);
    }

    [Requirement("CK-05", "ATTACK-26")]
    [Theory]
    [InlineData(0xA0)]
    [InlineData(0x85)]
    [InlineData(0x00)]
    [InlineData(0x0B)]
    public async Task Raw_bytes_on_the_wire_make_no_twin(byte stray)
    {
        await using var app = await TestApp.StartAsync(kestrel: true);
        var ada = app.NewBrowser($"http://{app.Address.Authority}");
        await ada.SignInAsync("ada");

        byte[] request =
        [
            .. Encoding.ASCII.GetBytes($"GET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: "),
            stray,
            .. Encoding.ASCII.GetBytes($"{Access}={ada.AccessToken}\r\n\r\n"),
        ];
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", app.Address.Port, TestContext.Current.CancellationToken);
        await tcp.GetStream().WriteAsync(request, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tcp.GetStream());
        var status = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Matches("^HTTP/1.1 40[01] ", status);
    }

    [Requirement("CK-04", "CK-05")]
    [Fact]
    public void Whatever_the_header_the_parser_agrees_with_the_grammar()
    {
        var names = OneOf(
            Access,
            PawlDefaults.RefreshCookie,
            Access.ToUpperInvariant(),
            "__host-http-pawl-refresh",
            Access + " ",
            "x" + Access,
            "a",
            ""
        );
        var pair = Gen.Select(
            OneOf("", " ", "\t", "  ", "\u00a0"),
            names,
            OneOf("=", "", " =", "=="),
            OneOf("", "v", "w=", "v v"),
            static (a, b, c, d) => a + b + c + d
        );
        Gen.Select(pair.Array[0, 5], pair.Array[0, 2])
            .Sample(
                static (first, second) =>
                {
                    var context = new DefaultHttpContext();
                    var lines = new[] { string.Join(';', first), string.Join(';', second) };
                    context.Request.Headers.Cookie = lines;
                    var found = RequestTokens.TakeFrom(context, new CookieNames(PawlDefaults.CookieName));

                    // RFC 6265, section 5.4 backwards: split at semicolons, take off blanks before, split at the first equals sign; and a
                    // name is its bytes.
                    var pairs = lines
                        .SelectMany(static l => l.Split(';'))
                        .Select(static p => p.TrimStart(' ', '\t').Split('=', 2))
                        .Where(static p => p.Length == 2)
                        .ToList();
                    var access = pairs.Where(static p => p[0].Equals(Access, StringComparison.OrdinalIgnoreCase)).ToList();
                    var refresh = pairs
                        .Where(static p => p[0].Equals(PawlDefaults.RefreshCookie, StringComparison.OrdinalIgnoreCase))
                        .ToList();
                    var isPlain =
                        access.Count < 2
                        && refresh.Count < 2
                        && access.Concat(refresh).All(static p => p[0] is Access or PawlDefaults.RefreshCookie);
                    Assert.Equal(!isPlain, found.IsAmbiguous);
                    if (isPlain)
                        Assert.Equal(
                            (access.SingleOrDefault()?[1], refresh.SingleOrDefault()?[1]),
                            (found.AccessCookie.Value, found.RefreshCookie.Value)
                        );
                },
                iter: 3000
            );
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
