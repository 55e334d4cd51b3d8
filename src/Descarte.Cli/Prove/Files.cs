using Descarte.Conformance.Evidence;
using Descarte.Conformance.Subjects;

namespace Descarte.Cli.Prove;

/// <summary>Files that the user named.</summary>
static class Files
{
    /// <exception cref="SubjectException">It is not there, or no recording.</exception>
    public static Recording ReadRecording(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return RecordingFile.Read(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SubjectException($"The recording cannot be read: {exception.Message}");
        }
        catch (FormatException exception)
        {
            throw new SubjectException($"{path} cannot be judged: {exception.Message}");
        }
    }

    /// <exception cref="SubjectException">It cannot be written.</exception>
    public static void Write(string? path, Action<Stream> write)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            using var stream = File.Create(path);
            write(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SubjectException($"{path} cannot be written: {exception.Message}");
        }
    }
}
