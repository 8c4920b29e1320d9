using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>How a model is run.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>Threads that one run is divided among; the last digits of sums may depend on it. Callers that have many cases run several at once instead.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether threads that wait keep their cores busy: a little quicker on an idle computer, and much slower on a busy one.</summary>
    public bool Spinning { get; init; }
}

/// <summary>An input or an output of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions behind the batch axis; -1 where the model leaves one open.</param>
/// <param name="Element">The type of its elements.</param>
public sealed record OnnxValue(string Name, IReadOnlyList<long> Shape, Type Element)
{
    /// <summary>Elements of one case; -1 where the model leaves a dimension open.</summary>
    public int Length => Shape.Any(extent => extent < 0) ? -1 : checked((int)Shape.Aggregate(1L, (product, extent) => product * extent));
}

/// <summary>
/// A model ready to run in ONNX Runtime, from a file, from bytes or as it was built. Inputs are read where they stand; one
/// session can be used by many threads at once.
/// </summary>
public sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly string? _folder;

    private OnnxSession(Func<SessionOptions, InferenceSession> open, OnnxSessionOptions? options, string name, string? folder)
    {
        _ = Native.NativeLibraries.LoadOnnxRuntime();
        // Not where the field is declared: that would be before the library was looked at.
        _run = new RunOptions();
        options ??= new OnnxSessionOptions();
        _folder = folder;
        using SessionOptions settings = new()
        {
            IntraOpNumThreads = Math.Max(1, options.Threads),
            InterOpNumThreads = 1,
            // Memory planned for a shape is one large block a run: taking values from the arena one by one is quicker.
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spinning ? "1" : "0");
        try
        {
            _session = open(settings);
        }
        catch (OnnxRuntimeException problem)
        {
            Dispose();
            throw IsMemory(problem)
                ? new InsufficientMemoryException($"There is not enough memory to open {name}.", problem)
                : new InvalidDataException($"{name} is no model that can be run: {FirstLine(problem)}", problem);
        }

        Inputs = [.. _session.InputNames.Select(input => ValueOf(input, _session.InputMetadata[input]))];
        Outputs = [.. _session.OutputNames.Select(output => ValueOf(output, _session.OutputMetadata[output]))];
        (_inputs, _outputs) = ([.. _session.InputNames], [.. _session.OutputNames]);
    }

    /// <summary>The inputs, in the model's order.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; }

    /// <summary>The outputs, in the model's order.</summary>
    public IReadOnlyList<OnnxValue> Outputs { get; }

    /// <summary>Keys and values that travel with the model.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public IReadOnlyDictionary<string, string> Metadata
    {
        get
        {
            try
            {
                return _session.ModelMetadata.CustomMetadataMap;
            }
            catch (Exception problem) when (problem is NullReferenceException or ArgumentException)
            {
                // ONNX Runtime's own reading of keys that are empty, or there twice.
                throw new InvalidDataException("The model's metadata is damaged: copy the model again.", problem);
            }
        }
    }

    /// <summary>What the model says of itself.</summary>
    public ModelMetadata Description => _session.ModelMetadata;

    /// <summary>Opens a model's file; weights in a file of their own lie beside it.</summary>
    /// <exception cref="InvalidDataException">The file is no model that can be run.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static OnnxSession Open(string path, OnnxSessionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path)
            ? new OnnxSession(settings => new InferenceSession(path, settings), options, path, null)
            : throw new FileNotFoundException($"There is no model {path}.", path);
    }

    /// <summary>Opens a model from the bytes of its file.</summary>
    /// <exception cref="InvalidDataException">The bytes are no model that can be run.</exception>
    public static OnnxSession Open(byte[] model, OnnxSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new OnnxSession(settings => new InferenceSession(model, settings), options, "the model", null);
    }

    /// <summary>Opens a model as it was built; one that is too large for one file lies in a temporary folder as long as the session.</summary>
    /// <exception cref="InvalidDataException">It is no model that can be run.</exception>
    public static OnnxSession Open(OnnxModel model, OnnxSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.ByteCount <= OnnxModel.OneFileLimit)
        {
            return Open(model.ToBytes(), options);
        }

        string folder = Directory.CreateTempSubdirectory("scinti-model").FullName;
        string path = Path.Combine(folder, "model.onnx");
        try
        {
            model.Save(path);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }

        return new OnnxSession(settings => new InferenceSession(path, settings), options, "the model", folder);
    }

    /// <summary>Runs cases that stand together: for each input, in the model's order, its values [count, ...].</summary>
    /// <param name="count">The number of cases.</param>
    /// <param name="inputs">The values of each input.</param>
    /// <param name="outputs">Names of the outputs that are wanted; null for all.</param>
    /// <exception cref="ArgumentException">An input has more or fewer values than the model takes.</exception>
    public OnnxAnswers Run(int count, IReadOnlyList<ReadOnlyMemory<float>> inputs, IReadOnlyList<string>? outputs = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (inputs.Count != Inputs.Count)
        {
            throw new ArgumentException($"The model takes {Inputs.Count} inputs ({string.Join(", ", _inputs)}), found {inputs.Count}.", nameof(inputs));
        }

        OnnxInput[] named = new OnnxInput[inputs.Count];
        for (int index = 0; index < named.Length; index++)
        {
            OnnxValue input = Inputs[index];
            if (input.Length < 0 || inputs[index].Length != (long)count * input.Length)
            {
                throw new ArgumentException($"The input {input.Name} takes {(input.Length < 0 ? "a shape that the model leaves open" : $"{input.Length} values a case")}, found {inputs[index].Length} values for {count} cases.", nameof(inputs));
            }

            named[index] = new OnnxInput(input.Name, inputs[index], [count, .. input.Shape]);
        }

        return Run(named, outputs);
    }

    /// <summary>Runs cases that stand apart: for each case, the values of each input in the model's order. One case is read where it stands; several are put together first.</summary>
    /// <inheritdoc cref="Run(int, IReadOnlyList{ReadOnlyMemory{float}}, IReadOnlyList{string}?)"/>
    public OnnxAnswers Run(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases, IReadOnlyList<string>? outputs = null)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 1)
        {
            return Run(1, cases[0], outputs);
        }

        float[][] rented = [.. Inputs.Select(input => ArrayPool<float>.Shared.Rent(cases.Count * Math.Max(0, input.Length)))];
        try
        {
            for (int index = 0; index < cases.Count; index++)
            {
                for (int input = 0; input < rented.Length; input++)
                {
                    int length = Inputs[input].Length;
                    if (cases[index].Count != rented.Length || cases[index][input].Length != length)
                    {
                        throw new ArgumentException($"The input {Inputs[input].Name} takes {length} values a case, found {(input < cases[index].Count ? cases[index][input].Length : 0)}.", nameof(cases));
                    }

                    cases[index][input].CopyTo(rented[input].AsMemory(index * length));
                }
            }

            return Run(cases.Count, [.. rented.Select((values, input) => (ReadOnlyMemory<float>)values.AsMemory(0, cases.Count * Inputs[input].Length))], outputs);
        }
        finally
        {
            foreach (float[] values in rented)
            {
                ArrayPool<float>.Shared.Return(values);
            }
        }
    }

    /// <summary>Runs with inputs by name, each with its whole shape, batch axis included.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">Names of the outputs that are wanted; null for all.</param>
    public OnnxAnswers Run(IReadOnlyList<OnnxInput> inputs, IReadOnlyList<string>? outputs = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        OrtValue?[] values = new OrtValue?[inputs.Count];
        string[] wanted = outputs is null ? _outputs : [.. outputs];
        try
        {
            for (int index = 0; index < values.Length; index++)
            {
                // ONNX Runtime does not write into inputs.
                values[index] = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(inputs[index].Values), [.. inputs[index].Shape]);
            }

            return new OnnxAnswers(wanted, _session.Run(_run, [.. inputs.Select(input => input.Name)], values!, wanted));
        }
        catch (OnnxRuntimeException problem)
        {
            throw IsMemory(problem)
                ? new InsufficientMemoryException("There is not enough memory to run the model.", problem)
                : new InvalidDataException($"The model cannot be run on these values: {FirstLine(problem)}", problem);
        }
        finally
        {
            foreach (OrtValue? value in values)
            {
                value?.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session?.Dispose();
        _run.Dispose();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    // The library's own names of its failures say no more.
    private static bool IsMemory(OnnxRuntimeException problem) =>
        problem.Message.Contains("bad_alloc", StringComparison.Ordinal) || problem.Message.Contains("Failed to allocate memory", StringComparison.Ordinal);

    private static string FirstLine(OnnxRuntimeException problem) => PlainText.Short(problem.Message.Split('\n')[0], 300);

    private static OnnxValue ValueOf(string name, NodeMetadata metadata) => new(name, [.. metadata.Dimensions.Skip(1).Select(extent => (long)extent)], metadata.ElementType);
}

/// <summary>An input of a run.</summary>
/// <param name="Name">The input's name in the model.</param>
/// <param name="Values">The values, last dimension fastest.</param>
/// <param name="Shape">All dimensions, the batch axis first.</param>
public readonly record struct OnnxInput(string Name, ReadOnlyMemory<float> Values, IReadOnlyList<long> Shape);

/// <summary>What came out of a run. The values are ONNX Runtime's memory, and gone with this.</summary>
public sealed class OnnxAnswers : IDisposable
{
    private readonly string[] _names;
    private readonly IDisposableReadOnlyCollection<OrtValue> _values;

    internal OnnxAnswers(string[] names, IDisposableReadOnlyCollection<OrtValue> values) => (_names, _values) = (names, values);

    /// <summary>The names of the outputs, in the order asked for.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The numbers of an output, by its place in <see cref="Names"/>.</summary>
    public ReadOnlySpan<float> Floats(int output) => _values[output].GetTensorDataAsSpan<float>();

    /// <summary>The numbers of an output.</summary>
    public ReadOnlySpan<float> Floats(string output) => Floats(PlaceOf(output));

    /// <summary>The decisions of an output, by its place in <see cref="Names"/>.</summary>
    public ReadOnlySpan<bool> Booleans(int output) => _values[output].GetTensorDataAsSpan<bool>();

    /// <summary>The decisions of an output.</summary>
    public ReadOnlySpan<bool> Booleans(string output) => Booleans(PlaceOf(output));

    /// <summary>The whole numbers of an output.</summary>
    public ReadOnlySpan<long> Integers(string output) => _values[PlaceOf(output)].GetTensorDataAsSpan<long>();

    /// <summary>The texts of an output.</summary>
    public string[] Texts(string output) => _values[PlaceOf(output)].GetStringTensorAsArray();

    /// <summary>The dimensions of an output, the batch axis first.</summary>
    public IReadOnlyList<long> ShapeOf(string output) => _values[PlaceOf(output)].GetTensorTypeAndShape().Shape;

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private int PlaceOf(string output) => Array.IndexOf(_names, output) is var place and >= 0
        ? place
        : throw new KeyNotFoundException($"The run gave no output '{output}'; it gave {string.Join(", ", _names)}.");
}
