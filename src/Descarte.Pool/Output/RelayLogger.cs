using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Descarte.Pool.Output;

/// <summary>The supervisor's own lines, between those of its workers and never torn by them; as text or as JSON.</summary>
sealed class RelayLogger(OutputRelay relay, bool json) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        relay.Say(json ? Json(logLevel, eventId, state, message) : Text(logLevel, message));
    }

    static string Text(LogLevel level, string message) => level switch
    {
        LogLevel.Warning => $"warn: pool: {message}",
        LogLevel.Error or LogLevel.Critical => $"fail: pool: {message}",
        _ => $"info: pool: {message}",
    };

    static string Json(LogLevel level, EventId eventId, object? state, string message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time", DateTimeOffset.UtcNow);
            writer.WriteString("level", level.ToString());
            writer.WriteString("event", eventId.Name is ['L', 'o', 'g', .. var name] ? name : eventId.Name);
            foreach (var (key, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
            {
                switch (value)
                {
                    case int number:
                        writer.WriteNumber(key, number);
                        break;
                    case double number:
                        writer.WriteNumber(key, Math.Round(number, 1));
                        break;
                    case string text when key != "{OriginalFormat}":
                        writer.WriteString(key, text);
                        break;
                    case not string and not null:
                        writer.WriteString(key, value.ToString());
                        break;
                }
            }

            writer.WriteString("message", message);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
