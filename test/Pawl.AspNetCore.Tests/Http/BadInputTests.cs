using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>A bad body, method or path is answered with a clear 4xx. It throws no exception and ends no session.</summary>
public sealed class BadInputTests
{
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
        var answer = await ada.SendAsync(
            HttpMethod.Post,
            "/auth/logout",
            new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { { "Content-Type", "application/json" } } }
        );
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
        Assert.Equal(
            204,
            (await ada.SendAsync(HttpMethod.Post, "/auth/logout", new StringContent(json, Encoding.UTF8, "application/json"))).Status
        );
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
        var body = Encoding.UTF8.GetBytes(
            path == "/auth/logout" ? "{}" : $"grant_type=refresh_token&token={ada.RefreshToken}&refresh_token={ada.RefreshToken}"
        );
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
        var answer = await app.SendRawAsync(
            "POST",
            path,
            Encoding.UTF8.GetBytes(form),
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        );
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
        foreach (
            var (path, wrong, right) in new[]
            {
                ("refresh", "GET", "POST"),
                ("logout", "DELETE", "POST"),
                ("session", "POST", "GET"),
                ("sessions", "DELETE", "GET"),
                ("sessions/x", "GET", "DELETE"),
                ("token", "GET", "POST"),
                ("revoke", "PUT", "POST"),
                ("jwks", "POST", "GET"),
                ("client/pawl.js", "POST", "GET"),
            }
        )
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
        foreach (
            var path in new[] { "/auth/client/none.js", "/auth/client/..%2fpawl.js", "/auth/client/PAWL.JS", "/auth/nothing", "/auth" }
        )
            Assert.Equal(404, (await app.SendRawAsync("GET", path)).Status);
        Assert.Equal("text/javascript; charset=utf-8", (await app.SendRawAsync("GET", "/auth/client/pawl.js"))["Content-Type"]);
    }
}
