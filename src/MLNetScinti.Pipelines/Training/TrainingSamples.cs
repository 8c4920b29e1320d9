using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// What the training loop reads: features of a store, changed at random where it is a training set. Every draw is keyed by
/// seed, epoch, case and feature, so neither order nor threads change what a case looks like in an epoch.
/// </summary>
internal sealed class TrainingSamples(FeatureStore store, IReadOnlyList<TensorShape> shapes, Augmentation augmentation, ulong seed) : ITrainingSamples
{
    private readonly ulong[] _keys = [.. Enumerable.Range(0, store.Count).Select(index => StableHash.Of(store.Name(index)))];

    public int Count => store.Count;

    public IReadOnlyList<TensorShape> InputShapes { get; } = shapes;

    public float Label(int index) => store.Label(index) ? 1 : 0;

    public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs)
    {
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
            augmentation.Draw(seed, epoch, unchecked((_keys[index] * 31) + (ulong)feature), shape).Apply(values, shape, inputs[feature].Span);
        }
    }
}
