using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Pawl.Server.Tests;

/// <summary>A client that has to wait is told how long, and the log tells how many had to.</summary>
public sealed class RetryAfterTests : IDisposable
{
    private static readonly Attempt Guess = Attempt.FromStranger("ada@example.com", IPAddress.Loopback);

    private readonly FakeTimeProvider _clock = new();
    private readonly LogLines _log = new();
    private readonly ServiceProvider _services;

    public RetryAfterTests()
    {
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_log));
        services.AddSingleton<TimeProvider>(_clock).AddThrottle();
        _services = services.AddSingleton(static _ => new HashingQueue()).BuildServiceProvider();
    }

    [Theory]
    [InlineData(5, "1")]
    [InlineData(6, "2")]
    [InlineData(9, "16")]
    [InlineData(30, "900")]
    public async Task The_header_has_the_time_until_the_next_attempt(int failures, string seconds)
    {
        for (var i = 0; i < failures; i++)
            _services.GetRequiredService<SignInThrottle>().Fail(Guess);
        var context = await TakeTurnAsync();
        Assert.Equal(
            (429, seconds, "rate_limited"),
            (
                context.Response.StatusCode,
                context.Response.Headers.RetryAfter.ToString(),
                context.Response.Headers["Pawl-Problem"].ToString()
            )
        );
    }

    [Fact]
    public async Task A_flood_fills_no_log_and_the_rest_is_counted()
    {
        for (var i = 0; i < 30; i++)
            _services.GetRequiredService<SignInThrottle>().Fail(Guess);
        for (var i = 0; i < 100; i++)
            await TakeTurnAsync();
        Assert.Equal(60, _log.Lines.Count(static line => line.StartsWith("excess_rate_limit_exceeded", StringComparison.Ordinal)));

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("messages_left_out 105 all: 40 more messages of this kind within a minute were not logged", _log.Lines[^1]);
        await TakeTurnAsync();
        Assert.StartsWith("excess_rate_limit_exceeded", _log.Lines[^1], StringComparison.Ordinal);
        // A minute without more messages is counted by no line.
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(62, _log.Lines.Count);
    }

    private async Task<HttpContext> TakeTurnAsync()
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        Assert.Null(await PasswordTurn.TakeAsync(context, Guess));
        return context;
    }

    public void Dispose() => _services.Dispose();

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add(formatter(state, exception));

        public void Dispose() { }
    }
}
