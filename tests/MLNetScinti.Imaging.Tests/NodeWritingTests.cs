using System.Globalization;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

/// <summary>What operators write into a graph; that runtimes compute the same from it is tested where a runtime is at hand.</summary>
public sealed class NodeWritingTests
{
    public static TheoryData<string, string> Operators => new()
    {
        { "maximum", "IsNaN IsInf Or Where ReduceMax Greater Where Div Where" },
        { "range", "IsNaN IsInf Or Where ReduceMin ReduceMax Sub Greater Where Sub Div Where" },
        { "pad", "Shape Sub Div Sub Concat Max Pad Reshape" },
        { "padcrop", "Shape Sub Div Sub Concat Pad Reshape" },
        { "crop", "Slice" },
        { "mip", "ReduceMax" },
        { "resample", "Unsqueeze Shape Concat Resize Squeeze" },
        { "flip", "Slice" },
        { "rotate", "Shape Concat Expand GridSample" },
    };

    [Theory]
    [MemberData(nameof(Operators))]
    public void EachOperatorWritesItsNodesAndNamesTheLastOne(string which, string expected)
    {
        IImageOperator operation = which switch
        {
            "maximum" => new NormalizeByMaximum(),
            "range" => new NormalizeMinMax(),
            "pad" => new PadSections(8),
            "padcrop" => new PadSections(8, cropLarger: true),
            "crop" => new Crop(new ImageShape(2, 2, 2)),
            "mip" => new MaximumIntensityProjection(ProjectionAxis.Coronal),
            "resample" => new Resample(new ImageShape(3, 3, 3)),
            "flip" => new Flip(true, true),
            _ => new Rotate(20),
        };
        Recorder recorder = new();
        string result = operation.WriteNodes(recorder, "image", new ImageShape(4, 5, 6));
        Assert.Equal(expected, string.Join(' ', recorder.Nodes.Select(node => node.Operation)));
        Assert.Equal(recorder.Nodes[^1].Output, result);

        // Every input is the image, a constant, an earlier output, or left out.
        HashSet<string> known = ["image", "", .. recorder.Constants];
        foreach ((_, string[] inputs, string output) in recorder.Nodes)
        {
            Assert.All(inputs, input => Assert.Contains(input, known));
            known.Add(output);
        }
    }

    private sealed class Recorder : INodeGraph
    {
        public List<(string Operation, string[] Inputs, string Output)> Nodes { get; } = [];

        public List<string> Constants { get; } = [];

        public string Constant(ReadOnlySpan<float> values, ReadOnlySpan<long> shape) => AddConstant(values.Length, shape);

        public string Constant(ReadOnlySpan<long> values, ReadOnlySpan<long> shape) => AddConstant(values.Length, shape);

        public string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<NodeAttribute> attributes)
        {
            string output = string.Create(CultureInfo.InvariantCulture, $"n{Nodes.Count}");
            Nodes.Add((operation, inputs.ToArray(), output));
            return output;
        }

        private string AddConstant(int count, ReadOnlySpan<long> shape)
        {
            long expected = 1;
            foreach (long extent in shape)
            {
                expected *= extent;
            }

            Assert.Equal(expected, count);
            Constants.Add(string.Create(CultureInfo.InvariantCulture, $"c{Constants.Count}"));
            return Constants[^1];
        }
    }
}
