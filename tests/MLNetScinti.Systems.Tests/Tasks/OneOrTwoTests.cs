using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>A softmax that may mean two classes: what is called, by which threshold, and the same in the served graph.</summary>
public sealed class OneOrTwoTests
{
    private static readonly OneOrTwoTask s_task = new("none", "first", "second", "third");

    [Theory]
    [InlineData("none", true)]
    [InlineData("second+first", true)]
    [InlineData("third", true)]
    [InlineData("none+first", false)]
    [InlineData("first+second+third", false)]
    [InlineData("fourth", false)]
    [InlineData("", false)]
    public void WordsAreThoseOfOneClassOrOfTwoFindings(string text, bool holds)
    {
        if (holds)
        {
            Assert.Equal(string.Join('+', text.Split('+').Order(StringComparer.Ordinal)), s_task.Describe(s_task.Parse(text)));
        }
        else
        {
            Assert.Throws<FormatException>(() => s_task.Parse(text));
        }
    }

    [Theory]
    [InlineData(0.10f, "0100")]
    [InlineData(0.15f, "0110")]
    public void TheSecondFindingIsCalledWhereItReachesTheThreshold(float second, string called)
    {
        Assert.Equal(called, Word(OneOrTwoTask.Call([0.06f, 0.80f - second, second, 0.04f], 0.15f)));
        // Normal goes with no other, first or second.
        Assert.Equal("1000", Word(OneOrTwoTask.Call([0.50f, 0.50f - second, second, 0], 0.01f)));
        Assert.Equal("0100", Word(OneOrTwoTask.Call([0.45f, 0.52f, 0.03f, 0], 0.15f)));
    }

    [Fact]
    public void TheThresholdIsThatWithMostValidationCasesRight()
    {
        // Both at .4 and .3, one of a single finding at .35 between them: calling from .4 on gains one, from .3 on one as well; the highest is taken.
        TaskDecision decision = s_task.Fit([Case("a", "first+second", 0, .6f, .4f), Case("b", "first", 0, .65f, .35f), Case("c", "first+second", 0, .7f, .3f), Case("d", "first", .1f, .8f, .1f), Case("e", "none", .9f, .1f, 0)]);
        Assert.Equal((0.4f, ThresholdProtocol.Validation, 5), (decision.Thresholds[0].Value, decision.Thresholds[0].Protocol, decision.Thresholds[0].FittedOnCases));
        TaskDecision none = s_task.Fit([Case("a", "first", 0, .6f, .4f)]);
        Assert.Equal((1f, ThresholdProtocol.Fixed), (none.Thresholds[0].Value, none.Thresholds[0].Protocol));
    }

    /// <summary>In ML.NET's words the task is a multi-label one: the file says by which rule it calls, and is read back as what it is.</summary>
    [Fact]
    public void AServedFileIsReadBackAsTheTaskItIs()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.onnx");
        FusedModel.Of("x", "A test.", [new Logits()], s_task, new TaskDecision([DecisionThreshold.Fixed(0.3f)])).Save(path);
        Assert.Equal(s_task, FusedModel.Load(path).Task);
    }

    private sealed class Logits : IFusableStage
    {
        public IReadOnlyList<FusedColumn> Inputs { get; } = [new FusedColumn("x", [4], OnnxElement.Float)];

        public IReadOnlyList<FusedColumn> Outputs { get; } = [.. s_task.Answers.Select(answer => new FusedColumn(answer.Name, answer.Dimensions, answer.Element))];

        public void WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values) =>
            s_task.WriteAnswers(graph, values["x"], new TaskDecision([DecisionThreshold.Fixed(0.3f)]), values);
    }

    [Fact]
    public void TheServedGraphCallsTheSame() => Prop.ForAll<int>(SameCalls).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    private static void SameCalls(int seed)
    {
        CounterRandom random = new(unchecked((ulong)seed), 0, 0, "logits");
        float threshold = (float)(random.NextDouble() * 0.5);
        float[][] rows = [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 4).Select(_ => (float)((random.NextDouble() - 0.5) * 6)).ToArray())];
        OnnxGraphBuilder graph = new("call");
        string input = graph.Input("x", [4]);
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        s_task.WriteAnswers(graph, input, new TaskDecision([DecisionThreshold.Fixed(threshold)]), values);
        graph.Output(values["Probability"], "Probability", [4]);
        graph.Output(values["PredictedLabel"], "PredictedLabel", [4], OnnxElement.Boolean);
        using Microsoft.ML.OnnxRuntime.InferenceSession session = new(graph.Build().ToArray());
        Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float> tensor = new(rows.SelectMany(row => row).ToArray(), [rows.Length, 4]);
        using var answers = session.Run([Microsoft.ML.OnnxRuntime.NamedOnnxValue.CreateFromTensor("x", tensor)]);
        float[] probabilities = [.. answers.First(one => one.Name == "Probability").AsEnumerable<float>()];
        bool[] called = [.. answers.First(one => one.Name == "PredictedLabel").AsEnumerable<bool>()];
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(OneOrTwoTask.Call(probabilities[(4 * row)..(4 * row + 4)], threshold), called[(4 * row)..(4 * row + 4)]);
        }
    }

    private static AnsweredCase Case(string id, string truth, params float[] probabilities) =>
        new(id, $"patient {id}", Facts.None, s_task.Parse(truth), [[0, 0, 0, 0], [.. probabilities, 0], [0, 0, 0, 0]], []);

    private static string Word(IReadOnlyList<bool> called) => string.Concat(called.Select(one => one ? '1' : '0'));
}
