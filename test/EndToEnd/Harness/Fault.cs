using Microsoft.AspNetCore.Http;

namespace Pawl.EndToEnd.Harness;

/// <summary>What goes wrong with a request on its way.</summary>
internal delegate Task Fault(ProxiedCall call);

/// <summary>The ways in which networks, and what stands in them, fail.</summary>
internal static class Faults
{
    /// <summary>The server never hears of the request; something else answers.</summary>
    public static Fault Answer(
        int status,
        string? retryAfter = null,
        string contentType = "text/html",
        string body = "<title>Not the server you know</title>",
        string? challenge = null
    ) =>
        call =>
        {
            if (retryAfter is not null)
                call.Context.Response.Headers.RetryAfter = retryAfter;
            if (challenge is not null)
                call.Context.Response.Headers.WWWAuthenticate = challenge;
            call.Context.Response.ContentType = contentType;
            return call.AnswerAsync(status, body);
        };

    /// <summary>One after the other; then all is well.</summary>
    public static Fault InTurn(params Fault[] faults)
    {
        var next = -1;
        return call => Interlocked.Increment(ref next) is var turn && turn < faults.Length ? faults[turn](call) : call.PassAsync();
    }

    /// <summary>The connection breaks before the server hears of the request.</summary>
    public static Task Cut(ProxiedCall call)
    {
        call.Cut();
        return Task.CompletedTask;
    }

    /// <summary>An endpoint of an app: lets in whom the server knows, and answers how long the body was and what it began with.</summary>
    public static async Task Echo(ProxiedCall call)
    {
        using var body = new MemoryStream();
        await call.Context.Request.Body.CopyToAsync(body);
        await call.ForwardAsync(HttpMethod.Get, Tab.Me);
        await (
            call.Status == 200
                ? call.AnswerAsync(
                    200,
                    $"{body.Length} {System.Text.Encoding.UTF8.GetString(body.ToArray()[..Math.Min(12, (int)body.Length)])}"
                )
                : call.AnswerAsync()
        );
    }

    /// <summary>The server has done what it was asked, and nobody learns of it.</summary>
    public static async Task DropAnswer(ProxiedCall call)
    {
        await call.ForwardAsync();
        call.Cut();
    }
}

/// <summary>Holds requests up, as many as come, until it is opened.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    /// <summary>How many have come so far.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Open() => _open.TrySetResult();

    /// <summary>Before the server hears of it.</summary>
    public async Task Before(ProxiedCall call)
    {
        Interlocked.Increment(ref _waiting);
        await _open.Task;
        await call.PassAsync();
    }

    /// <summary>After the server has done it, before its answer arrives.</summary>
    public async Task After(ProxiedCall call)
    {
        await call.ForwardAsync();
        Interlocked.Increment(ref _waiting);
        await _open.Task;
        await call.AnswerAsync();
    }
}

/// <summary>
/// What became of a request: whether the server has heard of it (<c>Sent</c>), and what the browser was answered (no <c>Status</c>: the
/// connection broke).
/// </summary>
internal sealed record Exchange(
    string Method,
    string Path,
    string Session,
    bool Sent,
    int? Status,
    IReadOnlyList<string> SetCookies,
    string Body,
    TimeSpan At,
    DeviceHeaders Device
);

/// <summary>A request that stands in the proxy.</summary>
internal sealed class ProxiedCall(HttpContext context, HttpClient client, Uri upstream)
{
    private static readonly string[] NotForwarded = ["Connection", "Transfer-Encoding", "Keep-Alive", "Content-Length"];

    private HttpResponseMessage? _answer;
    private byte[] _body = [];

    public HttpContext Context => context;

    public bool IsForwarded { get; private set; }

    public bool IsCut { get; private set; }

    public string Body { get; private set; } = "";

    public IReadOnlyList<string> SetCookies { get; private set; } = [];

    /// <summary>Shows the server a clock that differs from ours.</summary>
    public TimeSpan DateShift { get; init; }

    /// <summary>What the server has answered.</summary>
    public int? Status => (int?)_answer?.StatusCode;

    public Task ForwardAsync() =>
        ForwardAsync(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString.ToString());

    /// <summary>Asks the server something else in its place.</summary>
    public async Task ForwardAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(upstream, path));
        using var body = new MemoryStream();
        if (method != HttpMethod.Get)
            await context.Request.Body.CopyToAsync(body);
        if (body.Length > 0 || (method != HttpMethod.Get && context.Request.ContentType is not null))
            request.Content = new ByteArrayContent(body.ToArray());
        // The server listens on plain http, and its offer of a bound session depends on what the browser sees.
        if (context.Request.IsHttps)
            request.Headers.Add("X-Forwarded-Proto", "https");
        foreach (var (name, values) in context.Request.Headers)
        {
            if (
                !NotForwarded.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)
            )
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        try
        {
            IsForwarded = true;
            _answer = await client.SendAsync(request);
            _body = await _answer.Content.ReadAsByteArrayAsync();
            Body = System.Text.Encoding.UTF8.GetString(_body);
            SetCookies = _answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [];
        }
        catch (HttpRequestException)
        {
            // The server is down. What a browser would have seen of that is a connection that breaks.
            _answer = null;
        }
    }

    /// <summary>Passes the request on without its device proof, so that the server asks for one.</summary>
    public Task AskForProofAsync()
    {
        context.Request.Headers.Remove("Secure-Session-Response");
        return ForwardAsync();
    }

    /// <summary>Passes the server's answer on.</summary>
    public async Task AnswerAsync()
    {
        if (_answer is not { } answer)
        {
            Cut();
            return;
        }
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!NotForwarded.Contains(name, StringComparer.OrdinalIgnoreCase))
                response.Headers.Append(name, values.ToArray());
        }
        if (DateShift != default)
            response.Headers.Date = (DateTimeOffset.UtcNow + DateShift).ToString("R");
        await WriteAsync(_body);
    }

    public async Task AnswerAsync(int status, string body)
    {
        context.Response.StatusCode = status;
        await WriteAsync(System.Text.Encoding.UTF8.GetBytes(body));
    }

    public async Task PassAsync()
    {
        await ForwardAsync();
        await AnswerAsync();
    }

    public void Cut()
    {
        IsCut = true;
        context.Abort();
    }

    private async Task WriteAsync(byte[] body)
    {
        if (body.Length == 0 || context.RequestAborted.IsCancellationRequested)
            return;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }
}
