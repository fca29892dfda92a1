using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Pawl.Client.Tests;

/// <summary>Which bodies are sent again after a refresh, and which only once.</summary>
public sealed class RepeatedBodiesTests
{
    // The server's clock alone moves on, so that the client does not know that its token has expired.
    private static async Task<(ClientApp App, HttpClient Client)> StartExpiredAsync(int maxBufferedStream = 0)
    {
        var app = await ClientApp.StartAsync();
        var session = app.NewSession(time: new StillClock(), configure: options => options.MaxBufferedStream = maxBufferedStream);
        Assert.IsType<SignedIn>(await session.SignInAsync("/login/ada", new StringContent(""), Stop));
        app.Expire();
        return (app, ClientApp.NewClient(session));
    }

    public static TheoryData<string> Bodies => ["text", "form", "bytes", "memory", "json", "multipart", "nested multipart"];

    private static HttpContent Make(string kind) =>
        kind switch
        {
            "form" => new FormUrlEncodedContent([new("a", "1")]),
            "bytes" => new ByteArrayContent([65, 66]),
            "memory" => new ReadOnlyMemoryContent("AB"u8.ToArray()),
            "json" => JsonContent.Create(new Dictionary<string, int[]> { ["numbers"] = [1, 2] }),
            "multipart" => new MultipartFormDataContent("b")
            {
                { new StringContent("x"), "a" },
                { new ByteArrayContent([65]), "file", "a.bin" },
                { JsonContent.Create(1), "json" },
            },
            "nested multipart" => new MultipartContent("mixed", "b") { new MultipartContent("mixed", "c") { new StringContent("x") } },
            _ => new StringContent("hello"),
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_in_memory_is_sent_again_whole(string kind)
    {
        var (app, client) = await StartExpiredAsync();
        var expected = await Make(kind).ReadAsStringAsync(Stop);
        using var response = await client.PostAsync(new Uri(app.Address, "/echo"), Make(kind), Stop);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal(1, app.Refreshes);
        await app.DisposeAsync();
    }

    public static TheoryData<string> Streams => ["stream", "multipart", "json of strings", "json of numbers"];

    private static HttpContent MakeStream(string kind) =>
        kind switch
        {
            "multipart" => new MultipartFormDataContent
            {
                { new StringContent("x"), "a" },
                { new StreamContent(new MemoryStream([65])), "b" },
            },
            "json of strings" => JsonContent.Create(OnceAsync("a")),
            "json of numbers" => JsonContent.Create(OnceAsync(1)),
            _ => new StreamContent(new MemoryStream([65])),
        };

    private static async IAsyncEnumerable<T> OnceAsync<T>(T value)
    {
        await Task.Yield();
        yield return value;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_body_that_can_be_read_once_is_sent_once_and_the_next_request_has_a_new_token(string kind)
    {
        var (app, client) = await StartExpiredAsync();
        // Sent again, it would be empty or an exception.
        using var response = await client.PostAsync(new Uri(app.Address, "/echo"), MakeStream(kind), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal(1, app.Refreshes);
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task A_stream_is_kept_up_to_the_limit_of_the_app(int length, bool isRepeated)
    {
        var (app, client) = await StartExpiredAsync(maxBufferedStream: 5);
        var sent = new string('x', length);
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(sent)));
        using var response = await client.PostAsync(new Uri(app.Address, "/echo"), content, Stop);
        Assert.Equal(isRepeated ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
        if (isRepeated)
            Assert.Equal(sent, await response.Content.ReadAsStringAsync(Stop));
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_of_unknown_length_is_not_kept()
    {
        var (app, client) = await StartExpiredAsync(maxBufferedStream: 1_000);
        using var content = new StreamContent(new UnknownLength([65]));
        using var response = await client.PostAsync(new Uri(app.Address, "/echo"), content, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        await app.DisposeAsync();
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    [Fact]
    public async Task A_refused_token_whose_refresh_is_unavailable_is_an_exception_and_no_401()
    {
        var (app, client) = await StartExpiredAsync();
        app.Before = static context =>
        {
            if (context.Request.Path != "/auth/token")
                return Task.FromResult(false);
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "20");
            return Task.FromResult(true);
        };
        var fault = await Assert.ThrowsAsync<SessionUnavailableException>(() => client.GetAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal(TimeSpan.FromSeconds(20), fault.RetryAfter);
        await app.DisposeAsync();
    }
}
