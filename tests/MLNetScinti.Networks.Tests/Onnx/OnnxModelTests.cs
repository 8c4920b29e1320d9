using Xunit;

namespace MLNetScinti.Networks.Tests;

public sealed class OnnxModelTests : IDisposable
{
    private static readonly NetworkGraph s_graph = Small();

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-onnx").FullName;

    private string ModelPath => Path.Combine(_folder, "model.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WeightsInAFileOfTheirOwnGiveTheSameAnswers()
    {
        NetworkWeights weights = Samples.Trained(s_graph, 3);
        OnnxModel model = s_graph.ToOnnxModel(weights);
        float[][] batch = Samples.Batch(s_graph, 2, 4);

        Assert.Equal([ModelPath], model.Save(ModelPath));
        float[] whole = Answer(ModelPath, batch);
        Assert.InRange(model.ByteCount - new FileInfo(ModelPath).Length, -4096, 4096);

        Assert.Equal([ModelPath, ModelPath + ".data"], model.Save(ModelPath, oneFileLimit: 1000));
        Assert.True(new FileInfo(ModelPath).Length < 4096);
        Assert.True(new FileInfo(ModelPath + ".data").Length >= 4 * weights.Where(weight => weight.Name == "hidden.weight").Sum(weight => weight.Values.Length));
        Assert.Equal(whole, Answer(ModelPath, batch));

        // The model moves with its weights.
        string moved = Path.Combine(_folder, "elsewhere");
        Directory.CreateDirectory(moved);
        File.Move(ModelPath, Path.Combine(moved, "model.onnx"));
        Assert.Throws<InvalidDataException>(() => OnnxSession.Open(Path.Combine(moved, "model.onnx")));
        File.Move(ModelPath + ".data", Path.Combine(moved, "model.onnx.data"));
        Assert.Equal(whole, Answer(Path.Combine(moved, "model.onnx"), batch));
    }

    [Fact]
    public void AModelOfOneFileLeavesNoWeightsOfAnotherBeside()
    {
        OnnxModel model = s_graph.ToOnnxModel(Samples.Trained(s_graph, 3));
        model.Save(ModelPath, oneFileLimit: 0);
        Assert.True(File.Exists(ModelPath + ".data"));
        model.Save(ModelPath);
        Assert.Equal([ModelPath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void CasesTogetherAndCasesApartAnswerAlike()
    {
        using OnnxSession session = OnnxSession.Open(s_graph.ToOnnxModel(Samples.Trained(s_graph, 3)));
        float[][] batch = Samples.Batch(s_graph, 3, 4);
        using OnnxAnswers together = session.Run(3, [.. batch.Select(values => (ReadOnlyMemory<float>)values)]);
        IReadOnlyList<ReadOnlyMemory<float>> Case(int index) => [.. batch.Select(values => (ReadOnlyMemory<float>)values.AsMemory(index * (values.Length / 3), values.Length / 3))];
        using OnnxAnswers apart = session.Run([Case(0), Case(1), Case(2)]);
        using OnnxAnswers one = session.Run([Case(2)], ["output"]);

        Assert.Equal(["output"], together.Names);
        Assert.Equal(together.Floats(0).ToArray(), apart.Floats("output").ToArray());
        Assert.Equal(together.Floats(0)[^2..].ToArray(), one.Floats("output").ToArray(), (a, b) => MathF.Abs(a - b) < 1e-6f);
        Assert.Equal([3L, 2], together.ShapeOf("output"));
        Assert.Equal(s_graph.Hash, session.Metadata["network.sha256"]);
    }

    [Fact]
    public void MistakesAreNamed()
    {
        using OnnxSession session = OnnxSession.Open(s_graph.ToOnnxModel(Samples.Trained(s_graph, 3)));
        Assert.Contains("takes 1 inputs (image), found 2", Assert.Throws<ArgumentException>(() => session.Run(1, [new float[4], new float[4]])).Message, StringComparison.Ordinal);
        Assert.Contains("image takes 72 values a case, found 4", Assert.Throws<ArgumentException>(() => session.Run(1, [new float[4]])).Message, StringComparison.Ordinal);
        Assert.Contains("found 71", Assert.Throws<ArgumentException>(() => session.Run([[new float[72]], [new float[71]]])).Message, StringComparison.Ordinal);
        Assert.StartsWith("the model is no model that can be run: ", Assert.Throws<InvalidDataException>(() => OnnxSession.Open([1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => OnnxSession.Open(ModelPath));
        using OnnxAnswers answers = session.Run(1, [new float[72]]);
        Assert.Contains("no output 'mask'; it gave output", Assert.Throws<KeyNotFoundException>(() => answers.ShapeOf("mask")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void AModelThatIsReadAgainIsTheModelThatWasWritten(long oneFileLimit)
    {
        OnnxModel model = s_graph.ToOnnxModel(Samples.Trained(s_graph, 3));
        model.Save(ModelPath, oneFileLimit);
        Assert.Equal(model.ToBytes(), OnnxModel.Load(ModelPath).ToBytes());

        File.WriteAllBytes(ModelPath, [1, 2, 3]);
        Assert.Contains(ModelPath, Assert.Throws<InvalidDataException>(() => OnnxModel.Load(ModelPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsThatAreNotAllThereAreRefused()
    {
        s_graph.ToOnnxModel(Samples.Trained(s_graph, 3)).Save(ModelPath, oneFileLimit: 0);
        byte[] data = File.ReadAllBytes(ModelPath + ".data");
        File.WriteAllBytes(ModelPath + ".data", data[..^4]);
        Assert.Contains("the file ends at", Assert.Throws<InvalidDataException>(() => OnnxModel.Load(ModelPath)).Message, StringComparison.Ordinal);
        File.Delete(ModelPath + ".data");
        Assert.Throws<FileNotFoundException>(() => OnnxModel.Load(ModelPath));
    }

    /// <summary>Models side by side in one graph, read from one file or two, answer as each of them does; what is not asked for is not taken over.</summary>
    [Fact]
    public void ModelsWithinAModelAnswerAsEachOfThem()
    {
        OnnxModel[] models = [s_graph.ToOnnxModel(Samples.Trained(s_graph, 3)), s_graph.ToOnnxModel(Samples.Trained(s_graph, 4))];
        models[1].Save(ModelPath, oneFileLimit: 0);
        OnnxModel[] read = [models[0], OnnxModel.Load(ModelPath)];
        OnnxGraphBuilder graph = new("both");
        Dictionary<string, string> inputs = new(StringComparer.Ordinal) { ["image"] = graph.Input("picture", s_graph.Inputs[0].Shape) };
        string[] outputs = [.. read.Select((model, index) => graph.AddModel(model, $"m{index}/", inputs, ["output"])["output"])];
        graph.Output(graph.Node("Mean", outputs), "mean", s_graph.OutputShape);
        graph.Output(outputs[1], "second", s_graph.OutputShape);

        float[][] batch = Samples.Batch(s_graph, 2, 4);
        float[][] apart = [.. models.Select(model =>
        {
            using OnnxSession one = OnnxSession.Open(model);
            using OnnxAnswers answers = one.Run(2, [.. batch.Select(values => (ReadOnlyMemory<float>)values)]);
            return answers.Floats(0).ToArray();
        })];
        using OnnxSession session = OnnxSession.Open(graph.BuildModel());
        using OnnxAnswers together = session.Run(2, [.. batch.Select(values => (ReadOnlyMemory<float>)values)]);
        Assert.NotEqual(apart[0], apart[1]);
        Assert.Equal(apart[1], together.Floats("second").ToArray());
        Assert.Equal(apart[0].Zip(apart[1], (a, b) => (a + b) / 2), together.Floats("mean").ToArray(), (a, b) => MathF.Abs(a - b) < 1e-6f);

        Assert.Contains("reads image", Assert.Throws<ArgumentException>(() => graph.AddModel(read[0], "x/", new Dictionary<string, string>(StringComparer.Ordinal), ["output"])).Message, StringComparison.Ordinal);
        Assert.Contains("no output mask; it has output", Assert.Throws<ArgumentException>(() => graph.AddModel(read[0], "y/", inputs, ["mask"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => graph.AddModel(read[0], "m0/", inputs, ["output"]));
    }

    private static float[] Answer(string path, float[][] batch)
    {
        using OnnxSession session = OnnxSession.Open(path);
        using OnnxAnswers answers = session.Run(2, [.. batch.Select(values => (ReadOnlyMemory<float>)values)]);
        return answers.Floats(0).ToArray();
    }

    private static NetworkGraph Small()
    {
        NetworkGraphBuilder network = new();
        string x = network.Flatten("flat", network.Relu("relu", network.Convolution("conv", network.Input("image", [2, 6, 6]), 4)));
        return network.Build(network.Dense("score", network.Relu("relu2", network.Dense("hidden", x, 16)), 2), OutputActivation.Softmax);
    }
}
