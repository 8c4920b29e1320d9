using System.Text.Json;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using Xunit;

namespace MLNetScinti.Systems.Tests.Cases;

public sealed class TrainingEnvelopeTests
{
    private static readonly CaseSchema s_schema = new(new CaseImageColumn("Image", new ImageShape(8, 8, 8)));

    private static readonly AcquiredImage s_usual = new()
    {
        Kind = ImageKind.ReconTomo,
        Radionuclides = ["Tc-99m"],
        Agent = "99mTc-DMSA",
        BodyPart = "KIDNEY",
        Collimators = ["LEHR PARA"],
        Camera = "Maker Model",
        Pixel = (1.748, 1.748),
        Section = 1.748,
        Columns = 128,
        Rows = 128,
        Counts = 3.4e6,
    };

    [Fact]
    public void AStudyLikeThoseTrainedOnIsWithin()
    {
        TrainingEnvelope envelope = Envelope();
        Assert.Empty(envelope.Compare(new AcquiredStudy(7, [s_usual])));
        // The same agent in other words, and a part of the body that holds it.
        Assert.Empty(envelope.Compare(new AcquiredStudy(7, [s_usual with { Agent = "Tc-99m Succimer" }])));
        Assert.Empty(envelope.Compare(AcquiredStudy.Unknown));
    }

    [Theory]
    [InlineData("radionuclide", "I-123")]
    [InlineData("radiopharmaceutical", "MIBG")]
    [InlineData("part of the body", "CHEST")]
    [InlineData("kind of image", "Static")]
    [InlineData("view", "Posterior")]
    public void WhatCannotMeanTheSameIsRefusedInOneSentence(string fact, string found)
    {
        AcquiredImage planar = s_usual with { Kind = ImageKind.Static, Section = null, Views = [DetectorView.Anterior] };
        (TrainingEnvelope envelope, AcquiredImage image) = fact switch
        {
            "radionuclide" => (Envelope(), s_usual with { Radionuclides = [found] }),
            "radiopharmaceutical" => (Envelope(), s_usual with { Agent = "I-123 MIBG" }),
            "part of the body" => (Envelope(), s_usual with { BodyPart = found }),
            "kind of image" => (Envelope(), planar),
            _ => (Envelope(planar), planar with { Views = [DetectorView.Posterior] }),
        };
        EnvelopeFinding refusal = envelope.Refusal(new AcquiredStudy(7, [image]))!;
        Assert.Equal((fact, found), (refusal.Fact, refusal.Found));
        Assert.Contains(found, refusal.Sentence, StringComparison.Ordinal);
        Assert.Contains(refusal.Known, refusal.Sentence, StringComparison.Ordinal);
        Assert.EndsWith("so that it is not scored.", refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsOnlyUnusualIsScoredAndSaid()
    {
        (string Fact, AcquiredStudy Study)[] studies =
        [
            ("pixel size", new(7, [s_usual with { Pixel = (4.4, 4.4) }])),
            ("distance of sections", new(7, [s_usual with { Section = 4.4 }])),
            ("number of columns", new(7, [s_usual with { Columns = 64 }])),
            ("number of rows", new(7, [s_usual with { Rows = 64 }])),
            ("collimator", new(7, [s_usual with { Collimators = ["MEGP PARA"] }])),
            ("camera", new(7, [s_usual with { Camera = "Other" }])),
            ("counts", new(7, [s_usual with { Counts = 1e5 }])),
            ("patient's age", new(61, [s_usual])),
            ("radiopharmaceutical", new(7, [s_usual with { Agent = "Tracer 17" }])),
            ("radionuclide", new(7, [s_usual with { Radionuclides = [] }])),
            ("part of the body", new(7, [s_usual with { BodyPart = "ABDOMEN" }])),
            ("unit", new(7, [s_usual with { Unit = ImageUnit.BecquerelPerMillilitre }])),
        ];
        foreach ((string fact, AcquiredStudy study) in studies)
        {
            EnvelopeFinding only = Assert.Single(Envelope().Compare(study));
            Assert.Equal((fact, false), (only.Fact, only.IsRefused));
        }

        // Another bone agent shows the same thing.
        TrainingEnvelope bone = Envelope(s_usual with { Agent = "MDP" });
        Assert.False(Assert.Single(bone.Compare(new AcquiredStudy(7, [s_usual with { Agent = "HDP" }]))).IsRefused);
        Assert.True(Assert.Single(bone.Compare(new AcquiredStudy(7, [s_usual]))).IsRefused);
    }

    [Fact]
    public void NoPatientCanBeToldFromIt()
    {
        // One grown-up among children, one text that nobody else has, and one who was given another's name as a tracer.
        Case[] cases = [.. Enumerable.Range(0, 12).Select(number => CaseOf(number, 3 + (number % 4), s_usual)), CaseOf(12, 47.3, s_usual with { Agent = "Doe^Jane", Collimators = ["Doe^Jane"], Camera = "Doe^Jane", BodyPart = "Doe^Jane", Counts = 3_412_678 })];
        TrainingEnvelope envelope = TrainingEnvelope.Of(cases, s_schema)!;
        string text = JsonSerializer.Serialize(envelope);
        Assert.DoesNotContain("Doe", text, StringComparison.Ordinal);
        Assert.DoesNotContain("47", text, StringComparison.Ordinal);
        Assert.DoesNotContain("3412678", text, StringComparison.Ordinal);
        Assert.DoesNotContain("P-", text, StringComparison.Ordinal);
        Assert.Null(envelope.AgeYears);

        // Without that one, the band at both ends is shared by several; old age is one band.
        Assert.Equal(new ValueRange(0, 10), TrainingEnvelope.Of(cases.Take(12), s_schema)!.AgeYears);
        Assert.Equal(new ValueRange(60, 90), TrainingEnvelope.Of(Enumerable.Range(0, 9).Select(number => CaseOf(number, number < 4 ? 61 + number : 90 + (3 * number), s_usual)), s_schema)!.AgeYears);
    }

    [Fact]
    public void TheGridIsThatOfTheCases()
    {
        EnvelopeGrid grid = Assert.Single(Envelope().Grid);
        Assert.Equal(("Image", "8,8,8"), (grid.Image, string.Join(',', grid.Shape)));
        Assert.All(grid.Millimetres, axis => Assert.Equal(new ValueRange(1.748, 1.748), axis));
    }

    [Fact]
    public void SeveralModelsKnowWhatAnyOfThemKnows()
    {
        TrainingEnvelope both = TrainingEnvelope.Union([Envelope(), Envelope(s_usual with { Radionuclides = ["I-131"], Pixel = (4.4, 4.4) })])!;
        Assert.Equal(["I-131", "Tc-99m"], both.Images[0].Radionuclides);
        Assert.Equal(new ValueRange(1.75, 4.4), both.Images[0].PixelMillimetres);
        Assert.Null(TrainingEnvelope.Union([Envelope(), null]));
    }

    private static TrainingEnvelope Envelope(AcquiredImage? image = null) =>
        TrainingEnvelope.Of(Enumerable.Range(0, 12).Select(number => CaseOf(number, 3 + number, image ?? s_usual)), s_schema)!;

    private static Case CaseOf(int number, double age, AcquiredImage image)
    {
        ImageShape shape = new(8, 8, 8);
        return new Case
        {
            Id = $"P-{number}-L",
            PatientId = $"P-{number}",
            File = "file",
            Images = [new CaseImage(shape, new float[shape.Length], ImageGeometry.Axial(8, 8, 8, 1.748, 1.748))],
            Acquired = new AcquiredStudy(age, [image]),
        };
    }
}
