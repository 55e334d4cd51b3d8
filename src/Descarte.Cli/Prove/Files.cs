using Descarte.Conformance.Evidence;
using Descarte.Conformance.Subjects;

namespace Descarte.Cli.Prove;

/// <summary>Files that the user named.</summary>
static class Files
{
    /// <exception cref="SubjectException">It is not there, or no recording.</exception>
    public static Recording ReadRecording(string path)
    {
        if (path.Length == 0)
        {
            throw new SubjectException("--from takes the file of a recording");
        }

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

    /// <summary>Before a long run, so that nothing is done in vain.</summary>
    /// <exception cref="SubjectException">A file could not be written there.</exception>
    public static void Check(IEnumerable<string?> paths)
    {
        foreach (var path in paths.OfType<string>())
        {
            if (path.Length == 0)
            {
                throw new SubjectException("A file to write has no name: --json, --junit and --report take one");
            }

            if (Directory.Exists(path))
            {
                throw new SubjectException($"{path} cannot be written: it is a folder");
            }

            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            {
                throw new SubjectException($"{path} cannot be written: there is no folder {folder}");
            }

            // What is there stays as it is until there is something to write; a pipe would be ended by a trial.
            if (!File.Exists(path))
            {
                Write(path, static _ => { });
                File.Delete(path);
            }
        }
    }

    /// <summary>Those that have a path; also behind one that cannot be written, for the run was long.</summary>
    /// <exception cref="SubjectException">One cannot be written.</exception>
    public static void Write(params (string? Path, Action<Stream> Write)[] files)
    {
        SubjectException? failure = null;
        foreach (var (path, write) in files)
        {
            try
            {
                if (path is not null)
                {
                    Write(path, write);
                }
            }
            catch (SubjectException exception)
            {
                failure ??= exception;
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    static void Write(string path, Action<Stream> write)
    {
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
