using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Networks.Tests;

/// <summary>Every image operator answers the same as its nodes do in ONNX Runtime, for any number of images at once.</summary>
public sealed class ImageOperatorParityTests
{
    private static readonly ImageShape s_volume = new(7, 9, 11);

    private static readonly Dictionary<string, (IImageOperator Operator, ImageShape Shape)[]> s_cases = new(StringComparer.Ordinal)
    {
        ["NormalizeByMaximum"] = [(new NormalizeByMaximum(), s_volume), (new NormalizeByMaximum(), new ImageShape(9, 11))],
        ["NormalizeMinMax"] = [(new NormalizeMinMax(), s_volume), (new NormalizeMinMax(), new ImageShape(9, 11))],
        ["NormalizeByWindow"] = [(new NormalizeByWindow(20, 90), s_volume), (new NormalizeByWindow(-100.5, 30), new ImageShape(9, 11))],
        ["PadSections"] = [(new PadSections(16), s_volume), (new PadSections(8), s_volume), (new PadSections(7), s_volume), (new PadSections(4, cropLarger: true), s_volume)],
        ["Crop"] = [(new Crop(new ImageShape(4, 5, 6)), s_volume), (new Crop([1, 0, 2], new ImageShape(4, 5, 6)), s_volume), (new Crop(new ImageShape(4, 11)), new ImageShape(9, 11))],
        ["MaximumIntensityProjection"] = [.. Enum.GetValues<ProjectionAxis>().Select(axis => ((IImageOperator)new MaximumIntensityProjection(axis), s_volume))],
        ["Resample"] = [(new Resample(new ImageShape(12, 5, 17)), s_volume), (new Resample(new ImageShape(4, 22)), new ImageShape(9, 11))],
        ["Smooth"] = [(new Smooth(1.0 / 3), new ImageShape(9, 11)), (new Smooth(1.4), s_volume), (new Smooth(4), new ImageShape(5, 3)), (new Smooth(2), new ImageShape(1, 6))],
        ["Flip"] = [(new Flip(true, false), s_volume), (new Flip(false, true), s_volume), (new Flip(true, true), new ImageShape(9, 11))],
        ["Translate"] = [(new Translate(1.5, -2.25), s_volume), (new Translate(-30, 4), new ImageShape(9, 11))],
        ["Rotate"] = [(new Rotate(17), s_volume), (new Rotate(-90), new ImageShape(9, 9))],
        ["Zoom"] = [(new Zoom(1.2), s_volume), (new Zoom(0.8), new ImageShape(9, 11))],
        ["Affine"] = [(Affine.Compose(new Flip(true, false), new Rotate(30), new Zoom(1.1), new Translate(2, 1)), s_volume)],
    };

    public static TheoryData<string, int> Cases()
    {
        TheoryData<string, int> cases = [];
        foreach (string name in s_cases.Keys)
        {
            cases.Add(name, 1);
            cases.Add(name, 3);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheNodesAnswerAsTheOperatorDoes(string name, int batch)
    {
        foreach ((IImageOperator operation, ImageShape shape) in s_cases[name])
        {
            OnnxGraphBuilder builder = new("operator");
            long[] dimensions = Dimensions(shape);
            ImageShape result = operation.OutputShape(shape);
            builder.Output(operation.WriteNodes(builder, builder.Input("image", dimensions), shape), "result", Dimensions(result));

            // Each image has a scale of its own; the last is empty.
            float[] images = Samples.Numbers(new Random(4), batch * shape.Length);
            for (int image = 0; image < batch; image++)
            {
                float scale = image == 2 ? 0 : 100 * (image + 1);
                foreach (ref float value in images.AsSpan(image * shape.Length, shape.Length))
                {
                    value *= scale;
                }
            }

            float[] expected = new float[batch * result.Length];
            for (int image = 0; image < batch; image++)
            {
                operation.Apply(images.AsSpan(image * shape.Length, shape.Length), shape, expected.AsSpan(image * result.Length, result.Length));
            }

            using OnnxRun model = new(builder.Build());
            float[] found = model.Run(("image", images, [batch, .. dimensions]));
            Assert.Equal(expected.Length, found.Length);
            double difference = expected.Zip(found, (a, b) => Math.Abs((double)a - b)).Max() / Math.Max(1, expected.Max(Math.Abs));
            Assert.True(difference < 1e-5, $"{operation.Name} on {shape}: {difference}");
        }
    }

    /// <summary>An operator that a later version adds is missed here, not forgotten.</summary>
    [Fact]
    public void NoOperatorIsLeftOut()
    {
        IEnumerable<string> operators = typeof(IImageOperator).Assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IImageOperator)))
            .Select(type => type.Name);
        Assert.Equal(operators.Order(StringComparer.Ordinal), s_cases.Keys.Order(StringComparer.Ordinal));
    }

    private static long[] Dimensions(ImageShape shape) => [.. shape.ToArray().Select(extent => (long)extent)];
}
