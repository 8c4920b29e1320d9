using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>Trainings one after the other: each has the processor to itself.</summary>
[CollectionDefinition("training")]
public sealed class TrainingCollection : ICollectionFixture<TrainedTasks>;

/// <summary>A small model of each task, trained once for all tests.</summary>
public sealed class TrainedTasks : IDisposable
{
    private readonly Dictionary<string, TrainedTask> _trained = new(StringComparer.Ordinal);

    /// <summary>One for each kind of task, for masks of one label and of several, and for masks put together from windows.</summary>
    public static TheoryData<string> Names { get; } = new("binary", "multiclass", "multilabel", "mask", "labels", "windows");

    internal TrainedTask this[string name] => _trained.TryGetValue(name, out TrainedTask? trained) ? trained : _trained[name] = Train(name);

    public void Dispose()
    {
        foreach (TrainedTask trained in _trained.Values)
        {
            trained.Dispose();
        }
    }

    internal static NetworkTrainerOptions Options(NetworkGraph network, LearningTask task, int epochs, double rate = 0.01) => new()
    {
        Network = network,
        Task = task,
        Training = new TrainingOptions { Epochs = epochs, BatchSize = 8, Seed = 3, Device = TrainingDevice.Cpu, Lanes = 1, Optimizer = new OptimizerOptions { LearningRate = rate } },
    };

    /// <summary>A classifier over planar images of 16 x 16: a convolution of each input, then a dense layer that knows places.</summary>
    internal static NetworkGraph Classifier(int outputs, params string[] inputs)
    {
        NetworkGraphBuilder graph = new();
        string[] branches = [.. inputs.Select(input => graph.Flatten($"{input}Flat", graph.MaxPooling($"{input}Pool", graph.Relu($"{input}Relu", graph.Convolution($"{input}Convolution", graph.Input(input, [1, 16, 16]), filters: 4)), kernel: 4)))];
        return graph.Build(graph.Dense("answer", branches.Length == 1 ? branches[0] : graph.Concatenate("all", branches), outputs, gain: 1));
    }

    internal static NetworkGraph Segmenter(int channels, string input, ImageShape shape)
    {
        NetworkGraphBuilder graph = new();
        string value = graph.Input(input, [1, .. shape.ToArray().Select(extent => (long)extent)]);
        value = graph.Relu("relu1", graph.BatchNormalization("norm1", graph.Convolution("convolution1", value, filters: 8)));
        value = graph.Relu("relu2", graph.Convolution("convolution2", value, filters: 8));
        return graph.Build(graph.Convolution("answer", value, channels, kernel: 1));
    }

    private static TrainedTask Train(string name)
    {
        MLContext ml = new(seed: 1);
        (SyntheticCases source, NetworkGraph network, int epochs) = name switch
        {
            "binary" => (SyntheticCases.Binary(48), Classifier(1, "Scaled"), 6),
            "multiclass" => (SyntheticCases.Multiclass(48), Classifier(3, "Front", "Back"), 8),
            "multilabel" => (SyntheticCases.MultiLabel(64), Classifier(3, "Image"), 12),
            "mask" => (SyntheticCases.Mask(40), Segmenter(1, "Image", new ImageShape(16, 16)), 12),
            "windows" => (SyntheticCases.Mask(40), Segmenter(1, "Image", new ImageShape(8, 10)), 20),
            _ => (SyntheticCases.Labels(32), Segmenter(3, "Volume", new ImageShape(8, 16, 16)), 12),
        };
        CaseView view = ml.Data.LoadCases(source);
        PatientSplit split = ml.Data.SplitByPatient(view, train: 0.5, validation: 0.25);
        // A column under its own name, columns that are replaced, and one that is read as it is.
        IEstimator<ITransformer> steps = name switch
        {
            "binary" => ml.Transforms.NormalizeByMaximum("Scaled", "Image"),
            "multiclass" => ml.Transforms.NormalizeByMaximum("Front").Append(ml.Transforms.NormalizeByMaximum("Back")),
            _ => ml.Transforms.NormalizeByMaximum(source.Schema.Images[0].Name),
        };
        NetworkTrainerOptions options = Options(network, source.Task, epochs);
        options = name == "windows" ? options with { Training = options.Training with { Inferer = new SlidingWindow([8, 10]) } } : options;
        FittedPipeline pipeline = split.Fit(steps, ml.TrainNetwork(options));
        TemporaryFolder folder = new();
        ModelBundle bundle = ModelBundle.Write(folder.File("model"), new BundleCard { Name = name }, pipeline, ml);
        return new TrainedTask(ml, view, split, pipeline, bundle, folder);
    }
}

/// <summary>A trained model and what it was trained on.</summary>
internal sealed record TrainedTask(MLContext Ml, CaseView Cases, PatientSplit Split, FittedPipeline Pipeline, ModelBundle Bundle, TemporaryFolder Folder) : IDisposable
{
    public void Dispose()
    {
        Pipeline.Dispose();
        Bundle.Dispose();
        Cases.Dispose();
        Folder.Dispose();
    }
}

/// <summary>Columns of answers as numbers, whichever types they have: yes as 1, a key as its place from 0.</summary>
internal static class AnswerColumns
{
    public static float[][] Read(IDataView view, string name)
    {
        DataViewSchema.Column column = view.Schema[name];
        using DataViewRowCursor cursor = view.GetRowCursor([column]);
        Func<float[]> read = column.Type switch
        {
            BooleanDataViewType => Scalar<bool>(cursor, column, value => value ? 1 : 0),
            KeyDataViewType => Scalar<uint>(cursor, column, value => value - 1f),
            VectorDataViewType { ItemType: BooleanDataViewType } => Vector<bool>(cursor, column, value => value ? 1 : 0),
            VectorDataViewType vector when vector.ItemType.RawType == typeof(long) => Vector<long>(cursor, column, value => value),
            VectorDataViewType => Vector<float>(cursor, column, value => value),
            _ => Scalar<float>(cursor, column, value => value),
        };
        List<float[]> rows = [];
        while (cursor.MoveNext())
        {
            rows.Add(read());
        }

        return [.. rows];
    }

    /// <summary>The largest difference between two views' answers; what is decided must be equal.</summary>
    public static double Difference(IDataView one, IDataView other, IEnumerable<string> columns)
    {
        double difference = 0;
        foreach (string column in columns)
        {
            float[][] left = Read(one, column), right = Read(other, column);
            Assert.NotEmpty(left);
            Assert.Equal(left.Length, right.Length);
            foreach ((float[] a, float[] b) in left.Zip(right))
            {
                Assert.Equal(a.Length, b.Length);
                for (int i = 0; i < a.Length; i++)
                {
                    difference = Math.Max(difference, Math.Abs(a[i] - b[i]));
                }
            }
        }

        return difference;
    }

    private static Func<float[]> Scalar<T>(DataViewRow row, DataViewSchema.Column column, Func<T, float> convert)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return [convert(value)];
        };
    }

    private static Func<float[]> Vector<T>(DataViewRow row, DataViewSchema.Column column, Func<T, float> convert)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            return [.. value.DenseValues().Select(convert)];
        };
    }
}
