using System.Diagnostics;
using System.Globalization;
using MLNetScinti.Networks.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Peers;

/// <summary>
/// The loop that one writes with TorchSharp: the DMSA 2.5D network of its modules, forward, weighted loss, backward, Adam. One epoch for each
/// line on standard input, answered like <see cref="TrainingStep"/>. The network is that of <c>training_step.py</c>, layer for layer.
/// </summary>
internal static class PlainStep
{
    private static readonly int[] s_filters = [32, 64, 64, 128, 128, 256, 256];

    public static void Serve(int size, int batch, int steps, int threads)
    {
        NativeLibraries.Load();
        set_num_threads(threads);
        using Network network = new();
        Console.WriteLine(network.parameters().Sum(parameter => parameter.numel()).ToString(CultureInfo.InvariantCulture));
        using Adam optimizer = optim.Adam(network.parameters(), lr: 1e-4);
        Tensor[] views = [.. Enumerable.Range(0, 3).Select(_ => rand(batch, 1, size, size))];
        float[] odd = [.. Enumerable.Range(0, batch).Select(index => (float)(index % 2))];
        Tensor labels = tensor(odd, [batch, 1]), weights = tensor(Array.ConvertAll(odd, label => label > 0 ? 3.421f : 1.413f), [batch, 1]);
        Tensor[] one = [.. views.Select(view => view.narrow(0, 0, 1))];
        while (Console.ReadLine() is not null)
        {
            long start = Stopwatch.GetTimestamp();
            TimeSpan busy = Environment.CpuUsage.TotalTime;
            network.train();
            for (int step = 0; step < steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                Tensor loss = functional.binary_cross_entropy_with_logits(network.call(views), labels, weights);
                loss.backward();
                optimizer.step();
                _ = loss.item<float>();
            }

            network.eval();
            using (DisposeScope scope = NewDisposeScope())
            using (IDisposable noGradient = no_grad())
            {
                Tensor score = network.call(one);
                _ = functional.binary_cross_entropy_with_logits(score, labels.narrow(0, 0, 1), weights.narrow(0, 0, 1)).item<float>();
            }

            TimeSpan clock = Stopwatch.GetElapsedTime(start), processor = Environment.CpuUsage.TotalTime - busy;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.TotalMilliseconds:F3} {processor.TotalMilliseconds:F3}"));
        }
    }

    private sealed class Branch : Module<Tensor, Tensor>
    {
        private readonly ModuleList<Conv2d> _convolutions = new();
        private readonly ModuleList<BatchNorm2d> _norms = new();
        private readonly ModuleList<Module<Tensor, Tensor>> _skips = new();
        private readonly MaxPool2d _pool = MaxPool2d(3, stride: 2, padding: 1);

        public Branch()
            : base("branch")
        {
            int[] channels = [1, .. s_filters];
            for (int i = 0; i < s_filters.Length; i++)
            {
                _convolutions.Add(Conv2d(channels[i], channels[i + 1], 3, padding: 1, bias: false));
                _norms.Add(BatchNorm2d(channels[i + 1]));
            }

            // A skip starts before convolutions 2, 4 and 6 and ends behind 3, 5 and 7.
            foreach (int i in (int[])[2, 4, 6])
            {
                _skips.Add(channels[i - 1] != channels[i + 1] ? Conv2d(channels[i - 1], channels[i + 1], 1) : Identity());
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor value = input, skip = input;
            for (int i = 0; i < s_filters.Length; i++)
            {
                skip = i % 2 == 1 ? value : skip;
                value = _norms[i].call(_convolutions[i].call(value));
                value = i > 0 && i % 2 == 0 ? value + _skips[(i / 2) - 1].call(skip) : value;
                value = functional.relu(value);
                value = i is 0 or 2 or 4 ? _pool.call(value) : value;
            }

            return value.mean([2, 3]);
        }
    }

    private sealed class Network : Module<Tensor[], Tensor>
    {
        private readonly ModuleList<Branch> _branches = new(new Branch(), new Branch(), new Branch());
        private readonly Linear _dense = Linear(3 * s_filters[^1], 512);
        private readonly Dropout _dropout = Dropout(0.5);
        private readonly Linear _score = Linear(512, 1);

        public Network()
            : base("network") => RegisterComponents();

        public override Tensor forward(Tensor[] input) =>
            _score.call(_dropout.call(functional.relu(_dense.call(cat([.. _branches.Zip(input).Select(pair => pair.First.call(pair.Second))], 1)))));
    }
}
