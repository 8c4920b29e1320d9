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

            float[] values = new float[shape.Length];
            store.Read(index, feature, values);
            Draw(index, epoch, feature, shape).Apply(values, shape, inputs[feature].Span);
        }

        if (store.Task is SegmentationTask masks && augmentation.Operators.Count > 0)
        {
            Move(target.Span, Draw(index, epoch, 0, masks.Shape), masks);
        }
    }

    // Each projection is an image of its own: it is changed on its own. Images with a mask over them move as it does.
    private Affine Draw(int index, int epoch, int feature, ImageShape shape) =>
        augmentation.Draw(seed, epoch, unchecked((store.Key(index) * 31) + (store.Task is SegmentationTask ? 0 : (ulong)feature)), shape);

    // A voxel belongs to the label that most of it comes from, where that is half of it or more.
    private static void Move(Span<float> mask, Affine movement, SegmentationTask task)
    {
        float[] before = mask.ToArray(), part = new float[before.Length], moved = new float[before.Length], most = new float[before.Length];
        mask.Clear();
        for (int label = 1; label <= task.Classes.Count; label++)
        {
            for (int i = 0; i < before.Length; i++)
            {
                part[i] = before[i] == label ? 1 : 0;
            }

            movement.Apply(part, task.Shape, moved);
            for (int i = 0; i < moved.Length; i++)
            {
                if (moved[i] >= 0.5f && moved[i] > most[i])
                {
                    (most[i], mask[i]) = (moved[i], label);
                }
            }
        }
    }
}
