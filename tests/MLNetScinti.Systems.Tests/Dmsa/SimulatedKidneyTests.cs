using MLNetScinti.Imaging;
using MLNetScinti.Simulation;
using MLNetScinti.Simulation.Tests;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Systems.Tests.Dmsa;

/// <summary>Kidneys of simulated patients, whose places are known.</summary>
public sealed class SimulatedKidneyTests
{
    [Fact]
    public void KidneysAreWhereTheyShouldBeAndAreFound()
    {
        DmsaStudy study = Small.Simulator.Simulate(Small.Cohort(2, 0)[1], threads: 2);
        KidneySeparation found = KidneySeparation.Find(study.Image);
        Assert.True(found.Succeeded, found.Reason);
        foreach (BodySide side in Enum.GetValues<BodySide>())
        {
            Point3 truth = CentreOf(study.Kidneys, side == BodySide.Left ? 1 : 2);
            Point3 seen = found.Of(side)!.Centre;
            Assert.True((truth - seen).Length < 5, $"{side}: {truth} seen at {seen}");
            Assert.Equal(side == BodySide.Left, truth.X > 0);
        }
    }

    private static Point3 CentreOf(Volume labels, float label)
    {
        Point3 sum = default;
        int n = 0;
        for (int s = 0; s < labels.Geometry.Sections; s++)
        {
            for (int r = 0; r < labels.Geometry.Rows; r++)
            {
                for (int c = 0; c < labels.Geometry.Columns; c++)
                {
                    if (labels[s, r, c] == label)
                    {
                        sum += labels.Geometry.PositionOf(c, r, s);
                        n++;
                    }
                }
            }
        }

        return 1.0 / n * sum;
    }
}
