namespace Pawl.AspNetCore.Tests;

/// <summary>Every refusal is a problem (RFC 9457) with a stable code, and says nothing of what was expected.</summary>
public sealed class ProblemTests
{
    public static TheoryData<string, int, string, string?> Refusals =>
        new()
        {
            {
                "no credentials",
                401,
                """{"type":"about:blank","title":"Sign in first.","status":401,"code":"authentication_required"}""",
                "Bearer"
            },
            {
                "bad token",
                401,
                """{"type":"about:blank","title":"The access token is not valid for this server; refresh it.","status":401,"code":"access_token_invalid"}""",
                "Bearer error=\"invalid_token\""
            },
            {
                "expired token",
                401,
                """{"type":"about:blank","title":"The access token has expired; refresh it.","status":401,"code":"access_token_expired"}""",
                "Bearer error=\"invalid_token\""
            },
            {
                "no access cookie",
                401,
                """{"type":"about:blank","title":"The access token has expired; refresh it.","status":401,"code":"access_token_expired"}""",
                "Bearer error=\"invalid_token\""
            },
            {
                "ended",
                401,
                """{"type":"about:blank","title":"The session has ended; sign in again.","status":401,"code":"session_ended","reason":"signed_out"}""",
                "Bearer error=\"invalid_token\""
            },
            {
                "ended refresh",
                401,
                """{"type":"about:blank","title":"The session has ended; sign in again.","status":401,"code":"session_ended","reason":"signed_out"}""",
                "Bearer error=\"invalid_token\""
            },
            {
                "bad refresh",
                401,
                """{"type":"about:blank","title":"There is no session for this refresh token; sign in again.","status":401,"code":"refresh_token_invalid"}""",
                "Bearer error=\"invalid_token\""
            },
            {
                "forbidden",
                403,
                """{"type":"about:blank","title":"You are signed in, but you are not allowed to do this.","status":403,"code":"forbidden"}""",
                null
            },
            {
                "cross-site",
                403,
                """{"type":"about:blank","title":"The request comes from another site and was refused.","status":403,"code":"csrf_rejected"}""",
                null
            },
            {
                "twice",
                400,
                """{"type":"about:blank","title":"The request carries two credentials, or one credential twice. Send one; in a browser, delete the cookies of this site.","status":400,"code":"ambiguous_credentials"}""",
                null
            },
            {
                "switched",
                409,
                """{"type":"about:blank","title":"The browser now has another session than the one the request was made for.","status":409,"code":"session_switched"}""",
                null
            },
            {
                "scope",
                400,
                """{"type":"about:blank","title":"The request does not have the form that this endpoint requires.","status":400,"code":"invalid_request"}""",
                null
            },
            {
                "unknown session",
                404,
                """{"type":"about:blank","title":"You have no session with this id.","status":404,"code":"not_found"}""",
                null
            },
            {
                "method",
                405,
                """{"type":"about:blank","title":"This endpoint does not support the HTTP method.","status":405,"code":"method_not_allowed"}""",
                null
            },
            {
                "type",
                415,
                """{"type":"about:blank","title":"This endpoint does not support the content type.","status":415,"code":"unsupported_media_type"}""",
                null
            },
            {
                "large",
                413,
                """{"type":"about:blank","title":"The request is larger than this endpoint allows.","status":413,"code":"content_too_large"}""",
                null
            },
            {
                "down",
                503,
                """{"type":"about:blank","title":"The session store does not answer. Your session has not ended; try again.","status":503,"code":"store_unavailable"}""",
                null
            },
        };

    [Requirement("HTTP-01", "HTTP-02", "HTTP-04", "HTTP-07")]
    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Says_exactly_this_and_is_never_cached(string refusal, int status, string body, string? challenge)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ProvokeAsync(app, ada, refusal);

        Assert.Equal((status, body), (answer.Status, answer.Body));
        Assert.Equal("application/problem+json", answer["Content-Type"]);
        Assert.Equal("no-store", answer["Cache-Control"]);
        Assert.Equal(answer.Reason is { } reason ? $"{answer.Code};reason={reason}" : answer.Code, answer["Pawl-Problem"]);
        Assert.Equal(challenge, answer["WWW-Authenticate"]);
        Assert.Equal(status == 503 ? "1" : null, answer["Retry-After"]);
        // Pawl's own cookies stay. A planted cookie has a domain or a longer path.
        Assert.DoesNotContain(answer.SetCookies, static c => c.Attributes["Path"] == "/" && !c.Attributes.ContainsKey("Domain"));
    }

    [Requirement("HTTP-03", "ATTACK-08")]
    [Fact]
    public async Task Each_way_a_token_can_be_wrong_looks_the_same_from_outside()
    {
        await using var app = await TestApp.StartAsync();
        await using var foreign = await TestApp.StartAsync();
        var token = (await app.SignInAsync("ada")).AccessToken!;
        var wrongSignature = token[..^4] + (token[^4] == 'A' ? 'B' : 'A') + token[^3..];
        string[] wrong =
        [
            "x",
            "a.b.c",
            token + "x",
            wrongSignature,
            new string('x', 9000),
            (await foreign.SignInAsync("ada")).AccessToken!,
        ];
        var answers = new List<Answer>();
        foreach (var text in wrong)
            answers.Add(await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {text}")));

        Assert.Single(answers.Select(static a => $"{a.Status} {a.Body} {a["WWW-Authenticate"]}").Distinct());
        var keyId = AccessTokens.Header(token).GetProperty("kid").GetString()!;
        Assert.All(answers, a => Assert.DoesNotContain(keyId, a.Body, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no access cookie", "access_token_expired")]
    [InlineData("ended", "session_ended;reason=signed_out")]
    public async Task A_response_to_HEAD_names_its_problem_in_the_header(string refusal, string announced)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        await ProvokeAsync(app, ada, refusal);
        var answer = await ada.SendAsync(HttpMethod.Head, "/auth/sessions", null);

        Assert.Equal((401, announced), (answer.Status, answer["Pawl-Problem"]));
    }

    [Fact]
    public async Task A_refusal_by_the_token_endpoint_names_its_problem_in_the_header()
    {
        await using var app = await TestApp.StartAsync();
        Task<Answer> AskAsync(string form) =>
            app.SendRawAsync(
                "POST",
                "/auth/token",
                System.Text.Encoding.ASCII.GetBytes(form),
                ("Content-Type", "application/x-www-form-urlencoded")
            );

        Assert.Equal("refresh_token_invalid", (await AskAsync("grant_type=refresh_token&refresh_token=x"))["Pawl-Problem"]);
        Assert.Equal("invalid_request", (await AskAsync("grant_type=password"))["Pawl-Problem"]);
    }

    [Fact]
    public async Task A_response_that_refuses_nothing_names_no_problem()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Null((await (await app.SignInAsync("ada")).MeAsync())["Pawl-Problem"]);
    }

    private static async Task<Answer> ProvokeAsync(TestApp app, Browser ada, string refusal)
    {
        switch (refusal)
        {
            case "no credentials":
                return await app.NewBrowser().MeAsync();
            case "bad token":
                return await app.SendRawAsync("GET", "/me", ("Authorization", "Bearer x"));
            case "expired token":
                var token = ada.AccessToken;
                app.Clock.Advance(TimeSpan.FromHours(1));
                return await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {token}"));
            case "no access cookie":
                ada.Cookies[PawlDefaults.AccessCookie] = null;
                return await ada.MeAsync();
            case "ended":
                await ada.Copy().LogoutAsync();
                return await ada.MeAsync();
            case "ended refresh":
                await ada.Copy().LogoutAsync();
                return await ada.RefreshAsync();
            case "bad refresh":
                return await app.NewBrowser().RefreshAsync();
            case "forbidden":
                return await ada.GetAsync("/admin");
            case "cross-site":
                return await app.SendRawAsync("POST", "/note", ("Cookie", ada.Cookies.Header!), ("Sec-Fetch-Site", "cross-site"));
            case "twice":
                return await ada.GetAsync("/me", ("Authorization", "Bearer x"));
            case "switched":
                return await ada.PostAsync("/note", null, (PawlDefaults.SessionHeader, "other"));
            case "scope":
                return await ada.LogoutAsync("universe");
            case "unknown session":
                return await ada.DeleteAsync("/auth/sessions/AAAAAAAAAAAAAAAAAAAAAA");
            case "method":
                return await ada.GetAsync("/auth/refresh");
            case "type":
                return await ada.SendAsync(HttpMethod.Post, "/auth/logout", Browser.Form("scope=current"));
            case "large":
                return await ada.SendAsync(HttpMethod.Post, "/auth/logout", new ByteArrayContent(new byte[5000]));
            case "down":
                app.Store.IsDown = true;
                return await ada.RefreshAsync();
            default:
                throw new ArgumentOutOfRangeException(nameof(refusal));
        }
    }
}
