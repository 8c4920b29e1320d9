using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>
/// How an image goes through a network: whole, or in windows that are put together again. For a network in TorchSharp and
/// for any function of a window, such as an ONNX session.
/// </summary>
public abstract record Inferer
{
    /// <summary>The whole image at once.</summary>
    public static Inferer WholeImage { get; } = new WholeImageInferer();

    /// <summary>The network's answer for a batch of images.</summary>
    /// <param name="network">From inputs [N, ...] of the window's extents to an output [N, channels, ...] of the same extents.</param>
    /// <param name="inputs">Inputs [N, ...].</param>
    public abstract Tensor Infer(Func<IReadOnlyList<Tensor>, Tensor> network, IReadOnlyList<Tensor> inputs);

    /// <summary>The answer for one image.</summary>
    /// <param name="network">From a number of windows and their values, one array [windows, ...] for each input, to the values of their answers [windows, channels, ...].</param>
    /// <param name="inputs">The values of each input.</param>
    /// <param name="shapes">The shape of each input, without a batch axis.</param>
    public abstract float[] Infer(Func<int, IReadOnlyList<ReadOnlyMemory<float>>, ReadOnlyMemory<float>> network, IReadOnlyList<ReadOnlyMemory<float>> inputs, IReadOnlyList<TensorShape> shapes);

    /// <summary>The shape that a network is to take, where the images have this shape.</summary>
    public abstract TensorShape WindowOf(TensorShape image);

    /// <summary>Writes the way into an ONNX graph, and returns the name of the answer [N, channels, ...] of the images' extents.</summary>
    /// <param name="graph">The graph to write to.</param>
    /// <param name="network">Writes the network once more, for values [N, ...] of the window's extents.</param>
    /// <param name="inputs">Names of the images, [N, channels, ...] each.</param>
    /// <param name="image">The images' shape, without a batch axis.</param>
    public abstract string WriteNodes(OnnxGraphBuilder graph, Func<IReadOnlyList<string>, string> network, IReadOnlyList<string> inputs, TensorShape image);
}

/// <summary>The whole image at once.</summary>
public sealed record WholeImageInferer : Inferer
{
    /// <inheritdoc/>
    public override Tensor Infer(Func<IReadOnlyList<Tensor>, Tensor> network, IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network(inputs);
    }

    /// <inheritdoc/>
    public override float[] Infer(Func<int, IReadOnlyList<ReadOnlyMemory<float>>, ReadOnlyMemory<float>> network, IReadOnlyList<ReadOnlyMemory<float>> inputs, IReadOnlyList<TensorShape> shapes)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network(1, inputs).ToArray();
    }

    /// <inheritdoc/>
    public override TensorShape WindowOf(TensorShape image) => image;

    /// <inheritdoc/>
    public override string WriteNodes(OnnxGraphBuilder graph, Func<IReadOnlyList<string>, string> network, IReadOnlyList<string> inputs, TensorShape image)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network(inputs);
    }

    /// <inheritdoc/>
    public override string ToString() => "whole image";
}

/// <summary>
/// Windows that overlap, whose answers are averaged with weights that fall off from the middle of a window to its edges
/// (a Gaussian of an eighth of the window), where a network has seen least around it. Where the image is smaller than the
/// window, zeros are put around it and cut off again.
/// </summary>
/// <param name="Window">The window's extents, slowest first.</param>
public sealed record SlidingWindow(IReadOnlyList<int> Window) : Inferer
{
    // A network is written into a graph this many times at most: then more windows go through it together.
    private const int MostCopies = 32;

    /// <summary>The part of a window that the next one repeats, along each axis; from 0 to below 1.</summary>
    public double Overlap { get; init; } = 0.5;

    /// <summary>Whether the middle of a window counts more than its edges.</summary>
    public bool Gaussian { get; init; } = true;

    /// <summary>Windows that go through the network together.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>How many windows lie in an image. Each costs the network's work, and some nodes of its ONNX form.</summary>
    /// <param name="extents">The image's extents, slowest first.</param>
    public long CountOver(IReadOnlyList<int> extents)
    {
        ArgumentNullException.ThrowIfNull(extents);
        return extents.Zip(Window).Aggregate(1L, (product, axis) => product * Plan.CountOf(Math.Max(axis.First, axis.Second), axis.Second, Overlap));
    }

    /// <inheritdoc/>
    public override TensorShape WindowOf(TensorShape image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.SpatialRank == Window.Count
            ? TensorShape.Create([image.Channels, .. Window.Select(extent => (long)extent)])
            : throw new ArgumentException($"A window of {string.Join(" x ", Window)} does not slide over an image {image}.", nameof(image));
    }

    /// <inheritdoc/>
    public override Tensor Infer(Func<IReadOnlyList<Tensor>, Tensor> network, IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        long[] extents = inputs[0].shape[2..];
        Plan plan = new(this, extents);
        if (plan.Starts.Count == 1 && !plan.Padded)
        {
            return network(inputs).MoveToOuterDisposeScope();
        }

        IReadOnlyList<Tensor> padded = plan.Padded ? [.. inputs.Select(input => plan.Pad(input))] : inputs;
        long images = inputs[0].shape[0];
        Tensor weights = torch.tensor(plan.Weights, [1, 1, .. plan.Window], device: inputs[0].device);
        Tensor? sum = null;
        Tensor total = zeros([1, 1, .. plan.Image], device: inputs[0].device);
        for (int first = 0; first < plan.Starts.Count; first += Batch)
        {
            using DisposeScope inner = NewDisposeScope();
            List<long[]> starts = plan.Starts.GetRange(first, Math.Min(Batch, plan.Starts.Count - first));
            Tensor answer = network([.. padded.Select(input => starts.Count == 1 ? plan.Cut(input, starts[0]) : cat([.. starts.Select(start => plan.Cut(input, start))], 0))]);
            sum ??= zeros([images, answer.shape[1], .. plan.Image], device: answer.device).MoveToOuterDisposeScope();
            for (int window = 0; window < starts.Count; window++)
            {
                plan.Cut(sum, starts[window]).add_(answer.narrow(0, window * images, images).mul(weights), KeptScalar.Of(1));
                plan.Cut(total, starts[window]).add_(weights, KeptScalar.Of(1));
            }
        }

        return plan.Unpad(sum!.div_(total)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override float[] Infer(Func<int, IReadOnlyList<ReadOnlyMemory<float>>, ReadOnlyMemory<float>> network, IReadOnlyList<ReadOnlyMemory<float>> inputs, IReadOnlyList<TensorShape> shapes)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(shapes);
        Plan plan = new(this, shapes[0].Spatial);
        if (plan.Starts.Count == 1 && !plan.Padded)
        {
            return network(1, inputs).ToArray();
        }

        long[] extents = shapes[0].Spatial.ToArray();
        int voxels = (int)extents.Aggregate(1L, (product, extent) => product * extent);
        float[][] windows = [.. shapes.Select(shape => new float[Batch * shape.Channels * plan.Weights.Length])];
        float[]? sum = null;
        float[] total = new float[voxels];
        for (int first = 0; first < plan.Starts.Count; first += Batch)
        {
            int count = Math.Min(Batch, plan.Starts.Count - first);
            for (int input = 0; input < inputs.Count; input++)
            {
                Array.Clear(windows[input]);
                int channels = (int)shapes[input].Channels;
                for (int map = 0; map < count * channels; map++)
                {
                    ReadOnlyMemory<float> source = inputs[input].Slice(map % channels * voxels, voxels);
                    Memory<float> window = windows[input].AsMemory(map * plan.Weights.Length, plan.Weights.Length);
                    plan.ForEachRow(plan.Starts[first + (map / channels)], (inWindow, inImage, length) => source.Span.Slice(inImage, length).CopyTo(window.Span[inWindow..]));
                }
            }

            ReadOnlyMemory<float> answers = network(count, [.. windows.Select((values, input) => (ReadOnlyMemory<float>)values.AsMemory(0, count * (int)shapes[input].Channels * plan.Weights.Length))]);
            int outputs = answers.Length / count / plan.Weights.Length;
            float[] sums = sum ??= new float[outputs * voxels];
            for (int window = 0; window < count; window++)
            {
                long[] start = plan.Starts[first + window];
                plan.ForEachRow(start, (inWindow, inImage, length) => Accumulate(plan.Weights.AsSpan(inWindow, length), default, total.AsSpan(inImage, length)));
                for (int map = 0; map < outputs; map++)
                {
                    int at = ((window * outputs) + map) * plan.Weights.Length;
                    int to = map * voxels;
                    plan.ForEachRow(start, (inWindow, inImage, length) =>
                        Accumulate(plan.Weights.AsSpan(inWindow, length), answers.Span.Slice(at + inWindow, length), sums.AsSpan(to + inImage, length)));
                }
            }
        }

        for (int index = 0; index < sum!.Length; index++)
        {
            sum[index] /= total[index % voxels];
        }

        return sum;
    }

    /// <inheritdoc/>
    public override string WriteNodes(OnnxGraphBuilder graph, Func<IReadOnlyList<string>, string> network, IReadOnlyList<string> inputs, TensorShape image)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(image);
        Plan plan = new(this, image.Spatial);
        if (plan.Starts.Count == 1 && !plan.Padded)
        {
            return network(inputs);
        }

        int rank = plan.Window.Length;
        string Vector(IEnumerable<long> values) => graph.Constant([.. values], [rank]);
        string Pads(IEnumerable<long> before, IEnumerable<long> behind) => graph.Constant([0L, 0, .. before, 0, 0, .. behind], [2 * (rank + 2)]);
        string axes = Vector(Enumerable.Range(2, rank).Select(axis => (long)axis));
        string Cut(string value, IReadOnlyList<long> from, IReadOnlyList<long> extents) =>
            graph.Node("Slice", [value, Vector(from), Vector(from.Zip(extents, (start, extent) => start + extent)), axes]);
        string[] images = [.. inputs.Select(input => plan.Padded ? graph.Node("Pad", [input, Pads(plan.Before, plan.Behind)]) : input)];
        string weights = graph.Constant(plan.Weights, [1, 1, .. plan.Window]);
        int together = Math.Max(Batch, (plan.Starts.Count + MostCopies - 1) / MostCopies);
        string sum = "";
        for (int first = 0; first < plan.Starts.Count; first += together)
        {
            List<long[]> starts = plan.Starts.GetRange(first, Math.Min(together, plan.Starts.Count - first));
            string answer = network([.. images.Select(value =>
            {
                string[] windows = [.. starts.Select(start => Cut(value, start, plan.Window))];
                return windows.Length == 1 ? windows[0] : graph.Node("Concat", windows, new NodeAttribute("axis", 0));
            })]);
            string weighted = graph.Node("Mul", [answer, weights]);
            IReadOnlyList<string> parts = starts.Count == 1 ? [weighted] : graph.Nodes("Split", starts.Count, [weighted], new NodeAttribute("axis", 0));
            for (int window = 0; window < starts.Count; window++)
            {
                string part = graph.Node("Pad", [parts[window], Pads(starts[window], plan.Image.Select((extent, axis) => extent - starts[window][axis] - plan.Window[axis]))]);
                sum = sum.Length == 0 ? part : graph.Node("Add", [sum, part]);
            }
        }

        string mean = graph.Node("Div", [sum, graph.Constant(plan.Total(), [1, 1, .. plan.Image])]);
        return plan.Padded ? Cut(mean, plan.Before, image.Spatial.ToArray()) : mean;
    }

    /// <summary>For example "windows of 64 x 64 x 64, overlap 0.5, Gaussian".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"windows of {string.Join(" x ", Window)}, overlap {Overlap}{(Gaussian ? ", Gaussian" : "")}");

    private static void Accumulate(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> sums)
    {
        for (int index = 0; index < weights.Length; index++)
        {
            sums[index] += values.IsEmpty ? weights[index] : weights[index] * values[index];
        }
    }

    /// <summary>Where windows lie in an image of these extents, and what each of their elements counts.</summary>
    private sealed class Plan
    {
        private readonly long[] _before;
        private readonly long[] _extents;

        /// <summary>Zeros before the image, along each axis.</summary>
        public long[] Before => _before;

        /// <summary>Zeros behind it.</summary>
        public long[] Behind => [.. Image.Zip(_extents, _before).Select(axis => axis.First - axis.Second - axis.Third)];

        public Plan(SlidingWindow sliding, ReadOnlySpan<long> extents)
        {
            if (sliding.Window.Count != extents.Length || sliding.Window.Any(extent => extent < 1) || sliding.Overlap is not (>= 0 and < 1) || sliding.Batch < 1)
            {
                throw new ArgumentException($"A window has as many extents of at least 1 as the image, an overlap from 0 to below 1 and a batch of at least 1; found {sliding} over {string.Join(" x ", extents.ToArray())}, batch {sliding.Batch}.", nameof(extents));
            }

            _extents = extents.ToArray();
            Window = [.. sliding.Window.Select(extent => (long)extent)];
            Image = [.. _extents.Zip(Window, Math.Max)];
            _before = [.. Image.Zip(_extents, (image, extent) => (image - extent) / 2)];
            Padded = !Image.AsSpan().SequenceEqual(extents);
            Starts = [.. Product([.. Enumerable.Range(0, Window.Length).Select(axis => StartsOf(Image[axis], Window[axis], sliding.Overlap))])];
            Weights = [1];
            foreach (long extent in Window)
            {
                float[] line = [.. Enumerable.Range(0, (int)extent).Select(index => sliding.Gaussian ? WeightOf(index, extent) : 1)];
                Weights = [.. Weights.SelectMany(weight => line.Select(value => weight * value))];
            }
        }

        /// <summary>Extents of a window.</summary>
        public long[] Window { get; }

        /// <summary>Extents of the image with what is put around it.</summary>
        public long[] Image { get; }

        public bool Padded { get; }

        public List<long[]> Starts { get; }

        public float[] Weights { get; }

        /// <summary>What the windows over each element of the image count together.</summary>
        public float[] Total()
        {
            float[] total = new float[Image.Aggregate(1L, (product, extent) => product * extent)];
            foreach (long[] start in Starts)
            {
                for (int index = 0; index < Weights.Length; index++)
                {
                    long rest = index, at = 0, step = 1;
                    for (int axis = Window.Length - 1; axis >= 0; axis--)
                    {
                        at += ((rest % Window[axis]) + start[axis]) * step;
                        rest /= Window[axis];
                        step *= Image[axis];
                    }

                    total[at] += Weights[index];
                }
            }

            return total;
        }

        public Tensor Pad(Tensor input)
        {
            long[] sides = new long[2 * Window.Length];
            for (int axis = 0; axis < Window.Length; axis++)
            {
                // The last axis comes first.
                int at = 2 * (Window.Length - 1 - axis);
                sides[at] = _before[axis];
                sides[at + 1] = Image[axis] - _extents[axis] - _before[axis];
            }

            return nn.functional.pad(input, sides);
        }

        public Tensor Unpad(Tensor answer)
        {
            for (int axis = 0; axis < Window.Length; axis++)
            {
                answer = answer.narrow(axis + 2, _before[axis], _extents[axis]);
            }

            return answer.contiguous();
        }

        public Tensor Cut(Tensor image, long[] start)
        {
            for (int axis = 0; axis < Window.Length; axis++)
            {
                image = image.narrow(axis + 2, start[axis], Window[axis]);
            }

            return image;
        }

        /// <summary>Calls with the place in the window, the place in the image and the length of each row that is in both.</summary>
        public void ForEachRow(long[] start, Action<int, int, int> row)
        {
            int last = Window.Length - 1;
            int rows = (int)Window.Take(last).Aggregate(1L, (product, extent) => product * extent);
            long from = Math.Max(0, _before[last] - start[last]);
            long to = Math.Min(Window[last], _before[last] + _extents[last] - start[last]);
            for (int index = 0; index < rows && to > from; index++)
            {
                long rest = index, inImage = 0, step = _extents[last];
                bool outside = false;
                for (int axis = last - 1; axis >= 0; axis--)
                {
                    long at = (rest % Window[axis]) + start[axis] - _before[axis];
                    rest /= Window[axis];
                    outside |= at < 0 || at >= _extents[axis];
                    inImage += at * step;
                    step *= _extents[axis];
                }

                if (!outside)
                {
                    row((int)((index * Window[last]) + from), (int)(inImage + from + start[last] - _before[last]), (int)(to - from));
                }
            }
        }

        public static long CountOf(long image, long window, double overlap) => 1 + ((image - window + StepOf(window, overlap) - 1) / StepOf(window, overlap));

        private static long StepOf(long window, double overlap) => Math.Max(1, (long)Math.Floor(window * (1 - overlap)));

        private static long[] StartsOf(long image, long window, double overlap)
        {
            long step = StepOf(window, overlap);
            List<long> starts = [];
            for (long start = 0; start + window < image; start += step)
            {
                starts.Add(start);
            }

            starts.Add(image - window);
            return [.. starts];
        }

        private static IEnumerable<long[]> Product(long[][] starts) => starts.Aggregate(
            (IEnumerable<long[]>)[[]], (all, axis) => all.SelectMany(before => axis.Select(start => (long[])[.. before, start])));

        private static float WeightOf(int index, long extent)
        {
            double distance = (index - ((extent - 1) / 2.0)) / Math.Max(extent / 8.0, 0.5);
            return (float)Math.Max(1e-3, Math.Exp(-0.5 * distance * distance));
        }
    }
}
