using System.IO.Hashing;
using System.Text;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Training;

/// <summary>Training cases, and rows behind them that are nobody's case.</summary>
internal sealed class JoinedSamples(ITrainingSamples cases, ITrainingSamples others, string description) : ITrainingSamples
{
    public int Count => cases.Count + others.Count;

    public IReadOnlyList<TensorShape> InputShapes => cases.InputShapes;

    public TensorShape TargetShape => cases.TargetShape;

    public string Description => $"{cases.Description}; {description}";

    public string ContentHash => Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{cases.ContentHash}\n{others.ContentHash}")));

    public void ReadTarget(int index, Span<float> target) => Of(ref index).ReadTarget(index, target);

    public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target) => Of(ref index).Read(index, epoch, inputs, target);

    private ITrainingSamples Of(ref int index)
    {
        if (index < cases.Count)
        {
            return cases;
        }

        index -= cases.Count;
        return others;
    }
}
