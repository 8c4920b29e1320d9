using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Peers;

/// <summary>
/// Scoring in batches with <see cref="OnnxScorer"/> against one by one with stock ML.NET: the same model, loaded from its zip
/// into a prediction engine, as an application has it that knows nothing of this product. Both may use all cores.
/// </summary>
internal static class BatchedScoring
{
    private const int Images = 32;
    private const double LargestDifference = 1e-6;

    /// <param name="rounds">Rounds of each network.</param>
    /// <param name="networks">Architecture, size and width of each: dmsa-2.5d:64:0.5.</param>
    public static void Measure(int rounds, IEnumerable<string> networks)
    {
        foreach (string network in networks)
        {
            string[] parts = network.Split(':');
            Measure(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture), rounds);
        }
    }

    private static void Measure(string architecture, int size, double width, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("scinti-peers").FullName;
        try
        {
            string onnx = Path.Combine(folder, "model.onnx"), zip = Path.Combine(folder, "model.zip");
            File.WriteAllBytes(onnx, Model(architecture, size, width));
            FusedModel model = FusedModel.Load(onnx);
            MLContext ml = new(seed: 1);
            model.SaveStock(ml, zip);

            Kidney[] kidneys = [.. Enumerable.Range(0, size > 64 || architecture == "dmsa-3d" ? Images / 4 : Images).Select(image => Kidney.Random(size, image))];
            SchemaDefinition schema = SchemaDefinition.Create(typeof(Kidney));
            schema[nameof(Kidney.Image)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size, size, size);
            using PredictionEngine<Kidney, Answer> engine = ml.Model.CreatePredictionEngine<Kidney, Answer>(ml.Model.Load(zip, out _), inputSchemaDefinition: schema);
            using OnnxScorer scorer = new(model, Environment.ProcessorCount);
            IReadOnlyList<ReadOnlyMemory<float>>[] cases = [.. kidneys.Select(kidney => (IReadOnlyList<ReadOnlyMemory<float>>)[kidney.Image])];

            Answer answer = new();
            float[] stock = [], batched = [];
            void Stock() => stock = [.. kidneys.Select(kidney =>
            {
                engine.Predict(kidney, ref answer);
                return answer.Probability[0];
            })];
            void Batched() => batched = [.. scorer.Score(cases).Select(answers => answers[1][0])];

            List<(double Clock, double Busy)> ofStock = [], ofBatched = [];
            for (int round = -2; round < rounds; round++)
            {
                // The first rounds warm up both; after that who goes first changes.
                (Action work, List<(double, double)> times)[] turns = [(Stock, ofStock), (Batched, ofBatched)];
                foreach ((Action work, List<(double, double)> times) in round % 2 == 0 ? turns : [turns[1], turns[0]])
                {
                    long start = Stopwatch.GetTimestamp();
                    TimeSpan busy = Environment.CpuUsage.TotalTime;
                    work();
                    (double, double) time = (Stopwatch.GetElapsedTime(start).TotalMilliseconds / kidneys.Length, (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds / kidneys.Length);
                    if (round >= 0)
                    {
                        times.Add(time);
                    }
                }
            }

            double difference = stock.Zip(batched, (a, b) => (double)Math.Abs(a - b)).Max();
            if (!(difference <= LargestDifference))
            {
                throw new InvalidOperationException($"{architecture}: batches answer differently, by {difference:G3}.");
            }

            double peer = Median(ofStock.Select(time => time.Clock)), ours = Median(ofBatched.Select(time => time.Clock));
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                work = $"scoring a kidney, {architecture}, {size} x {size} x {size}, width {width.ToString(CultureInfo.InvariantCulture)}",
                peer = "stock ML.NET, one by one",
                peerMilliseconds = peer,
                ours = $"batches of {kidneys.Length}",
                oursMilliseconds = ours,
                timesAsFast = peer / ours,
                processorTimesAsFast = Median(ofStock.Select(time => time.Busy)) / Median(ofBatched.Select(time => time.Busy)),
                bar = 2.0,
                why = "A batch saves copying and threads that wait for one another; most of this network's time is arithmetic of its convolutions, which a batch needs as well.",
                excused = peer >= ours,
                note = string.Create(CultureInfo.InvariantCulture, $"largest difference of the probabilities {difference:G2}"),
            }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Model(string architecture, int size, double width)
    {
        DmsaNetworkOptions options = new() { Sections = size, Rows = size, Columns = size, WidthMultiplier = width };
        NetworkGraph network = architecture switch
        {
            "dmsa-2.5d" => DmsaNetworks.ThreeView(options),
            "dmsa-3d" => DmsaNetworks.Volumetric(options),
            _ => DmsaNetworks.Planar(options),
        };
        OnnxGraphBuilder graph = new("peers");
        // As fused models say which task they answer.
        graph.Metadata["scinti.task"] = "binary-classification";
        graph.Metadata["scinti.classes"] = """["normal", "abnormal"]""";
        ImageShape shape = new(size, size, size);
        string volume = new NormalizeByMaximum().WriteNodes(graph, graph.Input(nameof(Kidney.Image), [size, size, size]), shape);
        string[] views = architecture switch
        {
            "dmsa-2.5d" => [Mip(ProjectionAxis.Transverse), Mip(ProjectionAxis.Sagittal), Mip(ProjectionAxis.Coronal)],
            "dmsa-3d" => [volume],
            _ => [Mip(ProjectionAxis.Transverse)],
        };
        string[] inputs = [.. views.Select((view, index) =>
        {
            long[] of = [-1, .. network.Inputs[index].Shape];
            return graph.Node("Reshape", [view, graph.Constant(of, [of.Length])]);
        })];
        string score = graph.AddNetwork(network, NetworkWeights.Initialise(network, seed: 1), inputs, new OnnxNetworkOptions { WithActivation = false });
        string probability = graph.Node("Sigmoid", [score]);
        graph.Output(score, "Score", [1L], OnnxElement.Float);
        graph.Output(probability, "Probability", [1L], OnnxElement.Float);
        graph.Output(graph.Node("GreaterOrEqual", [probability, graph.Constant([0.5f], [])]), "PredictedLabel", [1L], OnnxElement.Boolean);
        return graph.Build();

        string Mip(ProjectionAxis axis) => new MaximumIntensityProjection(axis).WriteNodes(graph, volume, shape);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    private sealed class Kidney
    {
        public float[] Image { get; set; } = [];

        public static Kidney Random(int size, int seed)
        {
            Random random = new(seed);
            float[] voxels = new float[size * size * size];
            for (int index = 0; index < voxels.Length; index++)
            {
                voxels[index] = random.NextSingle();
            }

            return new Kidney { Image = voxels };
        }
    }

    private sealed class Answer
    {
        public float[] Score { get; set; } = [];

        public float[] Probability { get; set; } = [];

        public bool[] PredictedLabel { get; set; } = [];
    }
}
