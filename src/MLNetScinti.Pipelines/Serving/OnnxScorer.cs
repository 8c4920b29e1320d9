using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>
/// Scores with a fused model in ONNX Runtime, several cases at once. Each thread takes a few cases at a time
/// through the whole network on its own: threads that share one network's work wait for one another at each of its layers.
/// The answers are those of one case after the other. One scorer can be used by many threads at once.
/// </summary>
public sealed class OnnxScorer : IDisposable
{
    // Few enough to stay in the processor's cache, and for the memory of networks in three dimensions.
    private const int MostAtOnce = 4;
    private const int ValuesAtOnce = 1 << 23;

    private readonly IReadOnlyList<FusedColumn> _columns;
    private readonly string[] _names;
    private readonly int _threads;
    private readonly OnnxSession _session;
    private readonly Lazy<OnnxSession> _shared;

    /// <summary>Loads the model.</summary>
    /// <param name="model">The fused model.</param>
    /// <param name="threads">Threads at most; 0 for all.</param>
    /// <exception cref="NotAFusedModelException">ONNX Runtime cannot run the model.</exception>
    public OnnxScorer(FusedModel model, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Lengths = [.. model.Inputs.Select(column => checked((int)column.GraphShape.Aggregate(1L, (product, extent) => product * extent)))];
        _columns = model.Outputs;
        _names = [.. _columns.Select(column => column.Name)];
        _threads = threads > 0 ? threads : Environment.ProcessorCount;
        _session = model.Open(new OnnxSessionOptions());
        // For a single case, which can only be faster if its own work is shared out.
        _shared = new Lazy<OnnxSession>(() => model.Open(new OnnxSessionOptions { Threads = _threads }));
    }

    /// <summary>The model.</summary>
    public FusedModel Model { get; }

    /// <summary>Cases that go through the network together.</summary>
    internal int AtOnce => Math.Clamp(ValuesAtOnce / Lengths.Max(), 1, MostAtOnce);

    /// <summary>Values of a case in each input column, in the model's order.</summary>
    internal IReadOnlyList<int> Lengths { get; }

    /// <summary>Scores cases.</summary>
    /// <param name="cases">For each case, the values of each input column in the model's order.</param>
    /// <returns>For each case, the values of each output column in the model's order; yes and no as 1 and 0, an index as a number.</returns>
    /// <exception cref="ArgumentException">A case has more or fewer values than the model takes.</exception>
    public IReadOnlyList<IReadOnlyList<float[]>> Score(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        IReadOnlyList<float[]>[] answers = new IReadOnlyList<float[]>[cases.Count];
        if (cases.Count == 1 && _threads > 1)
        {
            Run(_shared.Value, cases, answers);
            return answers;
        }

        int atOnce = Math.Min(AtOnce, (cases.Count + _threads - 1) / _threads);
        int parts = atOnce == 0 ? 0 : (cases.Count + atOnce - 1) / atOnce;
        if (_threads == 1 || parts <= 1)
        {
            for (int part = 0; part < parts; part++)
            {
                RunPart(part);
            }
        }
        else
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = _threads }, RunPart);
        }

        return answers;

        void RunPart(int part)
        {
            int first = part * atOnce, count = Math.Min(atOnce, cases.Count - first);
            Run(_session, [.. cases.Skip(first).Take(count)], answers.AsSpan(first, count));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        if (_shared.IsValueCreated)
        {
            _shared.Value.Dispose();
        }
    }

    /// <summary>Scores cases that stand together: for each input column the values of at least so many of them.</summary>
    internal IReadOnlyList<float[]>[] ScoreTogether(int count, IReadOnlyList<float[]> inputs)
    {
        IReadOnlyList<float[]>[] answers = new IReadOnlyList<float[]>[count];
        using OnnxAnswers outputs = _session.Run(count, [.. inputs.Select((values, input) => (ReadOnlyMemory<float>)values.AsMemory(0, count * Lengths[input]))], _names);
        Divide(outputs, answers);
        return answers;
    }

    private void Run(OnnxSession session, IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases, Span<IReadOnlyList<float[]>> answers)
    {
        using OnnxAnswers outputs = session.Run(cases, _names);
        Divide(outputs, answers);
    }

    private void Divide(OnnxAnswers outputs, Span<IReadOnlyList<float[]>> answers)
    {
        float[][][] found = new float[_columns.Count][][];
        for (int output = 0; output < found.Length; output++)
        {
            found[output] = _columns[output].Element switch
            {
                OnnxElement.Boolean => Split(outputs.Booleans(output), answers.Length, static value => value ? 1f : 0f),
                OnnxElement.Int64 => Split(outputs.Integers(_names[output]), answers.Length, static value => (float)value),
                _ => Split(outputs.Floats(output), answers.Length, static value => value),
            };
            if (Array.Exists(found[output], values => values.Length != _columns[output].GraphShape.Aggregate(1L, (product, extent) => product * extent)))
            {
                throw new NotAFusedModelException($"The model gave {found[output][0].Length} values as {_names[output]} of a case, where its task has {string.Join(" x ", _columns[output].GraphShape)}: it is not what it says it is.");
            }
        }

        for (int c = 0; c < answers.Length; c++)
        {
            int at = c;
            answers[c] = [.. found.Select(output => output[at])];
        }
    }

    private static float[][] Split<T>(ReadOnlySpan<T> values, int cases, Func<T, float> convert)
    {
        float[][] split = new float[cases][];
        int length = values.Length / cases;
        for (int c = 0; c < cases; c++)
        {
            split[c] = new float[length];
            for (int i = 0; i < length; i++)
            {
                split[c][i] = convert(values[(c * length) + i]);
            }
        }

        return split;
    }
}
