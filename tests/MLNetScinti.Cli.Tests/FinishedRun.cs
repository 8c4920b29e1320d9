namespace MLNetScinti.Cli.Tests;

/// <summary>The small pipeline, run once to its end.</summary>
public sealed class FinishedRun : IDisposable
{
    public FinishedRun() =>
        (Code, Output, Error) = Scinti.Run(Studies.Root, "run", "small.yaml", "--output", Folder);

    public StudyFolder Studies { get; } = new();

    public string Folder => Path.Combine(Studies.Root, "finished");

    public int Code { get; }

    public string Output { get; }

    public string Error { get; }

    public void Dispose() => Studies.Dispose();
}
