using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Position, normal, increments and pixel size against each other.</summary>
public sealed class GeometryEvidenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private AssembledSeries Series(IEnumerable<DicomDataset> sections) =>
        Assert.Single(SeriesAssembler.Assemble([.. sections.Select((section, i) => Phantoms.Reader.ReadHeader(section.Save(_folder, $"{i:000}.dcm")))]));

    /// <summary>Thickness and distance of reconstructed sections against each other: centimetres for millimetres, a factor of a zoom.</summary>
    [Theory]
    [InlineData("4", "400", true)]
    [InlineData("4", "-40", true)]
    [InlineData("4", "9", true)]
    [InlineData("4", "4", false)]
    [InlineData("4", "2", false)]
    [InlineData("2", "-4", false)]
    public void SectionsThatLeaveGapsAreTold(string thickness, string between, bool isTold) =>
        Assert.Equal(isTold, EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3).Unchecked()
            .With(DicomTag.SliceThickness, thickness).With(DicomTag.SpacingBetweenSlices, between).Header().Warns("which a reconstruction does not leave between them"));

    [Fact]
    public void ATiltedGantryIsKept()
    {
        AssembledSeries series = Assert.Single(SeriesAssembler.Assemble(Directory.GetFiles(EvidenceCase.Path("ct-gantry-tilt")).Select(Phantoms.Reader.ReadHeader)));
        Volume volume = series.ReadVolume(Phantoms.Reader);
        for (int k = 0; k < 10; k++)
        {
            Assert.True((volume.Geometry.PositionOf(0, 0, k) - new Point3(-14, -14, 100 + (2 * k))).Length < 1e-3);
        }

        Assert.Equal(4 * 4 * 2 * Math.Cos(15 * Math.PI / 180), volume.Geometry.VoxelVolume, 1e-3);
        Assert.Contains("15 degrees", Assert.Single(series.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ATiltedVolumeIsResampledToWhereItsPixelsAre()
    {
        // A point at row 2, column 1 of section 4 of a sheared stack comes out where its header says it lies.
        ImageGeometry sheared = ImageGeometry.Axial(9, 9, 9, 2, 2) with { SectionDirection = new(0, Math.Sin(0.3), Math.Cos(0.3)) };
        Volume volume = new(sheared);
        volume[4, 2, 1] = 1;
        Point3 place = sheared.PositionOf(1, 2, 4);
        ImageGeometry box = ImageGeometry.Axial(1, 1, 1, 2, 2) with { Origin = place };
        Assert.Equal(1, Resample.ToGrid(volume, box).Voxels[0], 1e-5f);
    }

    public static TheoryData<double, double, double> Shears => new() { { 0, 0.5, 3 }, { 0.25, 0, 2 }, { -0.4, 0.9, 1.5 }, { 0.02, 0, 5 } };

    [Theory]
    [MemberData(nameof(Shears))]
    public void DriftWithinThePlaneIsKept(double x, double y, double z)
    {
        AssembledSeries series = Series(Enumerable.Range(0, 12).Select(i => EvidenceCase.Ct(i, -10 + (i * x), -20 + (i * y), 30 + (i * z))));
        Assert.Equal("", series.VolumeRefusal);
        Assert.True((series.ReadVolume(Phantoms.Reader).Geometry.PositionOf(0, 0, 11) - new Point3(-10 + (11 * x), -20 + (11 * y), 30 + (11 * z))).Length < 1e-6);
        Assert.NotEmpty(series.Warnings);
    }

    [Fact]
    public void AMissingSectionOfATiltedSeriesIsFound()
    {
        AssembledSeries series = Series(new[] { 0, 1, 2, 4, 5 }.Select(i => EvidenceCase.Ct(i, 0, i * 0.5, i * 2)));
        Assert.Equal([3], series.MissingSections);
        Assert.True((series.Geometry.PositionOf(0, 0, 5) - new Point3(0, 2.5, 10)).Length < 1e-6);
    }

    [Fact]
    public void ASectionBesideTheOthersIsRefused()
    {
        AssembledSeries series = Series(Enumerable.Range(0, 6).Select(i => EvidenceCase.Ct(i, i == 3 ? 7 : 0, 0, i * 2)));
        Assert.Contains("section 4 of 6", series.VolumeRefusal, StringComparison.Ordinal);
        Assert.Contains("beside the line", Assert.Throws<DicomReadException>(() => series.ReadVolume(Phantoms.Reader)).Sentence, StringComparison.Ordinal);
        Assert.Throws<DicomReadException>(() => series.ReadVolume(new DicomImageReader(Phantoms.Options with { AssumeSpacing = true })));
        Assert.Contains(series.Warnings, warning => warning.Contains("beside the line", StringComparison.Ordinal));
    }

    [Fact]
    public void UnevenGapsAreNamedAndMakeNoVolumeUnlessAsked()
    {
        AssembledSeries series = Series(new[] { 0, 2, 4, 7.0, 9, 11 }.Select((z, i) => EvidenceCase.Ct(i, 0, 0, z)));
        Assert.Contains(series.Warnings, warning => warning.Contains("Sections 3 and 4 are 3 mm apart, the others 2 mm", StringComparison.Ordinal));
        Assert.Contains("3 mm apart", Assert.Throws<DicomReadException>(() => series.ReadVolume(Phantoms.Reader)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void UnevenGapsMayBeTakenAsEvenWhereThatIsAskedFor()
    {
        AssembledSeries series = Series(new[] { 0, 2, 4, 6.5, 8.5 }.Select((z, i) => EvidenceCase.Ct(i, 0, 0, z)));
        Assert.Throws<DicomReadException>(() => series.ReadVolume(Phantoms.Reader));
        Assert.Equal(5, series.ReadVolume(new DicomImageReader(Phantoms.Options with { AssumeSpacing = true })).Geometry.Sections);
    }

    [Fact]
    public void RepeatedPlacesAreNamed()
    {
        AssembledSeries series = Series(new[] { 0, 2, 2.0, 4 }.Select((z, i) => EvidenceCase.Ct(i, 0, 0, z)));
        Assert.Contains(series.Warnings, warning => warning.Contains("1 file lies where another one does", StringComparison.Ordinal));
        Assert.Single(series.LeftOut);
    }

    [Fact]
    public void MixedOrientationsAreNamed()
    {
        IEnumerable<DicomDataset> mixed = [.. Enumerable.Range(0, 3).Select(i => EvidenceCase.Ct(i, 0, 0, i * 2)), EvidenceCase.Ct(9, 0, 0, 50, "1\\0\\0\\0\\0\\-1")];
        IReadOnlyList<AssembledSeries> stacks = SeriesAssembler.Assemble([.. mixed.Select((section, i) => Phantoms.Reader.ReadHeader(section.Save(_folder, $"{i}.dcm")))]);
        Assert.Equal(2, stacks.Count);
        Assert.All(stacks, stack => Assert.Contains(stack.Warnings, warning => warning.Contains("2 stacks", StringComparison.Ordinal)));
    }

    [Fact]
    public void SpacingThatContradictsThePositionsIsTold()
    {
        AssembledSeries series = Series(Enumerable.Range(0, 4).Select(i => EvidenceCase.Ct(i, 0, 0, i * 2).With(DicomTag.SpacingBetweenSlices, "5")));
        Assert.Contains(series.Warnings, warning => warning.Contains("says 5 mm, the positions are 2 mm apart", StringComparison.Ordinal));
        Assert.Equal(2, series.Geometry.SectionSpacing);
    }

    [Theory]
    [InlineData("15", "1\\0\\0\\0\\1\\0", true)]
    [InlineData("15", "1\\0\\0\\0\\0.965926\\-0.258819", false)]
    [InlineData("0", "1\\0\\0\\0\\1\\0", false)]
    public void ATiltThatTheOrientationDoesNotShowIsTold(string tilt, string orientation, bool warns) =>
        Assert.Equal(warns, EvidenceCase.Ct(0, 0, 0, 0, orientation).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL").With(DicomTag.GantryDetectorTilt, tilt).Header().Warns("Gantry/Detector Tilt"));

    [Theory]
    [InlineData("", "missing")]
    [InlineData("4", "one value (4 mm)")]
    [InlineData("4\\4\\4", "3 values")]
    [InlineData("-4\\4", "-4 x 4 mm, expected two positive lengths")]
    [InlineData("0\\0", "expected two positive lengths")]
    [InlineData("4,5\\4,5", "not two numbers")]
    public void PixelSpacingIsNamedForWhatItIs(string spacing, string words)
    {
        DicomDataset With(DicomDataset dataset)
        {
            dataset.Remove(DicomTag.PixelSpacing);
            if (spacing.Length > 0)
            {
                dataset.Unchecked().Add(DicomTag.PixelSpacing, spacing.Split('\\'));
            }

            return dataset;
        }

        // No volume, unless asked; a planar image goes on, its pixel size unknown.
        ScintigraphyImage image = With(EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3)).Image();
        Assert.Contains(words, image.Header.GeometryNote, StringComparison.Ordinal);
        Assert.Null(image.Header.Geometry);
        Assert.Contains(words, Assert.Throws<DicomReadException>(() => image.ToVolume()).Sentence, StringComparison.Ordinal);
        Assert.Throws<DicomReadException>(() => image.TakeVolume());
        Assert.Contains(words, ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(ImageRendering.DrawPng(image));

        ScintigraphyImage asked = With(EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3)).Image(Phantoms.Options with { AssumeSpacing = true });
        Assert.Equal((1.0, 4.0), (asked.ToVolume().Geometry.RowSpacing, asked.ToVolume().Geometry.SectionSpacing));
        Assert.Contains("1 mm was assumed", asked.Header.GeometryNote, StringComparison.Ordinal);

        ImageHeader planar = With(EvidenceCase.Of("STATIC", 1)).Header();
        Assert.True(planar.SpacingIsAssumed);
        Assert.Contains(words, planar.GeometryNote, StringComparison.Ordinal);
    }

    [Fact]
    public void SectionsWithoutADistanceMakeNoVolumeUnlessAsked()
    {
        DicomDataset dataset = EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3).Remove(DicomTag.SpacingBetweenSlices, DicomTag.SliceThickness);
        Assert.Contains("Spacing Between Slices and Slice Thickness are missing", Assert.Throws<DicomReadException>(() => dataset.Image().ToVolume()).Sentence, StringComparison.Ordinal);
        Assert.Equal(4, dataset.Image(Phantoms.Options with { AssumeSpacing = true }).ToVolume().Geometry.SectionSpacing);
    }

    [Theory]
    [InlineData("0", "", "Spacing Between Slices is 0 and Slice Thickness is missing")]
    [InlineData("0", "0", "Spacing Between Slices is 0 and Slice Thickness is 0")]
    [InlineData("", "-4", "Spacing Between Slices is missing and Slice Thickness is -4 mm")]
    [InlineData("four", "", "Spacing Between Slices is no number and Slice Thickness is missing")]
    [InlineData("NaN", "thin", "Spacing Between Slices is no number and Slice Thickness is no number")]
    public void LengthsThatAreNoneAreNamedForWhatTheyAre(string spacing, string thickness, string words)
    {
        DicomDataset dataset = EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3).Remove(DicomTag.SpacingBetweenSlices, DicomTag.SliceThickness).Unchecked();
        DicomDataset given = spacing.Length > 0 ? dataset.With(DicomTag.SpacingBetweenSlices, spacing) : dataset;
        given = thickness.Length > 0 ? given.With(DicomTag.SliceThickness, thickness) : given;
        Assert.Contains(words, Assert.Throws<DicomReadException>(() => given.Image().ToVolume()).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "Spacing Between Slices is 0")]
    [InlineData("x", "Spacing Between Slices is no number")]
    public void ASpacingThatIsNoneGivesWayToTheThicknessAndIsNamed(string spacing, string words)
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3).Unchecked().With(DicomTag.SpacingBetweenSlices, spacing).Image();
        Assert.Equal(4, image.ToVolume().Geometry.SectionSpacing);
        Assert.Contains(words, image.Header.GeometryNote, StringComparison.Ordinal);
        Assert.DoesNotContain("missing", image.Header.GeometryNote, StringComparison.Ordinal);
        foreach (string told in new[] { spacing, "-3" })
        {
            ImageHeader section = EvidenceCase.Ct(0, 0, 0, 0).With(DicomTag.SpacingBetweenSlices, told).Header();
            Assert.Equal(2, section.Geometry!.SectionSpacing);
            Assert.True(section.Warns(told == "-3" ? "Spacing Between Slices is -3 mm, expected a length above 0" : words));
        }
    }

    [Theory]
    [InlineData("0", "Slice Thickness is 0")]
    [InlineData("-4", "Slice Thickness is -4 mm")]
    [InlineData("thin", "Slice Thickness is no number")]
    public void AThicknessThatIsNoneIsNamedWhereTheDistanceIsGiven(string thickness, string words)
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3).Unchecked().With(DicomTag.SliceThickness, thickness).Image();
        Assert.Equal(4, image.ToVolume().Geometry.SectionSpacing);
        Assert.True(image.Header.Warns(words));
    }

    [Fact]
    public void AVolumeLongerThanAnyScannerIsTold()
    {
        Assert.True(EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3).With(DicomTag.SpacingBetweenSlices, "1000000").Header().Warns("which no scanner covers"));
        Assert.True(EvidenceCase.Sections("RECON TOMO", 3, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3).Unchecked().With(DicomTag.SpacingBetweenSlices, "3", "4").Image().Header.GeometryNote.Contains("has 2 values", StringComparison.Ordinal));
    }

    [Fact]
    public void ASectionThatDoesNotSayWhereItLiesIsLeftOutAndNamed()
    {
        AssembledSeries series = Series(Enumerable.Range(0, 6).Select(i => i == 5 ? EvidenceCase.Ct(i, 0, 0, 0).Remove(DicomTag.ImagePositionPatient) : EvidenceCase.Ct(i, 0, 0, i * 2)));
        Assert.Equal(5, series.ReadVolume(Phantoms.Reader).Geometry.Sections);
        SkippedFile left = Assert.Single(series.LeftOut);
        Assert.Equal((SkipReason.InconsistentHeader, ReadFault.Damage), (left.Reason, left.Fault));
        Assert.Contains("Image Position (Patient) is missing", left.Sentence, StringComparison.Ordinal);
        Assert.Contains(series.Warnings, warning => warning.Contains("1 section of this series does not say where it lies", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CT")]
    [InlineData("PT")]
    public void ASectionWithoutAPlaceIsNoVolumeEvenWhereLengthsAreAssumed(string modality)
    {
        DicomDataset Unplaced() => EvidenceCase.Ct(0, 0, 0, 0).With(DicomTag.Modality, modality).Remove(DicomTag.ImagePositionPatient);
        foreach (DicomReadOptions options in new[] { Phantoms.Options, Phantoms.Options with { AssumeSpacing = true } })
        {
            ScintigraphyImage image = Unplaced().Image(options);
            Assert.Null(image.Header.Geometry);
            Assert.Contains(image.AllWarnings, warning => warning.Contains("Image Position (Patient) is missing", StringComparison.Ordinal));
            Assert.Throws<DicomReadException>(() => image.ToVolume());
        }

        // A position of two numbers is none either.
        Assert.Contains("has 2 numbers", EvidenceCase.Ct(0, 0, 0, 0).With(DicomTag.ImagePositionPatient, "1", "2").Header().GeometryNote, StringComparison.Ordinal);
    }

    [Fact]
    public void ASeriesOfSectionsWithoutPlacesIsOneAndMakesNoVolume()
    {
        for (int i = 0; i < 3; i++)
        {
            EvidenceCase.Ct(i, 0, 0, i).With(DicomTag.SeriesInstanceUID, "1.2.3").With(DicomTag.StudyInstanceUID, "1.2").Remove(DicomTag.ImagePositionPatient).Save(_folder, $"{i}.dcm");
        }

        ImageSeries series = Assert.Single(Assert.Single(StudyIndex.Build(_folder.Path, new() { Reading = Phantoms.Options }).Studies).Series);
        Assert.Equal(3, series.Files.Count);
        Assert.Contains("Image Position (Patient) is missing", Assert.Throws<DicomReadException>(() => series.ReadVolume()).Sentence, StringComparison.Ordinal);
        Assert.Contains(series.Warnings, warning => warning.Contains("Image Position (Patient) is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatThePixelsOfSectionsShowReachesTheirSeries()
    {
        for (int i = 0; i < 3; i++)
        {
            EvidenceCase.Ct(i, 0, 0, i).With(DicomTag.Modality, "PT").With(DicomTag.SeriesInstanceUID, "1.2.3").With(DicomTag.StudyInstanceUID, "1.2").With(DicomTag.Units, "BQML")
                .With(DicomTag.RescaleSlope, "1").With(DicomTag.RescaleIntercept, "-5").Save(_folder, $"{i}.dcm");
        }

        ImageSeries series = Assert.Single(Assert.Single(StudyIndex.Build(_folder.Path, new() { Reading = Phantoms.Options }).Studies).Series);
        Assert.DoesNotContain(series.Warnings, warning => warning.Contains("below zero", StringComparison.Ordinal));
        series.ReadVolume();
        Assert.Contains(series.Warnings, warning => warning.Contains("below zero", StringComparison.Ordinal));
    }

    [Fact]
    public void AnIndexReadsAsItWasAskedTo()
    {
        for (int i = 0; i < 5; i++)
        {
            EvidenceCase.Ct(i, 0, 0, i < 3 ? i * 2 : (i * 2) + 0.5).With(DicomTag.SeriesInstanceUID, "1.2.3").With(DicomTag.StudyInstanceUID, "1.2").Save(_folder, $"{i}.dcm");
        }

        ImageSeries Read(bool assume) => Assert.Single(Assert.Single(StudyIndex.Build(_folder.Path, new() { Reading = Phantoms.Options with { AssumeSpacing = assume } }).Studies).Series);
        Assert.Throws<DicomReadException>(() => Read(assume: false).ReadVolume());
        Assert.Equal(5, Read(assume: true).ReadVolume().Geometry.Sections);
    }

    [Fact]
    public void SectionsOfACtWithoutThicknessHaveTheDistanceOfTheirPositions()
    {
        DicomDataset Thin(int i) => EvidenceCase.Ct(i, 0, 0, i * 2.5).Remove(DicomTag.SliceThickness);
        AssembledSeries series = Series(Enumerable.Range(0, 3).Select(Thin));
        Assert.Equal(2.5, series.ReadVolume(Phantoms.Reader).Geometry.SectionSpacing);
        Assert.Empty(series.Warnings);
        // One alone has none, and is drawn and described all the same.
        Assert.NotEmpty(ImageRendering.DrawPng(Thin(0).Image()));
        Assert.Contains("Slice Thickness is missing", Assert.Throws<DicomReadException>(() => Thin(0).Image().ToVolume()).Sentence, StringComparison.Ordinal);
        using TemporaryFolder other = new();
        AssembledSeries alone = Assert.Single(SeriesAssembler.Assemble([Phantoms.Reader.ReadHeader(Thin(0).Save(other))]));
        Assert.Throws<DicomReadException>(() => alone.ReadVolume(Phantoms.Reader));
    }

    [Theory]
    [InlineData("1\\0\\0\\0\\1", "has 5 numbers")]
    [InlineData("1\\0\\0\\0.5\\0.866\\0", "at 60 degrees, expected right angles")]
    [InlineData("0\\0\\0\\0\\1\\0", "a direction of length 0")]
    public void AnOrientationThatIsNoneIsNamedForWhatItIs(string orientation, string words)
    {
        Assert.Contains(words, EvidenceCase.Ct(0, 0, 0, 0, orientation).Header().GeometryNote, StringComparison.Ordinal);
        DicomDataset recon = EvidenceCase.Sections("RECON TOMO", 2, DicomTag.SliceVector).Unchecked().Vector(DicomTag.SliceVector, 1, 2).WithItems(DicomTag.DetectorInformationSequence, EvidenceCase.Detector(orientation));
        Assert.Contains(words, recon.Header().GeometryNote, StringComparison.Ordinal);
    }

    [Fact]
    public void APositionThatIsNoneIsNamedForWhatItIs()
    {
        Assert.Contains("Image Position (Patient) has 2 numbers", HandMadeFile.Image("CT", 1).Unchecked().With(DicomTag.ImagePositionPatient, "1", "2").Header().GeometryNote, StringComparison.Ordinal);
        DicomDataset item = new DicomDataset().Unchecked();
        item.Add(DicomTag.ImagePositionPatient, "1", "2");
        DicomDataset recon = EvidenceCase.Sections("RECON TOMO", 2, DicomTag.SliceVector).Unchecked().Vector(DicomTag.SliceVector, 1, 2).WithItems(DicomTag.DetectorInformationSequence, item);
        Assert.Contains("Image Position (Patient) has 2 numbers", recon.Header().GeometryNote, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoOrientationsOfOneImageAreTold() =>
        Assert.True(EvidenceCase.Sections("RECON TOMO", 2, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2).With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "0", "-1").Header().Warns("different orientations"));

    [Theory]
    [InlineData("0\\2\\5", "evenly spaced")]
    [InlineData("0\\2", "2 values for 3 planes")]
    public void PlanesOfADoseThatAreNotEvenMakeNoVolume(string offsets, string words)
    {
        ScintigraphyImage image = HandMadeFile.Image("RTDOSE", 3).With(DicomTag.DoseUnits, "GY").With(DicomTag.DoseGridScaling, "0.01").With(DicomTag.SliceThickness, "2")
            .With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0").With(DicomTag.ImagePositionPatient, "0", "0", "0")
            .With(DicomTag.GridFrameOffsetVector, offsets.Split('\\')).Image();
        Assert.Contains(words, Assert.Throws<DicomReadException>(() => image.ToVolume()).Sentence, StringComparison.Ordinal);
    }

    private static DicomDataset Enhanced(params (double X, double Y, double Z, string Orientation)[] frames)
    {
        DicomDataset[] groups = [.. frames.Select(frame => new DicomDataset()
            .WithItems(DicomTag.PlanePositionSequence, new DicomDataset().With(DicomTag.ImagePositionPatient, EvidenceCase.Text(frame.X), EvidenceCase.Text(frame.Y), EvidenceCase.Text(frame.Z)))
            .WithItems(DicomTag.PlaneOrientationSequence, new DicomDataset().With(DicomTag.ImageOrientationPatient, frame.Orientation.Split('\\'))))];
        return HandMadeFile.Image("CT", frames.Length)
            .WithItems(DicomTag.SharedFunctionalGroupsSequence, new DicomDataset().WithItems(DicomTag.PixelMeasuresSequence, new DicomDataset().With(DicomTag.PixelSpacing, "4", "4").With(DicomTag.SliceThickness, "2")))
            .WithItems(DicomTag.PerFrameFunctionalGroupsSequence, groups);
    }

    [Fact]
    public void AnEnhancedImageKeepsItsTiltAndRefusesMixedFrames()
    {
        const string axial = "1\\0\\0\\0\\1\\0";
        Volume tilted = Enhanced((0, 0, 0, axial), (0, 0.5, 2, axial), (0, 1, 4, axial)).Image().ToVolume();
        Assert.True((tilted.Geometry.PositionOf(0, 0, 2) - new Point3(0, 1, 4)).Length < 1e-9);
        string Refused(DicomDataset dataset) => Assert.Throws<DicomReadException>(() => dataset.Image().ToVolume()).Sentence;
        Assert.Contains("different orientations", Refused(Enhanced((0, 0, 0, axial), (0, 0, 2, axial), (0, 0, 4, "1\\0\\0\\0\\0\\-1"))), StringComparison.Ordinal);
        Assert.Contains("not evenly spaced", Refused(Enhanced((0, 0, 0, axial), (0, 0, 2, axial), (0, 0, 7, axial))), StringComparison.Ordinal);
        Assert.Contains("in one place", Refused(Enhanced((0, 0, 0, axial), (0, 0, 0, axial))), StringComparison.Ordinal);
        Assert.Contains("beside each other", Refused(Enhanced((0, 0, 0, axial), (5, 0, 0, axial))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NM")]
    [InlineData("CT")]
    public void EmptyFunctionalGroupsHideNothing(string modality)
    {
        // As one workstation writes them: an item for each frame, and nothing in it.
        DicomDataset plain = modality == "NM" ? EvidenceCase.Sections("RECON TOMO", 2, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2) : EvidenceCase.Ct(0, 1, 2, 3);
        ImageHeader expected = plain.Header();
        ImageHeader header = plain.WithItems(DicomTag.PerFrameFunctionalGroupsSequence, [.. expected.Frames.Select(_ => new DicomDataset())]).Header();
        Assert.Equal((4.0, 3.0, false), (header.RowSpacing, header.ColumnSpacing, header.SpacingIsAssumed));
        Assert.Equal(expected.Geometry, header.Geometry);
        Assert.Equal("", header.VolumeRefusal);
    }

    [Fact]
    public void AnIndexNamesWhatItsSeriesSay()
    {
        foreach (int i in Enumerable.Range(0, 5))
        {
            EvidenceCase.Ct(i, 0, i * 0.5, i * 2).Save(_folder, string.Create(CultureInfo.InvariantCulture, $"{i}.dcm"));
        }

        ImageSeries series = Assert.Single(Assert.Single(StudyIndex.Build(_folder.Path, new() { Reading = Phantoms.Options }).Studies).Series);
        Assert.Contains(series.Warnings, warning => warning.Contains("14 degrees", StringComparison.Ordinal));
        Assert.Equal(2.0, series.ReadVolume(Phantoms.Reader).Geometry.PositionOf(0, 0, 4).Y, 1e-9);
    }
}
