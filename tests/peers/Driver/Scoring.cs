using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Peers;

/// <summary>Scoring volumes through an ML.NET pipeline against bare calls of ONNX Runtime, with one model file, in turns.</summary>
internal static class Scoring
{
    private const string Input = "Image";
    private const string Output = "Probability";

    public static void Measure(int size, int rounds, int images)
    {
        string file = Path.Combine(Path.GetTempPath(), $"scinti-peers-{Environment.ProcessId}.onnx");
        File.WriteAllBytes(file, Model(size));
        try
        {
            Volume[] volumes = [.. Enumerable.Range(0, images).Select(image => Volume.Random(size, image))];
            using InferenceSession session = new(file);
            IDataView scored = Pipeline(file, size, volumes);

            float[] bare = [], pipeline = [];
            List<double> bareTimes = [], pipelineTimes = [], ratios = [], processorRatios = [];
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
                    processorRatios.Add(bareBusy / pipelineBusy);
                }
            }

            if (!bare.AsSpan().SequenceEqual(pipeline))
            {
                throw new InvalidOperationException($"The pipeline answers {string.Join(' ', pipeline)}, ONNX Runtime alone {string.Join(' ', bare)}.");
            }

            Console.WriteLine(JsonSerializer.Serialize(new
            {
                work = $"scoring, fused 2.5D model, {size} x {size} x {size}, one by one",
                peer = "bare ONNX Runtime calls from C#",
                peerMilliseconds = Median(bareTimes),
                ours = "ML.NET pipeline with ApplyOnnxModel",
                oursMilliseconds = Median(pipelineTimes),
                timesAsFast = Median(ratios),
                processorTimesAsFast = Median(processorRatios),
                bar = 1 / 1.10,
                why = "ML.NET copies each image into its own buffer on the way to ONNX Runtime, which a bare call does not.",
                note = "results are the same to the last bit",
            }));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Volume in, probability out: division by the maximum, three projections and the network, in one graph.</summary>
    private static byte[] Model(int size)
    {
        NetworkGraph network = DmsaNetworks.ThreeView(new DmsaNetworkOptions { Sections = size, Rows = size, Columns = size });
        OnnxGraphBuilder builder = new("peers");
        builder.Input(Input, [size, size, size]);
        ImageShape shape = new(size, size, size);
        string volume = new NormalizeByMaximum().WriteNodes(builder, Input, shape);
        string axis = builder.Constant([1L], [1L]);
        string[] views =
        [
            .. new[] { ProjectionAxis.Transverse, ProjectionAxis.Sagittal, ProjectionAxis.Coronal }
                .Select(view => builder.Node("Unsqueeze", [new MaximumIntensityProjection(view).WriteNodes(builder, volume, shape), axis])),
        ];
        string probability = builder.AddNetwork(network, NetworkWeights.Initialise(network, seed: 1), views);
        builder.Output(probability, Output, network.OutputShape);
        return builder.Build();
    }

    private static IDataView Pipeline(string file, int size, Volume[] volumes)
    {
        MLContext ml = new(seed: 1);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Volume));
        schema[Input].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size, size, size);
        IDataView data = ml.Data.LoadFromEnumerable(volumes, schema);
        return ml.Transforms.ApplyOnnxModel(Output, Input, file).Fit(data).Transform(data);
    }

    private static float[] Read(IDataView scored)
    {
        List<float> probabilities = [];
        DataViewSchema.Column column = scored.Schema[Output];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            probabilities.Add(value.GetItemOrDefault(0));
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

    private sealed class Volume
    {
        public float[] Image { get; set; } = [];

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
