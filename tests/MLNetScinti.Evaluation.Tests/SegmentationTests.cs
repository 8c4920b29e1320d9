using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Overlap and surface distances beyond the reference values, which <see cref="OracleTests"/> holds.</summary>
public sealed class SegmentationTests
{
    [Fact]
    public void An_empty_mask_leaves_distances_undefined_and_says_which()
    {
        bool[] empty = new bool[9], one = [.. Enumerable.Range(0, 9).Select(i => i == 4)];
        Assert.Equal("both masks are empty", MaskOverlap.Of(empty, empty).Dice.UndefinedReason);
        Assert.Equal(0, MaskOverlap.Of(empty, one).Dice.Value);
        Assert.Equal("the first mask is empty", SurfaceDistances.Of(empty, one, new(3, 3), [1, 1]).Hausdorff.UndefinedReason);
        Assert.Equal("the second mask is empty", SurfaceDistances.Of(one, empty, new(3, 3), [1, 1]).MeanSymmetric.UndefinedReason);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => MaskOverlap.Of(new bool[3], new bool[4]));
        Assert.Throws<ArgumentException>(() => SurfaceDistances.Of(new bool[9], new bool[8], new(3, 3), [1, 1]));
        Assert.Throws<ArgumentException>(() => SurfaceDistances.Of(new bool[9], new bool[9], new(3, 3), [1, 1, 1]));
        Assert.Throws<ArgumentException>(() => SurfaceDistances.Of(new bool[9], new bool[9], new(3, 3), [1, 0]));
    }

    [PeerFact("python:scipy")]
    public void Scipys_distance_transform_gives_the_same_distances()
    {
        const string Script = """
            import numpy as np
            from scipy import ndimage as nd
            r = np.random.RandomState(4)
            for shape, spacing in (((6, 9, 11), (3., 1.5, .7)), ((12, 15), (2., .9))):
                a, b = (nd.gaussian_filter(r.rand(*shape), 1) > .5 for _ in range(2))
                print(*shape); print(*spacing); print(*a.ravel().astype(int)); print(*b.ravel().astype(int))
                edge = lambda m: m & ~nd.binary_erosion(m)
                ab = nd.distance_transform_edt(~edge(b), sampling=spacing)[edge(a)]
                ba = nd.distance_transform_edt(~edge(a), sampling=spacing)[edge(b)]
                print(max(ab.max(), ba.max()), max(np.percentile(ab, 95), np.percentile(ba, 95)), np.percentile(np.r_[ab, ba], 95), ab.mean(), ba.mean(), np.r_[ab, ba].mean())
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        for (int i = 0; i < lines.Length; i += 5)
        {
            int[] size = [.. lines[i].Select(value => (int)value)];
            ImageShape shape = size.Length == 3 ? new(size[0], size[1], size[2]) : new(size[0], size[1]);
            SurfaceDistances found = SurfaceDistances.Of([.. lines[i + 2].Select(value => value > 0)], [.. lines[i + 3].Select(value => value > 0)], shape, lines[i + 1]);
            double[] ours = [found.Hausdorff.Value, found.HausdorffPercentile(0.95).Value, found.PooledPercentile(0.95).Value, found.MeanFromFirst.Value, found.MeanFromSecond.Value, found.MeanSymmetric.Value];
            Assert.All(ours.Zip(lines[i + 4]), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        }
    }
}
