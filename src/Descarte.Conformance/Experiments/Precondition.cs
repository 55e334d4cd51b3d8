using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>What has to hold before a subject is started for the first time.</summary>
static class Precondition
{
    public static async Task CheckAsync(SubjectOptions subject)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new SubjectException("Commands can be tested on Linux only: processes are followed through /proc and pidfds");
        }

        if (!Directory.Exists(subject.WorkingDirectory))
        {
            throw new SubjectException($"There is no folder {subject.WorkingDirectory}: correct --cwd");
        }

        Programs.Find("setsid", subject.WorkingDirectory);
        Programs.Find(subject.Command[0], subject.WorkingDirectory);
        if (subject.Target is { } target && await Visit.IsHeldAsync(target))
        {
            throw new SubjectException($"Somebody else listens on {target.EndPoint} already: stop it, or give the subject another port");
        }
    }
}
