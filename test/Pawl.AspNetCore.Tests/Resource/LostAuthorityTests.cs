using System.Net;
using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// What a service does while its authority does not answer: what the app has chosen, said in the log, in the health check and in the
/// response. It never says that a user is signed out.
/// </summary>
public sealed class LostAuthorityTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(61);

    [Requirement("SES-15")]
    [Fact]
    public async Task With_Refuse_valid_tokens_get_503_until_the_authority_answers_again()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var clock = new TestClock { WakesBackgroundWork = true };
        await using var service = await ResourceApp.StartAsync(app, clock: clock);
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        var (adas, bobs) = (ada.AccessToken!, bob.AccessToken!);
        Assert.Equal(200, (await service.AskAsync(adas)).Status);

        await CloseAsync(service, app);
        Assert.Equal(200, (await service.AskAsync(adas)).Status);
        clock.Advance(Silence);

        var refusal = await service.AskAsync(adas);
        Assert.Equal(
            (503, "store_unavailable", "store_unavailable", "1", null),
            (refusal.Status, refusal.Code, refusal["Pawl-Problem"], refusal["Retry-After"], refusal["WWW-Authenticate"])
        );
        Assert.Equal("nobody", (await service.AskAsync(adas, "/open")).Body);
        Assert.Equal("access_token_invalid", (await service.AskAsync(adas[..^6] + "AAAAAA")).Code);
        Assert.Equal((503, "Unhealthy"), await HealthAsync(service));
        await Eventually.TrueAsync(() => service.Logs.OfPawl(81).Any(), "The log does not say it.");

        await ada.LogoutAsync();
        service.Door.IsClosed = false;

        await service.UntilAsync(bobs, null);
        Assert.Equal("session_ended", (await service.AskAsync(adas)).Code);
        Assert.Equal((200, "Healthy"), await HealthAsync(service));
        Assert.Single(service.Logs.OfPawl(80));
        Assert.Contains("refused with 503", Assert.Single(service.Logs.OfPawl(81)).Message, StringComparison.Ordinal);
        Assert.Single(service.Logs.OfPawl(82));
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task With_Accept_tokens_are_accepted_until_they_expire_and_a_known_ending_still_counts()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var clock = new TestClock();
        await using var service = await ResourceApp.StartAsync(app, StoreUnavailableBehavior.Accept, clock: clock);
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        var (adas, bobs) = (ada.AccessToken!, bob.AccessToken!);
        await ada.LogoutAsync();
        await service.UntilAsync(adas, "session_ended");

        await CloseAsync(service, app);
        clock.Advance(Silence);

        Assert.Equal(200, (await service.AskAsync(bobs)).Status);
        Assert.Equal("session_ended", (await service.AskAsync(adas)).Code);
        Assert.Equal((200, "Degraded"), await HealthAsync(service));
        await Eventually.TrueAsync(() => service.Logs.OfPawl(81).Any(), "The log does not say it.");
        Assert.Contains("accepted until they expire", service.Logs.OfPawl(81).Single().Message, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("access_token_expired", (await service.AskAsync(bobs)).Code);
    }

    [Requirement("SES-15")]
    [Theory]
    [InlineData(StoreUnavailableBehavior.Refuse)]
    [InlineData(StoreUnavailableBehavior.Accept)]
    public async Task A_service_starts_without_its_authority_and_recovers_by_itself(StoreUnavailableBehavior choice)
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var token = (await app.SignInAsync("ada")).AccessToken!;
        await using var service = await ResourceApp.StartAsync(app, choice, door: new Door { IsClosed = true });

        Assert.Equal((503, "store_unavailable"), await service.AskAsync(token) is var answer ? (answer.Status, answer.Code) : default);
        Assert.Equal("authentication_required", (await service.AskAsync(null)).Code);
        Assert.Equal((503, "Unhealthy"), await HealthAsync(service));

        service.Door.IsClosed = false;
        await service.UntilAsync(token, null);
    }

    [Requirement("SES-15")]
    [Theory]
    [InlineData(200, "text/html", "<html>Welcome to the airport</html>")]
    [InlineData(200, "application/json", "{}")]
    [InlineData(200, "application/json", "[]")]
    [InlineData(200, "application/json", """{"cursor":"1","remember_for":360,"revocations":null}""")]
    [InlineData(200, "application/json", """{"cursor":"1","remember_for":360,"revocations":[null]}""")]
    [InlineData(200, "application/json", """{"cursor":"1","remember_for":-1,"revocations":[]}""")]
    [InlineData(200, "application/json", """{"cursor":"x&wait=0","remember_for":360,"revocations":[]}""")]
    [InlineData(200, "application/json", """{"cursor":"1","remember_for":360,"revocations":[{"sid":"x","reason":"","ended_at":1}]}""")]
    [InlineData(204, "application/json", "")]
    [InlineData(302, "text/html", "")]
    [InlineData(401, "application/problem+json", "{}")]
    [InlineData(503, "application/problem+json", "{}")]
    public async Task An_answer_that_is_no_page_of_endings_never_means_that_nothing_has_ended(int status, string type, string body)
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var token = (await app.SignInAsync("ada")).AccessToken!;
        var door = new Door
        {
            InPlace = request => request.RequestUri!.AbsolutePath == "/auth/revocations" ? NewAnswer(status, type, body) : null,
        };
        await using var service = await ResourceApp.StartAsync(app, door: door);
        Assert.Equal(503, (await service.AskAsync(token)).Status);
        await Eventually.TrueAsync(() => service.Logs.OfPawl(81).Any(), "The log does not say it.");
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_page_that_a_proxy_repeats_is_not_asked_for_without_a_pause()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var asked = 0;
        var door = new Door
        {
            InPlace = request =>
                request.RequestUri!.AbsolutePath == "/auth/revocations" && Interlocked.Increment(ref asked) > 0
                    ? NewAnswer(200, "application/json", """{"cursor":"7","remember_for":360,"revocations":[]}""")
                    : null,
        };
        await using var service = await ResourceApp.StartAsync(app, door: door);
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) >= 4, "The service does not go on.");
        Assert.InRange(Volatile.Read(ref asked), 4, 8);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_service_reads_all_pages_before_it_accepts_a_token()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync("ada");
        var end = $$"""{"sid":"{{ada.Sid}}","reason":"revoked","ended_at":{{app.Clock.GetUtcNow().ToUnixTimeSeconds()}}}""";
        // The first page has only endings that no longer matter, so it is empty.
        var pages = new Dictionary<string, string>
        {
            ["?wait=0"] = """{"cursor":"500","remember_for":360,"revocations":[]}""",
            ["?wait=0&after=500"] = $$"""{"cursor":"501","remember_for":360,"revocations":[{{end}}]}""",
        };
        var door = new Door
        {
            InPlace = request =>
                request.RequestUri!.AbsolutePath == "/auth/revocations"
                    ? NewAnswer(200, "application/json", pages.GetValueOrDefault(request.RequestUri.Query, pages["?wait=0"]))
                    : null,
        };
        await using var service = await ResourceApp.StartAsync(app, door: door);
        Assert.Equal("session_ended", (await service.AskAsync(ada.AccessToken)).Code);
    }

    private static async Task CloseAsync(ResourceApp service, TestApp app)
    {
        service.Door.IsClosed = true;
        // A question may be waiting behind the door; an ending answers it.
        await (await app.SignInAsync("eve")).LogoutAsync();
        await Eventually.TrueAsync(() => service.Logs.OfPawl(80).Any(), "The service has not noticed.");
    }

    private static async Task<(int, string)> HealthAsync(ResourceApp service) =>
        await service.AskAsync(null, "/health") is var answer ? (answer.Status, answer.Body) : default;

    private static HttpResponseMessage NewAnswer(int status, string type, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };
}
