namespace Microsoft.ML.Runtime;

/// <summary>ML.NET's MLContext shows no progress: nothing of a progress channel reaches its Log event.</summary>
internal sealed class SilentProgress : IProgressChannel
{
    public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction)
    {
    }

    public void Checkpoint(params double?[] values)
    {
    }

    public IProgressChannel StartProgressChannel(string name) => new SilentProgress();

    public void Dispose()
    {
    }
}
