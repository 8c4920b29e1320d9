using MLNetScinti.Dosimetry.PartialVolume;
using MLNetScinti.Dosimetry.Uncertainty;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.PartialVolume;

public sealed class GeometricTransferMatrixTests
{
    private const int Size = 32;
    private const double Edge = 8;
    private static readonly ImageGeometry s_grid = ImageGeometry.Axial(Size, Size, Size, Edge, Edge);

    /// <summary>Two balls, one four times as dense, 10 mm apart, and a weak surrounding, blurred by 13 mm: drawn on voxels of 2 mm and seen on voxels of 8 mm.</summary>
    [Fact]
    public void Neighbours_get_their_own_concentrations_back()
    {
        ImageGeometry fine = ImageGeometry.Axial(4 * Size, 4 * Size, 4 * Size, Edge / 4, Edge / 4);
        bool[] left = Ball(fine, -32, 27), right = Ball(fine, 32, 27);
        RegionExtent[] regions = [Extent("left", left, fine), Extent("right", right, fine)];
        Volume truth = new(s_grid, [.. regions[0].Parts.Zip(regions[1].Parts, (a, b) => (4000 * a) + (1000 * b) + (100 * (1 - a - b)))]);
        Volume seen = GaussianFilter.Apply(truth, 13);
        IReadOnlyList<RegionRecovery> found = GeometricTransferMatrix.Of(seen, regions, 13);
        Assert.Equal(["left", "right"], found.Select(one => one.Name));
        Assert.InRange(found[0].Measured, 2000, 3200);
        Assert.Equal(4000, found[0].Recovered, 8.0);
        Assert.Equal(1000, found[1].Recovered, 8.0);
        // What comes in from the denser neighbour stands beside what is lost to it.
        Assert.True(found[1].Factor > found[1].Kept);
        Assert.Equal(found[0].Measured / found[0].Recovered, found[0].Factor);
        // By their masks alone they seem to hold more than these voxels do.
        RegionExtent[] coarse = [.. regions.Select(region => region with { Parts = Array.ConvertAll(region.Mask, inside => inside ? 1f : 0) })];
        Assert.InRange(GeometricTransferMatrix.Of(seen, coarse, 13)[0].Recovered, 3400, 3950);
    }

    [Fact]
    public void Regions_on_each_other_cannot_be_told_apart()
    {
        bool[] ball = Ball(s_grid, 0, 30);
        RegionExtent one = Extent("one", ball, s_grid), again = Extent("again", ball, s_grid);
        Volume seen = new(s_grid, one.Parts);
        Assert.Contains("told apart", Assert.Throws<DosimetryException>(() => GeometricTransferMatrix.Of(seen, [one, again], 10)).Message, StringComparison.Ordinal);
        Assert.Equal(DosimetryIssue.EmptyRegion, Assert.Throws<DosimetryException>(() => GeometricTransferMatrix.Of(seen, [one with { Mask = new bool[ball.Length] }], 10)).Issue);
        Assert.Equal(DosimetryIssue.ImpossibleValue, Assert.Throws<DosimetryException>(() => GeometricTransferMatrix.Of(seen, [one], 0)).Issue);
        Assert.Throws<ArgumentException>(() => GeometricTransferMatrix.Of(seen, [one with { Parts = new float[3] }], 10));
    }

    [Fact]
    public void A_curve_goes_through_its_point_with_its_slope()
    {
        RecoveryCurve curve = RecoveryCurve.Through(150, .75, .12, .02, "one point");
        Assert.Equal(.75, curve.At(150), 1e-12);
        Assert.Equal(.12, curve.Slope(150), 1e-12);
        Assert.Throws<DosimetryException>(() => RecoveryCurve.Through(150, 1, .12, .02, "all of it"));
        // Between larger steps, by hand.
        BlurredSphere sphere = new(150, 13);
        double step = Math.Log(new BlurredSphere(165, 13).ShareIn(165) / new BlurredSphere(136.36, 13).ShareIn(136.36)) / Math.Log(165 / 136.36);
        Assert.Equal(step, sphere.RecoverySlope, .01 * step);
    }

    private static RegionExtent Extent(string name, bool[] mask, ImageGeometry drawn) =>
        new(name, MaskResampling.ToGrid(mask, drawn, s_grid, MaskRule.KeepVolume), MaskResampling.PartsOnGrid(mask, drawn, s_grid));

    private static bool[] Ball(ImageGeometry grid, double x, double radius) => [.. Enumerable.Range(0, grid.Shape.Length).Select(i =>
    {
        Point3 at = grid.PositionOf(i % grid.Columns, i / grid.Columns % grid.Rows, i / grid.Columns / grid.Rows);
        return ((at.X - x) * (at.X - x)) + (at.Y * at.Y) + (at.Z * at.Z) <= radius * radius;
    })];
}
