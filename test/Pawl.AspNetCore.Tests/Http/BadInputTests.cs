using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>Whatever arrives is answered with a clear 4xx: no exception, no look-up in the store for what the MAC refuses, nothing ended.</summary>
public sealed class BadInputTests
{
    [Requirement("RT-03", "RT-18")]
    [Fact]
    public async Task A_refresh_token_that_is_not_ours_to_the_last_bit_costs_no_look_up()
    {
        await using var app = await TestApp.StartAsync();
        await using var foreign = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        app.Store.Forget();
        var good = ada.RefreshToken!;
        var wrong = new List<string>
        {
            "", "x", "pawl_r1_", good[..^1], good + "A", good + "=", " " + good, good + " ", $"\"{good}\"", "pawl_r2_" + good[8..], "PAWL_R1_" + good[8..], good[8..], good.Replace('_', '-'),
            "pawl_r1_" + new string('A', 104), "pawl_r1_" + new string('_', 104), "pawl_r1_" + new string('é', 104), new string('x', 20_000), ada.AccessToken!,
            (await foreign.SignInAsync("ada")).RefreshToken!,
        };
        // Every character in turn, so every part of the token: version, key, session, generation, ids, time and MAC.
        for (var i = 0; i < good.Length; i++)
            wrong.Add(good[..i] + (good[i] == 'B' ? 'C' : 'B') + good[(i + 1)..]);

        foreach (var text in wrong)
        {
            var answer = await app.SendRawAsync("POST", "/auth/refresh", ("Cookie", $"{PawlDefaults.RefreshCookie}={text}"), ("Sec-Fetch-Site", "same-origin"));
            Assert.Equal((401, "refresh_token_invalid"), (answer.Status, answer.Code));
            var form = await app.SendRawAsync("POST", "/auth/token", Encoding.UTF8.GetBytes($"grant_type=refresh_token&refresh_token={Uri.EscapeDataString(text[..Math.Min(text.Length, 1000)])}"),
                ("Content-Type", "application/x-www-form-urlencoded"));
            Assert.Equal((400, "invalid_grant"), (form.Status, form.Text("error")));
        }

        Assert.Empty(app.Store.Calls);
        Assert.Empty(app.Logs.Exceptions);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Requirement("JWS-15")]
    [Fact]
    public async Task Thousands_of_mutated_access_tokens_open_nothing_and_break_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var good = (await app.SignInAsync("ada", new Login("") { Roles = ["marker-role"] })).AccessToken!;
        app.Store.Forget();
        var random = new Random(20260301);
        for (var i = 0; i < 2000; i++)
        {
            var text = Mutate(good, random);
            if (text == good)
                continue;
            var answer = await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {text}"));
            Assert.Equal(401, answer.Status);
            Assert.Contains(answer.Code, s_refusals);
            Assert.DoesNotContain("marker", answer.Body, StringComparison.Ordinal);
        }
        Assert.Empty(app.Store.Calls);
        Assert.Empty(app.Logs.Exceptions);
        Assert.DoesNotContain(app.Logs.All, static e => e.ToString().Contains("marker", StringComparison.Ordinal));
    }

    private static readonly string[] s_refusals = ["access_token_invalid", "authentication_required"];

    private static string Mutate(string token, Random random)
    {
        const string Characters = "ABCabc019-_.=+/ ,\"{}\u00e9\u2028";
        var text = new StringBuilder(token);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text[at] = Characters[random.Next(Characters.Length)];
                    break;
                case 1:
                    text.Insert(at, Characters[random.Next(Characters.Length)]);
                    break;
                case 2:
                    text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at - 1));
                    break;
                default:
                    var segments = text.ToString().Split('.');
                    random.Shuffle(segments);
                    text.Clear().AppendJoin('.', segments);
                    break;
            }
        }
        return text.ToString().Trim();
    }

    [Requirement("HTTP-08")]
    [Theory]
    [InlineData("""{"scope":"current","more":1}""")]
    [InlineData("""{"Scope":"current"}""")]
    [InlineData("""{"scope":"Current"}""")]
    [InlineData("""{"scope":""}""")]
    [InlineData("""{"scope":null}""")]
    [InlineData("""{"scope":1}""")]
    [InlineData("""{"scope":["current"]}""")]
    [InlineData("""{"scope":"current","scope":"others"}""")]
    [InlineData("""{"scope":"others","\u0073cope":"current"}""")]
    [InlineData("""{"scope":"\ud800"}""")]
    [InlineData("""{"\ud800":"current"}""")]
    [InlineData("""["current"]""")]
    [InlineData("\"current\"")]
    [InlineData("null")]
    [InlineData("""{"scope":"current"}x""")]
    [InlineData("""{"scope":"current",}""")]
    [InlineData("""/**/{"scope":"current"}""")]
    [InlineData("""{"scope":""")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""")]
    [InlineData(" ")]
    [InlineData("\ufeff{}")]
    public async Task Logout_takes_its_one_member_and_nothing_else(string json)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.SendAsync(HttpMethod.Post, "/auth/logout", new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { { "Content-Type", "application/json" } } });
        Assert.Equal((400, "invalid_request", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Empty(app.Logs.Exceptions);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"scope":"current"}""")]
    [InlineData(""" { "sc\u006fpe" : "current" } """)]
    public async Task Logout_reads_JSON_as_JSON(string json)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        Assert.Equal(204, (await ada.SendAsync(HttpMethod.Post, "/auth/logout", new StringContent(json, Encoding.UTF8, "application/json"))).Status);
    }

    [Requirement("XS-07")]
    [Theory]
    [InlineData("/auth/logout", "text/plain")]
    [InlineData("/auth/logout", "application/x-www-form-urlencoded")]
    [InlineData("/auth/logout", "multipart/form-data; boundary=x")]
    [InlineData("/auth/logout", null)]
    [InlineData("/auth/token", "application/json")]
    [InlineData("/auth/token", "text/plain")]
    [InlineData("/auth/token", "multipart/form-data; boundary=x")]
    [InlineData("/auth/token", null)]
    [InlineData("/auth/revoke", "application/json")]
    [InlineData("/auth/revoke", null)]
    public async Task A_body_of_another_type_is_refused(string path, string? type)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var body = Encoding.UTF8.GetBytes(path == "/auth/logout" ? "{}" : $"grant_type=refresh_token&token={ada.RefreshToken}&refresh_token={ada.RefreshToken}");
        var answer = await app.SendRawAsync("POST", path, body, type is null ? [] : [("Content-Type", type)]);
        Assert.Equal((415, "unsupported_media_type"), (answer.Status, answer.Code));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("PW-10")]
    [Theory]
    [InlineData("/auth/token", "", "invalid_request")]
    [InlineData("/auth/token", "grant_type=refresh_token", "invalid_request")]
    [InlineData("/auth/token", "grant_type=password&username=ada&password=x", "unsupported_grant_type")]
    [InlineData("/auth/token", "grant_type=REFRESH_TOKEN&refresh_token=x", "unsupported_grant_type")]
    [InlineData("/auth/token", "grant_type=refresh_token&refresh_token=x&refresh_token=x", "invalid_request")]
    [InlineData("/auth/token", "grant_type=refresh_token&grant_type=refresh_token&refresh_token=x", "invalid_request")]
    [InlineData("/auth/token", "a=&a=&a=&a=&a=&a=&a=&a=&a=&a=&a=&a=&a=&a=&a=&a=&a=", "invalid_request")]
    [InlineData("/auth/revoke", "", "invalid_request")]
    [InlineData("/auth/revoke", "token=x&token=x", "invalid_request")]
    public async Task A_form_with_too_little_or_too_much_is_refused(string path, string form, string error)
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.SendRawAsync("POST", path, Encoding.UTF8.GetBytes(form), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"));
        Assert.Equal((400, error), (answer.Status, answer.Text("error") ?? answer.Code));
        Assert.Empty(app.Logs.Exceptions);
    }

    [Requirement("HTTP-08")]
    [Theory]
    [InlineData("/auth/logout", "application/json")]
    [InlineData("/auth/token", "application/x-www-form-urlencoded")]
    [InlineData("/auth/revoke", "application/x-www-form-urlencoded")]
    public async Task More_than_four_kibibytes_are_not_read(string path, string type)
    {
        await using var app = await TestApp.StartAsync();
        foreach (var size in new[] { 4097, 1_000_000 })
            Assert.Equal("content_too_large", (await app.SendRawAsync("POST", path, new byte[size], ("Content-Type", type))).Code);
        Assert.Equal(400, (await app.SendRawAsync("POST", path, new byte[4096], ("Content-Type", type))).Status);
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_one()
    {
        await using var app = await TestApp.StartAsync();
        foreach (var (path, wrong, right) in new[] { ("refresh", "GET", "POST"), ("logout", "DELETE", "POST"), ("session", "POST", "GET"), ("sessions", "DELETE", "GET"), ("sessions/x", "GET", "DELETE"),
            ("token", "GET", "POST"), ("revoke", "PUT", "POST"), ("jwks", "POST", "GET"), ("client/pawl.js", "POST", "GET") })
        {
            var answer = await app.SendRawAsync(wrong, "/auth/" + path);
            Assert.Equal((405, "method_not_allowed"), (answer.Status, answer.Code));
            Assert.Contains(right, answer["Allow"]!.Split(", "));
        }
    }

    [Fact]
    public async Task An_unknown_file_or_endpoint_is_not_found()
    {
        await using var app = await TestApp.StartAsync();
        foreach (var path in new[] { "/auth/client/none.js", "/auth/client/..%2fpawl.js", "/auth/client/PAWL.JS", "/auth/nothing", "/auth" })
            Assert.Equal(404, (await app.SendRawAsync("GET", path)).Status);
        Assert.Equal("text/javascript; charset=utf-8", (await app.SendRawAsync("GET", "/auth/client/pawl.js"))["Content-Type"]);
    }
}
