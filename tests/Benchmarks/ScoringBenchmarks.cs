using BenchmarkDotNet.Attributes;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Benchmarks;

/// <summary>Scoring 32 kidneys of 64 x 64 x 64 with a fused 2.5D network of a quarter of the paper's width.</summary>
[MemoryDiagnoser]
public class ScoringBenchmarks
{
    private const int Size = 64;
    private readonly IReadOnlyList<ReadOnlyMemory<float>>[] _cases = new IReadOnlyList<ReadOnlyMemory<float>>[32];
    private OnnxScorer? _scorer;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Load()
    {
        string file = Path.Combine(Path.GetTempPath(), $"scinti-benchmarks-{Environment.ProcessId}.onnx");
        File.WriteAllBytes(file, Model());
        _scorer = new OnnxScorer(FusedModel.Load(file), Threads);
        File.Delete(file);
        Random random = new(1);
        for (int i = 0; i < _cases.Length; i++)
        {
            float[] voxels = new float[Size * Size * Size];
            for (int voxel = 0; voxel < voxels.Length; voxel++)
            {
                voxels[voxel] = random.NextSingle();
            }

            _cases[i] = [voxels];
        }
    }

    [GlobalCleanup]
    public void Dispose() => _scorer?.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = 32)]
    public float OneByOne()
    {
        float sum = 0;
        foreach (IReadOnlyList<ReadOnlyMemory<float>> kidney in _cases)
        {
            sum += Probability(_scorer!.Score([kidney])[0]);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = 32)]
    public float Together() => _scorer!.Score(_cases).Sum(Probability);

    // The answers of two classes: score, probability, predicted label.
    private static float Probability(IReadOnlyList<float[]> answers) => answers[1][0];

    private static byte[] Model()
    {
        NetworkGraph network = DmsaNetworks.ThreeView(new DmsaNetworkOptions { Sections = Size, Rows = Size, Columns = Size, WidthMultiplier = 0.25 });
        OnnxGraphBuilder graph = new("benchmarks");
        // As fused models say which task they answer.
        graph.Metadata["scinti.task"] = "binary-classification";
        graph.Metadata["scinti.classes"] = """["normal", "abnormal"]""";
        ImageShape shape = new(Size, Size, Size);
        string volume = new NormalizeByMaximum().WriteNodes(graph, graph.Input("Image", [Size, Size, Size]), shape);
        string axis = graph.Constant([1L], [1]);
        string[] views =
        [
            .. new[] { ProjectionAxis.Transverse, ProjectionAxis.Sagittal, ProjectionAxis.Coronal }
                .Select(view => graph.Node("Unsqueeze", [new MaximumIntensityProjection(view).WriteNodes(graph, volume, shape), axis])),
        ];
        string score = graph.AddNetwork(network, NetworkWeights.Initialise(network, seed: 1), views, new OnnxNetworkOptions { WithActivation = false });
        string probability = graph.Node("Sigmoid", [score]);
        graph.Output(score, "Score", [1L], OnnxElement.Float);
        graph.Output(probability, "Probability", [1L], OnnxElement.Float);
        graph.Output(graph.Node("GreaterOrEqual", [probability, graph.Constant([0.5f], [])]), "PredictedLabel", [1L], OnnxElement.Boolean);
        return graph.Build();
    }
}
