using System.Buffers.Binary;
using System.Security.Cryptography;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>What is known about the real images, from their own headers and from other readers.</summary>
public sealed class RealImageTests
{
    private static ScintigraphyImage Read(string file) => Phantoms.Reader.Read(TestData.Path(file));

    [DataTheory("bone-scan")]
    [InlineData("NM1_UNC.dcm")]
    [InlineData("NM1_RLE")]
    [InlineData("NM1_JPLL")]
    public void CodingsThatTheLibraryKnowsGiveTheSamePixels(string file) => AssertBoneScan(Read("bone-scan/" + file), lossless: true);

    [DataFact("bone-scan")]
    public void CodingsThatNeedAnotherDecoderGiveTheSamePixelsOrSaySo()
    {
        foreach (string file in new[] { "NM1_JLSL", "NM1_J2KR" })
        {
            if (ExternalCodec.Installed.Program is null)
            {
                DicomReadException refused = Assert.Throws<DicomReadException>(() => Read("bone-scan/" + file));
                Assert.Equal(SkipReason.UnsupportedCodec, refused.Reason);
                Assert.Contains("gdcmconv", refused.Message, StringComparison.Ordinal);
            }
            else
            {
                AssertBoneScan(Read("bone-scan/" + file), lossless: true);
            }
        }
    }

    [DataFact("bone-scan")]
    public void WithoutAnotherDecoderTheMessageNamesTheProgramAndThePackage()
    {
        DicomImageReader reader = new(Phantoms.Options with { ExternalCodec = ExternalCodec.None });
        DicomReadException refused = Assert.Throws<DicomReadException>(() => reader.Read(TestData.Path("bone-scan/NM1_J2KR")));
        Assert.Equal(SkipReason.UnsupportedCodec, refused.Reason);
        Assert.Contains("JPEG 2000", refused.Message, StringComparison.Ordinal);
        Assert.Contains("gdcmconv", refused.Message, StringComparison.Ordinal);
        Assert.Contains("fo-dicom.Codecs", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [DataFact("bone-scan/NM1_JLSN", "bone-scan/NM1_JPLY", "bone-scan/NM1_J2KI")]
    public void LossyCodingsAreReadAndSaidToBeLossy()
    {
        if (ExternalCodec.Installed.Program is null)
        {
            return;
        }

        foreach (string file in new[] { "NM1_JLSN", "NM1_JPLY", "NM1_J2KI" })
        {
            ScintigraphyImage image = Read("bone-scan/" + file);
            Assert.True(image.Header.IsLossy);
            Assert.Contains(image.Header.Warnings, warning => warning.Contains("lossy", StringComparison.Ordinal));
            Assert.InRange(image.Total, 3.2e6, 4.0e6);
        }
    }

    [DataFact("spect/Jaszack.dcm")]
    public void ANegativeSpacingStacksSectionsAgainstTheNormal()
    {
        ScintigraphyImage image = Read("spect/Jaszack.dcm");
        ImageGeometry geometry = image.ToVolume().Geometry;

        Assert.Equal(ImageKind.ReconTomo, image.Kind);
        Assert.Equal((45, 128, 128), (geometry.Sections, geometry.Rows, geometry.Columns));
        Assert.Equal(-4.12999964, image.Header.SpacingBetweenSlices);
        Assert.Equal(4.12999964, geometry.SectionSpacing);
        Assert.Equal(new Point3(0, 0, -1), geometry.SectionDirection);
        Assert.Equal(new Point3(0, -264.319977, -165.199986), geometry.Origin);
        Assert.Equal(-165.199986 - (44 * 4.12999964), geometry.PositionOf(0, 0, 44).Z, 6);
        Assert.False(image.Header.GeometryIsAssumed);
        Assert.Equal(new EnergyRange(126, 154), Assert.Single(Assert.Single(image.Header.EnergyWindows).Ranges));
        Assert.Equal(new RadionuclideFinding(Radionuclide.Technetium99m, RadionuclideEvidence.Coded), image.Header.Radionuclide);
        Assert.Equal("LEHR", Assert.Single(image.Header.Detectors).Collimator);
        Assert.Null(image.Header.InjectedMegabecquerels);
        Assert.Equal(PatientSex.Male, image.Header.Patient.Sex);
        Assert.Null(image.Header.Patient.WeightKilograms);
    }

    [DataFact("spect/NM-MONO2-16-13x-heart")]
    public void ASparseHeaderIsReadWithItsAssumptionsSaid()
    {
        ScintigraphyImage image = Read("spect/NM-MONO2-16-13x-heart");

        Assert.Equal(ImageKind.ReconTomo, image.Kind);
        Assert.Equal((13, 64, 64), (image.ToVolume().Geometry.Sections, image.Header.Rows, image.Header.Columns));
        Assert.Equal(6.231669, image.ToVolume().Geometry.SectionSpacing);
        Assert.True(image.Header.GeometryIsAssumed);
        Assert.Contains("orientation", image.Header.GeometryNote, StringComparison.Ordinal);
        Assert.Contains("position", image.Header.GeometryNote, StringComparison.Ordinal);
        Assert.Null(image.Header.Radionuclide);
        Assert.Empty(image.Header.EnergyWindows);
    }

    [DataFact("spect/TomoResolution.dcm")]
    public void TheFullUnsignedRangeIsKept()
    {
        ScintigraphyImage image = Read("spect/TomoResolution.dcm");
        Assert.Equal(65534, image.Maximum);
        Assert.Equal(0, image.Minimum);
        Assert.Equal((64, 64, 64), (image.ToVolume().Geometry.Sections, image.Header.Rows, image.Header.Columns));
    }

    [DataFact("planar/FourBar.dcm")]
    public void AStaticImageHasItsCountsItsTimeAndItsView()
    {
        ScintigraphyImage image = Read("planar/FourBar.dcm");
        Assert.Equal(ImageKind.Static, image.Kind);
        Assert.Equal(533338, image.Header.CountsAccumulated);
        Assert.Equal(533338, image.Total, 6000.0);
        Assert.Equal(100, image.Header.AcquisitionSeconds);
        Assert.Equal(DetectorView.Posterior, Assert.Single(image.Header.Frames).View);
        Assert.Equal(1.032499908, image.ToPlanarImages()[0].RowSpacing);
        Assert.Equal(0, image.VolumeCount);
    }

    [DataFact("dynamic/MCR.dcm", "dynamic/MaxCountRate.dcm")]
    public void ADynamicStudyHasPhasesAndTimeSlices()
    {
        ScintigraphyImage rate = Read("dynamic/MCR.dcm");
        Assert.Equal(ImageKind.Dynamic, rate.Kind);
        Assert.Equal([FrameDimension.EnergyWindow, FrameDimension.Detector, FrameDimension.Phase, FrameDimension.TimeSlice], rate.Header.Dimensions);
        Assert.Equal(Enumerable.Range(1, 30), rate.Header.Frames.Select(frame => frame[FrameDimension.TimeSlice]));
        Assert.All(rate.Header.Frames, frame => Assert.Equal(1.0, frame.Seconds));
        Assert.Equal(30, rate.Header.AcquisitionSeconds);
        Assert.Equal(9188551, rate.Total);

        // 270 degrees is the patient's right side, and so is what the orientation looks from.
        Assert.All(rate.Header.Frames, frame => Assert.Equal(DetectorView.RightLateral, frame.View));
        Assert.Equal(24, Read("dynamic/MaxCountRate.dcm").Header.Frames.Count);
    }

    [DataFact("i131/Background", "i131/PetriDish", "i131/Syringe1cc")]
    public void IodineIsNamedInAnyLanguage()
    {
        ScintigraphyImage background = Read("i131/Background");
        Assert.Equal(2, background.Header.Frames.Count);
        Assert.Equal([1, 2], background.Header.Frames.Select(frame => frame[FrameDimension.Detector]));
        Assert.Equal(2, background.Header.Detectors.Count);
        foreach (string file in new[] { "i131/Background", "i131/PetriDish", "i131/Syringe1cc" })
        {
            ImageHeader header = Phantoms.Reader.ReadHeader(TestData.Path(file));
            Assert.Equal(Radionuclide.Iodine131, header.Radionuclide!.Radionuclide);
            EnergyRange range = Assert.Single(Assert.Single(header.EnergyWindows).Ranges);
            Assert.Equal(340, range.LowerKev, 0.5);
            Assert.Equal(395, range.UpperKev, 0.5);
            Assert.Equal(299.994, header.AcquisitionSeconds!.Value, 0.01);
        }
    }

    [DataFact("pet/GH184.dcm", "pet/GH610.dcm")]
    public void PetIsScaledByEvenATinySlope()
    {
        ScintigraphyImage activity = Read("pet/GH184.dcm");
        Assert.Equal(ImageKind.Pet, activity.Kind);
        Assert.Equal(ImageUnit.BecquerelPerMillilitre, activity.Header.Unit);
        Assert.Equal(0.234542, activity.Header.Scaling.Slope);
        Assert.Equal(32767 * 0.234542, activity.Maximum, 1.0);
        Assert.Equal(new Point3(-347.265625, -347.265625, -908.29998779296), activity.ToVolume().Geometry.Origin);
        Assert.Equal(90, activity.Header.Patient.WeightKilograms);

        ScintigraphyImage tiny = Read("pet/GH610.dcm");
        Assert.Equal(5.94901e-08, tiny.Header.Scaling.Slope);
        Assert.InRange(tiny.Maximum, 1e-7f, 2e-3f);
        Assert.Equal((ImageUnit.Other, "PROPCPS"), (tiny.Header.Unit, tiny.Header.UnitText));
    }

    [DataFact("rtstruct/ct_1.dcm", "rtstruct/ct_2.dcm", "seg/ct_image.dcm")]
    public void CtIsInHounsfieldUnitsAndPaddingIsAir()
    {
        ScintigraphyImage section = Read("rtstruct/ct_1.dcm");
        Assert.Equal(ImageKind.Ct, section.Kind);
        Assert.Equal(ImageUnit.Hounsfield, section.Header.Unit);
        Assert.True(section.PaddedPixels > 0);
        Assert.True(section.Minimum >= -1024);
        Assert.Equal(-1000, section.Values[0]);

        AssembledSeries series = Assert.Single(SeriesAssembler.Assemble([Phantoms.Reader.ReadHeader(TestData.Path("rtstruct/ct_2.dcm")), section.Header]));
        Assert.Equal(5, series.Geometry.SectionSpacing);
        Assert.Equal(60, series.Geometry.Origin.Z);
        Assert.True(series.IsComplete);
        Volume volume = series.ReadVolume(Phantoms.Reader);
        Assert.Equal(section.Values, volume.Section(0).ToArray());
    }

    [DataFact("rtdose/rtdose.dcm", "rtdose/rtdose_rle.dcm")]
    public void DoseIsScaledAndItsCodingsAgree()
    {
        ScintigraphyImage plain = Read("rtdose/rtdose.dcm");
        ScintigraphyImage packed = Read("rtdose/rtdose_rle.dcm");
        Assert.Equal(ImageKind.Dose, plain.Kind);
        Assert.Equal("RELATIVE", plain.Header.UnitText);
        Assert.Equal("Dose Grid Scaling", plain.Header.Scaling.Source);
        Assert.Equal((15, 10, 10, 5.0), (plain.ToVolume().Geometry.Sections, plain.Header.Rows, plain.Header.Columns, plain.ToVolume().Geometry.SectionSpacing));
        Assert.Equal(plain.Values, packed.Values);
        Assert.Equal(plain.Header.Geometry, packed.Header.Geometry);
        Assert.True(plain.Maximum > 0);
    }

    [DataTheory("rtstruct", "seg")]
    [InlineData("rtstruct/rt.dcm", SkipReason.NotAnImageToScore)]
    [InlineData("rtstruct/plan-rtstruct.dcm", SkipReason.NotAnImageToScore)]
    [InlineData("seg/seg_image_ct_binary.dcm", SkipReason.NotAnImageToScore)]
    [InlineData("seg/seg_image_ct_binary_overlap.dcm", SkipReason.NotAnImageToScore)]
    [InlineData("README.md", SkipReason.NotDicom)]
    [InlineData("ct-kidney/kidney_left.nii.gz", SkipReason.NotDicom)]
    public void WhatIsNoImageIsSaidToBeNone(string file, SkipReason reason)
    {
        DicomReadException refused = Assert.Throws<DicomReadException>(() => Read(file));
        Assert.Equal(reason, refused.Reason);
        Assert.StartsWith(TestData.Path(file), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [DataFact("bone-scan", "spect", "planar", "dynamic", "i131", "pet", "rtdose", "rtstruct", "seg")]
    public void AScanOfTheFolderClassifiesEveryFileInAStableOrder()
    {
        ScannedFile[] files = [.. DicomFolder.Scan(TestData.Root!, Phantoms.Options)];
        Assert.Equal(Directory.EnumerateFiles(TestData.Root!, "*", SearchOption.AllDirectories).Count(), files.Length);
        Assert.Equal(files.Select(file => file.RelativePath), DicomFolder.Scan(TestData.Root!, Phantoms.Options).Select(file => file.RelativePath));
        Assert.True(files.Count(file => file.IsImage) >= 20);
        Assert.All(files.Where(file => !file.IsImage), file => Assert.NotEqual("", file.Skipped!.Sentence));
        Assert.All(DicomFolder.Scan(TestData.Root!, Phantoms.Options with { Modalities = ["NM"] }).Where(file => file.IsImage), file => Assert.Equal("NM", file.Header!.Modality));
    }

    private static void AssertBoneScan(ScintigraphyImage image, bool lossless)
    {
        byte[] bytes = new byte[image.Values.Length * 2];
        for (int i = 0; i < image.Values.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)image.Values[i]);
        }

        Assert.Equal(lossless, Convert.ToHexStringLower(MD5.HashData(bytes)).StartsWith("6b5c1eff", StringComparison.Ordinal));
        Assert.Equal(ImageKind.WholeBody, image.Kind);
        Assert.Equal((1024, 256, 2.26), (image.Header.Rows, image.Header.Columns, image.Header.RowSpacing));
        Assert.Contains(image.Header.Warnings, warning => warning.Contains("Secondary Capture", StringComparison.Ordinal));
        Assert.Empty(image.Header.EnergyWindows);
        Assert.Null(image.Header.Radionuclide);
        Assert.Equal(1210.434, image.Header.AcquisitionSeconds);
    }
}
