using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace MLNetScinti.Networks;

/// <summary>
/// Cases with their answers that a network is trained or validated on, read one by one into the caller's buffers. What a
/// case reads as must depend on index and epoch alone (augmentation draws from a counter-based generator keyed by both);
/// several threads read at the same time.
/// </summary>
public interface ITrainingSamples
{
    /// <summary>The number of cases.</summary>
    int Count { get; }

    /// <summary>Shapes of a case's inputs, in the order of the network's inputs, without the batch axis.</summary>
    IReadOnlyList<TensorShape> InputShapes { get; }

    /// <summary>
    /// The shape of a case's answer, without the batch axis: [1] for a class (0 or 1, or an index), [classes] or [labels]
    /// for one number each, [1, ...] or [classes, ...] with the extents of the image for a mask.
    /// </summary>
    TensorShape TargetShape { get; }

    /// <summary>What changes the cases beyond index and epoch, in words: the augmentation and its settings. A checkpoint is bound to it.</summary>
    string Description { get; }

    /// <summary>
    /// A hash of what the cases and their answers hold, and of whatever else decides what they read as. A checkpoint is bound to it,
    /// and it is asked for where there is one. Unless it is given, all cases are read as in the first epoch.
    /// </summary>
    string ContentHash => SampleContent.HashOf(this, Count);

    /// <summary>The answer of a case as it stands, without augmentation.</summary>
    /// <param name="index">The case, from 0.</param>
    /// <param name="target">A buffer of exactly the size of <see cref="TargetShape"/>; all of it must be written.</param>
    void ReadTarget(int index, Span<float> target);

    /// <summary>Reads a case and its answer: where the image is turned, so is the mask.</summary>
    /// <param name="index">The case, from 0.</param>
    /// <param name="epoch">The epoch, from 1. Cases that are not augmented ignore it.</param>
    /// <param name="inputs">One buffer for each input, of exactly its size; all of it must be written.</param>
    /// <param name="target">A buffer for the answer, of exactly its size; all of it must be written.</param>
    void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target);
}

/// <summary>What cases hold, in one number: 128 bits of XXH3, lower-case hexadecimal.</summary>
internal static class SampleContent
{
    /// <summary>The first cases as they are in the first epoch, and their answers.</summary>
    /// <param name="samples">The cases.</param>
    /// <param name="count">How many of them.</param>
    public static string HashOf(ITrainingSamples samples, int count)
    {
        XxHash128 hash = new();
        float[][] inputs = [.. samples.InputShapes.Select(shape => new float[shape.ElementCount])];
        Memory<float>[] buffers = [.. inputs.Select(input => input.AsMemory())];
        float[] target = new float[samples.TargetShape.ElementCount];
        for (int index = 0; index < Math.Min(count, samples.Count); index++)
        {
            samples.Read(index, 1, buffers, target);
            foreach (float[] values in inputs)
            {
                hash.Append(MemoryMarshal.AsBytes(values.AsSpan()));
            }

            hash.Append(MemoryMarshal.AsBytes(target.AsSpan()));
            samples.ReadTarget(index, target);
            hash.Append(MemoryMarshal.AsBytes(target.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
