namespace Descarte.ContainerTests.Docker;

/// <summary>
/// The network of a host of its own, on a cable to this machine: what a daemon does to interfaces and iptables stays in it, and
/// is gone with it.
/// </summary>
sealed class NetworkNamespace : IAsyncDisposable
{
    static int _count;

    readonly int _number = Interlocked.Increment(ref _count);

    public string Name => $"descarte-{Environment.ProcessId}-{_number}";

    /// <summary>The host, as seen from this machine.</summary>
    public string Address => $"{Prefix}.2";

    // A network for each, and another for each run of the tests beside this one.
    string Prefix => $"10.{200 + (Environment.ProcessId / 60 % 50)}.{(Environment.ProcessId % 60 * 4) + _number}";

    string Cable => $"dsc{Environment.ProcessId % 10_000_000}-{_number}";

    public static async Task<NetworkNamespace> CreateAsync()
    {
        var created = new NetworkNamespace();
        try
        {
            await IpAsync($"netns add {created.Name}");
            await IpAsync($"link add {created.Cable} type veth peer name eth0 netns {created.Name}");
            await IpAsync($"addr add {created.Prefix}.1/24 dev {created.Cable}");
            await IpAsync($"link set {created.Cable} up");
            await created.InsideAsync("link set lo up");
            await created.InsideAsync($"addr add {created.Address}/24 dev eth0");
            await created.InsideAsync("link set eth0 up");
            return created;
        }
        catch
        {
            await created.DisposeAsync();
            throw;
        }
    }

    /// <summary>A cable between two hosts, with no machine in the middle.</summary>
    /// <returns>The address of the second, as seen from the first.</returns>
    public static async Task<string> ConnectAsync(NetworkNamespace first, NetworkNamespace second)
    {
        var prefix = $"{first.Prefix[..first.Prefix.LastIndexOf('.')]}.{250 + second._number % 5}";
        await IpAsync($"link add eth1 netns {first.Name} type veth peer name eth1 netns {second.Name}");
        await first.InsideAsync($"addr add {prefix}.1/24 dev eth1");
        await first.InsideAsync("link set eth1 up");
        await second.InsideAsync($"addr add {prefix}.2/24 dev eth1");
        await second.InsideAsync("link set eth1 up");
        return $"{prefix}.2";
    }

    public async ValueTask DisposeAsync()
    {
        await Command.TryAsync("ip", ["netns", "del", Name]);

        // At once; with the namespace it would go when its last process has.
        await Command.TryAsync("ip", ["link", "del", Cable]);
    }

    Task<string> InsideAsync(string arguments) => IpAsync($"-n {Name} {arguments}");

    static Task<string> IpAsync(string arguments) => Command.RunAsync("ip", arguments.Split(' '));
}
