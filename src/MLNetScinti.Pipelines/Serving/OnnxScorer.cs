using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>
/// Scores with a fused model directly in ONNX Runtime, several cases at once. Each thread takes a few cases at a time
/// through the whole network on its own: threads that share one network's work wait for one another at each of its layers.
/// The answers are those of one case after the other. One scorer can be used by many threads at once.
/// </summary>
public sealed class OnnxScorer : IDisposable
{
    // Few enough to stay in the processor's cache, and for the memory of networks in three dimensions.
    private const int MostAtOnce = 4;
    private const int ValuesAtOnce = 1 << 23;

    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly int[] _lengths;
    private readonly int _threads;
    private readonly InferenceSession _session;
    private readonly Lazy<InferenceSession> _shared;
    private readonly RunOptions _run = new();

    /// <summary>Loads the model.</summary>
    /// <param name="model">The fused model.</param>
    /// <param name="threads">Threads at most; 0 for all.</param>
    /// <exception cref="NotAFusedModelException">ONNX Runtime cannot run the file.</exception>
    public OnnxScorer(FusedModel model, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _inputs = [.. model.InputColumns];
        _outputs = [.. model.OutputColumns];
        _lengths = [.. model.Inputs.Select(column => checked((int)column.GraphShape.Aggregate(1L, (product, extent) => product * extent)))];
        _threads = threads > 0 ? threads : Environment.ProcessorCount;
        _session = Load(threads: 1);
        // For a single case, which can only be faster if its own work is shared out.
        _shared = new Lazy<InferenceSession>(() => Load(_threads));
    }

    /// <summary>The model.</summary>
    public FusedModel Model { get; }

    /// <summary>Scores cases.</summary>
    /// <param name="cases">For each case, the values of each input column in the model's order.</param>
    /// <returns>For each case, the values of each output column in the model's order; yes and no as 1 and 0, an index as a number.</returns>
    /// <exception cref="ArgumentException">A case has more or fewer values than the model takes.</exception>
    public IReadOnlyList<IReadOnlyList<float[]>> Score(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        foreach (IReadOnlyList<ReadOnlyMemory<float>> values in cases)
        {
            Check(values);
        }

        IReadOnlyList<float[]>[] answers = new IReadOnlyList<float[]>[cases.Count];
        if (cases.Count == 1 && _threads > 1)
        {
            Run(_shared.Value, cases, 0, answers);
            return answers;
        }

        int atOnce = Math.Clamp(ValuesAtOnce / _lengths.Max(), 1, MostAtOnce);
        atOnce = Math.Min(atOnce, (cases.Count + _threads - 1) / _threads);
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
            int first = part * atOnce;
            Run(_session, cases, first, answers.AsSpan(first, Math.Min(atOnce, cases.Count - first)));
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

        _run.Dispose();
    }

    private InferenceSession Load(int threads)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return Model.Open(options);
    }

    private void Check(IReadOnlyList<ReadOnlyMemory<float>> values)
    {
        if (values.Count != _inputs.Length)
        {
            throw new ArgumentException($"The model reads {_inputs.Length} columns ({string.Join(", ", _inputs)}), found values of {values.Count}.", nameof(values));
        }

        for (int i = 0; i < _inputs.Length; i++)
        {
            if (values[i].Length != _lengths[i])
            {
                throw new ArgumentException($"The input {_inputs[i]} takes {_lengths[i]} values a case, found {values[i].Length}.", nameof(values));
            }
        }
    }

    /// <summary>Scores as many cases as there is room for answers, in one run.</summary>
    private void Run(InferenceSession session, IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases, int first, Span<IReadOnlyList<float[]>> answers)
    {
        float[]?[] rented = new float[]?[_inputs.Length];
        OrtValue?[] inputs = new OrtValue?[_inputs.Length];
        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                // One case is read where it stands; several have to stand together. ONNX Runtime does not write into inputs.
                Memory<float> values = answers.Length == 1
                    ? MemoryMarshal.AsMemory(cases[first][i])
                    : (rented[i] = ArrayPool<float>.Shared.Rent(answers.Length * _lengths[i])).AsMemory(0, answers.Length * _lengths[i]);
                for (int c = 0; c < answers.Length && answers.Length > 1; c++)
                {
                    cases[first + c][i].CopyTo(values[(c * _lengths[i])..]);
                }

                inputs[i] = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, [answers.Length, .. Model.Inputs[i].GraphShape]);
            }

            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(_run, _inputs, inputs!, _outputs);
            int count = answers.Length;
            float[][][] found = [.. outputs.Select((output, index) => Split(output, Model.Outputs[index], count))];
            for (int c = 0; c < answers.Length; c++)
            {
                int at = c;
                answers[c] = [.. found.Select(output => output[at])];
            }
        }
        finally
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i]?.Dispose();
                if (rented[i] is float[] values)
                {
                    ArrayPool<float>.Shared.Return(values);
                }
            }
        }
    }

    private static float[][] Split(OrtValue output, FusedColumn column, int cases) => column.Element switch
    {
        OnnxElement.Boolean => Split(output.GetTensorDataAsSpan<bool>(), cases, static value => value ? 1f : 0f),
        OnnxElement.Int64 => Split(output.GetTensorDataAsSpan<long>(), cases, static value => (float)value),
        _ => Split(output.GetTensorDataAsSpan<float>(), cases, static value => value),
    };

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
