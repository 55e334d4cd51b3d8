using System.Net;
using System.Net.Sockets;

namespace Descarte.Harness;

/// <summary>What a test needs of its machine. Absent: the test is skipped and says what; in CI it fails.</summary>
public static class Need
{
    static readonly string[] DockerPrograms = ["dockerd", "docker", "docker-compose", "ip", "nsenter"];

    public static string RedisServer() => Program("redis-server");

    public static string Chromium() => Program("chromium");

    /// <summary>A Docker daemon that can be started, with a network of its own, and the clients to it.</summary>
    public static void Docker()
    {
        if (!HasDocker)
        {
            Absent($"root, and {string.Join(", ", DockerPrograms)}");
        }
    }

    /// <summary>To start a program as process 1 of a namespace, as a container does.</summary>
    /// <returns>What to write before the program.</returns>
    public static async Task<string[]> PidNamespaceAsync()
    {
        string[] command = [Program("unshare"), "--pid", "--fork", "--kill-child", "--mount-proc"];
        await using var trial = ChildProcess.Start([.. command, "true"], Build.RepositoryRoot);
        if (await trial.WaitForExitAsync(TimeSpan.FromSeconds(10)) != 0)
        {
            Absent($"the right to make a PID namespace ({trial.Error.ToString().Trim()})");
        }

        return command;
    }

    public static bool HasDocker => Environment.IsPrivilegedProcess && DockerPrograms.All(program => Find(program) is not null);

    /// <summary>An IPv6 loopback address.</summary>
    public static void IPv6()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        }
        catch (SocketException)
        {
            Absent("an IPv6 loopback address");
        }
    }

    /// <summary>The native AOT publish of a project.</summary>
    public static void Aot(string project)
    {
        if (!File.Exists(Build.AotPath(project)))
        {
            Absent($"the native program {Build.AotPath(project)} (dotnet publish {project} -o artifacts/aot/{Path.GetFileName(project)})");
        }
    }

    /// <summary>A program of the machine's own.</summary>
    /// <returns>Its full path.</returns>
    public static string Program(string name)
    {
        if (Find(name) is { } path)
        {
            return path;
        }

        Absent(name);
        return name;
    }

    /// <summary>Looks for a program of the machine's own.</summary>
    /// <returns>Its full path; null where it is not installed.</returns>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    static void Absent(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"Needs {what}; in CI nothing is skipped");
        }

        Assert.Skip($"Needs {what}");
    }
}
