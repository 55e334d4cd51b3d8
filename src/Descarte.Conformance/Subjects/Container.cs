using System.Diagnostics;
using System.Globalization;
using System.Net;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Subjects;

/// <summary>
/// A container that is started and stopped again and again, as <c>docker start</c> and a restart policy do: the same one, with the files that its lives
/// left in it. On disposal it is as it was found, or gone where it was made for the run.
/// </summary>
sealed class Container : IAsyncDisposable
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(2);

    readonly string _folder;
    readonly Func<Task> _restore;

    Container(string id, string folder, Signal stopSignal, Func<Task> restore) => (Id, _folder, StopSignal, _restore) = (id, folder, stopSignal, restore);

    public string Id { get; }

    /// <summary>What the user said, else its image, else SIGTERM.</summary>
    public Signal StopSignal { get; }

    /// <exception cref="SubjectException">There is no such image, container or service, or docker does not answer.</exception>
    public static Task<Container> OpenAsync(SubjectOptions subject, CancellationToken cancellation)
    {
        var options = subject.Container!;
        return options.Image is not null ? MakeAsync(subject, options.Image, cancellation)
            : options.Name is not null ? TakeAsync(subject, options.Name, isRunning: null, restore: null, cancellation)
            : ComposeAsync(subject, options, cancellation);
    }

    /// <summary>Starts it, and waits until Docker has told its first process and its address.</summary>
    public async Task<Life> StartAsync(Clock clock, CancellationToken cancellation)
    {
        var spawnedAt = clock.Now;

        // Its end is also the container's, and so is its exit code; what the container writes, it writes.
        var attached = Life.Spawn("docker", ["start", "--attach", Id], _folder, [], out _);
        try
        {
            return await AttachedAsync(attached, clock, spawnedAt, cancellation);
        }
        catch
        {
            // Stopped, or not to be tested: it runs already, and nobody else will end it. The client first, for it may be about to start it.
            attached.Kill();
            await attached.WaitForExitAsync(CancellationToken.None);
            await TryAsync(["kill", Id]);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await _restore();

    async Task<Life> AttachedAsync(Process attached, Clock clock, long spawnedAt, CancellationToken cancellation)
    {
        while (!attached.HasExited)
        {
            var seen = (await InspectAsync(Id, _folder, "{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", cancellation)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (int.Parse(seen[0], CultureInfo.InvariantCulture) is var process and > 0 && await IsHereAsync(process, cancellation))
            {
                return new Life(attached, process, Tree.OfContainer(process, StopSignal), clock, spawnedAt) { Address = AddressOf(seen[1..]), IsContainer = true };
            }

            await Task.Delay(BetweenLooks, cancellation);
        }

        // It never began, or ended before anybody could look.
        return new Life(attached, 0, Tree.None, clock, spawnedAt) { IsContainer = true };
    }

    /// <summary>Its first address; null where it has none of its own, as on the host's network. Docker says that in words, and not in the same ones in all versions.</summary>
    static IPAddress? AddressOf(string[] words) => words.Select(word => IPAddress.TryParse(word, out var address) ? address : null).FirstOrDefault(address => address is not null);

    /// <summary>Tells one that has ended meanwhile from one that was never on this machine.</summary>
    /// <exception cref="SubjectException">It runs elsewhere.</exception>
    async Task<bool> IsHereAsync(int process, CancellationToken cancellation) =>
        ProcessTable.Read(process) is not null
        || (await InspectAsync(Id, _folder, "{{.State.Pid}}", cancellation) == process.ToString(CultureInfo.InvariantCulture) && ProcessTable.Read(process) is null
            ? throw new SubjectException($"Docker says that the container is process {process}, which is not on this machine: run descarte where its daemon runs")
            : false);

    static async Task<Container> MakeAsync(SubjectOptions subject, string image, CancellationToken cancellation)
    {
        // A name that is known before: whoever stops the run while Docker makes it must find it.
        var name = $"descarte-{Guid.NewGuid():N}";
        var variables = subject.Environment.SelectMany(variable => (string[])["--env", $"{variable.Key}={variable.Value}"]);
        Func<Task> remove = () => TryAsync(subject.WorkingDirectory, ["rm", "--force", "--volumes", name]);
        try
        {
            await DockerAsync(subject.WorkingDirectory, ["create", "--name", name, .. variables, image, .. subject.Command], cancellation);
            return new Container(name, subject.WorkingDirectory, await StopSignalAsync(subject, name, cancellation), remove);
        }
        catch
        {
            await remove();
            throw;
        }
    }

    static async Task<Container> TakeAsync(SubjectOptions subject, string name, bool? isRunning, Func<Task>? restore, CancellationToken cancellation)
    {
        var folder = subject.WorkingDirectory;
        var seen = (await InspectAsync(name, folder, "{{.Id}} {{.State.Running}} {{.HostConfig.AutoRemove}} {{.HostConfig.RestartPolicy.MaximumRetryCount}} {{.HostConfig.RestartPolicy.Name}}", cancellation)).Split(' ');
        var (id, runs) = (seen[0], isRunning ?? seen[1] == "true");
        if (seen[2] == "true")
        {
            throw new SubjectException($"The container {name} is removed when it stops (--rm): start one without that, or give its image with --image");
        }

        // Compose makes them without a name.
        var policyName = seen.ElementAtOrDefault(4) ?? "no";
        var policy = seen[3] == "0" ? policyName : $"{policyName}:{seen[3]}";
        var stopSignal = await StopSignalAsync(subject, id, cancellation);

        // Who is to see how it stops must not find it started again.
        var container = new Container(id, folder, stopSignal, async () =>
        {
            await DockerAsync(folder, ["update", "--restart", policy, id]);
            await (restore is not null ? restore() : runs ? DockerAsync(folder, ["start", id]) : TryAsync(folder, ["kill", id]));
        });
        try
        {
            await DockerAsync(folder, ["update", "--restart", "no", id], cancellation);
            await DockerAsync(folder, ["stop", id], cancellation);
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    static async Task<Container> ComposeAsync(SubjectOptions subject, ContainerOptions options, CancellationToken cancellation)
    {
        var folder = subject.WorkingDirectory;
        var wasThere = (await ComposeAsync(options, folder, ["ps", "--all", "--quiet"], cancellation)).Length > 0;
        var containers = await ContainersAsync();

        // Before anything is brought up: that would scale it down.
        ThrowUnlessOne(options, containers, least: 0);
        var wasRunning = containers.Length == 1 && await InspectAsync(containers[0], folder, "{{.State.Running}}", cancellation) == "true";
        try
        {
            await ComposeAsync(options, folder, ["up", "-d", "--no-recreate", options.Service!], cancellation);
            containers = await ContainersAsync();
            ThrowUnlessOne(options, containers, least: 1);
            return await TakeAsync(subject, containers[0], wasRunning, wasThere ? null : DownAsync, cancellation);
        }
        catch when (!wasThere)
        {
            await DownAsync();
            throw;
        }

        async Task<string[]> ContainersAsync() =>
            (await ComposeAsync(options, folder, ["ps", "--quiet", options.Service!], cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // Whatever ended the run, nothing of it stays.
        Task DownAsync() => ComposeAsync(options, folder, ["down"], CancellationToken.None);
    }

    static void ThrowUnlessOne(ContainerOptions options, string[] containers, int least)
    {
        if (containers.Length < least || containers.Length > 1)
        {
            throw new SubjectException($"The {options} has {containers.Length} containers, and exactly one can be tested: scale it to one");
        }
    }

    static Task<string> ComposeAsync(ContainerOptions options, string folder, string[] arguments, CancellationToken cancellation = default)
    {
        // Version 1 is a program, version 2 docker's plugin.
        arguments = ["--file", options.ComposeFile!, .. arguments];
        return Programs.IsThere("docker-compose", folder)
            ? ExternalCommand.RunAsync("docker-compose", arguments, folder, cancellation)
            : DockerAsync(folder, ["compose", .. arguments], cancellation);
    }

    static async Task<Signal> StopSignalAsync(SubjectOptions subject, string id, CancellationToken cancellation) =>
        subject.StopSignalName is not null ? subject.StopSignal
        : Signals.Parse(await InspectAsync(id, subject.WorkingDirectory, "{{.Config.StopSignal}}", cancellation)) ?? Signal.Terminate;

    static Task<string> InspectAsync(string container, string folder, string format, CancellationToken cancellation) =>
        DockerAsync(folder, ["inspect", "--type", "container", "--format", format, container], cancellation);

    Task TryAsync(string[] arguments) => TryAsync(_folder, arguments);

    static async Task TryAsync(string folder, string[] arguments)
    {
        try
        {
            await DockerAsync(folder, arguments, CancellationToken.None);
        }
        catch (SubjectException)
        {
            // It is gone already.
        }
    }

    static Task<string> DockerAsync(string folder, string[] arguments, CancellationToken cancellation = default) =>
        ExternalCommand.RunAsync("docker", arguments, folder, cancellation);
}
