using System.Runtime.InteropServices;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>10.2: as the first process of a container it does not hear of the end of those that it inherits. The drain would; it is taken from it again.</summary>
static partial class ReapsNobody
{
    const int Child = 17;
    const nint Default = 0;

    public static Task RunAsync(string[] args)
    {
        var app = WellBehavedServer.Build(args);
        app.Lifetime.ApplicationStarted.Register(() => Signal(Child, Default));
        return app.RunAsync();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);
}
