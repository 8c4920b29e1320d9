using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.KidneyDose;
using MLNetScinti.Systems.SpectCtKidney;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.SpectCtKidney;

/// <summary>Studies of both kidney systems: a body of water with two hot balls, and everything that a study may lack, each refused in one sentence.</summary>
public sealed class KidneyCasesTests
{
    // Sections to the feet, columns to the patient's right: neither is as the networks' grids have it.
    private static readonly ImageGeometry s_ct = Turned(ImageGeometry.Axial(48, 48, 40, 10, 8));
    private static readonly ImageGeometry s_spect = ImageGeometry.Axial(32, 32, 20, 16, 16);

    [Fact]
    public void SpectCtAndMaskComeOntoOneGridAndSidesAreThoseOfTheBody()
    {
        using TemporaryFolder folder = new();
        Write(folder, new Made());
        using CaseView view = new(new FolderCases(folder.Path, new SpectCtKidneySystem { Size = 32 }));
        Case one = Assert.Single(view.Read());
        Assert.Empty(view.LeftOut);
        (CaseImage spect, CaseImage ct) = (one.Images[0], one.Images[1]);
        Assert.Equal(spect.Geometry, ct.Geometry);
        Assert.Equal(32 * 16, spect.Geometry!.ColumnSpacing * 32, 9);
        Assert.Equal(20 * 16, spect.Geometry.SectionSpacing * 32, 9);
        // Air is 0 and water 1000, wherever the CT reaches and beyond.
        Assert.Equal(0, At(ct, new(-250, 0, 0)));
        Assert.Equal(1000, At(ct, new(0, 0, 0)), 9f);
        Assert.Equal(40_000, At(spect, new(60, 0, 0)), 2000f);
        // The masks' mean activity, side by side: the left ball holds twice what the right one does.
        IReadOnlyList<(string Part, double Value)> activity = new SpectCtKidneySystem { Size = 32 }.Quantities[0].Measure(one, (MaskTarget)one.Target!);
        Assert.Equal(["left kidney", "right kidney"], activity.Select(part => part.Part));
        // At this resolution the mask's edge holds what is around it; what lies on a boundary of two voxels falls to one side.
        Assert.InRange(activity[0].Value, 22_000, 40_000);
        Assert.InRange((activity[0].Value - 500) / (activity[1].Value - 500), 1.7, 2.3);
        Assert.Equal("SPECT", one.Facts.Text("DrawnOn"));
        Assert.Equal(5, one.Facts.Number("DisplacementMm"));
    }

    [Fact]
    public void TheFieldOfTheDoseLiesInTheMiddleOfTheBodyAndKeepsSides()
    {
        using TemporaryFolder folder = new();
        Write(folder, new Made { Spect = 0 });
        using CaseView view = new(new FolderCases(folder.Path, new KidneyDoseSystem { Size = 32 }));
        Case one = Assert.Single(view.Read());
        ImageGeometry field = one.Images[0].Geometry!;
        Assert.Equal((334.0, 334.0, 320.0), (Math.Round(field.ColumnSpacing * 32, 9), Math.Round(field.RowSpacing * 32, 9), Math.Round(field.SectionSpacing * 16, 9)));
        Assert.Equal(new Point3(1, 0, 0), field.RowDirection);
        Point3 middle = field.PositionOf(15.5, 15.5, 7.5);
        Assert.True(middle.Length < 6, $"{middle}");
        MaskTarget mask = (MaskTarget)one.Target!;
        (int column, int row, int section) = Near(field, new(60, 0, 0));
        Assert.Equal(1, mask.Labels.Span[(((section * 32) + row) * 32) + column]);
        (column, row, section) = Near(field, new(-60, 0, 0));
        Assert.Equal(2, mask.Labels.Span[(((section * 32) + row) * 32) + column]);
        // Balls of 30 mm: 113 ml each.
        foreach (byte label in (byte[])[1, 2])
        {
            Assert.InRange(mask.Labels.ToArray().Count(one => one == label) * field.VoxelVolume / 1000, 85, 145);
        }
    }

    /// <summary>Sides are the patient's, however the CT's sections lie and whichever way they are numbered.</summary>
    [Theory]
    [InlineData("transverse", 1)]
    [InlineData("transverse", -1)]
    [InlineData("coronal", 1)]
    [InlineData("coronal", -1)]
    [InlineData("sagittal", 1)]
    [InlineData("sagittal", -1)]
    public void SidesAreThePatientsInSectionsOfEveryPlane(string plane, int way)
    {
        Point3 x = new(1, 0, 0), y = new(0, 1, 0), z = new(0, 0, 1);
        (Point3 row, Point3 column, Point3 section) = plane switch { "coronal" => (x, -1 * z, way * y), "sagittal" => (y, -1 * z, way * x), _ => (x, y, way * z) };
        (int Count, double Spacing) Along(Point3 axis) => Math.Abs(axis.Z) > 0.5 ? (40, 8) : (48, 10);
        ImageGeometry across = ImageGeometry.Axial(Along(row).Count, Along(column).Count, Along(section).Count, Along(row).Spacing, Along(section).Spacing) with
        {
            RowSpacing = Along(column).Spacing,
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = section,
        };
        across = across with { Origin = across.Origin - across.PositionOf((across.Columns - 1) / 2.0, (across.Rows - 1) / 2.0, (across.Sections - 1) / 2.0) };
        using TemporaryFolder folder = new();
        Write(folder, new Made { Ct = across });

        SpectCtKidneySystem hybrid = new() { Size = 32 };
        using (CaseView view = new(new FolderCases(folder.Path, hybrid)))
        {
            Case one = Assert.Single(view.Read());
            IReadOnlyList<DerivedStructure> drawn = hybrid.StructuresOf(one, ((MaskTarget)one.Target!).Labels.ToArray());
            Assert.Equal([(true, false), (false, true)], drawn.Select(structure => (Has(structure.Mask, one.Images[0].Geometry!, 60), Has(structure.Mask, one.Images[0].Geometry!, -60))));
            IReadOnlyList<(string Part, double Value)> activity = hybrid.Quantities[0].Measure(one, (MaskTarget)one.Target!);
            Assert.InRange((activity[0].Value - 500) / (activity[1].Value - 500), 1.7, 2.3);
        }

        KidneyDoseSystem alone = new() { Size = 32 };
        using (CaseView view = new(new FolderCases(folder.Path, alone)))
        {
            Case one = Assert.Single(view.Read());
            IReadOnlyList<DerivedStructure> drawn = alone.StructuresOf(one, ((MaskTarget)one.Target!).Labels.ToArray());
            Assert.Equal([(true, false), (false, true)], drawn.Select(structure => (Has(structure.Mask, one.Images[0].Geometry!, 60), Has(structure.Mask, one.Images[0].Geometry!, -60))));
            // And the image lies where the mask does: the ball's place is soft tissue, and the spine behind it bone.
            Assert.InRange(At(one.Images[0], new(60, 0, 0)), 980, 1020);
            Assert.True(At(one.Images[0], new(0, 80, 0)) > 1100);
        }

        static bool Has(bool[] mask, ImageGeometry grid, double x)
        {
            (int column, int row, int section) = Near(grid, new(x, 0, 0));
            return mask[(((section * grid.Rows) + row) * grid.Columns) + column];
        }
    }

    [Theory]
    [InlineData("NoSpect", "expected a reconstructed SPECT, found none")]
    [InlineData("NoCt", "expected a CT in the examination")]
    [InlineData("OtherFrameOfReference", "different frames of reference")]
    [InlineData("WrongUnit", "expected Bq/ml")]
    [InlineData("SeveralSpect", "expected one reconstructed SPECT")]
    [InlineData("NotHounsfield", "without its Rescale Intercept")]
    [InlineData("NoLabel", "the labels table does not know this study")]
    [InlineData("OtherMask", "lies outside of the image")]
    public void WhatAStudyLacksIsSaidInOneSentence(string reason, string sentence)
    {
        using TemporaryFolder folder = new();
        Write(folder, reason switch
        {
            "NoSpect" => new Made { Spect = 0 },
            "NoCt" => new Made { WithCt = false },
            "OtherFrameOfReference" => new Made { Space = "elsewhere" },
            "WrongUnit" => new Made { Unit = ImageUnit.Counts },
            "SeveralSpect" => new Made { Spect = 2 },
            "NotHounsfield" => new Made { Shift = 1024 },
            "NoLabel" => new Made { Labelled = "other.dcm" },
            _ => new Made { Mask = s_spect with { Origin = new(5000, 0, 0) } },
        });
        using CaseView view = new(new FolderCases(folder.Path, new SpectCtKidneySystem { Size = 16 }));
        Assert.Empty(view.Read());
        LeftOutStudy left = Assert.Single(view.LeftOut);
        Assert.Equal(reason, left.Reason);
        Assert.Contains(sentence, left.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("spect0", left.Sentence, StringComparison.Ordinal);
    }

    private sealed record Made
    {
        public int Spect { get; init; } = 1;

        public bool WithCt { get; init; } = true;

        public string Space { get; init; } = "";

        public ImageUnit Unit { get; init; } = ImageUnit.BecquerelPerMillilitre;

        public float Shift { get; init; }

        public string Labelled { get; init; } = "";

        public ImageGeometry? Mask { get; init; }

        public ImageGeometry Ct { get; init; } = s_ct;
    }

    private static void Write(TemporaryFolder folder, Made made)
    {
        NuclearMedicineStudy study = new()
        {
            PatientId = "made-up",
            AcquiredAt = new DateTime(2020, 1, 1, 9, 0, 0, DateTimeKind.Unspecified),
            Radionuclide = Radionuclide.Lutetium177,
            Unit = made.Unit,
            Examination = "one",
            Comments = SimulatedPatient.Mark,
            UidSeed = "kidney cases",
        };
        string first = made.Spect > 0 ? "spect0.dcm" : "";
        for (int i = 0; i < made.Spect; i++)
        {
            NuclearMedicineWriter.WriteReconTomo(folder.File($"spect{i}.dcm"), Fill(s_spect, (at, ball) => ball switch { 1 => 40_000, 2 => 20_000, _ => 500 + i }), study with { SeriesNumber = 3 + i, SeriesDescription = "SPECT", Space = made.Space });
        }

        if (made.WithCt)
        {
            IReadOnlyList<string> sections = ComputedTomographyWriter.Write(
                folder.File("ct"), Fill(made.Ct, (at, ball) => made.Shift + Body(at)), study with { SeriesNumber = 2, SeriesDescription = "CT", AcquiredAt = study.AcquiredAt.AddMinutes(-5) }, new ComputedTomographyFacts());
            first = first.Length > 0 ? first : $"ct/{sections[0]}";
        }

        ImageGeometry grid = made.Mask ?? made.Ct;
        byte[] labels = [.. Fill(made.Ct, (_, ball) => ball).Voxels.Select(label => (byte)label)];
        if (made.Mask is not null)
        {
            labels = [.. Fill(s_spect, (_, ball) => ball).Voxels.Select(label => (byte)label)];
        }

        Directory.CreateDirectory(folder.File("masks"));
        NiftiLabels.Save(folder.File("masks/one.nii.gz"), labels, grid, "made up");
        File.WriteAllText(folder.File("labels.csv"), $"File,Label,DrawnOn,DisplacementMm,HoursToScan\n{(made.Labelled.Length > 0 ? made.Labelled : first)},masks/one.nii.gz,SPECT,4;6,24\n");
    }

    // Water, but for fat under the skin and a spine, which is no plateau: without these it would be a phantom, or a picture of a window.
    private static double Body(Point3 at)
    {
        double spine = Math.Sqrt((at.X * at.X) + ((at.Y - 80) * (at.Y - 80)));
        return Math.Sqrt((at.X * at.X) + (at.Y * at.Y)) switch
        {
            < 125 => spine < 25 ? 600 - (15 * spine) - at.Z : 8 * Math.Sin(at.X / 9),
            < 150 => -100,
            _ => -1000,
        };
    }

    // Two balls of 30 mm beside the middle: 1 on the patient's left, 2 on the right.
    private static Volume Fill(ImageGeometry grid, Func<Point3, int, double> value)
    {
        Volume volume = new(grid);
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            Point3 at = grid.PositionOf(i % grid.Columns, i / grid.Columns % grid.Rows, i / grid.Columns / grid.Rows);
            int ball = (at - new Point3(60, 0, 0)).Length < 30 ? 1 : (at - new Point3(-60, 0, 0)).Length < 30 ? 2 : 0;
            volume.Voxels[i] = (float)value(at, ball);
        }

        return volume;
    }

    private static float At(CaseImage image, Point3 place)
    {
        (int column, int row, int section) = Near(image.Geometry!, place);
        return image.Values.Span[(((section * image.Shape.Rows) + row) * image.Shape.Columns) + column];
    }

    private static (int Column, int Row, int Section) Near(ImageGeometry geometry, Point3 place)
    {
        (double column, double row, double section) = geometry.IndexOf(place);
        return ((int)Math.Round(column), (int)Math.Round(row), (int)Math.Round(section));
    }

    private static ImageGeometry Turned(ImageGeometry axial) => axial with
    {
        Origin = axial.PositionOf(axial.Columns - 1, 0, axial.Sections - 1),
        RowDirection = new(-1, 0, 0),
        SectionDirection = new(0, 0, -1),
    };
}
