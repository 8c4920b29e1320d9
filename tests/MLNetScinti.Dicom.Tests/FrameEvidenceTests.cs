using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Frame Increment Pointer, vectors, counts of the header and pixel data against each other.</summary>
public sealed class FrameEvidenceTests
{
    private static float[] Firsts(ScintigraphyImage image, int volume = 0)
    {
        Volume sections = image.ToVolume(volume);
        return [.. Enumerable.Range(0, sections.Geometry.Sections).Select(section => sections[section, 0, 0])];
    }

    private static float[] Frames(params IEnumerable<int> frames) => [.. frames.Select(frame => 100f * frame)];

    [Fact]
    public void AGatedStudyWithoutAPointerIsFourVolumesOfSixSections()
    {
        ScintigraphyImage image = Phantoms.Reader.Read(EvidenceCase.Path("t03_gated_no_fip.dcm"));

        Assert.Equal((4, 6), (image.VolumeCount, image.Header.Geometry!.Sections));
        for (int slot = 0; slot < 4; slot++)
        {
            Assert.Equal(Enumerable.Range(0, 6).Select(section => (100f * (slot + 1)) + section + 1), Firsts(image, slot));
        }

        Assert.True(image.Header.Warns("Frame Increment Pointer names no vector"));
        Assert.Contains("4 volumes of 6 sections", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void PixelsAndVectorsThatAgreeOutweighTheNumberOfFrames()
    {
        ScintigraphyImage image = Phantoms.Reader.Read(EvidenceCase.Path("r04_frames_too_few.dcm"));
        Assert.Equal((40, 200.0), (image.Header.Frames.Count, image.Header.AcquisitionSeconds));
        Assert.True(image.Header.Warns("Number of Frames says 20"));
        Assert.Equal(4, image.Header.Dimensions.Count);
    }

    [Fact]
    public void TheFrameSentFirstKeepsThePositionWhereTheSliceVectorDescends()
    {
        ScintigraphyImage image = Phantoms.Reader.Read(EvidenceCase.Path("g03_slice_vector_descending.dcm"));
        Volume volume = image.ToVolume();
        Assert.Equal(image.Frame(0), volume.Section(0));
        Assert.Equal(image.Frame(7), volume.Section(7));
        Assert.Equal(new Point3(-10, -20, 300), volume.Geometry.Origin);
        Assert.Equal(272, volume.Geometry.PositionOf(0, 0, 7).Z);
        Assert.True(image.Header.Warns("descends"));
    }

    [Fact]
    public void BigEndianPointersAndSequencesOfUnknownRepresentationAreUnderstood()
    {
        Assert.Equal([FrameDimension.Slice], Phantoms.Reader.ReadHeader(EvidenceCase.Path("e01_big_endian.dcm")).Dimensions);
        Assert.Equal(new Point3(-10, -20, 300), Phantoms.Reader.ReadHeader(EvidenceCase.Path("e23_detector_seq_UN.dcm")).Geometry!.Origin);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void AGatedStudyWithHalfItsVectorsIsSplitByWhatElseIsSaid(bool slots, bool number)
    {
        // The Slice Vector runs on over all frames; time slots stand in their vector, or as a number, or both.
        DicomDataset dataset = EvidenceCase.Sections("RECON GATED TOMO", 24, DicomTag.SliceVector).Vector(DicomTag.SliceVector, Enumerable.Range(1, 24));
        if (slots)
        {
            dataset.Vector(DicomTag.TimeSlotVector, EvidenceCase.Count(4, each: 6));
        }

        if (number)
        {
            dataset.With(DicomTag.NumberOfTimeSlots, (ushort)4);
        }

        ScintigraphyImage image = dataset.Image();
        Assert.Equal((4, 6), (image.VolumeCount, image.ToVolume(3).Geometry.Sections));
        Assert.Equal(Frames(18, 19, 20, 21, 22, 23), Firsts(image, 3));
        Assert.NotEmpty(image.Header.Warnings);
        Assert.Equal(4, image.Header.Frames.Select(frame => frame[FrameDimension.TimeSlot]).Distinct().Count());
        Assert.Equal(6, image.Header.Frames.Select(frame => frame[FrameDimension.Slice]).Distinct().Count());
    }

    [Theory]
    [InlineData("RECON GATED TOMO")]
    [InlineData("RECON TOMO")]
    public void SectionNumbersThatStartAnewAreVolumes(string kind)
    {
        ScintigraphyImage image = EvidenceCase.Sections(kind, 24, DicomTag.SliceVector).Vector(DicomTag.SliceVector, EvidenceCase.Count(6, times: 4)).Image();
        Assert.Equal((4, 6), (image.VolumeCount, image.Header.Geometry!.Sections));
        Assert.Equal(Frames(6, 7, 8, 9, 10, 11), Firsts(image, 1));
        Assert.True(image.Header.Warns("4 volumes of 6"));
    }

    /// <summary>Time slots are counted of gated images alone, whatever Image Type says; a Number of Slices that says otherwise is heeded, and told of.</summary>
    [Theory]
    [InlineData(4, 0, null, 4)]
    [InlineData(0, 2, null, 2)]
    [InlineData(5, 0, null, 1)]
    [InlineData(4, 0, 24, 1)]
    public void SlotsThatAreAnnouncedOfSectionsThatRunOnAreVolumes(int slots, int intervals, int? slices, int volumes)
    {
        DicomDataset dataset = EvidenceCase.Sections("RECON TOMO", 24, DicomTag.SliceVector).Vector(DicomTag.SliceVector, Enumerable.Range(1, 24));
        _ = slots > 0 ? dataset.With(DicomTag.NumberOfTimeSlots, (ushort)slots) : dataset;
        _ = intervals > 0 ? dataset.With(DicomTag.NumberOfRRIntervals, (ushort)intervals) : dataset;
        ScintigraphyImage image = (slices is > 0 and var given ? dataset.With(DicomTag.NumberOfSlices, (ushort)given) : dataset).Image();
        Assert.Equal((volumes, 24 / volumes), (image.VolumeCount, image.ToVolume().Geometry.Sections));
        Assert.True(image.Header.Warns(volumes > 1 ? $"{volumes} volumes of {24 / volumes}" : "they were taken as one volume"));
    }

    [Fact]
    public void SectionNumbersThatRepeatFrameByFrameAreVolumesToo()
    {
        // Slot is the fastest index: 1 1 1 1 2 2 2 2 ...
        ScintigraphyImage image = EvidenceCase.Sections("RECON GATED TOMO", 24, DicomTag.SliceVector).Vector(DicomTag.SliceVector, EvidenceCase.Count(6, each: 4)).Image();
        Assert.Equal(4, image.VolumeCount);
        Assert.Equal(Frames(1, 5, 9, 13, 17, 21), Firsts(image, 1));
    }

    [Fact]
    public void AGatedStudyOfWhichNothingTellsTheTimeSlotsMakesNoVolume()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON GATED TOMO", 24, DicomTag.SliceVector).Vector(DicomTag.SliceVector, Enumerable.Range(1, 24)).Image();
        Assert.Equal(0, image.VolumeCount);
        Assert.Null(image.Header.Geometry);
        DicomReadException refused = Assert.Throws<DicomReadException>(() => image.ToVolume());
        Assert.Contains("time slot", refused.Sentence, StringComparison.Ordinal);
        Assert.True(image.Header.Warns("time slot"));
        Assert.DoesNotContain("24 sections", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OneTimeSlotOfAGatedStudyIsOneVolume()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON GATED TOMO", 6, DicomTag.TimeSlotVector, DicomTag.SliceVector)
            .Vector(DicomTag.TimeSlotVector, Enumerable.Repeat(1, 6)).Vector(DicomTag.SliceVector, Enumerable.Range(1, 6)).Image();
        Assert.Equal((1, 6), (image.VolumeCount, image.Header.Geometry!.Sections));
        Assert.Empty(image.Header.Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AGatedStudyWithoutVectorsIsSplitByItsCounts(bool inSequence)
    {
        DicomDataset dataset = EvidenceCase.Sections("RECON GATED TOMO", 12);
        if (inSequence)
        {
            dataset.WithItems(DicomTag.GatedInformationSequence, new DicomDataset().WithItems(DicomTag.DataInformationSequence, new DicomDataset().WithItems(DicomTag.TimeSlotInformationSequence, new DicomDataset(), new DicomDataset(), new DicomDataset())));
        }
        else
        {
            dataset.With(DicomTag.NumberOfTimeSlots, (ushort)3).With(DicomTag.NumberOfSlices, (ushort)4);
        }

        ScintigraphyImage image = dataset.Image();
        Assert.Equal((3, 4), (image.VolumeCount, image.Header.Geometry!.Sections));
        Assert.Equal(Frames(4, 5, 6, 7), Firsts(image, 1));
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 1 }, "Slice")]
    [InlineData(new int[0], "")]
    public void AStackWithoutUsefulNumbersIsTakenInItsOrderAndSaysSo(int[] numbers, string pointed)
    {
        DicomDataset dataset = pointed.Length > 0 ? EvidenceCase.Sections("RECON TOMO", 4, DicomTag.SliceVector).Vector(DicomTag.SliceVector, numbers) : EvidenceCase.Sections("RECON TOMO", 4);
        ScintigraphyImage image = dataset.Image();
        Assert.Equal((1, 4), (image.VolumeCount, image.Header.Geometry!.Sections));
        Assert.Equal(Frames(0, 1, 2, 3), Firsts(image));
        Assert.NotEmpty(image.Header.Warnings);
    }

    [Fact]
    public void TimeSlotsWithoutSectionNumbersKeepTheOrderOfTheFile()
    {
        foreach (int[] numbers in new[] { [1, 1, 1, 1, 1, 1], Array.Empty<int>() })
        {
            DicomDataset dataset = EvidenceCase.Sections("RECON GATED TOMO", 6, DicomTag.TimeSlotVector, DicomTag.SliceVector).Vector(DicomTag.TimeSlotVector, EvidenceCase.Count(2, each: 3));
            ScintigraphyImage image = (numbers.Length == 0 ? dataset : dataset.Vector(DicomTag.SliceVector, numbers)).Image();
            Assert.Equal((2, 3), (image.VolumeCount, image.Header.Geometry!.Sections));
            Assert.Equal(Frames(3, 4, 5), Firsts(image, 1));
            Assert.NotEmpty(image.Header.Warnings);
        }
    }

    [Fact]
    public void EnergyWindowsOfAReconstructionAreVolumes()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 6, DicomTag.SliceVector).Vector(DicomTag.SliceVector, EvidenceCase.Count(3, times: 2)).Vector(DicomTag.EnergyWindowVector, EvidenceCase.Count(2, each: 3)).Image();
        Assert.Equal((2, 3), (image.VolumeCount, image.Header.Geometry!.Sections));
        Assert.Contains(FrameDimension.EnergyWindow, image.Header.Dimensions);
    }

    [Fact]
    public void VolumesOfUnequalSizeAreRefused()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON GATED TOMO", 5, DicomTag.TimeSlotVector, DicomTag.SliceVector)
            .Vector(DicomTag.TimeSlotVector, 1, 1, 1, 2, 2).Vector(DicomTag.SliceVector, 1, 2, 3, 1, 2).Image();
        Assert.Contains("3, 2 sections", Assert.Throws<DicomReadException>(() => image.ToVolume()).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void SectionNumbersThatRepeatUnevenlyAreRefused()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 5, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3, 3, 4).Image();
        Assert.Contains("different numbers", Assert.Throws<DicomReadException>(() => image.ToVolume()).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatBeginsInTheMiddleKeepsItsFirstFrameInPlace()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 4, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 3, 1, 2, 4).Image();
        Volume volume = image.ToVolume();
        Assert.Equal(Frames(1, 2, 0, 3), Firsts(image));
        Assert.Equal(300, volume.Geometry.PositionOf(0, 0, 2).Z);
        Assert.True(image.Header.Warns("begins with section 3"));
    }

    [Fact]
    public void DescendingSlotsStayInStepWithEachOther()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON GATED TOMO", 6, DicomTag.TimeSlotVector, DicomTag.SliceVector)
            .Vector(DicomTag.TimeSlotVector, EvidenceCase.Count(2, each: 3)).Vector(DicomTag.SliceVector, 3, 2, 1, 1, 2, 3).Image();
        Assert.Equal(Frames(0, 1, 2), Firsts(image, 0));
        Assert.Equal(Frames(5, 4, 3), Firsts(image, 1));
    }

    [Fact]
    public void TimeSlotsInAnUngatedImageAreVolumesAndAreRemarkedUpon()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 6, DicomTag.TimeSlotVector, DicomTag.SliceVector)
            .Vector(DicomTag.TimeSlotVector, EvidenceCase.Count(2, each: 3)).Vector(DicomTag.SliceVector, EvidenceCase.Count(3, times: 2)).Image();
        Assert.Equal(2, image.VolumeCount);
        Assert.True(image.Header.Warns("2 time slots"));
    }

    [Fact]
    public void VectorsLeftOverFromTheProjectionsDoNotSplitAReconstruction()
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 6, DicomTag.SliceVector).Vector(DicomTag.SliceVector, Enumerable.Range(1, 6)).Vector(DicomTag.AngularViewVector, Enumerable.Range(1, 6)).Image();
        Assert.Equal((1, 6), (image.VolumeCount, image.Header.Geometry!.Sections));
        Assert.Empty(image.Header.Warnings);
    }

    [Fact]
    public void ANumberOfSlicesThatIsNotTheirsIsTold() =>
        Assert.True(EvidenceCase.Sections("RECON TOMO", 6, DicomTag.SliceVector).Vector(DicomTag.SliceVector, Enumerable.Range(1, 6)).With(DicomTag.NumberOfSlices, (ushort)8).Header().Warns("Number of Slices says 8"));

    private static DicomDataset Phase(int frames, int milliseconds) => new() { { DicomTag.NumberOfFramesInPhase, (ushort)frames }, { DicomTag.ActualFrameDuration, milliseconds }, { DicomTag.PhaseDelay, 0 }, { DicomTag.PauseBetweenFrames, 0 } };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void ADynamicStudyKeepsItsSeconds(int how)
    {
        // 20 frames of 1 s and 10 of 30 s: 320 s, whether the vectors are not pointed to, not there, or all ones.
        DicomDataset dataset = EvidenceCase.Of("DYNAMIC", 30).WithItems(DicomTag.PhaseInformationSequence, Phase(20, 1000), Phase(10, 30000));
        if (how == 0)
        {
            dataset.Vector(DicomTag.PhaseVector, EvidenceCase.Count(1, each: 20).Concat(Enumerable.Repeat(2, 10))).Vector(DicomTag.TimeSliceVector, Enumerable.Range(1, 20).Concat(Enumerable.Range(1, 10)));
        }
        else if (how == 2)
        {
            dataset.Vector(DicomTag.PhaseVector, Enumerable.Repeat(1, 30)).Vector(DicomTag.TimeSliceVector, Enumerable.Range(1, 30));
        }

        ImageHeader header = dataset.Header();
        Assert.Equal(320, header.AcquisitionSeconds);
        Assert.Equal((1.0, 30.0), (header.Frames[19].Seconds, header.Frames[20].Seconds));
        Assert.NotEmpty(header.Warnings);
    }

    [Fact]
    public void TwoDetectorsOfADynamicStudyDoNotDoubleItsTime()
    {
        ImageHeader header = EvidenceCase.Of("DYNAMIC", 12).With(DicomTag.NumberOfDetectors, (ushort)2).WithItems(DicomTag.PhaseInformationSequence, Phase(4, 1000), Phase(2, 5000)).Header();
        Assert.Equal(14, header.AcquisitionSeconds);
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2], header.Frames.Select(frame => frame[FrameDimension.Detector]));
    }

    [Fact]
    public void PhasesThatDoNotAddUpGiveNoSeconds()
    {
        ImageHeader header = EvidenceCase.Of("DYNAMIC", 11).WithItems(DicomTag.PhaseInformationSequence, Phase(4, 1000), Phase(2, 5000)).Header();
        Assert.Null(header.AcquisitionSeconds);
        Assert.True(header.Warns("4 + 2 frames"));
    }

    [Fact]
    public void APhaseOfOtherLengthThanItsVectorIsTold() => Assert.True(EvidenceCase.Of("DYNAMIC", 6, DicomTag.PhaseVector).Vector(DicomTag.PhaseVector, 1, 1, 1, 2, 2, 2)
        .WithItems(DicomTag.PhaseInformationSequence, Phase(4, 1000), Phase(2, 5000)).Header().Warns("Phase 1 is said to have 4 frames"));

    [Fact]
    public void TheSecondDetectorAloneHasItsSeconds() => Assert.Equal(3, EvidenceCase.Of("DYNAMIC", 3, DicomTag.DetectorVector).Vector(DicomTag.DetectorVector, 2, 2, 2)
        .WithItems(DicomTag.PhaseInformationSequence, Phase(3, 1000)).Header().AcquisitionSeconds);

    [Fact]
    public void ProjectionsOfTwoDetectorsWithoutVectorsAreCountedOnce()
    {
        ImageHeader header = EvidenceCase.Of("TOMO", 20).With(DicomTag.NumberOfDetectors, (ushort)2)
            .WithItems(DicomTag.RotationInformationSequence, new DicomDataset { { DicomTag.ActualFrameDuration, 20000 }, { DicomTag.NumberOfFramesInRotation, (ushort)10 } }).Header();
        Assert.Equal(200, header.AcquisitionSeconds);
        Assert.Equal(10, header.Frames.Select(frame => frame[FrameDimension.AngularView]).Distinct().Count());
    }

    [Fact]
    public void VectorsThatCountFromZeroNameTheRightDetectors()
    {
        ImageHeader header = EvidenceCase.Planar("STATIC", EvidenceCase.Detector("1\\0\\0\\0\\0\\-1"), EvidenceCase.Detector("-1\\0\\0\\0\\0\\-1")).Vector(DicomTag.DetectorVector, 0, 1).Header();
        Assert.Equal([DetectorView.Anterior, DetectorView.Posterior], header.Frames.Select(frame => frame.View));
        Assert.True(header.Warns("counts from 0"));
    }

    [Fact]
    public void FramesThatOneDetectorCannotHaveTakenAreGivenToTwo()
    {
        ImageHeader header = EvidenceCase.Planar("STATIC", EvidenceCase.Detector("1\\0\\0\\0\\0\\-1"), EvidenceCase.Detector("-1\\0\\0\\0\\0\\-1"))
            .With(DicomTag.NumberOfEnergyWindows, (ushort)1).Vector(DicomTag.DetectorVector, 1, 1).Header();
        Assert.Equal([DetectorView.Anterior, DetectorView.Posterior], header.Frames.Select(frame => frame.View));
        Assert.True(header.Warns("order of the standard"));
    }

    [Fact]
    public void ADetectorOfWhichNothingIsKnownIsTold() =>
        Assert.True(EvidenceCase.Planar("STATIC", EvidenceCase.Detector("1\\0\\0\\0\\0\\-1"), EvidenceCase.Detector("-1\\0\\0\\0\\0\\-1")).Vector(DicomTag.DetectorVector, 1, 3).Header().Warns("counts up to 3"));

    [Theory]
    [InlineData(24, 1000, 24, "1000 bytes more")]
    [InlineData(24, 48, 24, "enough for 2 more")]
    [InlineData(24, 2, 24, "2 bytes more")]
    [InlineData(24, 0, 24, null)]
    public void SurplusPixelDataIsMentioned(int frameBytes, int surplus, int told, string? words)
    {
        ImageHeader header = EvidenceCase.Of("STATIC", 1).With(DicomTag.DetectorVector, (ushort)1).WithPixelBytes(new byte[told + surplus]).Header();
        Assert.Single(header.Frames);
        Assert.Equal(24, frameBytes);
        Assert.Equal(words is not null, header.Warns(words ?? "bytes more"));
    }

    [Fact]
    public void AByteThatMakesTheLengthEvenIsNoSurplus()
    {
        DicomDataset dataset = EvidenceCase.Of("STATIC", 1).With(DicomTag.Rows, (ushort)3).With(DicomTag.BitsAllocated, (ushort)8).With(DicomTag.BitsStored, (ushort)8).With(DicomTag.HighBit, (ushort)7).WithPixelBytes(new byte[10]);
        Assert.False(dataset.Header().Warns("bytes more"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AMissingNumberOfFramesIsCountedInThePixels(bool withVectors)
    {
        DicomDataset dataset = EvidenceCase.Sections("RECON TOMO", 8, DicomTag.SliceVector).Remove(DicomTag.NumberOfFrames);
        if (withVectors)
        {
            dataset.Vector(DicomTag.SliceVector, Enumerable.Range(1, 8));
        }

        ImageHeader header = dataset.Header();
        Assert.Equal((8, 8), (header.Frames.Count, header.Geometry!.Sections));
        Assert.True(header.Warns("Number of Frames is missing"));
    }

    [Fact]
    public void ANumberOfFramesThatContradictsPixelsAndVectorsIsRefusedWhereTooFewPixelsAreThere()
    {
        DicomDataset dataset = EvidenceCase.Sections("RECON TOMO", 4, DicomTag.SliceVector).Vector(DicomTag.SliceVector, 1, 2, 3, 4).With(DicomTag.NumberOfFrames, 8);
        Assert.Equal(SkipReason.PixelDataTooShort, Assert.Throws<DicomReadException>(() => dataset.Header()).Reason);
    }

    private static DicomDataset RunLengths(params byte[][] pieces)
    {
        DicomDataset dataset = new(DicomTransferSyntax.RLELossless);
        foreach (DicomItem item in EvidenceCase.Of("STATIC", 1).Remove(DicomTag.PixelData))
        {
            dataset.Add(item);
        }

        DicomOtherByteFragment fragments = new(DicomTag.PixelData);
        foreach (byte[] piece in pieces)
        {
            fragments.Fragments.Add(new MemoryByteBuffer(piece));
        }

        return dataset.AddOrUpdate(fragments);
    }

    // 12 pixels of 16 bits: a header, then two segments of one run each, high bytes first.
    private static byte[] Frame(byte value)
    {
        byte[] frame = new byte[68];
        (frame[0], frame[4], frame[8]) = (2, 64, 66);
        (frame[64], frame[65], frame[66], frame[67]) = (unchecked((byte)-11), 0, unchecked((byte)-11), value);
        return frame;
    }

    [Fact]
    public void CompressedFramesBeyondTheNumberAreRefused() =>
        Assert.Contains("holds 3 frames", Assert.Throws<DicomReadException>(() => RunLengths(Frame(1), Frame(2), Frame(3)).Header()).Sentence, StringComparison.Ordinal);

    [Fact]
    public void PiecesOfOneCompressedFrameAreOneFrame()
    {
        byte[] whole = Frame(7);
        ScintigraphyImage image = RunLengths(whole[..64], whole[64..66], whole[66..]).Image();
        Assert.Equal(Enumerable.Repeat(7f, 12), image.Values);
        Assert.Empty(image.Header.Warnings);
    }

    [Theory]
    [InlineData("1,2,4,5", "leaves out 3 of 5")]
    [InlineData("2,4,8,10", "leaves out 6 of 10")]
    [InlineData("1,5,6,2", "leaves out 3 and 4 of 6")]
    [InlineData("9,8,6,5", "leaves out 7 of 9")]
    [InlineData("1,2,3,10", "leaves out 4, 5, 6 and 3 more of 10")]
    public void SectionsThatTheSliceVectorLeavesOutAreToldAndMakeNoVolumeUnlessAsked(string numbers, string words)
    {
        DicomDataset Gap() => EvidenceCase.Sections("RECON TOMO", 4, DicomTag.SliceVector).Vector(DicomTag.SliceVector, numbers.Split(',').Select(int.Parse));
        ScintigraphyImage image = Gap().Image();
        Assert.Contains(image.AllWarnings, warning => warning.Contains(words, StringComparison.Ordinal));
        Assert.Contains(words, Assert.Throws<DicomReadException>(() => image.ToVolume()).Sentence, StringComparison.Ordinal);
        ScintigraphyImage asked = Gap().Image(Phantoms.Options with { AssumeSpacing = true });
        Assert.Equal(4, asked.ToVolume().Geometry.Sections);
        Assert.Contains(asked.AllWarnings, warning => warning.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1,2,3,4")]
    [InlineData("4,3,2,1")]
    [InlineData("11,12,13,14")]
    [InlineData("2,4,6,8")]
    public void EvenlyNumberedSectionsLeaveOutNone(string numbers)
    {
        ScintigraphyImage image = EvidenceCase.Sections("RECON TOMO", 4, DicomTag.SliceVector).Vector(DicomTag.SliceVector, numbers.Split(',').Select(int.Parse)).Image();
        Assert.Equal(4, image.ToVolume().Geometry.Sections);
        Assert.DoesNotContain(image.AllWarnings, warning => warning.Contains("leaves out", StringComparison.Ordinal));
        Assert.Equal(numbers == "2,4,6,8", image.AllWarnings.Any(warning => warning.Contains("counts in steps of 2", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(31, "leaves out 31 of 60")]
    [InlineData(1, "counts 59 numbers from 2 to 60, and the header says 60")]
    [InlineData(60, "counts 59 numbers from 1 to 59, and the header says 60")]
    [InlineData(0, "")]
    public void AViewThatIsMissingIsTold(int missing, string words)
    {
        int[] views = [.. Enumerable.Range(1, 60).Where(view => view != missing)];
        DicomDataset dataset = EvidenceCase.Of("TOMO", views.Length, DicomTag.AngularViewVector).Vector(DicomTag.AngularViewVector, views)
            .WithItems(DicomTag.RotationInformationSequence, new DicomDataset { { DicomTag.NumberOfFramesInRotation, (ushort)60 } });
        Assert.Equal(words.Length > 0, dataset.Header().Warns("AngularView vector"));
        Assert.True(words.Length == 0 || dataset.Header().Warns(words));
    }

    [Fact]
    public void DetectorsThatShareTheViewsLeaveOutNone()
    {
        DicomDataset dataset = EvidenceCase.Of("TOMO", 8, DicomTag.DetectorVector, DicomTag.AngularViewVector)
            .Vector(DicomTag.DetectorVector, 1, 1, 1, 1, 2, 2, 2, 2)
            .Vector(DicomTag.AngularViewVector, 1, 2, 5, 6, 3, 4, 7, 8)
            .WithItems(DicomTag.RotationInformationSequence, new DicomDataset { { DicomTag.NumberOfFramesInRotation, (ushort)8 } });
        Assert.False(dataset.Header().Warns("AngularView"));
    }

    [Fact]
    public void ATimeSlotThatIsMissingIsTold()
    {
        DicomDataset dataset = EvidenceCase.Of("GATED", 7, DicomTag.TimeSlotVector).Vector(DicomTag.TimeSlotVector, 1, 2, 3, 4, 6, 7, 8);
        Assert.True(dataset.Header().Warns("The TimeSlot vector leaves out 5 of 8"));
    }

    [Theory]
    [InlineData(1, 2, 0)]
    [InlineData(2, null, 0)]
    [InlineData(1, null, 4)]
    public void APartOfAConcatenationIsNoWhole(int number, int? total, int offset)
    {
        DicomDataset dataset = EvidenceCase.Of("STATIC", 1).With(DicomTag.ConcatenationUID, "1.2.9").With(DicomTag.InConcatenationNumber, (ushort)number);
        if (total is int told)
        {
            dataset.With(DicomTag.InConcatenationTotalNumber, (ushort)told);
        }

        if (offset > 0)
        {
            dataset.With(DicomTag.ConcatenationFrameOffsetNumber, (uint)offset);
        }

        DicomReadException refused = Assert.Throws<DicomReadException>(() => dataset.Header());
        Assert.Equal(SkipReason.PartOfAnImage, refused.Reason);
        Assert.Contains($"part {number} of", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void AConcatenationOfOnePartIsWhole() =>
        Assert.Empty(EvidenceCase.Of("STATIC", 1).With(DicomTag.ConcatenationUID, "1.2.9").With(DicomTag.InConcatenationNumber, (ushort)1).With(DicomTag.InConcatenationTotalNumber, (ushort)1).Header().Warnings);
}
