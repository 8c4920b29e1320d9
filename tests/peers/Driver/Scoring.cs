using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Peers;

/// <summary>Scoring volumes through a bundle, as a step of an ML.NET chain, against bare calls of ONNX Runtime with the same file, one thread each, in turns.</summary>
internal static class Scoring
{
    private const string Input = "Image";
    private const string Output = "Probability";

    public static void Measure(int size, double width, int rounds, int images)
    {
        string folder = Directory.CreateTempSubdirectory("scinti-peers").FullName;
        try
        {
            Volume[] volumes = [.. Enumerable.Range(0, images).Select(image => Volume.Random(size, image))];
            MLContext ml = new(seed: 1);
            using ModelBundle bundle = Bundle(ml, folder, size, width);
            using SessionOptions oneThread = new() { IntraOpNumThreads = 1 };
            using InferenceSession session = new(Path.Combine(folder, ModelBundle.ModelFile), oneThread);
            using BundleTransformer transformer = bundle.ToTransformer();
            IDataView scored = transformer.Transform(View(ml, size, volumes));

            (List<double> bare, List<double> pipeline) processor = ([], []);
            float[] bare = [], pipeline = [];
            List<double> bareTimes = [], pipelineTimes = [], ratios = [];
            for (int round = -1; round < rounds; round++)
            {
                // Round -1 warms up both; after that who goes first changes.
                double bareTime = 0, pipelineTime = 0, bareBusy = 0, pipelineBusy = 0;
                for (int turn = 0; turn < 2; turn++)
                {
                    long start = Stopwatch.GetTimestamp();
                    TimeSpan busy = Environment.CpuUsage.TotalTime;
                    if ((turn + round) % 2 == 0)
                    {
                        bare = Bare(session, size, volumes);
                        bareTime = Stopwatch.GetElapsedTime(start).TotalMilliseconds / images;
                        bareBusy = (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds;
                    }
                    else
                    {
                        pipeline = Read(scored);
                        pipelineTime = Stopwatch.GetElapsedTime(start).TotalMilliseconds / images;
                        pipelineBusy = (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds;
                    }
                }

                if (round >= 0)
                {
                    bareTimes.Add(bareTime);
                    pipelineTimes.Add(pipelineTime);
                    ratios.Add(bareTime / pipelineTime);
                    processor.bare.Add(bareBusy);
                    processor.pipeline.Add(pipelineBusy);
                }
            }

            if (!bare.AsSpan().SequenceEqual(pipeline))
            {
                throw new InvalidOperationException($"The pipeline answers {string.Join(' ', pipeline)}, ONNX Runtime alone {string.Join(' ', bare)}.");
            }

            Console.WriteLine(JsonSerializer.Serialize(new
            {
                work = string.Create(CultureInfo.InvariantCulture, $"scoring, fused 2.5D model, {size} x {size} x {size}, width {width}, a row at a time"),
                peer = "bare ONNX Runtime calls from C#",
                peerMilliseconds = Median(bareTimes),
                ours = "the bundle in an ML.NET chain",
                oursMilliseconds = Median(pipelineTimes),
                timesAsFast = Median(ratios),
                // What else the machine does can only add: the least of the rounds is the work's own.
                processorTimesAsFast = processor.bare.Min() / processor.pipeline.Min(),
                bar = 1.0,
                why = "ML.NET copies each image into its row, which a bare call does not; the step answers four rows together, which gains more.",
                note = "results are the same to the last bit",
            }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A bundle of the 2.5D network as a training leaves it: division by the maximum, three projections and the network, in one graph. What it has learned does not matter here.</summary>
    public static ModelBundle Bundle(MLContext ml, string folder, int size, double width)
    {
        string[] sets = ["train", "train", "train", "train", "validation", "validation", "test", "test"];
        PatientSplit split = ml.Data.SplitByColumn(View(ml, size, [.. sets.Select((set, image) => Volume.Random(size, image) with { PatientID = $"{image}", Set = set, Label = image % 2 == 0 })]), "Set");
        IEstimator<ITransformer> steps = ml.Transforms.NormalizeByMaximum("Normalized", Input);
        NetworkGraph network = DmsaNetworks.ThreeView(new DmsaNetworkOptions { Sections = size, Rows = size, Columns = size, WidthMultiplier = width });
        foreach ((NetworkInput input, ProjectionAxis axis) in network.Inputs.Zip([ProjectionAxis.Transverse, ProjectionAxis.Sagittal, ProjectionAxis.Coronal]))
        {
            steps = steps.Append(ml.Transforms.MaximumIntensityProjection(input.Name, "Normalized", axis));
        }

        using FittedPipeline pipeline = split.Fit(steps, ml.BinaryClassification.Trainers.ConvolutionalNetwork(new NetworkTrainerOptions
        {
            Network = network,
            Task = new BinaryTask("normal", "abnormal"),
            Training = new TrainingOptions { Epochs = 1, Device = TrainingDevice.Cpu },
        }));
        ModelBundle.Write(folder, new BundleCard { Name = "peers" }, pipeline, ml, explained: false).Dispose();
        return ModelBundle.Load(folder);
    }

    private static IDataView View(MLContext ml, int size, Volume[] volumes)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Volume));
        schema[Input].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size, size, size);
        return ml.Data.LoadFromEnumerable(volumes, schema);
    }

    private static float[] Read(IDataView scored)
    {
        List<float> probabilities = [];
        DataViewSchema.Column column = scored.Schema[Output];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<float> getter = cursor.GetGetter<float>(column);
        float value = 0;
        while (cursor.MoveNext())
        {
            getter(ref value);
            probabilities.Add(value);
        }

        return [.. probabilities];
    }

    private static float[] Bare(InferenceSession session, int size, Volume[] volumes)
    {
        float[] probabilities = new float[volumes.Length];
        using RunOptions options = new();
        for (int image = 0; image < volumes.Length; image++)
        {
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(volumes[image].Image, [1, size, size, size]);
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, [Input], [input], [Output]);
            probabilities[image] = outputs[0].GetTensorDataAsSpan<float>()[0];
        }

        return probabilities;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    private sealed record Volume
    {
        public float[] Image { get; set; } = [];

        public string PatientID { get; set; } = "";

        public string Set { get; set; } = "";

        public bool Label { get; set; }

        public static Volume Random(int size, int seed)
        {
            Random random = new(seed);
            float[] voxels = new float[size * size * size];
            for (int index = 0; index < voxels.Length; index++)
            {
                voxels[index] = random.NextSingle();
            }

            return new Volume { Image = voxels };
        }
    }
}
