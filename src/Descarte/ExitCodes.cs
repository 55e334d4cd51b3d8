namespace Descarte;

static class ExitCodes
{
    public const int Clean = 0;

    /// <summary>128 + SIGTERM, as a shell reports a process that the signal ended.</summary>
    public const int Terminated = 143;
}
