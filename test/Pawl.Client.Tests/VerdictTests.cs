using System.Net;
using System.Text;
using Pawl.Client.Policy;

namespace Pawl.Client.Tests;

public sealed class VerdictTests
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";
    private const string Tokens = """{"access_token":"a","refresh_token":"r","sid":"s","sub":"u","expires_in":300,"refresh_in":270}""";

    [Theory]
    [InlineData(200, Json, null, Tokens, "Renewed", null)]
    [InlineData(200, "text/html", null, "<html>", "Transient", null)]
    [InlineData(200, Json, null, "<html>", "Transient", null)]
    [InlineData(200, Json, null, "{}", "Transient", null)]
    [InlineData(204, null, null, "", "Transient", null)]
    [InlineData(302, null, null, "", "Transient", null)]
    [InlineData(400, Json, "session_ended;reason=idle", "", "Over", "idle")]
    [InlineData(400, Json, null, """{"error":"invalid_grant","code":"session_ended","reason":"token_reused"}""", "Over", "token_reused")]
    [InlineData(400, Json, "refresh_token_invalid", "", "Over", "refresh_token_invalid")]
    [InlineData(401, Problem, null, """{"code":"session_ended"}""", "Over", "session_ended")]
    [InlineData(400, Json, null, """{"error":"invalid_grant"}""", "Transient", null)]
    [InlineData(400, Json, "https_required", "", "Transient", null)]
    [InlineData(400, "text/html", null, """{"code":"session_ended"}""", "Transient", null)]
    [InlineData(401, null, null, "", "Transient", null)]
    [InlineData(401, Problem, "access_token_expired", "", "Transient", null)]
    [InlineData(403, Problem, "session_ended", "", "Transient", null)]
    [InlineData(403, "text/html", null, "<html>", "Transient", null)]
    [InlineData(404, null, null, "", "Transient", null)]
    [InlineData(429, Problem, "rate_limited", "", "Transient", null)]
    [InlineData(500, null, null, "", "Transient", null)]
    [InlineData(503, Problem, "store_unavailable", "", "Transient", null)]
    public void Only_two_codes_of_the_server_end_a_session(
        int status,
        string? type,
        string? header,
        string body,
        string kind,
        string? reason
    )
    {
        var verdict = Verdict.Of((HttpStatusCode)status, type, header, Encoding.UTF8.GetBytes(body));
        Assert.Equal((kind, reason), (verdict.Kind.ToString(), verdict.Reason));
    }

    [Fact]
    public void A_pause_is_drawn_at_random_up_to_a_limit_that_doubles_to_eight_seconds()
    {
        Assert.Equal(0.4, Pauses.AfterFailure(0, 1).TotalSeconds, 6);
        Assert.Equal(0.8, Pauses.AfterFailure(1, 1).TotalSeconds, 6);
        Assert.Equal(8, Pauses.AfterFailure(5, 1).TotalSeconds, 6);
        Assert.Equal(8, Pauses.AfterFailure(int.MaxValue, 1).TotalSeconds, 6);
        Assert.Equal(0, Pauses.AfterFailure(3, 0).TotalSeconds, 6);
    }
}
