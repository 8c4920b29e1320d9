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

    /// <summary>The kidney that is there, whole, on its own side, and no second one made of noise, liver or spleen; in a body of each size.</summary>
    [Theory]
    [InlineData(BodySide.Left, 0)]
    [InlineData(BodySide.Right, 0)]
    [InlineData(BodySide.Left, 0.02)]
    [InlineData(BodySide.Right, 0.02)]
    public void AKidneyThatIsAloneIsFoundAlone(BodySide missing, double uptake)
    {
        foreach (DmsaPatient patient in Small.Cohort(6, 0.5))
        {
            KidneyAnatomy Without(KidneyAnatomy kidney) => kidney.Side != missing ? kidney : uptake > 0 ? kidney with { Uptake = uptake * kidney.Uptake } : kidney with { IsAbsent = true };
            PatientAnatomy body = patient.Anatomy with { Left = Without(patient.Anatomy.Left), Right = Without(patient.Anatomy.Right) };
            Volume image = Small.Simulator.Simulate(patient with { Anatomy = body }, threads: 2).Image;
            KidneySeparation both = KidneySeparation.Find(Small.Simulator.Simulate(patient, threads: 2).Image), found = KidneySeparation.Find(image);
            BodySide side = missing == BodySide.Left ? BodySide.Right : BodySide.Left;
            Assert.True(found.Alone is not null, $"{patient.Id}: {found.Reason} ({found.Confidence:0.00})");
            Assert.Equal(side, found.Alone.Side);
            Assert.Null(found.Of(missing));
            Assert.True(found.Confidence >= KidneySeparation.MinimumConfidence, $"{patient.Id}: {found.Confidence:0.00}");
            Assert.Null(both.Alone);
            if (both.Of(side) is { } before)
            {
                Assert.True((before.Centre - found.Alone.Centre).Length < 6, $"{patient.Id}: {before.Centre} and {found.Alone.Centre}");
            }
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
