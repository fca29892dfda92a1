using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Pawl.AspNetCore.Tests.Testing;

/// <summary>The client of Pawl.Testing: its session is real, and its requests are those of a page or of a native app.</summary>
public sealed class SessionClientTests : IDisposable
{
    private readonly WebApplicationFactory<Program> _app = New(static _ => { });

    public static TheoryData<SessionTransport> Transports => [SessionTransport.Cookie, SessionTransport.Bearer, SessionTransport.Body];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_user_is_signed_in_until_the_session_is_ended(SessionTransport transport)
    {
        using var ada = _app.CreateClientAs("ada", ["admin"], transport: transport);
        Assert.Equal("ada", await ada.GetStringAsync("/me", Cancel));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(ada.DeleteAsync("/notes", Cancel)));
        Assert.True(await ada.EndSessionAsync(cancellationToken: Cancel));
        Assert.Equal("session_ended;reason=revoked", await ProblemAsync(ada.GetAsync("/me", Cancel)));
        Assert.Equal("session_ended;reason=revoked", await ProblemAsync(ada.RefreshAsync(Cancel)));
        Assert.False(await ada.EndSessionAsync(cancellationToken: Cancel));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_expired_access_token_is_refused_until_the_client_refreshes(SessionTransport transport)
    {
        using var ada = _app.CreateClientAs("ada", transport: transport);
        using var other = _app.CreateClientAs("ada", transport: transport);
        var session = ada.SessionId;
        ada.ExpireAccessToken();
        Assert.Equal("access_token_expired", await ProblemAsync(ada.GetAsync("/me", Cancel)));
        Assert.Equal("ada", await other.GetStringAsync("/me", Cancel));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ada.RefreshAsync(Cancel)));
        Assert.Equal("ada", await ada.GetStringAsync("/me", Cancel));
        Assert.Equal(session, ada.SessionId);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_refreshes_by_itself_sends_a_request_again_with_its_body(SessionTransport transport)
    {
        using var ada = _app.CreateClientAs("ada", transport: transport);
        ada.RefreshesAutomatically = true;
        ada.ExpireAccessToken();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ada.GetStringAsync("/me", Cancel)));
        Assert.All(answers, static me => Assert.Equal("ada", me));

        ada.ExpireAccessToken();
        var note = await ada.PostAsJsonAsync("/notes", new { text = "Buy milk." }, Cancel);
        Assert.Equal("ada: Buy milk.", await note.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_copy_of_the_tokens_is_worthless_after_the_sign_out(SessionTransport transport)
    {
        using var ada = _app.CreateClientAs("ada", transport: transport);
        using var thief = ada.Copy();
        Assert.Equal("ada", await thief.GetStringAsync("/me", Cancel));
        Assert.True((await ada.SignOutAsync(Cancel)).IsSuccessStatusCode);
        Assert.Null(ada.SessionId);
        Assert.Null(ada.AccessToken);
        Assert.Equal("authentication_required", await ProblemAsync(ada.GetAsync("/me", Cancel)));
        Assert.Equal("session_ended;reason=signed_out", await ProblemAsync(thief.GetAsync("/me", Cancel)));
    }

    [Fact]
    public async Task All_sessions_of_a_user_end_and_those_of_others_stay()
    {
        using var page = _app.CreateClientAs("ada");
        using var phone = _app.CreateClientAs("ada", transport: SessionTransport.Body);
        using var bob = _app.CreateClientAs("bob");
        Assert.Equal(2, await _app.EndSessionsAsync("ada", SessionEndReason.UserDisabled, TestContext.Current.CancellationToken));
        Assert.Equal("session_ended;reason=user_disabled", await ProblemAsync(page.GetAsync("/me", Cancel)));
        Assert.Equal("session_ended;reason=user_disabled", await ProblemAsync(phone.GetAsync("/me", Cancel)));
        Assert.Equal("bob", await bob.GetStringAsync("/me", Cancel));
    }

    [Fact]
    public async Task Cookies_and_sessions_expire_by_the_clock_of_the_app()
    {
        var clock = new Pawl.Testing.TestClock();
        await using var app = New(host => host.UseClock(clock));
        await ExpiresAsync(app, clock.Advance);
    }

    [Fact]
    public async Task A_FakeTimeProvider_is_a_clock_as_well()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var app = New(host => host.UseClock(clock));
        await ExpiresAsync(app, clock.Advance);
    }

    [Fact]
    public async Task The_sign_in_of_the_app_starts_a_session_of_a_client_without_one()
    {
        using var page = _app.CreateSessionClient();
        Assert.Null(page.SessionId);
        Assert.Throws<InvalidOperationException>(page.ExpireAccessToken);
        Assert.Equal("authentication_required", await ProblemAsync(page.GetAsync("/me", Cancel)));
        var login = await page.PostAsJsonAsync("/login", new { name = "ada", password = "hunter2" }, Cancel);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        Assert.NotNull(page.SessionId);
        Assert.Equal("ada", await page.GetStringAsync("/me", Cancel));
    }

    [Fact]
    public async Task A_header_of_the_test_is_left_as_it_is()
    {
        using var ada = _app.CreateClientAs("ada");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/notes") { Content = JsonContent.Create(new { text = "Forged." }) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Origin", "https://evil.example");
        Assert.Equal("csrf_rejected", await ProblemAsync(ada.SendAsync(request, Cancel)));
    }

    [Fact]
    public void A_refused_sign_in_says_why()
    {
        using var app = New(static host =>
            host.ConfigureTestServices(static services =>
                services.PostConfigure<PawlOptions>(PawlDefaults.AuthenticationScheme, static options => options.Events.OnSessionStarting =
                        static context =>
                        {
                            context.Reject();
                            return Task.CompletedTask;
                        })
            )
        );
        var refused = Assert.Throws<InvalidOperationException>(() => app.CreateClientAs("ada"));
        Assert.Equal("The app has refused the sign-in: 401 session_ended;reason=user_disabled", refused.Message);
    }

    [Fact]
    public async Task No_request_of_a_client_reaches_the_sign_in_of_the_tests()
    {
        using var ada = _app.CreateClientAs("ada");
        var posted = await ada.PostAsync("/pawl-testing-sign-in", null, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, posted.StatusCode);
        Assert.DoesNotContain(_app.Services.GetRequiredService<EndpointDataSource>().Endpoints, static endpoint =>
            endpoint.DisplayName == "Sign-in of a test"
        );
    }

    [Fact]
    public void A_factory_with_Kestrel_is_refused_in_one_sentence()
    {
        using var app = new WebApplicationFactory<Program>();
        app.UseKestrel();
        var refused = Assert.Throws<InvalidOperationException>(() => app.CreateClientAs("ada"));
        Assert.Equal("Sessions for tests are made in a TestServer: use a factory on which UseKestrel was not called.", refused.Message);
    }

    public void Dispose() => _app.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task ExpiresAsync(WebApplicationFactory<Program> app, Action<TimeSpan> advance)
    {
        using var ada = app.CreateClientAs("ada");
        advance(TimeSpan.FromMinutes(6));
        Assert.Null(ada.AccessToken);
        Assert.Equal("access_token_expired", await ProblemAsync(ada.GetAsync("/me", Cancel)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ada.RefreshAsync(Cancel)));
        using var late = ada.Copy();
        advance(TimeSpan.FromDays(15));
        Assert.Null(ada.SessionId);
        Assert.Equal("authentication_required", await ProblemAsync(late.GetAsync("/me", Cancel)));
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> response)
    {
        using var done = await response;
        return done.StatusCode;
    }

    // The problem of Pawl's that the response names; its status if it names none.
    private static async Task<string> ProblemAsync(Task<HttpResponseMessage> response)
    {
        using var done = await response;
        if (done.Headers.TryGetValues(PawlDefaults.ProblemHeader, out var problem))
            return problem.Single();
        var body = await done.Content.ReadAsStringAsync(Cancel);
        return $"{done.StatusCode} {body}";
    }

    private static WebApplicationFactory<Program> New(Action<IWebHostBuilder> configure) =>
        new WebApplicationFactory<Program>().WithWebHostBuilder(host => configure(host.UseMemoryStore()));
}
