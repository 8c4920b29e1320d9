using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// What the training loop reads: features of a store, changed at random where it is a training set, and cut to one window a case and
/// epoch where the network takes windows. Every draw is keyed by seed, epoch, what the case holds, and feature, so neither order nor
/// threads nor names change what a case looks like in an epoch.
/// </summary>
internal sealed class TrainingSamples(FeatureStore store, IReadOnlyList<TensorShape> shapes, TensorShape target, Augmentation augmentation, ulong seed) : ITrainingSamples
{
    /// <summary>The same cases, changed as a whole before the steps to the network; null where they are not.</summary>
    public AugmentedCases? Augmented { get; init; }

    public int Count => store.Count;

    public IReadOnlyList<TensorShape> InputShapes { get; } = shapes;

    public TensorShape TargetShape { get; } = target;

    public string Description => string.Join("; ", new[]
    {
        Augmented?.Description ?? "",
        augmentation.Operators.Count == 0 ? "" : string.Join(", ", augmentation.Operators.Select(operation => operation.Description)),
        Slides ? "one window a case" : "",
    }.Where(part => part.Length > 0).DefaultIfEmpty("none"));

    public string ContentHash => Augmented is null ? store.ContentHash : $"{store.ContentHash} of {Augmented.ContentHash}";

    // Only masks are put together from windows: the answer of another task has no extents.
    private bool Slides => store.Task is SegmentationTask masks && !TargetShape.SequenceEqual(masks.TargetShape);

    public void ReadTarget(int index, Span<float> target)
    {
        if (!Slides)
        {
            store.Task.Write(store.Targets[index], target);
            return;
        }

        float[] whole = new float[((SegmentationTask)store.Task).Shape.Length];
        store.Task.Write(store.Targets[index], whole);
        ImageWindow.Middle(((SegmentationTask)store.Task).Shape, Window).Cut(whole, target);
    }

    public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
    {
        (IReadOnlyList<float[]> Features, Target Truth)? changed = Augmented?.Read(index, seed, epoch, store.Key(index), store.Shapes);
        Target truth = changed?.Truth ?? store.Targets[index];
        Memory<float> whole = Slides ? new float[((SegmentationTask)store.Task).Shape.Length] : target;
        store.Task.Write(truth, whole.Span);
        if (store.Task is SegmentationTask masks && augmentation.Operators.Count > 0)
        {
            Move(whole.Span, Draw(index, epoch, 0, masks.Shape), masks);
        }

        ImageWindow window = Slides ? ImageWindow.Draw(((SegmentationTask)store.Task).Shape, Window, whole.Span, seed, epoch, store.Key(index)) : default;
        if (Slides)
        {
            window.Cut(whole.Span, target.Span);
        }

        for (int feature = 0; feature < inputs.Count; feature++)
        {
            ImageShape shape = store.Shapes[feature];
            Span<float> goal = Slides ? new float[shape.Length] : inputs[feature].Span;
            if (augmentation.Operators.Count == 0)
            {
                Values(goal);
            }
            else
            {
                float[] values = new float[shape.Length];
                Values(values);
                Draw(index, epoch, feature, shape).Apply(values, shape, goal);
            }

            if (Slides)
            {
                window.Cut(goal, inputs[feature].Span);
            }

            void Values(Span<float> values)
            {
                if (changed is { } known)
                {
                    known.Features[feature].CopyTo(values);
                }
                else
                {
                    store.Read(index, feature, values);
                }
            }
        }
    }

    private int[] Window => [.. TargetShape.Skip(1).Select(extent => (int)extent)];

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

/// <summary>A window of an image; where the image is smaller, the window begins before it and zeros are around it.</summary>
/// <param name="Image">The image's extents, slowest first.</param>
/// <param name="Extents">The window's.</param>
/// <param name="Start">Where it begins.</param>
internal readonly record struct ImageWindow(int[] Image, int[] Extents, int[] Start)
{
    /// <summary>The window in the middle.</summary>
    public static ImageWindow Middle(ImageShape image, int[] extents) =>
        new(image.ToArray(), extents, [.. image.ToArray().Zip(extents, (whole, window) => whole >= window ? (whole - window) / 2 : -((window - whole) / 2))]);

    /// <summary>
    /// A window anywhere, or, every second time and where there is a label, one that holds a voxel of it drawn at random: labels are
    /// rare, and windows without any teach little.
    /// </summary>
    public static ImageWindow Draw(ImageShape image, int[] extents, ReadOnlySpan<float> mask, ulong seed, int epoch, ulong sample)
    {
        CounterRandom random = new(seed, epoch, sample, "window");
        bool wanted = random.NextBoolean();
        double which = random.NextDouble();
        int labelled = 0;
        foreach (float label in mask)
        {
            labelled += label > 0 ? 1 : 0;
        }

        int[] whole = image.ToArray(), voxel = new int[whole.Length];
        bool around = wanted && labelled > 0;
        if (around)
        {
            int left = (int)(which * labelled), at = -1;
            while (left >= 0)
            {
                left -= mask[++at] > 0 ? 1 : 0;
            }

            for (int axis = whole.Length - 1; axis >= 0; axis--)
            {
                (at, voxel[axis]) = Math.DivRem(at, whole[axis]);
            }
        }

        ImageWindow middle = Middle(image, extents);
        int[] start = new int[whole.Length];
        for (int axis = 0; axis < whole.Length; axis++)
        {
            int room = whole[axis] - extents[axis];
            int first = around ? Math.Max(0, voxel[axis] - extents[axis] + 1) : 0, last = around ? Math.Min(room, voxel[axis]) : room;
            double draw = random.NextDouble();
            start[axis] = room > 0 ? first + (int)(draw * (last - first + 1)) : middle.Start[axis];
        }

        return middle with { Start = start };
    }

    /// <summary>Copies the window; what lies outside the image is 0.</summary>
    public void Cut(ReadOnlySpan<float> image, Span<float> window)
    {
        window.Clear();
        int rank = Image.Length, last = rank - 1;
        int from = Math.Max(0, -Start[last]), to = Math.Min(Extents[last], Image[last] - Start[last]);
        for (int row = 0; row < window.Length / Extents[last]; row++)
        {
            int rest = row, at = 0, step = Image[last];
            bool outside = to <= from;
            for (int axis = last - 1; axis >= 0; axis--)
            {
                (rest, int index) = Math.DivRem(rest, Extents[axis]);
                int place = index + Start[axis];
                outside |= place < 0 || place >= Image[axis];
                at += place * step;
                step *= Image[axis];
            }

            if (!outside)
            {
                image.Slice(at + Start[last] + from, to - from).CopyTo(window[((row * Extents[last]) + from)..]);
            }
        }
    }
}
