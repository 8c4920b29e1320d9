using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Structures;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Structures;

public sealed class MaskConfidenceTests
{
    /// <summary>Truths that are drawn from the probabilities have, on average, the Dice coefficient that was expected.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheExpectedDiceIsTheMeanOfThatOfTruthsDrawnFromTheProbabilities(int classes)
    {
        const int voxels = 4000;
        CounterRandom random = new(11, 0, (ulong)classes, "confidence");
        int channels = classes == 1 ? 1 : classes + 1;
        float[] probabilities = new float[channels * voxels];
        byte[] labels = new byte[voxels];
        for (int voxel = 0; voxel < voxels; voxel++)
        {
            double[] odds = [.. Enumerable.Range(0, classes + 1).Select(_ => Math.Exp(random.NextNormal(0, 2)))];
            double[] p = [.. odds.Select(one => one / odds.Sum())];
            for (int channel = 0; channel < channels; channel++)
            {
                probabilities[(channel * voxels) + voxel] = (float)p[classes == 1 ? 1 : channel];
            }

            labels[voxel] = (byte)(classes == 1 ? p[1] >= 0.5 ? 1 : 0 : Array.IndexOf(p, p.Max()));
        }

        MaskConfidence found = MaskConfidence.Of(probabilities, labels, classes);
        double[] sums = new double[classes];
        const int draws = 60;
        for (int draw = 0; draw < draws; draw++)
        {
            int[] both = new int[classes], truths = new int[classes];
            for (int voxel = 0; voxel < voxels; voxel++)
            {
                double u = random.NextDouble();
                int truth = 0;
                for (int index = 1; index <= classes; index++)
                {
                    double p = probabilities[((classes == 1 ? 0 : index) * voxels) + voxel];
                    if (truth == 0 && u < p)
                    {
                        truth = index;
                    }

                    u -= p;
                }

                if (truth > 0)
                {
                    truths[truth - 1]++;
                    both[truth - 1] += labels[voxel] == truth ? 1 : 0;
                }
            }

            for (int index = 0; index < classes; index++)
            {
                sums[index] += 2.0 * both[index] / (truths[index] + labels.Count(label => label == index + 1)) / draws;
            }
        }

        Assert.All(sums.Zip(found.Dice), pair => Assert.Equal(pair.First, pair.Second!.Value, 0.01));
    }

    [Fact]
    public void EntropyIsThatOfAllThatAVoxelMayBe()
    {
        Assert.Equal([0, 0, 1, 0.469f], MaskConfidence.Of([0, 1, 0.5f, 0.1f], [0, 1, 1, 0], 1).Entropy.Select(bits => (float)Math.Round(bits, 3)));
        // Background and two classes, a voxel each: decided, undecided between two, and between all three.
        Assert.Equal([0, 1, 1.585f], MaskConfidence.Of([1, 0.5f, 1 / 3f, 0, 0.5f, 1 / 3f, 0, 0, 1 / 3f], [0, 1, 2], 2).Entropy.Select(bits => (float)Math.Round(bits, 3)));
    }

    [Fact]
    public void WhatIsNeitherDrawnNorProbableHasNoScore()
    {
        Assert.Equal([null], MaskConfidence.Of([0, 0], [0, 0], 1).Dice);
        Assert.Equal([0.0], MaskConfidence.Of([0.2f, 0], [0, 0], 1).Dice);
        Assert.Equal([1.0], MaskConfidence.Of([1, 0], [1, 0], 1).Dice);
        Assert.Throws<ArgumentException>(() => MaskConfidence.Of([1, 0], [1, 0], 2));
    }
}
