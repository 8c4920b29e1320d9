namespace MLNetScinti.Pipelines.Runs;

/// <summary>Keeps two runs from writing one folder. The operating system lets go of it even when the run is killed.</summary>
internal sealed class RunFolderLock : IDisposable
{
    private readonly FileStream _file;

    private RunFolderLock(FileStream file) => _file = file;

    public static RunFolderLock Take(string folder)
    {
        try
        {
            return new RunFolderLock(new FileStream(Path.Combine(folder, ".run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new RunFolderInUseException($"{folder}: another run is writing this folder; wait for it, or give another one with --output.");
        }
    }

    public void Dispose() => _file.Dispose();
}
