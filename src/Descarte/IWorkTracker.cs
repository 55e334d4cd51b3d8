namespace Descarte;

/// <summary>Counts work that is not an HTTP request, so that the drain waits for it and names it when it has to cut it.</summary>
public interface IWorkTracker
{
    /// <summary>
    /// Begins a piece of work; dispose the result when it is done. Work begun while draining counts too.
    /// </summary>
    /// <param name="name">How the report names the work when it had to be cut.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    IDisposable Begin(string name);
}
