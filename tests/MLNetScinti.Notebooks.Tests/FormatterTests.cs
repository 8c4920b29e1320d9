using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Interactive;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

public class FormatterTests
{
    private static readonly Dictionary<string, object> s_results = Results();

    public static TheoryData<string> Kinds => [.. s_results.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Results_draw_themselves_by_the_convention_of_dotnet_interactive(string kind)
    {
        object result = s_results[kind];
        Dictionary<string, string> forms = ByConvention(result);
        Assert.NotEmpty(forms["text/plain"]);
        Assert.DoesNotContain("MLNetScinti.", forms["text/plain"], StringComparison.Ordinal);
        AssertWellFormed(forms["text/html"]);
    }

    [Fact]
    public void Drawings_are_pictures_with_the_reports_words_for_who_cannot_see_them()
    {
        string html = ByConvention(s_results["evaluation"])["text/html"];
        Assert.Contains("alt=\"ROC curve. Area under the curve 0.", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"Reliability curve.", html, StringComparison.Ordinal);
        string svg = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(html.Split("data:image/svg+xml;base64,")[1].Split('"')[0]));
        XElement drawing = XElement.Parse(svg);
        string style = drawing.Elements().First(element => element.Name.LocalName == "style").Value;
        Assert.Contains(".curve {", style, StringComparison.Ordinal);
        Assert.Contains("--model:", style, StringComparison.Ordinal);
        Assert.DoesNotContain("table", style, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", style, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_shows_its_head_up_and_the_same_scale_on_all_projections()
    {
        Volume volume = new(ImageGeometry.Axial(8, 8, 4, 1, 1));
        volume[3, 0, 0] = 1;
        byte[] png = Convert.FromBase64String(ByConvention(volume)["image/png"]);
        (int width, int height) = (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        Assert.Equal((40 * 24) + 16, width);
        Assert.Equal(40 * 8, height);
    }

    [Fact]
    public void A_view_shows_its_columns_and_first_rows_with_images_as_pictures()
    {
        string html = ByConvention(s_results["training set"])["text/html"];
        Assert.Contains("<th scope=\"row\">Image</th><td>Vector&lt;Single, 2, 3&gt;</td>", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"Image: an image of", html, StringComparison.Ordinal);
        Assert.Contains("<td>p1</td>", html, StringComparison.Ordinal);
        string plain = ByConvention(s_results["training set"])["text/plain"];
        Assert.Contains("Label (Boolean)", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Stock_views_and_data_frames_are_drawn_too()
    {
        IDataView stock = new MLContext().Data.LoadFromEnumerable([new Case { Label = true, Image = new float[6], PatientID = "p" }]);
        Assert.Contains("All rows", Format(ResultDrawings.For(stock.GetType()), stock)["text/html"], StringComparison.Ordinal);
        DataFrame frame = new(new DoubleDataFrameColumn("Value", new double?[] { 1.25, null }));
        Assert.Contains("<td>1.25</td>", Format(ResultDrawings.For(typeof(DataFrame)), frame)["text/html"], StringComparison.Ordinal);
        Assert.Empty(ResultDrawings.For(typeof(string)));
    }

    [Fact]
    public void A_formatter_leaves_values_of_other_types_alone()
    {
        foreach (ResultFormatter formatter in ResultDrawings.For(typeof(Volume)))
        {
            using StringWriter writer = new();
            Assert.False(formatter.Format("text", writer));
            Assert.Empty(writer.ToString());
        }
    }

    private static Dictionary<string, object> Results()
    {
        NetworkGraphBuilder builder = new();
        string input = builder.Input("Mip", [1, 8, 8]);
        NetworkGraph network = builder.Build(builder.Dense("score", builder.GlobalAveragePooling("average", builder.Convolution("conv1", input, 4, kernel: 3)), units: 1), OutputActivation.Sigmoid);
        Volume volume = new(ImageGeometry.Axial(8, 6, 4, 2, 2));
        volume[1, 2, 3] = 4;
        BinaryEvaluation first = Evaluation("one", 0.9f), second = Evaluation("two", 0.4f);
        PatientSplit split = Split();
        MulticlassEvaluation classes = Classes("classes", 3), otherClasses = Classes("other classes", 4);
        return new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["picture"] = new PngImage(2, 2, 1, [0, 1, 2, 3]),
            ["planar image"] = new PlanarImage(3, 2, 1, 1, [0, 1, 2, 3, 4, float.NaN]),
            ["volume"] = volume,
            ["empty volume"] = new Volume(ImageGeometry.Axial(8, 6, 4, 2, 2)),
            ["separation"] = KidneySeparation.Find(volume),
            ["case picture"] = new CasePicture("P1-L", PngEncoder.Encode(new PngImage(2, 2, 1, new byte[4])), "caption", "a kidney & \"more\""),
            ["network"] = network,
            ["history"] = new TrainingHistory([new TrainingEpoch(1, 0.7, 0.6, 0.5), new TrainingEpoch(2, 0.5, 0.4, 0.75)], 2),
            ["evaluation"] = first,
            ["comparison"] = ModelComparison.Of([first, second]),
            ["report"] = Report(first),
            ["comparison report"] = ComparisonReport.Of("Two & more", [new ComparedModel { Evaluation = first }, new ComparedModel { Evaluation = second }], Report(first).Data, Report(first).Run),
            ["several classes"] = classes,
            ["several classes compared"] = FigureComparison.Of([classes, otherClasses]),
            ["several classes compared in a report"] = TaskComparisonReport.Of("Two & more", [new JudgedModel(classes), new JudgedModel(otherClasses)], Report(first).Data, Report(first).Run),
            ["trainings"] = new TrainingsReport
            {
                Title = "Seeds & more",
                Kind = TrainingsKind.Seeds,
                Trainings = [new ReportedTraining("seed-1", 1, first), new ReportedTraining("seed-2", 2, second)],
                Data = Report(first).Data,
                Model = Report(first).Model,
                Run = Report(first).Run,
            },
            ["ROC curve"] = first.Roc!,
            ["precision-recall curve"] = first.PrecisionRecall!,
            ["split"] = split,
            ["training set"] = split.Train,
            ["validation set"] = split.Validation,
            ["test set"] = split.Test,
        };
    }

    private static MulticlassEvaluation Classes(string model, int every) => MulticlassEvaluation.Of(
        ["normal", "scar"], Enumerable.Range(0, 8).Select(i => new MulticlassCase($"c{i}", $"p{i}", i % 2, i % every == 0 ? [0.8f, 0.2f] : [0.3f, 0.7f])), new EvaluationOptions { Model = model, BootstrapReplicates = 20 });

    private static BinaryEvaluation Evaluation(string model, float right)
    {
        ScoredCase[] cases = [.. Enumerable.Range(0, 24).Select(i =>
        {
            bool label = i % 3 == 0;
            float probability = i % 5 == 0 ? 1 - right : label ? right - (i * 0.001f) : 1 - right + (i * 0.001f);
            return new ScoredCase($"P{i / 2}-{i % 2}", $"P{i / 2}", label, MathF.Log(probability / (1 - probability)), probability);
        })];
        return BinaryEvaluation.Of(new TestScores(cases), DecisionThreshold.Fixed(0.5f), new EvaluationOptions { Model = model, BootstrapReplicates = 50 });
    }

    private static EvaluationReport Report(BinaryEvaluation evaluation) => new()
    {
        Title = "A <report>",
        Evaluation = evaluation,
        Run = new RunRecord { Command = "scinti", Seed = 1 },
        Data = new DataCard(),
        Model = new ModelCard { Name = "one" },
    };

    private static PatientSplit Split()
    {
        MLContext ml = new(seed: 1);
        IDataView cases = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12)
            .Select(i => new Case { PatientID = $"p{i}", Label = i % 2 == 0, Set = i < 6 ? "train" : i < 9 ? "validation" : "test", Image = [0, 1, 2, 3, 4, i] }));
        return ml.Data.SplitByColumn(cases, "Set");
    }

    /// <summary>What .NET Interactive does (Microsoft.DotNet.Interactive.Formatting, Formatter.TryRegisterFromConventionBasedFormatterSources), by the same names.</summary>
    private static Dictionary<string, string> ByConvention(object result)
    {
        object attribute = Assert.Single(result.GetType().GetCustomAttributes(true), one => one.GetType().Name == "TypeFormatterSourceAttribute");
        Type source = Assert.IsAssignableFrom<Type>(attribute.GetType().GetProperty("FormatterSourceType")!.GetValue(attribute));
        object made = Activator.CreateInstance(source)!;
        return Format((IEnumerable)made.GetType().GetMethod("CreateTypeFormatters")!.Invoke(made, null)!, result);
    }

    private static Dictionary<string, string> Format(IEnumerable formatters, object result)
    {
        Dictionary<string, string> forms = new(StringComparer.Ordinal);
        foreach (object formatter in formatters)
        {
            Type type = formatter.GetType();
            Assert.True(Assert.IsAssignableFrom<Type>(type.GetProperty("Type")!.GetValue(formatter)).IsInstanceOfType(result));
            MethodInfo format = type.GetMethod("Format")!;
            Assert.Equal([typeof(object), typeof(TextWriter)], format.GetParameters().Select(parameter => parameter.ParameterType));
            using StringWriter writer = new(CultureInfo.InvariantCulture);
            Assert.True((bool)format.Invoke(formatter, [result, writer])!);
            forms.Add((string)type.GetProperty("MimeType")!.GetValue(formatter)!, writer.ToString());
        }

        return forms;
    }

    // HTML's empty elements aside, what is drawn is XML too: so nothing is left open.
    private static void AssertWellFormed(string html)
    {
        string xml = System.Text.RegularExpressions.Regex.Replace(html, "<(img|br)([^>]*)>", "<$1$2/>");
        XElement root = XElement.Parse($"<root>{xml}</root>");
        Assert.All(root.Descendants("img"), image => Assert.False(string.IsNullOrWhiteSpace(image.Attribute("alt")?.Value)));
        Assert.All(root.Descendants("th"), head => Assert.NotNull(head.Attribute("scope")));
    }

    private sealed class Case
    {
        public string PatientID { get; set; } = "";

        public string Set { get; set; } = "";

        public bool Label { get; set; }

        [Microsoft.ML.Data.VectorType(2, 3)]
        public float[] Image { get; set; } = [];
    }
}
