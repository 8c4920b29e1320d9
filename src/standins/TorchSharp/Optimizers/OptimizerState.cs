using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState
{
    private protected OptimizerState(Parameter parameter) => _parameter = parameter;

    protected Parameter _parameter { get; }

    public abstract void SaveStateDict(BinaryWriter writer);

    public abstract void LoadStateDict(BinaryReader reader);

    public abstract void LoadStateDict(OptimizerState source);

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    public virtual void to(Device device)
    {
    }

    private protected static Tensor Fresh(Parameter like)
    {
        using (no_grad())
        {
            return zeros_like(like).DetachFromDisposeScope();
        }
    }

    private protected static void SaveMaybe(BinaryWriter writer, Tensor tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    private protected static Tensor LoadMaybe(BinaryReader reader, Tensor present, Parameter like)
    {
        if (reader.ReadBoolean())
        {
            present ??= Fresh(like);
            present.Load(reader);
            return present;
        }

        present?.Dispose();
        return null;
    }

    private protected static Tensor Taken(Tensor present, Tensor source)
    {
        if (ReferenceEquals(present, source))
        {
            return present;
        }

        present?.Dispose();
        return source?.DetachFromDisposeScope();
    }

    private protected static Tensor Moved(Tensor tensor, Device device)
    {
        if (tensor is null)
        {
            return null;
        }

        Tensor moved = tensor.to(device).DetachFromDisposeScope();
        tensor.Dispose();
        return moved;
    }
}
