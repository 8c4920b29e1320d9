using System.Collections.Concurrent;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks.Tests;

/// <summary>Noise, with a bright square in the cases of class 1; other noise in each epoch. Remembers what was read.</summary>
internal sealed class SimpleCases(int count, IReadOnlyList<TensorShape> shapes, ulong seed = 5, bool augmented = true) : ITrainingSamples
{
    public ConcurrentQueue<(int Index, int Epoch)> Reads { get; } = new();

    /// <summary>Called before each read; may throw.</summary>
    public Action<int, int>? BeforeRead { get; init; }

    public int Count { get; } = count;

    public IReadOnlyList<TensorShape> InputShapes { get; } = shapes;

    public TensorShape TargetShape { get; } = [1];

    public string Description { get; init; } = "noise";

    public static float Label(int index) => index % 3 == 0 ? 1 : 0;

    public void ReadTarget(int index, Span<float> target) => target[0] = Label(index);

    public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
    {
        target.Span[0] = Label(index);
        BeforeRead?.Invoke(index, epoch);
        Reads.Enqueue((index, epoch));
        CounterRandom random = new(seed, augmented ? epoch : 0, (ulong)index, "noise");
        for (int input = 0; input < inputs.Count; input++)
        {
            Span<float> values = inputs[input].Span;
            int columns = (int)InputShapes[input][^1];
            for (int pixel = 0; pixel < values.Length; pixel++)
            {
                bool square = pixel / columns % 16 is > 3 and < 9 && pixel % columns is > 4 and < 11;
                values[pixel] = (float)random.NextDouble() + (square && Label(index) == 1 ? 0.7f : 0);
            }
        }
    }
}
