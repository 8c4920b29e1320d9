using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// What the training loop reads: features of a store, changed at random where it is a training set. Every draw is keyed by
/// seed, epoch, what the case holds, and feature, so neither order nor threads nor names change what a case looks like in an epoch.
/// </summary>
internal sealed class TrainingSamples(FeatureStore store, IReadOnlyList<TensorShape> shapes, TensorShape target, Augmentation augmentation, ulong seed) : ITrainingSamples
{
    public int Count => store.Count;

    public IReadOnlyList<TensorShape> InputShapes { get; } = shapes;

    public TensorShape TargetShape { get; } = target;

    public string Description => augmentation.Operators.Count == 0 ? "none" : string.Join(", ", augmentation.Operators.Select(operation => operation.Name));

    public void ReadTarget(int index, Span<float> target) => store.Task.Write(store.Targets[index], target);

    public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
    {
        ReadTarget(index, target.Span);
        for (int feature = 0; feature < inputs.Count; feature++)
        {
            ImageShape shape = store.Shapes[feature];
            if (augmentation.Operators.Count == 0)
            {
                store.Read(index, feature, inputs[feature].Span);
                continue;
            }

            // Each projection is an image of its own: it is changed on its own.
            float[] values = new float[shape.Length];
            store.Read(index, feature, values);
            augmentation.Draw(seed, epoch, unchecked((store.Key(index) * 31) + (ulong)feature), shape).Apply(values, shape, inputs[feature].Span);
        }
    }
}
