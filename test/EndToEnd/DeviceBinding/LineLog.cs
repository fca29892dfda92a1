using Microsoft.Extensions.Logging;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>Writes each log message as one line, in the form of the console of the server programs.</summary>
internal sealed class LineLog(Action<string> take) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, take);

    public void Dispose() { }

    private sealed class Logger(string category, Action<string> take) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // The framework tells each request. What the app says of its sessions is enough.
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || category.StartsWith("Pawl", StringComparison.Ordinal);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => take($" {Name(logLevel)}: {category}[{eventId.Id}] {formatter(state, exception)} {exception}");

        private static string Name(LogLevel level) =>
            level switch
            {
                LogLevel.Critical => "crit",
                LogLevel.Error => "fail",
                LogLevel.Warning => "warn",
                _ => "info",
            };
    }
}
