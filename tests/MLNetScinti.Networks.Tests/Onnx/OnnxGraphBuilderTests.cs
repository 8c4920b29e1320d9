using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Networks.Tests;

public sealed class OnnxGraphBuilderTests
{
    [Fact]
    public void TheSameCallsGiveTheSameBytes()
    {
        static byte[] Make()
        {
            NetworkGraph graph = ResidualNetworks.ThreeView(new ResidualNetworkOptions { Sections = 16, Rows = 16, Columns = 16, WidthMultiplier = 0.1 });
            return graph.ToOnnx(NetworkWeights.Initialise(graph, 3));
        }

        Assert.Equal(Make(), Make());
    }

    [Fact]
    public void TheModelTellsWhatItIs()
    {
        OnnxGraphBuilder builder = new("twice") { Documentation = "Doubles.", ModelVersion = 7 };
        builder.Metadata["b"] = "2";
        builder.Metadata["a"] = "1";
        string input = builder.Input("x", [2, 3], documentation: "Anything.");
        string two = builder.Constant([2f], []);
        builder.Output(builder.Node("Mul", [input, two]), "y", [2, 3]);

        using OnnxRun model = new(builder.Build());
        Assert.Equal("MLNetScinti", model.Session.Description.ProducerName);
        Assert.Equal("twice", model.Session.Description.GraphName);
        Assert.Equal("Doubles.", model.Session.Description.Description);
        Assert.Equal(7, model.Session.Description.Version);
        Assert.Equal("1", model.Session.Description.CustomMetadataMap["a"]);
        using InferenceSession bare = new(builder.Build());
        Assert.Equal([-1, 2, 3], bare.InputMetadata["x"].Dimensions);
        Assert.Equal("N", bare.InputMetadata["x"].SymbolicDimensions[0]);
        Assert.Equal(("x", 6), (model.Session.Inputs[0].Name, model.Session.Inputs[0].Length));
        Assert.Equal([2f, 4, 6, 8, 10, 12], model.Run(("x", [1, 2, 3, 4, 5, 6], [1, 2, 3])));
    }

    [Fact]
    public void EveryKindOfAttributeAndSeveralOutputs()
    {
        OnnxGraphBuilder builder = new("top");
        string input = builder.Input("x", [4]);
        IReadOnlyList<string> top = builder.Nodes("TopK", 2, [input, builder.Constant([2L], [1])], new NodeAttribute("axis", 1), new NodeAttribute("sorted", 1));
        string leaky = builder.Node("LeakyRelu", [top[0]], new NodeAttribute("alpha", 0.5f));
        string cast = builder.Node("Cast", [top[1]], new NodeAttribute("to", (long)OnnxElement.Float));
        builder.Output(builder.Node("Add", [leaky, cast]), "y", [2]);

        using OnnxRun model = new(builder.Build());
        Assert.Equal([2f + 3, 1f + 0, -1f + 1, -2f + 2], model.Run(("x", [1, -5, -6, 2, -8, -2, -4, -9], [2, 4])));
    }

    [Fact]
    public void MistakesAreNamed()
    {
        OnnxGraphBuilder builder = new("wrong");
        string input = builder.Input("x", [2]);
        Assert.Contains("'y'", Assert.Throws<ArgumentException>(() => builder.Node("Add", [input, "y"])).Message, StringComparison.Ordinal);
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => builder.Input("x", [3])).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => builder.Constant([1f, 2f], [2, 2])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    [Fact]
    public void FoldingTheBatchNormalisationChangesNodesAndNotAnswers()
    {
        NetworkGraph graph = ResidualNetworks.ThreeView(new ResidualNetworkOptions { Sections = 16, Rows = 16, Columns = 16, WidthMultiplier = 0.1 });
        NetworkWeights weights = Samples.Trained(graph, 5);
        float[][] batch = Samples.Batch(graph, 3, 6);
        byte[] folded = graph.ToOnnx(weights);
        byte[] plain = graph.ToOnnx(weights, new OnnxNetworkOptions { FoldBatchNormalization = false });

        Assert.DoesNotContain("running_var", Names(folded), StringComparison.Ordinal);
        Assert.Contains("running_var", Names(plain), StringComparison.Ordinal);
        using OnnxRun first = new(folded);
        using OnnxRun second = new(plain);
        Assert.Equal(second.Run(graph, batch, 3), first.Run(graph, batch, 3), (a, b) => MathF.Abs(a - b) < 1e-5f);

        static string Names(byte[] model) => System.Text.Encoding.Latin1.GetString(model);
    }

    [Fact]
    public void WithoutItsActivationTheOutputIsTheLogit()
    {
        NetworkGraph graph = ResidualNetworks.Planar(new ResidualNetworkOptions { Rows = 16, Columns = 16, WidthMultiplier = 0.1 });
        NetworkWeights weights = Samples.Trained(graph, 5);
        float[][] batch = Samples.Batch(graph, 2, 6);
        using OnnxRun probability = new(graph.ToOnnx(weights));
        using OnnxRun logit = new(graph.ToOnnx(weights, new OnnxNetworkOptions { WithActivation = false }));
        Assert.Equal(
            logit.Run(graph, batch, 2).Select(x => 1 / (1 + MathF.Exp(-x))),
            probability.Run(graph, batch, 2),
            (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void OnnxRuntimeTakesEveryRandomNetwork() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40),
        Prop.ForAll(RandomGraphs.Graphs.ToArbitrary(), graph =>
        {
            using OnnxRun model = new(graph.ToOnnx(Samples.Trained(graph, 1)));
            float[] output = model.Run(graph, Samples.Batch(graph, 2, 2), 2);
            return output.Length == 2 * graph.OutputShape.ElementCount && output.All(float.IsFinite);
        }));

    [PeerFact("python:onnx")]
    public void TheOnnxCheckerFindsNothing()
    {
        string folder = Directory.CreateTempSubdirectory("scinti-onnx").FullName;
        try
        {
            ResidualNetworkOptions small = new() { Sections = 16, Rows = 16, Columns = 16, WidthMultiplier = 0.1 };
            NetworkGraph[] graphs =
            [
                ResidualNetworks.Planar(small), ResidualNetworks.ThreeView(small), ResidualNetworks.Volumetric(small),
                .. Enumerable.Range(0, 30).Select(seed => RandomGraphs.Make(new Random(seed))),
            ];
            for (int index = 0; index < graphs.Length; index++)
            {
                OnnxNetworkOptions options = new() { FoldBatchNormalization = index % 2 == 0 };
                File.WriteAllBytes(Path.Combine(folder, $"{index}.onnx"), graphs[index].ToOnnx(Samples.Trained(graphs[index], index), options));
            }

            const string Program = """
                import glob, sys, onnx
                count = 0
                for name in sorted(glob.glob(sys.argv[1] + "/*.onnx")):
                    model = onnx.load(name)
                    onnx.checker.check_model(model, full_check=True)
                    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
                    assert inferred.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "N", name
                    count += 1
                print(count)
                """;
            (int exitCode, string output, string error) = Peer.Run(Peer.Python, "-c", Program, folder);
            Assert.True(exitCode == 0, error);
            Assert.Equal($"{graphs.Length}", output.Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
