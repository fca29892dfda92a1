using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

/// <summary>Runs the pipeline of an app for the requests of a client in the same process.</summary>
internal sealed class DirectServer(RequestClock clock) : IServer
{
    private Func<IFeatureCollection, Task> _serve = null!;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _serve = async features =>
        {
            var context = application.CreateContext(features);
            await application.ProcessRequestAsync(context);
            await ((Answer)features.GetRequiredFeature<IHttpResponseFeature>()).StartAsync();
            await features.GetRequiredFeature<IHttpResponseBodyFeature>().CompleteAsync();
            application.DisposeContext(context, null);
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public HttpMessageHandler NewHandler() => new Handler(this, clock);

    public void Dispose() { }

    private sealed class Handler(DirectServer server, RequestClock clock) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            clock.Advance();
            var asked = new HttpRequestFeature
            {
                Protocol = "HTTP/1.1",
                Scheme = request.RequestUri!.Scheme,
                Method = request.Method.Method,
                Path = request.RequestUri.AbsolutePath,
                RawTarget = request.RequestUri.PathAndQuery,
                Body = request.Content is null ? Stream.Null : await request.Content.ReadAsStreamAsync(cancellationToken),
            };
            asked.Headers.Host = request.RequestUri.Authority;
            foreach (var (name, values) in request.Headers)
                asked.Headers[name] = values.ToArray();
            foreach (var (name, values) in request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
                asked.Headers[name] = values.ToArray();
            if (request.Content?.Headers.ContentLength is { } length)
                asked.Headers.ContentLength = length;
            var (answered, content) = (new Answer(), new MemoryStream());
            var body = new StreamResponseBodyFeature(content);
            var features = new FeatureCollection();
            features.Set<IHttpRequestFeature>(asked);
            features.Set<IHttpResponseFeature>(answered);
            features.Set<IHttpResponseBodyFeature>(body);
            features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
            await server._serve(features);
            var response = new HttpResponseMessage((HttpStatusCode)answered.StatusCode)
            {
                Content = new ByteArrayContent(content.ToArray()),
            };
            foreach (var (name, values) in answered.Headers)
            {
                if (!response.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                    response.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
            return response;
        }
    }
}

/// <summary>A response that starts when its request has been served.</summary>
internal sealed class Answer : HttpResponseFeature
{
    private readonly Stack<(Func<object, Task> Call, object State)> _starting = [];

    public override void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

    public async Task StartAsync()
    {
        while (_starting.TryPop(out var starting))
            await starting.Call(starting.State);
    }
}

/// <summary>
/// A clock that only requests move. A server refuses the proof of a session that has sent thousands within a minute, and a benchmark sends
/// more.
/// </summary>
internal sealed class RequestClock : TimeProvider
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);
    private readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long _requests;

    public void Advance() => Interlocked.Increment(ref _requests);

    public override DateTimeOffset GetUtcNow() => _start + s_step * Volatile.Read(ref _requests);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => (s_step * Volatile.Read(ref _requests)).Ticks;
}
