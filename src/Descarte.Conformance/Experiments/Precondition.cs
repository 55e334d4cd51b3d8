using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>What has to hold before a subject is started for the first time.</summary>
static class Precondition
{
    public static async Task CheckAsync(SubjectOptions subject, bool runsAlready)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new SubjectException("Commands can be tested on Linux only: processes are followed through /proc and pidfds");
        }

        if (!Directory.Exists(subject.WorkingDirectory))
        {
            throw new SubjectException($"There is no folder {subject.WorkingDirectory}: correct --cwd");
        }

        _ = subject.StopSignal;
        Programs.Find("setsid", subject.WorkingDirectory, "install util-linux");
        if (subject.Container is not null)
        {
            Programs.Find("docker", subject.WorkingDirectory, "install Docker's command line (in Debian: docker.io), or test a command behind --");
            Programs.Find("nsenter", subject.WorkingDirectory, "install util-linux");
            if (!Environment.IsPrivilegedProcess)
            {
                throw new SubjectException("Containers are followed through /proc and signalled as their daemon does it: run descarte as root");
            }

            if (subject.Container.ComposeFile is not null && !Programs.IsThere("docker-compose", subject.WorkingDirectory))
            {
                await FindComposePluginAsync(subject.WorkingDirectory);
            }

            return;
        }

        Programs.Find(subject.Command[0], subject.WorkingDirectory);
        if (subject.Target is not { } target)
        {
            return;
        }

        var held = await Visit.FirstHeldAsync(target);
        if (runsAlready && held is null)
        {
            throw new SubjectException($"Nobody answers at {target.Authority}: start the service first, and --disturb says what happens to it");
        }

        if (!runsAlready && held is not null)
        {
            throw new SubjectException($"Somebody else listens on {held.EndPoint} already: stop it, or give the subject another port");
        }
    }

    static async Task FindComposePluginAsync(string workingDirectory)
    {
        try
        {
            await ExternalCommand.RunAsync("docker", ["compose", "version"], workingDirectory);
        }
        catch (SubjectException)
        {
            throw new SubjectException("There is no program docker-compose, and docker has no plugin compose: install one of them");
        }
    }
}
