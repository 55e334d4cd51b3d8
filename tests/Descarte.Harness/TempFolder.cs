namespace Descarte.Harness;

/// <summary>A folder of the test's own, gone when the test is over.</summary>
public sealed class TempFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("descarte-").FullName;

    /// <summary>The path of a file in this folder; creates nothing.</summary>
    public string this[string name] => Path.Combine(FullName, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(FullName, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test deleted it itself.
        }
    }
}
