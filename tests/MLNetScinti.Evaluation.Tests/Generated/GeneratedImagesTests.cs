using MLNetScinti.Evaluation.Generated;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Copies of training images are found, planted as they are, noisy, smoothed, mirrored or few; images of other patients are none, and what differs from real ones is said.</summary>
public sealed class GeneratedImagesTests
{
    private const int Patients = 80, Made = 60;
    private static readonly ImageShape s_shape = new(64, 32);

    [Theory]
    [InlineData("as it is")]
    [InlineData("noisy")]
    [InlineData("smoothed")]
    [InlineData("mirrored")]
    [InlineData("brighter")]
    [InlineData("every second")]
    public void AGeneratorThatCopiesIsFound(string how)
    {
        GeneratedImages found = GeneratedImages.Of(Real(), [.. Enumerable.Range(0, Made).Select(number =>
        {
            int patient = 3 * number % Patients;
            float[] image = how switch
            {
                "noisy" => Image(patient, view: 0, noise: 7),
                "smoothed" => ImageOperators.Apply(new Smooth(1.5), Image(patient, 0), s_shape),
                "mirrored" => ImageOperators.Apply(new Flip(horizontal: true, vertical: false), Image(patient, 0), s_shape),
                "brighter" => [.. Image(patient, 0).Select(value => 3 * value)],
                "every second" when number % 2 == 1 => Image(5000 + number, 0),
                _ => Image(patient, 0),
            };
            return ImageSummary.Of($"g{number}", "", Kind(patient), image, s_shape);
        })]);
        Assert.True(found.Copies, found.Sentences[0]);
        Assert.StartsWith("The generator copies: ", found.Sentences[0], StringComparison.Ordinal);
        Assert.True(found.Near.Value > (how == "every second" ? 0.4 : 0.8), $"{how}: {found.Near.Value}");
        Assert.All(found.Made.Where(one => one.IsNear), one => Assert.Equal(3 * int.Parse(one.Image.Id[1..], System.Globalization.CultureInfo.InvariantCulture) % Patients, int.Parse(one.Patient[1..], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(Made, found.Kinds.Sum(kind => kind.Made));
    }

    /// <summary>Twenty times others' images, sharp and smoothed: nearly never an alarm.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OtherPatientsImagesAreNoCopies(bool smooth)
    {
        IReadOnlyList<ImageSummary> real = Real();
        int alarms = 0;
        for (int turn = 0; turn < 20; turn++)
        {
            GeneratedImages found = GeneratedImages.Of(real, [.. Enumerable.Range(0, Made).Select(number =>
            {
                int patient = 1000 + (turn * Made) + number;
                float[] image = Image(patient, 0);
                return ImageSummary.Of($"g{number}", "", Kind(patient), smooth ? ImageOperators.Apply(new Smooth(1.5), image, s_shape) : image, s_shape);
            })]);
            alarms += found.Copies ? 1 : 0;
            Assert.True(found.Near.Value < 0.2, found.Sentences[0]);
            if (turn == 0)
            {
                Assert.StartsWith("No sign of copies: ", found.Sentences[0], StringComparison.Ordinal);
                Assert.InRange(found.SmallestFound, 0.06, 0.2);
            }
        }

        Assert.True(alarms <= 1, $"{alarms} alarms of 20");
    }

    [Fact]
    public void SmoothnessAndCountsAreSaid()
    {
        IReadOnlyList<ImageSummary> real = Real();
        ImageSummary[] Others(Func<float[], float[]> change) => [.. Enumerable.Range(0, Made).Select(number => ImageSummary.Of($"g{number}", "", Kind(number), change(Image(1000 + number, 0)), s_shape))];
        GeneratedImages smooth = GeneratedImages.Of(real, Others(image => ImageOperators.Apply(new Smooth(1.5), image, s_shape)));
        Assert.InRange(smooth.FinestPower, 0, 0.1);
        Assert.Contains("they are smoother", smooth.Sentences[1], StringComparison.Ordinal);
        GeneratedImages alike = GeneratedImages.Of(real, Others(image => image));
        Assert.InRange(alike.FinestPower, 0.9, 1.1);
        Assert.All(alike.Counts, spread => Assert.InRange(spread.LargestGap, 0, 0.35));
        GeneratedImages brighter = GeneratedImages.Of(real, Others(image => [.. image.Select(value => 4 * value)]));
        Assert.All(brighter.Counts.Where(spread => spread.Name == "sum"), spread => Assert.Equal(1, spread.LargestGap));
        Assert.Equal(16, brighter.FinestPower, 2.0);
    }

    [Fact]
    public void TooFewPatientsLeaveTheQuestionOpen()
    {
        GeneratedImages found = GeneratedImages.Of([.. Real().Take(2 * 19)], [ImageSummary.Of("g", "", "first", Image(0, 0), s_shape)]);
        Assert.False(found.Near.IsDefined);
        Assert.False(found.Copies);
        Assert.Contains("cannot be said: real images of 19 patients are too few", found.Sentences[0], StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GeneratedImages.Of([], []));
        Assert.Throws<ArgumentException>(() => ImageSummary.Of("", "", "", new float[7], s_shape));
    }

    [Fact]
    public void AReportShowsThemOnThePageInTheJsonAndOnTheConsole()
    {
        GeneratedImages images = GeneratedImages.Of(Real(), [.. Enumerable.Range(0, 8).Select(number => ImageSummary.Of($"g{number}", "", Kind(number), Image(1000 + number, 0), s_shape))]);
        EvaluationReport report = SampleReport.Make() with { Generation = new GenerationSection { Methods = ["By a generator."], Images = images, Pictures = [new CasePicture("generated", new byte[] { 1 }, "<first>", "first.")] } };
        string html = HtmlReport.Text(report), json = MetricsJson.Text(report);
        Assert.All(["id=\"generated\"", "No sign of copies: ", "By a generator.", "&lt;first&gt;", "<td>second</td>"], words => Assert.Contains(words, html, StringComparison.Ordinal));
        Assert.DoesNotContain("id=\"generated\"", HtmlReport.Text(SampleReport.Make()), StringComparison.Ordinal);
        Assert.Contains("Generated training images: No sign of copies", ConsoleReport.Text(report), StringComparison.Ordinal);
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, json));
        Assert.Contains("\"smallestFound\"", json, StringComparison.Ordinal);
    }

    /// <summary>A wave has its power in the ring of its frequency, and all of it (Parseval).</summary>
    [Fact]
    public void PowerLiesWhereTheWaveIs()
    {
        float[] wave = [.. Enumerable.Range(0, s_shape.Length).Select(i => (float)Math.Cos(2 * Math.PI * 16 * (i / s_shape.Columns) / s_shape.Rows))];
        IReadOnlyList<double> power = ImageSummary.Of("", "", "", wave, s_shape).Power;
        Assert.Equal(8, Enumerable.Range(0, ImageSummary.Rings).MaxBy(ring => double.IsNaN(power[ring]) ? 0 : power[ring]));
        Assert.True(power.Where(ring => !double.IsNaN(ring)).Order().SkipLast(1).All(other => other < 1e-3 * power[8]));
    }

    private static IReadOnlyList<ImageSummary> Real() => [.. Enumerable.Range(0, 2 * Patients).Select(number =>
        ImageSummary.Of($"r{number}", $"P{number / 2}", Kind(number / 2), Image(number / 2, number % 2), s_shape))];

    private static string Kind(int patient) => patient % 2 == 0 ? "first" : "second";

    /// <summary>A body whose proportions and warm places are the patient's, with the noise of counts; two views of a patient differ a little.</summary>
    private static float[] Image(int patient, int view, int noise = 0)
    {
        CounterRandom own = new(11, 0, (ulong)patient, "body"), counts = new(11, view + (10 * noise), (ulong)patient, "counts");
        double width = 9 + (3 * own.NextDouble()), middle = 15.5 + own.NextDouble(-1, 1), level = 8 + (6 * own.NextDouble());
        (double Row, double Column, double Height)[] places = [.. Enumerable.Range(0, 6).Select(_ => (own.NextDouble(4, 60), own.NextDouble(8, 24), own.NextDouble(10, 50)))];
        float[] values = new float[s_shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int column) = (i / s_shape.Columns, i % s_shape.Columns);
            double mean = Math.Abs(column - middle) < width ? level : 0.5;
            foreach ((double r, double c, double height) in places)
            {
                mean += height * Math.Exp(-(((row - r) * (row - r)) + ((column - c - view) * (column - c - view))) / 10);
            }

            values[i] = counts.NextPoisson(mean);
        }

        return values;
    }
}
