using Hits;

namespace Descarte.Tests.Hits;

/// <summary>The settings of a made-up environment.</summary>
static class Settings
{
    const int ProcessId = 812;

    public static HitsSettings Read(params (string Name, string Value)[] environment) => Read([], environment);

    public static HitsSettings Read(string[] arguments, params (string Name, string Value)[] environment) =>
        HitsSettings.Read(arguments, environment.ToDictionary(variable => variable.Name, variable => variable.Value).GetValueOrDefault, ProcessId);

    /// <summary>The line that the start ends with.</summary>
    public static string Refusal(string[] arguments, params (string Name, string Value)[] environment) =>
        Assert.Throws<BadSettingException>(() => Read(arguments, environment)).Message;
}
