using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>Everything that was logged.</summary>
internal sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    public IReadOnlyCollection<Entry> All => _entries;

    /// <summary>
    /// Pawl's own, by their event ids. What the framework says in its name is for debugging, under numbers of the framework's.
    /// </summary>
    public IEnumerable<Entry> OfPawl(int eventId) =>
        _entries.Where(e => e.Category.StartsWith("Pawl", StringComparison.Ordinal) && e.EventId.Id == eventId && e.Level > LogLevel.Debug);

    public IEnumerable<Entry> Exceptions => _entries.Where(static e => e.Exception is not null);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose() { }

    internal sealed record Entry(string Category, LogLevel Level, EventId EventId, string Message, string Values, Exception? Exception)
    {
        public override string ToString() => $"{Level} {Category}[{EventId.Id}] {Message} {Values} {Exception}";
    }

    private sealed class Logger(string category, ConcurrentQueue<Entry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs
                ? string.Join(' ', pairs.Select(static p => $"{p.Key}={p.Value}"))
                : "";
            entries.Enqueue(new(category, logLevel, eventId, formatter(state, exception), values, exception));
        }
    }
}
