using System.Globalization;
using System.Net;

namespace Descarte.Conformance.Machine;

/// <summary>A TCP socket of a network namespace, as /proc/net/tcp shows it (proc_pid_net(5)).</summary>
/// <param name="Local">Its own address.</param>
/// <param name="RemotePort">The other end's port.</param>
/// <param name="Listens">Whether it is a listening socket.</param>
/// <param name="Unread">Bytes that have arrived and that nobody has read; for a listening socket, connections that nobody has accepted.</param>
/// <param name="Inode">0 while no process has it: nobody has accepted it yet, or everybody has closed it.</param>
readonly record struct TcpRow(IPEndPoint Local, int RemotePort, bool Listens, long Unread, long Inode);

/// <summary>Reads /proc/net/tcp and tcp6.</summary>
static class TcpTable
{
    const string Listen = "0A";

    public static List<TcpRow> Read(int processId = 0)
    {
        var folder = processId == 0 ? "/proc/net" : $"/proc/{processId}/net";
        return [.. Read(Path.Combine(folder, "tcp")), .. Read(Path.Combine(folder, "tcp6"))];
    }

    /// <summary>The listening ones only: the system lists them first, and the rest of a long table is not even made.</summary>
    public static List<TcpRow> ReadListening(int processId)
    {
        var folder = $"/proc/{processId}/net";
        return [.. Read(Path.Combine(folder, "tcp")).TakeWhile(row => row.Listens), .. Read(Path.Combine(folder, "tcp6")).TakeWhile(row => row.Listens)];
    }

    internal static TcpRow? Parse(string line)
    {
        // "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1234 ..."
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 10 || !fields[0].EndsWith(':')
            ? null
            : new TcpRow(
                new IPEndPoint(Address(fields[1].AsSpan(0, fields[1].IndexOf(':'))), Port(fields[1])),
                Port(fields[2]),
                fields[3] == Listen,
                long.Parse(fields[4].AsSpan(9), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                long.Parse(fields[9], CultureInfo.InvariantCulture));
    }

    static IEnumerable<TcpRow> Read(string file)
    {
        StreamReader reader;
        try
        {
            reader = new StreamReader(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        using (reader)
        {
            while (Line(reader) is { } line)
            {
                if (Parse(line) is { } row)
                {
                    yield return row;
                }
            }
        }
    }

    // The namespace goes with its last process.
    static string? Line(StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (IOException)
        {
            return null;
        }
    }

    static int Port(string address) => int.Parse(address.AsSpan(address.IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // Words of four bytes in the order of the machine; every machine that .NET runs Linux on but s390x is little-endian.
    static IPAddress Address(ReadOnlySpan<char> hex)
    {
        var bytes = Convert.FromHexString(hex);
        for (var word = 0; word < bytes.Length; word += 4)
        {
            Array.Reverse(bytes, word, 4);
        }

        return new IPAddress(bytes);
    }
}
