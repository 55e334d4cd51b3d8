using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Descarte.Conformance.Machine;

/// <summary>A process of the whole machine, as /proc/PID/stat shows it.</summary>
readonly record struct ProcessRow(int Id, int Parent, int Session, char State, long StartedTicks)
{
    /// <summary>A zombie runs no more: it only waits to be reaped.</summary>
    public bool Runs => State is not ('Z' or 'X');
}

/// <summary>Reads /proc. A process may go while it is read: then it is left out.</summary>
static class ProcessTable
{
    /// <summary>Every process that this user can see.</summary>
    public static List<ProcessRow> Read()
    {
        var rows = new List<ProcessRow>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>One process; null when there is none.</summary>
    public static ProcessRow? Read(int id)
    {
        // "1234 (name) S parent group session ...": the fields follow the name, which may hold anything (proc_pid_stat(5)).
        var stat = Text(id, "stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 20
            ? null
            : new ProcessRow(id, Number(fields[1]), Number(fields[3]), fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>Its arguments, joined by spaces; its name when it has none.</summary>
    public static string Command(int id)
    {
        var command = Text(id, "cmdline").TrimEnd('\0').Replace('\0', ' ');
        return command.Length > 0 ? command : Text(id, "comm").TrimEnd('\n');
    }

    /// <summary>Whether it has a handler for a signal, or keeps it back to wait for it (sigwait(3)), as tini and systemd do.</summary>
    public static bool Handles(int id, Signal signal)
    {
        var status = Text(id, "status");
        return HasSignal(Field(status, "SigCgt"), signal) || HasSignal(Field(status, "SigBlk"), signal);
    }

    /// <summary>Whether it is the first process of a process table of its own, as a container's is (pid_namespaces(7)).</summary>
    public static bool IsInit(int id) => Field(Text(id, "status"), "NSpid").Split('\t') is [_, .., "1"];

    /// <summary>Which process table it is in; null when it has gone, or is somebody else's.</summary>
    public static string? Namespace(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/ns/pid").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether its environment, as it was when it was started, has this variable.</summary>
    public static bool HasVariable(int id, string variable) => Text(id, "environ").Contains(variable, StringComparison.Ordinal);

    /// <summary>Keeps its process table from going with its last process; null when it has gone, or is somebody else's.</summary>
    public static SafeFileHandle? OpenNamespace(int id)
    {
        try
        {
            return File.OpenHandle($"/proc/{id}/ns/pid");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether every one of its threads is stopped, or over.</summary>
    public static bool IsStopped(int id)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{id}/task").All(task => Stopped(File.ReadAllText(Path.Combine(task, "stat"))));
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            // A thread that ended while it was looked at says nothing of the others.
            return Read(id) is not { Runs: true };
        }

        // Stopped, traced, or over (proc_pid_stat(5)).
        static bool Stopped(string stat) => stat[stat.LastIndexOf(')') + 2] is 'T' or 't' or 'Z' or 'X';
    }

    /// <summary>The inodes of the sockets that it has open.</summary>
    public static IEnumerable<long> SocketInodes(int id)
    {
        string[] descriptors;
        try
        {
            descriptors = Directory.GetFiles($"/proc/{id}/fd");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (var descriptor in descriptors)
        {
            string? target = null;
            try
            {
                target = new FileInfo(descriptor).LinkTarget;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
            }

            if (target is not null && target.StartsWith("socket:[", StringComparison.Ordinal))
            {
                yield return long.Parse(target.AsSpan(8, target.Length - 9), CultureInfo.InvariantCulture);
            }
        }
    }

    static bool HasSignal(string mask, Signal signal) =>
        ulong.TryParse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) && (bits >> ((int)signal - 1) & 1) == 1;

    /// <summary>What follows a name in the lines of /proc/PID/status; empty where there is no such line.</summary>
    static string Field(string status, string name)
    {
        var start = $"\n{name}:\t";
        var at = status.IndexOf(start, StringComparison.Ordinal);
        return at < 0 ? "" : status[(at + start.Length)..].Split('\n', 2)[0];
    }

    static string Text(int id, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
