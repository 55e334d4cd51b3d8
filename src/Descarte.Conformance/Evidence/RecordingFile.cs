using System.Text.Json;
using System.Text.Json.Serialization;
using Descarte.Conformance.Client;

namespace Descarte.Conformance.Evidence;

/// <summary>Recordings as JSON.</summary>
public static class RecordingFile
{
    /// <summary>Writes a recording.</summary>
    public static void Write(Recording recording, Stream stream) => JsonSerializer.Serialize(stream, recording, RecordingJson.Default.Recording);

    /// <summary>Reads a recording of this program's own version of the format.</summary>
    /// <exception cref="FormatException">It is none; the message says what it is.</exception>
    public static Recording Read(Stream stream)
    {
        Recording recording;
        try
        {
            recording = JsonSerializer.Deserialize(stream, RecordingJson.Default.Recording) ?? throw new FormatException("null");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"it is no recording: {exception.Message}", exception);
        }

        return recording.Schema != Recording.CurrentSchema
                ? throw new FormatException($"it has version {recording.Schema} of the format, and this program reads version {Recording.CurrentSchema}")
            : HasHoles(recording) ? throw new FormatException("it is no recording: something in a list of it is null")
            : recording;
    }

    /// <summary>The serializer minds null where a property may not be, but not among the items of a list.</summary>
    static bool HasHoles(Recording recording) => recording.Calibrations.Contains(null!) || recording.Settings.Clauses.Contains(null!)
        || recording.Trials.Any(static trial => trial is null || trial.Sightings.Contains(null!) || trial.Signals.Contains(null!) || trial.GoAways.Contains(null!)
            || trial.Tree.Contains(null!) || trial.LeftAtExit.Contains(null!) || trial.LeftLater?.Contains(null!) == true || trial.FilesLeft.Contains(null!));
}

// Generated code gives a property that can only be initialised its type's default where the file has none: those with another default can be set.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    Converters = [typeof(JsonStringEnumConverter<Outcome>), typeof(JsonStringEnumConverter<Role>), typeof(JsonStringEnumConverter<Experiment>)])]
[JsonSerializable(typeof(Recording))]
sealed partial class RecordingJson : JsonSerializerContext;
