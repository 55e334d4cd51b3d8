using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Descarte.Tests.Hits;

/// <summary>Keeps the lines that it is given.</summary>
sealed class RecordingLogger : ILogger
{
    readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Assert.Null(exception);
        _lines.Enqueue(formatter(state, exception));
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
