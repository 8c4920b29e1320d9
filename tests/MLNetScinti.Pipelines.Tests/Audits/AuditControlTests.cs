using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Audits;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Audits;

/// <summary>The control, its test, and what it may see of an image.</summary>
public sealed class AuditControlTests
{
    [Theory]
    [InlineData(0, 0.025, 1)]
    [InlineData(1, 0, 0.025)]
    public void ASignThatAllBearIsSeenAndNoneIsNot(double share, double leastP, double mostP)
    {
        CounterRandom random = new(3, 0, 0, "rows");
        List<ControlRow> rows = [];
        for (int patient = 0; patient < 40; patient++)
        {
            int own = patient % 4, shown = random.NextBoolean(share) ? own : random.NextInt32(4);
            rows.AddRange(Enumerable.Range(0, 2).Select(_ => new ControlRow($"P{patient}", $"class {own}", [shown == 0 ? 1 : 0, shown == 1 ? 1 : 0, shown == 2 ? 1 : 0, shown == 3 ? 1 : 0])));
        }

        ControlFinding finding = AuditControl.Judge(rows, new AuditOptions { Permutations = 39, Replicates = 200 }, 0.025);
        Assert.InRange(finding.P, leastP, mostP);
        Assert.Equal(share == 1, finding.Area.Value > 0.999);
        Assert.Equal(40, finding.Area.Patients);
    }

    [Fact]
    public void WhatNeverDiffersTellsNothing()
    {
        ControlFinding finding = AuditControl.Judge([.. Enumerable.Range(0, 20).Select(row => new ControlRow($"P{row}", $"{row % 2}", [1, 2]))], new AuditOptions(), 0.025);
        Assert.Equal((0.5, 1), (finding.Area.Value, finding.P));
    }

    [Fact]
    public void TheCasesOfAPatientMayBeOfSeveralClasses()
    {
        // One side of each patient is marked, and is the other class: labels are exchanged with those of patients of as many cases.
        ControlRow[] rows = [.. Enumerable.Range(0, 30).SelectMany(patient => Enumerable.Range(0, 2).Select(side => new ControlRow($"P{patient}", side == patient % 2 ? "with" : "without", [side == patient % 2 ? 1 : 0])))];
        ControlFinding finding = AuditControl.Judge(rows, new AuditOptions { Permutations = 39, Replicates = 200 }, 0.025);
        Assert.Equal((1, 0.025), (finding.Area.Value, finding.P));
    }

    [Fact]
    public void WhatIsFoundHalfTheTimeIsTheEdgeOfTheAlarm() => Prop.ForAll(
        Gen.Choose(1, 1000).Select(value => value / 1000.0).ArrayOf(159).ToArbitrary(), Gen.Choose(1, 1000).Select(value => (value - 0.5) / 1000.0).ToArbitrary(),
        (chance, area) =>
        {
            double p = (1.0 + chance.Count(one => one >= area)) / (chance.Length + 1);
            return (p <= 0.025) == (area > AuditControl.LeastFound(chance, 0.025));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(1, 1)]
    [InlineData(0.68, 0.2)]
    public void AnAreaIsTheShareOfPatientsWhoseClassIsPlain(double area, double share) => Assert.Equal(share, ControlFinding.ShareOf(area), 9);

    [Theory]
    [InlineData(6)]
    [InlineData(60)]
    [InlineData(600)]
    public void CountsOfAnyLevelHaveTheSameTexture(double level)
    {
        float[][] textures = [.. Enumerable.Range(0, 20).Select(number => NoiseTexture.Of(Image(level, number)))];
        // Of pixels that scatter each for itself, by Poisson's law: what weights of 1, -2, 1 share with their neighbours.
        double[] expected = [0, -2.0 / 3, -2.0 / 3, 4.0 / 9, 4.0 / 9, 1.0 / 6, 1.0 / 6];
        Assert.All(expected.Select((value, feature) => (value, textures.Average(texture => texture[feature]))), pair => Assert.Equal(pair.value, pair.Item2, 0.05));
    }

    [Fact]
    public void AFilterChangesTheTextureAndAMirrorDoesNot()
    {
        CaseImage image = Image(60);
        float[] values = image.Values.ToArray(), filtered = new float[values.Length], mirrored = [.. values.Chunk(image.Shape.Columns).SelectMany(row => row.Reverse())];
        new Smooth(0.5).Apply(values, image.Shape, filtered);
        float[] plain = NoiseTexture.Of(image), own = NoiseTexture.Of(image with { Values = mirrored });
        Assert.True(NoiseTexture.Of(image with { Values = filtered })[0] < plain[0] - 0.5);
        Assert.Equal(plain[0], own[0], 0.05);
        Assert.Equal(new float[NoiseTexture.Features], NoiseTexture.Of(image with { Values = new float[values.Length] }));
    }

    private static CaseImage Image(double level, int number = 0)
    {
        ImageShape shape = new(96, 64);
        CounterRandom random = new(1, number, 0, "texture");
        return new CaseImage(shape, Enumerable.Range(0, shape.Length).Select(i => (float)random.NextPoisson(level * (1 + Math.Sin(i % 64 / 10.0)))).ToArray());
    }
}
