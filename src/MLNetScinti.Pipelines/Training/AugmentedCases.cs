using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// The cases of a training set, changed at random as a whole (all images and the mask together, the sides of the body with them) and
/// taken through the steps before the network again. May be read from several threads.
/// </summary>
internal sealed class AugmentedCases(CaseView cases, ITransformer steps, SampleAugmentation augmentation, IReadOnlyList<string> features, string labelColumn)
{
    private const string Mask = "Label";

    private readonly IReadOnlyList<Func<Case>> _cases = cases.Deferred();
    private readonly LearningTask _task = cases.Task ?? throw new ArgumentException("The cases of a training set have a truth.", nameof(cases));

    /// <summary>The number of cases.</summary>
    public int Count => _cases.Count;

    /// <summary>What is done to a case.</summary>
    public string Description => string.Join("; ", augmentation.Steps.Select(Definitions.CaseAugmentationReader.Words));

    /// <summary>A hash of the cases before the steps to the network.</summary>
    public string ContentHash => cases.Fingerprint();

    /// <summary>A case as it is in an epoch: its features, and what is true of it then.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="key">What the case's draws are keyed by.</param>
    /// <param name="shapes">The shape of each feature.</param>
    public (IReadOnlyList<float[]> Features, Target Truth) Read(int index, ulong seed, int epoch, ulong key, IReadOnlyList<ImageShape> shapes)
    {
        using CaseView one = new(new OneCase(cases.Cases, _task, Changed(_cases[index](), seed, epoch, key)), new CaseViewOptions { Keep = false, Parallelism = 1 });
        IDataView rows = steps.Transform(one);
        DataViewSchema.Column label = rows.Schema[labelColumn];
        DataViewSchema.Column[] columns = [.. features.Select(feature => rows.Schema[feature])];
        using DataViewRowCursor cursor = rows.GetRowCursor([label, .. columns]);
        Func<Target> truth = _task.TargetReader(cursor, label);
        ValueGetter<VBuffer<float>>[] getters = [.. columns.Select(column => cursor.GetGetter<VBuffer<float>>(column))];
        if (!cursor.MoveNext())
        {
            throw new InvalidOperationException("A step before the network leaves out a case that was changed at random: leave out cases before the split.");
        }

        float[][] read = new float[getters.Length][];
        VBuffer<float> vector = default, dense = default;
        for (int feature = 0; feature < read.Length; feature++)
        {
            getters[feature](ref vector);
            read[feature] = ImageColumns.Values(vector, ref dense, shapes[feature], features[feature]).ToArray();
        }

        return (read, truth());
    }

    private Case Changed(Case one, ulong seed, int epoch, ulong key)
    {
        CaseSchema schema = cases.Cases;
        SampleImage[] images = [.. one.Images.Zip(schema.Images, (image, column) => new SampleImage(column.Name, image.Place, image.Values.ToArray(), isPlanar: !image.Shape.IsVolume))];
        ImageSample sample = new()
        {
            Images = images,
            Masks = one.Target is MaskTarget mask ? [new SampleMask(Mask, images[0].Geometry, mask.Labels.ToArray(), images[0].IsPlanar, [.. Places().Select(pair => ((byte)(pair.Left + 1), (byte)(pair.Right + 1)))])] : [],
            Facts = schema.Numbers.Zip(one.Numbers).ToDictionary(number => number.First, number => (double)number.Second, StringComparer.Ordinal),
            Pairs = schema.Pairs,
        };
        AugmentedSample changed = augmentation.Apply(sample, seed, epoch, key);
        bool mirrored = changed.Applied.OfType<SpatialTransform>().Count(transform => transform.Mirrors) % 2 == 1;
        return one with
        {
            Images = [.. schema.Images.Zip(one.Images, (column, image) => image with { Values = changed.Sample.Image(column.Name).Values })],
            Numbers = [.. schema.Numbers.Select(name => (float)changed.Sample.Facts[name])],
            Target = one.Target switch
            {
                MaskTarget before => before with { Labels = changed.Sample.Mask(Mask).Labels },
                ClassTarget before when mirrored => new ClassTarget(Other(before.Index)),
                FindingsTarget before when mirrored => new FindingsTarget([.. before.Present.Select((_, index) => before.Present[Other(index)])]),
                var before => before,
            },
        };
    }

    /// <summary>The places, among the task's classes, of pairs of a left and a right one.</summary>
    private IEnumerable<(int Left, int Right)> Places() => cases.Cases.Pairs
        .Select(pair => (Left: _task.Classes.ToList().IndexOf(pair.Left), Right: _task.Classes.ToList().IndexOf(pair.Right)))
        .Where(pair => pair is { Left: >= 0, Right: >= 0 });

    private int Other(int place) => Places().Select(pair => pair.Left == place ? pair.Right : pair.Right == place ? pair.Left : -1).FirstOrDefault(other => other >= 0, place);

    private sealed class OneCase(CaseSchema schema, LearningTask task, Case one) : CaseSource
    {
        public override CaseSchema Schema => schema;

        public override LearningTask Task => task;

        public override int Count => 1;

        public override StudyCases Read(int study) => new([one], "");
    }
}
