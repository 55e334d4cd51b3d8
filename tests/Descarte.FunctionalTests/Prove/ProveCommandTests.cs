using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Prove;

/// <summary>The tool: what it says, and what it leaves.</summary>
public sealed class ProveCommandTests : IDisposable
{
    const int Limit = 180_000;

    static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    readonly TempFolder _folder = new();

    [Theory(Timeout = Limit)]
    [InlineData("prove", "Nothing to test")]
    [InlineData("prove --disturb true", "--disturb needs --url")]
    [InlineData("prove --url http://127.0.0.1:1/ --disturb true -- true", "Either a command behind -- to start and stop, or --disturb")]
    [InlineData("prove --url http://127.0.0.1:1/ --disturb no-such-program", "There is no program no-such-program")]
    [InlineData("prove --clause 12.7 -- true", "There is no clause 12.7")]
    [InlineData("prove -- no-such-program", "There is no program no-such-program")]
    [InlineData("prove --cwd /no/such/folder -- true", "There is no folder /no/such/folder")]
    [InlineData("prove --url nonsense -- true", "is not an address")]
    [InlineData("prove --slow report -- true", "--slow takes a path from the slash on")]
    [InlineData("prove --counter (\\d+) -- true", "--counter takes a path, a space and a regular expression")]
    [InlineData("prove --grace never -- true", "--grace")]
    [InlineData("prove --seed x -- true", "--seed: 'x' is not a whole number")]
    [InlineData("prove --json /proc/run.json -- true", "/proc/run.json cannot be written")]
    [InlineData("prove --from no-such-file", "The recording cannot be read")]
    [InlineData("prove --cwd  -- true", "--cwd takes a folder")]
    [InlineData("prove --from ", "--from takes the file of a recording")]
    [InlineData("prove --url http://unix: -- true", "the path of a Unix socket has 1 to 107 bytes")]
    [InlineData("prove --from no-such-file --clause 2.1", "leave out --clause, or --from")]
    [InlineData("clauses 12.7", "There is no clause 12.7")]
    public async Task A_mistake_is_one_line_that_says_what_and_exit_code_2(string arguments, string said)
    {
        // Two spaces: an empty argument between them.
        await using var tool = Start([.. arguments.Split(' ')]);
        Assert.Equal(2, await tool.WaitForExitAsync(Longest));
        var line = Assert.Single(tool.Error.Lines);
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_port_that_somebody_else_holds_is_refused_and_named()
    {
        using var holder = Hold(out var port);
        await using var tool = Start("prove", "--url", $"http://127.0.0.1:{port}/", "--", "sleep", "60");
        Assert.Equal(2, await tool.WaitForExitAsync(Longest));
        Assert.Contains($"Somebody else listens on 127.0.0.1:{port}", Assert.Single(tool.Error.Lines), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_subject_that_never_answers_has_exit_code_4_and_its_end_is_told()
    {
        await using var tool = Start("prove", "--", "sh", "-c", "echo the disk is full; exit 9");
        Assert.Equal(4, await tool.WaitForExitAsync(Longest));
        Assert.Contains("Never ready: it ended with exit code 9 before it answered", tool.Output.Lines[^1], StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_subject_whose_port_is_taken_says_so_in_the_middle_of_its_stack_trace_and_is_heard()
    {
        Need.Program("node");
        using var holder = Hold(out var port);
        await using var tool = Start("prove", "--", "node", "-e", $"require('http').createServer().listen({port}, '127.0.0.1')");
        Assert.Equal(4, await tool.WaitForExitAsync(Longest));
        Assert.Contains(
            $"Error: listen EADDRINUSE: address already in use 127.0.0.1:{port}. Somebody else listens there already: stop it, or give the subject another port",
            tool.Output.Lines[^1], StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("--image hits", "There is no program docker: install Docker's command line")]
    [InlineData("--compose docker-compose.yml --service web", "There is no program docker: install Docker's command line")]
    public async Task Where_docker_is_missing_it_says_what_to_install(string subject, string said)
    {
        // Only what the runtime itself needs.
        Directory.CreateDirectory(_folder["bin"]);
        foreach (var name in (string[])["setsid", "nsenter"])
        {
            File.CreateSymbolicLink(_folder[$"bin/{name}"], Need.Program(name));
        }

        await File.WriteAllTextAsync(_folder["docker-compose.yml"], "services: {}", TestContext.Current.CancellationToken);
        await using var tool = ChildProcess.Start(
            [.. Build.Command("src/Descarte.Cli", Flavor.Ordinary), "prove", .. subject.Split(' ')], _folder.FullName, [new("PATH", _folder["bin"])]);
        Assert.Equal(2, await tool.WaitForExitAsync(Longest));
        Assert.Contains(said, Assert.Single(tool.Error.Lines), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_subject_says_cannot_write_over_the_terminal()
    {
        await using var tool = Start("prove", "--", "sh", "-c", "printf 'gone\\033[2J\\rwell'; exit 9");
        Assert.Equal(4, await tool.WaitForExitAsync(Longest));
        Assert.Contains("gone\ufffd[2J\ufffdwell", tool.Output.Lines[^1], StringComparison.Ordinal);
        Assert.All(tool.Output.Lines, line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_no_recording_is_refused()
    {
        await File.WriteAllTextAsync(_folder["x.json"], "{}", TestContext.Current.CancellationToken);
        await using var tool = Start("prove", "--from", "x.json");
        Assert.Equal(2, await tool.WaitForExitAsync(Longest));
        Assert.Contains("x.json cannot be judged: it is no recording", Assert.Single(tool.Error.Lines), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(Signal.Interrupt, 130)]
    [InlineData(Signal.Terminate, 143)]
    [InlineData(Signal.Hangup, 130)]
    public async Task Whoever_stops_the_tool_stops_the_subject_and_all_that_it_has_started(Signal signal, int code)
    {
        // A child in a session of its own, which no process group and no parent leads to.
        await using var tool = Start("prove", "--start-budget", "60s", "--", "sh", "-c", "setsid sleep 3600 & echo $! > pid; sleep 3600");
        while (!File.Exists(_folder["pid"]) || (await File.ReadAllTextAsync(_folder["pid"], TestContext.Current.CancellationToken)).Length == 0)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var child = int.Parse(await File.ReadAllTextAsync(_folder["pid"], TestContext.Current.CancellationToken));
        tool.Send(signal);
        Assert.Contains(await tool.WaitForExitAsync(Longest), new[] { 130, code });
        Assert.False(Processes.IsAlive(child), $"{child} still runs");
    }

    [Fact(Timeout = Limit)]
    public async Task A_run_is_shown_recorded_and_judged_again_the_same()
    {
        string[] subject = [.. Build.Command("tests/TestServer", Flavor.Ordinary), "well-behaved"];
        string[] command = Build.Command("src/Descarte.Cli", Build.Fastest("src/Descarte.Cli"));

        // A system that some libraries take for a terminal.
        await using var tool = ChildProcess.Start(
            [.. command, "prove", "--quick", "--clause", "2.1", "--clause", "7.1", "--seed", "7", "--json", "run.json", "--junit", "junit.xml", "--report", "report.html", "--", .. subject],
            _folder.FullName, [new("ASPNETCORE_URLS", "http://127.0.0.1:0"), new("GITHUB_ACTIONS", "true")]);
        var code = await tool.WaitForExitAsync(Longest);
        Assert.True(tool.Error.ToString().Length == 0 && code is 0 or 3, $"{code}: {tool.Output}\n{tool.Error}");
        Assert.Contains("(seed 7)", tool.Output.Lines[0], StringComparison.Ordinal);
        Assert.Contains(tool.Output.Lines, line => line.Contains(code == 0 ? "2.1  pass" : "2.1  ", StringComparison.Ordinal) && line.Contains("stops when idle", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', tool.Output.ToString());
        Assert.Contains("<testcase", await File.ReadAllTextAsync(_folder["junit.xml"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("<svg id=\"picture\"", await File.ReadAllTextAsync(_folder["report.html"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await using var again = Start("prove", "--from", "run.json");
        Assert.Equal(code, await again.WaitForExitAsync(Longest));
        Assert.Equal(tool.Output.ToString(), again.Output.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task On_a_terminal_verdicts_have_colours_unless_NO_COLOR_is_set()
    {
        Need.Program("script");
        await using (var run = Start(["prove", "--quick", "--clause", "2.4", "--json", "run.json", "--", .. Build.Command("tests/TestServer", Flavor.Ordinary), "well-behaved"]))
        {
            await run.WaitForExitAsync(Longest);
        }

        Assert.True(await HasColoursAsync(noColor: null));
        Assert.False(await HasColoursAsync(noColor: "1"));

        async Task<bool> HasColoursAsync(string? noColor)
        {
            string[] tool = [.. Build.Command("src/Descarte.Cli", Flavor.Ordinary), "prove", "--from", "run.json"];
            await using var terminal = ChildProcess.Start(
                ["script", "--quiet", "--command", string.Join(' ', tool), "/dev/null"], _folder.FullName, [new("TERM", "xterm-256color"), new("CI", null), new("NO_COLOR", noColor)]);
            Assert.Equal(0, await terminal.WaitForExitAsync(Longest));
            Assert.Contains("exits with code 0", terminal.Output.ToString(), StringComparison.Ordinal);
            return Regex.IsMatch(terminal.Output.ToString(), "\\e\\[[0-9;]*(3[0-79]|38|9[0-7])[0-9;]*m");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Clauses_are_listed_and_explained()
    {
        await using var list = Start("clauses");
        Assert.Equal(0, await list.WaitForExitAsync(Longest));
        Assert.Contains(list.Output.Lines, line => line.StartsWith("3.4  MUST", StringComparison.Ordinal));
        await using var one = Start("clauses", "4.1");
        Assert.Equal(0, await one.WaitForExitAsync(Longest));
        foreach (var part in new[] { "Requirement", "Experiment", "Source", "Remedy", "--slow PATH" })
        {
            Assert.Contains(part, one.Output.ToString(), StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    static Socket Hold(out int port)
    {
        var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        port = ((IPEndPoint)holder.LocalEndPoint!).Port;
        return holder;
    }

    ChildProcess Start(params string[] arguments) =>
        ChildProcess.Start([.. Build.Command("src/Descarte.Cli", Flavor.Ordinary), .. arguments], _folder.FullName, [new("ASPNETCORE_URLS", "http://127.0.0.1:0"), new("CI", null)]);
}
