using FellowOakDicom;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class HeaderTests
{
    private static ImageHeader Header(DicomDataset dataset)
    {
        using TemporaryFolder folder = new();
        return Phantoms.Reader.ReadHeader(dataset.Save(folder));
    }

    private static ScintigraphyImage Image(DicomDataset dataset)
    {
        using TemporaryFolder folder = new();
        return Phantoms.Reader.Read(dataset.Save(folder));
    }

    [Theory]
    [InlineData("WHOLE BODY", ImageKind.WholeBody)]
    [InlineData("STATIC", ImageKind.Static)]
    [InlineData("DYNAMIC", ImageKind.Dynamic)]
    [InlineData("GATED", ImageKind.Gated)]
    [InlineData("TOMO", ImageKind.Tomo)]
    [InlineData("GATED TOMO", ImageKind.GatedTomo)]
    [InlineData("RECON TOMO", ImageKind.ReconTomo)]
    [InlineData("RECON GATED TOMO", ImageKind.ReconGatedTomo)]
    public void EveryKindOfNuclearMedicineImageIsRecognised(string type, ImageKind kind) =>
        Assert.Equal(kind, Header(HandMadeFile.Image("NM", 2).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", type, "EMISSION")).Kind);

    [Fact]
    public void WithoutAnImageTypeTheVectorsTellAndAWarningSaysSo()
    {
        ImageHeader header = Header(HandMadeFile.Image("NM", 2, DicomTag.SliceVector).With(DicomTag.SliceVector, (ushort)1, (ushort)2));
        Assert.Equal(ImageKind.ReconTomo, header.Kind);
        Assert.Contains(header.Warnings, warning => warning.Contains("Image Type", StringComparison.Ordinal));
    }

    [Fact]
    public void GatedSectionsComeApartIntoOneVolumeForEachTimeSlot()
    {
        // Two slots of three sections, the second stored from its last section to its first.
        DicomDataset dataset = HandMadeFile.Image("NM", 6, DicomTag.RRIntervalVector, DicomTag.TimeSlotVector, DicomTag.SliceVector)
            .With(DicomTag.ImageType, "DERIVED", "PRIMARY", "RECON GATED TOMO", "EMISSION")
            .With<ushort>(DicomTag.RRIntervalVector, 1, 1, 1, 1, 1, 1)
            .With<ushort>(DicomTag.TimeSlotVector, 1, 1, 1, 2, 2, 2)
            .With<ushort>(DicomTag.SliceVector, 1, 2, 3, 3, 2, 1)
            .With(DicomTag.SpacingBetweenSlices, "5")
            .With(DicomTag.SliceThickness, "5");

        ScintigraphyImage image = Image(dataset);

        Assert.Equal(2, image.VolumeCount);
        Assert.Equal([0, 100, 200], Enumerable.Range(0, 3).Select(section => image.ToVolume(0)[section, 0, 0]));
        Assert.Equal([500, 400, 300], Enumerable.Range(0, 3).Select(section => image.ToVolume(1)[section, 0, 0]));
        Assert.Equal(2, image.Header.Frames[3][FrameDimension.TimeSlot]);
        Assert.Equal(1, image.Header.Frames[3][FrameDimension.Detector]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.ToVolume(2));
        // Of several volumes each is a copy, however it is asked for.
        Assert.NotSame(image.Values, image.TakeVolume().Voxels);
    }

    [Theory]
    [InlineData(new ushort[] { 1, 2, 3 }, true)]
    [InlineData(new ushort[] { 3, 2, 1 }, true)]
    [InlineData(new ushort[] { 1, 3, 2 }, false)]
    public void AVolumeIsTakenWithoutACopyWhereItsSectionsLieInOrder(ushort[] sections, bool inPlace)
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 3, DicomTag.SliceVector)
            .With(DicomTag.ImageType, "DERIVED", "PRIMARY", "RECON TOMO", "EMISSION")
            .With<ushort>(DicomTag.SliceVector, sections)
            .With(DicomTag.SpacingBetweenSlices, "5")
            .With(DicomTag.SliceThickness, "5");

        ScintigraphyImage image = Image(dataset);

        float[] copied = image.ToVolume().Voxels;
        Volume taken = image.TakeVolume();
        Assert.Equal(copied, taken.Voxels);
        Assert.Equal(inPlace, ReferenceEquals(image.Values, taken.Voxels));
    }

    [Theory]
    [InlineData("5", 1)]
    [InlineData("-5", -1)]
    public void TheSignOfTheSpacingTurnsTheStackAround(string spacing, int towardsHead)
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 3, DicomTag.SliceVector)
            .With(DicomTag.ImageType, "DERIVED", "PRIMARY", "RECON TOMO", "EMISSION")
            .With<ushort>(DicomTag.SliceVector, 1, 2, 3)
            .With(DicomTag.SpacingBetweenSlices, spacing)
            .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset
            {
                { DicomTag.ImagePositionPatient, "10", "20", "30" },
                { DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0" },
            });

        ImageGeometry geometry = Header(dataset).Geometry!;

        Assert.Equal(new Point3(10, 20, 30 + (towardsHead * 10)), geometry.PositionOf(0, 0, 2));
        Assert.Equal((4.0, 3.0, 5.0), (geometry.RowSpacing, geometry.ColumnSpacing, geometry.SectionSpacing));
        Assert.Equal(new Point3(16, 20 + 4, 30), geometry.PositionOf(2, 1, 0));
    }

    [Fact]
    public void CoronalSectionsAreStackedAlongTheirOwnNormal()
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 2, DicomTag.SliceVector)
            .With(DicomTag.ImageType, "DERIVED", "PRIMARY", "RECON TOMO", "EMISSION")
            .With<ushort>(DicomTag.SliceVector, 1, 2)
            .With(DicomTag.SpacingBetweenSlices, "2")
            .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset
            {
                { DicomTag.ImagePositionPatient, "0", "0", "0" },
                { DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "0", "-1" },
            });

        Assert.Equal(new Point3(0, 1, 0), Header(dataset).Geometry!.SectionDirection);
    }

    [Fact]
    public void WithoutOrientationAndPositionTheAssumptionIsFlagged()
    {
        using TemporaryFolder folder = new();
        DicomDataset dataset = HandMadeFile.Image("NM", 3).With(DicomTag.ImageType, "DERIVED", "PRIMARY", "RECON TOMO", "EMISSION").Remove(DicomTag.PixelSpacing);
        ImageHeader header = new DicomImageReader(Phantoms.Options with { AssumeSpacing = true }).ReadHeader(dataset.Save(folder));
        Assert.True(header.GeometryIsAssumed);
        Assert.True(header.SpacingIsAssumed);
        Assert.Contains("orientation", header.GeometryNote, StringComparison.Ordinal);
        Assert.Equal(new Point3(0, 0, 1), header.Geometry!.SectionDirection);
        Assert.Equal(new Point3(0, 0, 0), header.Geometry.PositionOf(1, 1.5, 1));
    }

    [Fact]
    public void AVectorOfTheWrongLengthIsIgnoredWithAWarning()
    {
        ImageHeader header = Header(HandMadeFile.Image("NM", 3, DicomTag.DetectorVector).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "STATIC", "EMISSION").With<ushort>(DicomTag.DetectorVector, 1, 2));
        Assert.Empty(header.Dimensions);
        Assert.Contains(header.Warnings, warning => warning.Contains("Detector vector has 2 entries for 3 frames", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1\\0\\0\\0\\0\\-1", DetectorView.Anterior)]
    [InlineData("-1\\0\\0\\0\\0\\-1", DetectorView.Posterior)]
    [InlineData("0\\-1\\0\\0\\0\\-1", DetectorView.RightLateral)]
    [InlineData("0\\1\\0\\0\\0\\-1", DetectorView.LeftLateral)]
    [InlineData("0.7071\\-0.7071\\0\\0\\0\\-1", DetectorView.Oblique)]
    public void TheOrientationOfADetectorTellsItsView(string orientation, DetectorView view)
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 1, DicomTag.DetectorVector)
            .With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "STATIC", "EMISSION")
            .With<ushort>(DicomTag.DetectorVector, 1)
            .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset().With(DicomTag.ImageOrientationPatient, orientation));
        Assert.Equal(view, Header(dataset).Frames[0].View);
    }

    [Theory]
    [InlineData("0", DetectorView.Posterior)]
    [InlineData("90", DetectorView.LeftLateral)]
    [InlineData("180", DetectorView.Anterior)]
    [InlineData("270", DetectorView.RightLateral)]
    [InlineData("225", DetectorView.Oblique)]
    public void TheStartAngleOfADetectorTellsItsView(string angle, DetectorView view)
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 1, DicomTag.DetectorVector)
            .With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION")
            .With<ushort>(DicomTag.DetectorVector, 1)
            .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset().With(DicomTag.StartAngle, angle));
        Assert.Equal(view, Header(dataset).Frames[0].View);
    }

    [Fact]
    public void TwoWholeBodyViewsWithoutNamesAreTakenInTheUsualOrderWithAWarning()
    {
        DicomDataset Body(int frames) => HandMadeFile.Image("NM", frames).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION");
        ImageHeader two = Header(Body(2));
        Assert.Equal([DetectorView.Anterior, DetectorView.Posterior], two.Frames.Select(frame => frame.View));
        Assert.Contains(two.Warnings, warning => warning.Contains("the first was taken as anterior", StringComparison.Ordinal));
        Assert.Equal(DetectorView.Unknown, Header(Body(1)).Frames[0].View);
    }

    [Fact]
    public void PhasesOfADynamicStudyGiveEachFrameItsTime()
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 3, DicomTag.PhaseVector, DicomTag.TimeSliceVector)
            .With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "DYNAMIC", "EMISSION")
            .With<ushort>(DicomTag.PhaseVector, 1, 1, 2)
            .With<ushort>(DicomTag.TimeSliceVector, 1, 2, 1)
            .WithItems(
                DicomTag.PhaseInformationSequence,
                new DicomDataset { { DicomTag.ActualFrameDuration, 2000 }, { DicomTag.NumberOfFramesInPhase, (ushort)2 }, { DicomTag.PhaseDelay, 0 }, { DicomTag.PauseBetweenFrames, 0 } },
                new DicomDataset { { DicomTag.ActualFrameDuration, 60000 }, { DicomTag.NumberOfFramesInPhase, (ushort)1 }, { DicomTag.PhaseDelay, 0 }, { DicomTag.PauseBetweenFrames, 0 } });

        ImageHeader header = Header(dataset);

        Assert.Equal([2.0, 2.0, 60.0], header.Frames.Select(frame => frame.Seconds));
        Assert.Equal(64, header.AcquisitionSeconds);
    }

    [Theory]
    [InlineData("045Y", 45.0)]
    [InlineData("018M", 1.5)]
    [InlineData("000Y", null)]
    [InlineData("", null)]
    public void AgesAreRead(string age, double? years) => Assert.Equal(years, Header(HandMadeFile.Image("NM", 1).With(DicomTag.PatientAge, age)).Patient.AgeYears);

    [Fact]
    public void ThePatientIsAPseudonymThatDependsOnTheKey()
    {
        using TemporaryFolder folder = new();
        string a = HandMadeFile.Image("NM", 1).Save(folder, "a.dcm");
        string b = HandMadeFile.Image("NM", 2).With(DicomTag.PatientName, "Other^Name").Save(folder, "b.dcm");
        string c = HandMadeFile.Image("NM", 1).With(DicomTag.PatientID, "4712").Save(folder, "c.dcm");
        string nobody = HandMadeFile.Image("NM", 1).Remove(DicomTag.PatientID).Save(folder, "d.dcm");
        DicomImageReader other = new(new DicomReadOptions { PseudonymKey = new PseudonymKey(TestSecret.Of("another")) });

        string pseudonym = Phantoms.Reader.ReadHeader(a).Patient.Pseudonym;
        Assert.Matches("^P-[0-9A-Z]{12}$", pseudonym);
        Assert.Equal(pseudonym, Phantoms.Reader.ReadHeader(b).Patient.Pseudonym);
        Assert.NotEqual(pseudonym, Phantoms.Reader.ReadHeader(c).Patient.Pseudonym);
        Assert.NotEqual(pseudonym, other.ReadHeader(a).Patient.Pseudonym);
        Assert.False(Phantoms.Reader.ReadHeader(nobody).Patient.IsKnown);
        Assert.Equal("[withheld]", Phantoms.Reader.ReadHeader(a).Identity.ToString());
    }

    [Fact]
    public void AnInjectedActivityIsInMegabecquerelsWhateverTheFileCountsIn()
    {
        DicomDataset With(string modality, string dose) => HandMadeFile.Image(modality, 1).WithItems(DicomTag.RadiopharmaceuticalInformationSequence, new DicomDataset().With(DicomTag.RadionuclideTotalDose, dose));
        Assert.Equal(600, Header(With("NM", "600")).InjectedMegabecquerels);
        Assert.Equal(600, Header(With("NM", "600000000")).InjectedMegabecquerels);
        Assert.Equal(350, Header(With("PT", "350000000")).InjectedMegabecquerels);
        Assert.Null(Header(With("NM", "0")).InjectedMegabecquerels);
    }

    [Fact]
    public void AnEnhancedPetImageIsPlacedAndScaledByItsFunctionalGroups()
    {
        DicomDataset Place(int z) => new DicomDataset()
            .WithItems(DicomTag.PlanePositionSequence, new DicomDataset().With(DicomTag.ImagePositionPatient, "0", "0", $"{z}"))
            .WithItems(DicomTag.PixelValueTransformationSequence, new DicomDataset { { DicomTag.RescaleSlope, $"{z + 1}" }, { DicomTag.RescaleIntercept, "0" } });
        DicomDataset dataset = HandMadeFile.Image("PT", 2)
            .Remove(DicomTag.PixelSpacing)
            .WithItems(DicomTag.SharedFunctionalGroupsSequence, new DicomDataset()
                .WithItems(DicomTag.PixelMeasuresSequence, new DicomDataset { { DicomTag.PixelSpacing, "2", "2" }, { DicomTag.SliceThickness, "3" } })
                .WithItems(DicomTag.PlaneOrientationSequence, new DicomDataset().With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")))
            .WithItems(DicomTag.PerFrameFunctionalGroupsSequence, Place(0), Place(-3));

        ScintigraphyImage image = Image(dataset);

        Assert.Equal(3, image.ToVolume().Geometry.SectionSpacing);
        Assert.Equal(new Point3(0, 0, -1), image.ToVolume().Geometry.SectionDirection);
        Assert.Equal(11, image.Frame(0)[11]);
        Assert.Equal(111 * -2, image.Frame(1)[11]);
    }
}
