namespace MLNetScinti.Networks;

/// <summary>
/// Labelled cases that a network is trained or validated on, read one by one into the caller's buffers. The content of a
/// case must depend on index and epoch alone (augmentation draws from a counter-based generator keyed by both); several
/// threads read at the same time.
/// </summary>
public interface ITrainingSamples
{
    /// <summary>The number of cases.</summary>
    int Count { get; }

    /// <summary>Shapes of a case's inputs, in the order of the network's inputs, without the batch axis.</summary>
    IReadOnlyList<TensorShape> InputShapes { get; }

    /// <summary>The label of a case: 0 (normal) or 1 (abnormal).</summary>
    float Label(int index);

    /// <summary>Reads a case.</summary>
    /// <param name="index">The case, from 0.</param>
    /// <param name="epoch">The epoch, from 1. Cases that are not augmented ignore it.</param>
    /// <param name="inputs">One buffer for each input, of exactly its size; all of it must be written.</param>
    void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs);
}
