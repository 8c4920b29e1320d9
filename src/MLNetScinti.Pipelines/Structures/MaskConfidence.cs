namespace MLNetScinti.Pipelines.Structures;

/// <summary>
/// What a model's probabilities say of the masks that it drew: the Dice coefficient that is to be expected of each, and how undecided each voxel is. Both are worth as much as the
/// probabilities: those of one network are too sure of themselves, those of several (an ensemble's mean) less so (Lakshminarayanan et al., NeurIPS 2017).
/// </summary>
/// <param name="Dice">For each class the expected Dice coefficient; null where neither a mask nor any probability is there.</param>
/// <param name="Entropy">For each voxel the entropy over background and classes, bits: 0 is decided, 1 is undecided between two.</param>
public sealed record MaskConfidence(IReadOnlyList<double?> Dice, float[] Entropy)
{
    /// <summary>
    /// Of one case. With independent voxels and S the drawn mask, the truth's overlap with it is expected to hold sum of p over S voxels and the truth itself sum of p over all:
    /// 2 sum_S p / (|S| + sum p), the ratio of the means, which for masks of many voxels is the mean of the ratio.
    /// </summary>
    /// <param name="probabilities">Of one class each voxel's probability, or of background and each class one after the other.</param>
    /// <param name="labels">The drawn label of each voxel, 0 for none.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static MaskConfidence Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<byte> labels, int classes)
    {
        int channels = classes == 1 ? 1 : classes + 1;
        if (classes < 1 || probabilities.Length != (long)channels * labels.Length)
        {
            throw new ArgumentException($"{classes} classes of {labels.Length} voxels have {channels} probabilities each, found {probabilities.Length} in all.", nameof(probabilities));
        }

        double?[] dice = new double?[classes];
        for (int index = 0; index < classes; index++)
        {
            ReadOnlySpan<float> own = probabilities.Slice((channels == 1 ? 0 : index + 1) * labels.Length, labels.Length);
            double within = 0, all = 0;
            long drawn = 0;
            for (int voxel = 0; voxel < labels.Length; voxel++)
            {
                all += own[voxel];
                if (labels[voxel] == index + 1)
                {
                    within += own[voxel];
                    drawn++;
                }
            }

            dice[index] = drawn + all > 0 ? 2 * within / (drawn + all) : null;
        }

        float[] entropy = new float[labels.Length];
        for (int voxel = 0; voxel < entropy.Length; voxel++)
        {
            double bits = 0;
            for (int channel = 0; channel < channels; channel++)
            {
                double p = probabilities[(channel * labels.Length) + voxel];
                bits += Bits(p) + (channels == 1 ? Bits(1 - p) : 0);
            }

            entropy[voxel] = (float)bits;
        }

        return new(dice, entropy);
    }

    private static double Bits(double p) => p is > 0 and < 1 ? -p * Math.Log2(p) : 0;
}
