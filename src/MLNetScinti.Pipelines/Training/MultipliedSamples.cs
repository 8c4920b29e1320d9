using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// Training cases of which there are several rows: the case itself and copies, each changed by a draw of its own that is the same in
/// every epoch. Classes are multiplied by factors, as papers do whose classes are of unequal size.
/// </summary>
internal sealed class MultipliedSamples : ITrainingSamples
{
    private readonly TrainingSamples _cases;
    private readonly FeatureStore _store;
    private readonly TrainingCopies _copies;
    private readonly ulong _seed;
    private readonly (int Case, int Copy)[] _rows;

    public MultipliedSamples(TrainingSamples cases, FeatureStore store, TrainingCopies copies, ulong seed)
    {
        (_cases, _store, _copies, _seed) = (cases, store, copies, seed);
        _rows = [.. Rows(store.Task, store.Targets, copies)];
    }

    public int Count => _rows.Length;

    public IReadOnlyList<TensorShape> InputShapes => _cases.InputShapes;

    public TensorShape TargetShape => _cases.TargetShape;

    public string Description => $"{_cases.Description}; {_copies}";

    /// <summary>Which copy of which case each row is; copy 0 is the case itself.</summary>
    public static IEnumerable<(int Case, int Copy)> Rows(LearningTask task, IReadOnlyList<Target> targets, TrainingCopies copies)
    {
        int[] wanted = new int[targets.Count];
        foreach (IGrouping<double, int> group in Enumerable.Range(0, targets.Count).GroupBy(index => copies.FactorOf(task, targets[index])).OrderBy(group => group.Key))
        {
            int[] own = [.. group];
            int total = (int)Math.Round(own.Length * group.Key, MidpointRounding.AwayFromZero);
            for (int i = 0; i < own.Length; i++)
            {
                wanted[own[i]] = (total / own.Length) + (i < total % own.Length ? 1 : 0);
            }
        }

        return wanted.SelectMany((count, index) => Enumerable.Range(0, count).Select(copy => (index, copy)));
    }

    public void ReadTarget(int index, Span<float> target) => _cases.ReadTarget(_rows[index].Case, target);

    public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
    {
        (int one, int copy) = _rows[index];
        _cases.Read(one, epoch, inputs, target);
        if (copy == 0)
        {
            return;
        }

        for (int feature = 0; feature < inputs.Count; feature++)
        {
            ImageShape shape = _store.Shapes[feature];
            float[] values = inputs[feature].ToArray();
            // No epoch has a number below 1: what a copy is like depends on its own number alone. All images of a case move alike.
            _copies.Changes.Draw(_seed, -copy, _store.Key(one), shape).Apply(values, shape, inputs[feature].Span);
        }
    }
}
