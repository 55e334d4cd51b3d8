using Descarte.Harness;
using k8s;
using k8s.Models;

namespace Descarte.ContainerTests.Manifests;

/// <summary>deploy/kubernetes: what it says exists in Kubernetes, fits together, and its times allow the drain.</summary>
public sealed class KubernetesTests
{
    const string Folder = "deploy/kubernetes";

    /// <summary>Within that Hits answers, or says 503 (docs/hits.md).</summary>
    static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    readonly List<object> _all = [.. Directory.GetFiles(Path.Combine(Build.RepositoryRoot, Folder), "*.yaml").Order(StringComparer.Ordinal)
        .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true))];

    V1Deployment Deployment => One<V1Deployment>("hits");

    V1PodSpec Pod => Deployment.Spec.Template.Spec;

    V1Container Container => Assert.Single(Pod.Containers);

    [Fact(Timeout = 60_000)]
    public void Everything_is_there_and_known_to_kubernetes()
    {
        Assert.Equal(
            ["Deployment hits", "HorizontalPodAutoscaler hits", "PodDisruptionBudget hits", "Service hits", "Service redis", "StatefulSet redis"],
            _all.Cast<IKubernetesObject<V1ObjectMeta>>().Select(one => $"{one.Kind} {one.Metadata.Name}").Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public void The_parts_name_each_other()
    {
        var labels = Deployment.Spec.Template.Metadata.Labels;
        Assert.Equal(labels, Deployment.Spec.Selector.MatchLabels);
        Assert.Equal(labels, One<V1Service>("hits").Spec.Selector);
        Assert.Equal(labels, One<V1PodDisruptionBudget>("hits").Spec.Selector.MatchLabels);
        var redis = One<V1StatefulSet>("redis");
        Assert.Equal(redis.Spec.Template.Metadata.Labels, One<V1Service>("redis").Spec.Selector);
        Assert.Equal(redis.Spec.ServiceName, One<V1Service>("redis").Metadata.Name);
        Assert.Equal("redis", Variable("HOST_REDIS"));

        var port = Assert.Single(Container.Ports);
        Assert.Equal(5000, port.ContainerPort);
        Assert.Equal(port.Name, Assert.Single(One<V1Service>("hits").Spec.Ports).TargetPort.Value);
        Assert.All(Probes, probe => Assert.Equal(port.Name, probe.HttpGet.Port.Value));

        var autoscaler = One<V2HorizontalPodAutoscaler>("hits").Spec;
        Assert.Equal(("Deployment", "hits"), (autoscaler.ScaleTargetRef.Kind, autoscaler.ScaleTargetRef.Name));
        Assert.Null(Deployment.Spec.Replicas);
        Assert.True(int.Parse(One<V1PodDisruptionBudget>("hits").Spec.MaxUnavailable.Value) < autoscaler.MinReplicas);
        Assert.Equal(("0", "1"), (Deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value, Deployment.Spec.Strategy.RollingUpdate.MaxSurge.Value));
    }

    [Fact(Timeout = 60_000)]
    public void The_times_allow_the_drain()
    {
        var drain = new DrainOptions { GracePeriod = Time("Descarte__GracePeriod"), LameDuck = Time("Descarte__LameDuck") };
        Assert.True(drain.GracePeriod <= TimeSpan.FromSeconds(Pod.TerminationGracePeriodSeconds!.Value), "Kubernetes would kill before the drain's own deadline");

        var propagation = TimeSpan.FromSeconds(5);
        Assert.True(drain.LameDuck >= propagation + Noticed(Container.ReadinessProbe), "the door would close on clients who have not heard of it");
        Assert.True(drain.LameDuck + 2 * LongestAnswer < drain.CutAfter, "nothing would be left of the grace period for what is in flight");
        Assert.True(Container.ReadinessProbe.TimeoutSeconds >= 2 * LongestAnswer.TotalSeconds, "a Redis that hangs would be a timeout and no 503");
        Assert.True(Noticed(Container.LivenessProbe) > 10 * LongestAnswer, "a busy moment would be a restart");
        Assert.True(Deployment.Spec.ProgressDeadlineSeconds > Noticed(Container.StartupProbe).TotalSeconds, "an update would fail before its first pod has");
    }

    [Fact(Timeout = 60_000)]
    public void Readiness_asks_for_redis_and_liveness_does_not()
    {
        Assert.Equal("/readyz", Container.ReadinessProbe.HttpGet.Path);
        Assert.Equal(["/livez", "/livez"], (string[])[Container.LivenessProbe.HttpGet.Path, Container.StartupProbe.HttpGet.Path]);
    }

    [Fact(Timeout = 60_000)]
    public void Nothing_may_do_more_than_it_must()
    {
        foreach (var pod in (V1PodSpec[])[Pod, One<V1StatefulSet>("redis").Spec.Template.Spec])
        {
            Assert.True(pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" });
            Assert.Equal((false, false), (pod.AutomountServiceAccountToken, pod.EnableServiceLinks));
            var context = Assert.Single(pod.Containers).SecurityContext;
            Assert.True(context is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true });
            Assert.Equal(["ALL"], context.Capabilities.Drop);
            Assert.Contains("memory", pod.Containers[0].Resources.Limits.Keys);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Kubectl_reads_it_without_a_cluster()
    {
        // What "create --dry-run=client" does besides needs the API server's list of kinds.
        var names = await Docker.Command.RunAsync(
            Need.Program("kubectl"), ["label", "--local", "--dry-run=client", "--filename", Folder, "read=true", "--output", "name"]);
        Assert.Equal(_all.Count, names.Split('\n').Length);
    }

    IEnumerable<V1Probe> Probes => [Container.StartupProbe, Container.ReadinessProbe, Container.LivenessProbe];

    T One<T>(string name) where T : IKubernetesObject<V1ObjectMeta> => Assert.Single(_all.OfType<T>(), one => one.Metadata.Name == name);

    string Variable(string name) => Assert.Single(Container.Env, variable => variable.Name == name).Value;

    TimeSpan Time(string name) => TimeSpan.Parse(Variable(name));

    /// <summary>The longest time in which a probe that fails is taken note of.</summary>
    static TimeSpan Noticed(V1Probe probe) =>
        TimeSpan.FromSeconds(((probe.PeriodSeconds ?? 10) * (probe.FailureThreshold ?? 3)) + (probe.TimeoutSeconds ?? 1));
}
