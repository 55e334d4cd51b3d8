namespace Descarte;

/// <summary>A part of the process that has work in flight: the HTTP server, the tracked background work.</summary>
interface IDrainParticipant
{
    int InFlight { get; }

    /// <summary>Whether there can be work in flight, also such that has not come to the application yet.</summary>
    bool HasBegun { get; }

    /// <summary>Work that ended by itself since <see cref="Drain"/> or lame duck began.</summary>
    int Finished { get; }

    /// <summary>When new work was refused at the door, on the clock of the drain; null where there is no door.</summary>
    TimeSpan? DoorClosedAt { get; }

    /// <summary>Called when readiness begins to fail, before <see cref="Drain"/> or together with it; must not block.</summary>
    void BeginClosing();

    /// <summary>Refuses new work and completes when nothing is in flight, or when <paramref name="cut"/> has fired and the rest was aborted.</summary>
    Task Drain(CancellationToken cut);

    /// <summary>Completes when the application may be told to stop: what that would abort has said goodbye.</summary>
    Task SaidGoodbye { get; }

    /// <summary>Names what is in flight.</summary>
    void Describe(List<CutWork> work);
}
