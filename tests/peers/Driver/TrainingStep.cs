using System.Diagnostics;
using System.Globalization;
using MLNetScinti.Networks;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Peers;

/// <summary>
/// Runs the product's own training loop, one epoch for each line on standard input, and answers each with the
/// milliseconds that the epoch took, by the clock and of processor time. The first line of the answer is the number of trained parameters.
/// </summary>
internal static class TrainingStep
{
    public static void Serve(int size, int batch, int steps, int lanes, TrainingPrecision precision)
    {
        NetworkGraph graph = DmsaNetworks.ThreeView(new DmsaNetworkOptions { Sections = size, Rows = size, Columns = size });
        Console.WriteLine(graph.ParameterCount.ToString(CultureInfo.InvariantCulture));
        Turns turns = new();
        if (!turns.Wait())
        {
            return;
        }

        TrainingOptions options = new()
        {
            Epochs = int.MaxValue,
            BatchSize = batch,
            Loss = new BinaryCrossEntropy { ClassWeights = [1.413, 3.421] },
            Device = TrainingDevice.Cpu,
            Lanes = lanes,
            Precision = precision,
        };
        try
        {
            _ = TrainingLoop.Run(graph, new Noise(graph, batch * steps), new Noise(graph, 1), options, turns, turns.Ended);
        }
        catch (OperationCanceledException) when (turns.Ended.IsCancellationRequested)
        {
            // Standard input was closed: the measurement is over.
        }
    }

    /// <summary>Holds the loop between two epochs until the peer has had its turn.</summary>
    private sealed class Turns : IProgress<TrainingProgress>
    {
        private readonly CancellationTokenSource _ended = new();
        private long _start;
        private TimeSpan _busy;

        public CancellationToken Ended => _ended.Token;

        public bool Wait()
        {
            if (Console.ReadLine() is null)
            {
                _ended.Cancel();
                return false;
            }

            (_start, _busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            return true;
        }

        public void Report(TrainingProgress value)
        {
            if (value.Finished is not null)
            {
                TimeSpan clock = Stopwatch.GetElapsedTime(_start), busy = Environment.CpuUsage.TotalTime - _busy;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.TotalMilliseconds:F3} {busy.TotalMilliseconds:F3}"));
                _ = Wait();
            }
        }
    }

    /// <summary>Cases of fixed noise.</summary>
    private sealed class Noise(NetworkGraph graph, int count) : ITrainingSamples
    {
        private readonly float[][] _images = [.. graph.Inputs.Select(input => Uniform(checked((int)input.Shape.ElementCount)))];

        public int Count => count;

        public IReadOnlyList<TensorShape> InputShapes { get; } = [.. graph.Inputs.Select(input => input.Shape)];

        public TensorShape TargetShape { get; } = [1];

        public string Description => "noise";

        public void ReadTarget(int index, Span<float> target) => target[0] = index % 2;

        public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
        {
            ReadTarget(index, target.Span);
            for (int view = 0; view < inputs.Count; view++)
            {
                _images[view].CopyTo(inputs[view]);
            }
        }

        private static float[] Uniform(int length)
        {
            Random random = new(1);
            float[] values = new float[length];
            for (int index = 0; index < length; index++)
            {
                values[index] = random.NextSingle();
            }

            return values;
        }
    }
}
