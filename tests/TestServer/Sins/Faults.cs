namespace TestServer.Sins;

/// <summary>Servers with one fault each, by the name of the behaviour.</summary>
static class Faults
{
    public static Dictionary<string, Func<string[], Task>> All { get; } = new()
    {
        ["starts-slowly"] = StartsSlowly.RunAsync,
        ["deaf-while-starting"] = DeafWhileStarting.RunAsync,
        ["lingers-when-idle"] = LingersWhenIdle.RunAsync,
        ["hangs-under-load"] = HangsUnderLoad.RunAsync,
        ["stops-more-slowly-than-it-starts"] = StopsMoreSlowlyThanItStarts.RunAsync,
        ["exits-with-failure"] = ExitsWithFailure.RunAsync,
        ["dies-of-second-signal"] = DiesOfSecondSignal.RunAsync,
        ["goes-on-accepting"] = GoesOnAccepting.RunAsync,
        ["stays-ready"] = StaysReady.RunAsync,
        ["leaves-listener-behind"] = LeavesListenerBehind.RunAsync,
        ["drops-backlog"] = DropsBacklog.RunAsync,
        ["cuts-slow"] = CutsOnSignal.SlowAsync,
        ["ends-downloads-early"] = EndsDownloadsEarly.RunAsync,
        ["cuts-uploads"] = CutsOnSignal.UploadAsync,
        ["cuts-http2"] = CutsOnSignal.Http2Async,
        ["hides-the-close"] = HidesTheClose.RunAsync,
        ["resets-idle-connections"] = ResetsIdleConnections.RunAsync,
        ["waits-for-silent-connections"] = WaitsForSilentConnections.RunAsync,
        ["loses-kept-requests"] = LosesKeptRequests.RunAsync,
        ["resets-behind-responses"] = ResetsBehindResponses.RunAsync,
        ["cuts-event-streams"] = CutsLongConnections.CutsEventStreamsAsync,
        ["cuts-websockets"] = CutsLongConnections.CutsWebSocketsAsync,
        ["readmits-streams"] = ReadmitsStreams.RunAsync,
        ["leaves-orphan"] = LeavesOrphan.RunAsync,
        ["leaves-pid-file"] = TrustsOldFiles.PidFileAsync,
        ["waits-for-its-lease"] = WaitsForItsLease.RunAsync,
        ["trusts-lock-file"] = TrustsOldFiles.LockFileAsync,
        ["forgets-on-stop"] = Forgets.OnStopAsync,
        ["forgets-on-death"] = Forgets.OnDeathAsync,
        ["counts-in-two-steps"] = Forgets.InTwoStepsAsync,
        ["reaps-nobody"] = ReapsNobody.RunAsync,
        ["replaces-nobody"] = ReplacesNobody.RunAsync,
    };
}
