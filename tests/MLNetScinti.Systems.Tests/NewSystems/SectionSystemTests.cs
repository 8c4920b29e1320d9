using System.Globalization;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>A study whose images are sections in a file each: what these say reaches whoever reads the cases.</summary>
public sealed class SectionSystemTests
{
    [Fact]
    public void WhatSectionsSayAndShowReachesTheCases()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, [0, 2, 4, 6]);
        using CaseView view = new(new FolderCases(folder.Path, new SectionSystem(), new FolderOptions { Labels = null }));
        Assert.Single(view.Read());
        // Of the pixels of sections, and of how the sections go together.
        Assert.Contains(view.Warnings, warning => warning.Key.Contains("below zero", StringComparison.Ordinal));
        Assert.Contains(view.Warnings, warning => warning.Key.Contains("Units says SUV (body weight) and Rescale Slope is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void UnevenSectionsAreReadOnlyWhereLengthsMayBeAssumed()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, [0, 2, 4, 6.5]);
        CaseView Read(bool assume) => new(new FolderCases(folder.Path, new SectionSystem(), new FolderOptions { Labels = null, AssumeSpacing = assume }));
        using CaseView asked = Read(assume: true);
        Assert.Single(asked.Read());
        Assert.Contains(asked.Warnings, warning => warning.Key.Contains("mm apart, the others", StringComparison.Ordinal));
        using CaseView usual = Read(assume: false);
        Assert.Empty(usual.Read());
        Assert.Contains("mm apart", Assert.Single(usual.LeftOut).Sentence, StringComparison.Ordinal);
    }

    private static void Write(string folder, double[] places)
    {
        for (int i = 0; i < places.Length; i++)
        {
            DicomDataset dataset = new()
            {
                { DicomTag.SOPClassUID, DicomUID.PositronEmissionTomographyImageStorage },
                { DicomTag.SOPInstanceUID, $"1.2.3.{i + 1}" },
                { DicomTag.StudyInstanceUID, "1.2" },
                { DicomTag.SeriesInstanceUID, "1.2.3" },
                { DicomTag.PatientID, "somebody" },
                { DicomTag.Modality, "PT" },
                { DicomTag.Units, "GML" },
                { DicomTag.SliceThickness, "2" },
                { DicomTag.ImagePositionPatient, "0", "0", places[i].ToString(CultureInfo.InvariantCulture) },
                { DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0" },
                { DicomTag.Rows, (ushort)4 },
                { DicomTag.Columns, (ushort)4 },
                { DicomTag.PixelSpacing, "2", "2" },
                { DicomTag.BitsAllocated, (ushort)16 },
                { DicomTag.BitsStored, (ushort)16 },
                { DicomTag.HighBit, (ushort)15 },
                { DicomTag.PixelRepresentation, (ushort)1 },
                { DicomTag.SamplesPerPixel, (ushort)1 },
                { DicomTag.PhotometricInterpretation, "MONOCHROME2" },
            };
            dataset.Add(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer([.. Enumerable.Range(0, 16).SelectMany(pixel => BitConverter.GetBytes((short)(pixel - 1)))])));
            new DicomFile(dataset).Save(Path.Combine(folder, $"{i}.dcm"));
        }
    }

    private sealed record SectionSystem : ThreeClassSystem
    {
        public override StudyBoundary? Boundary => StudyBoundary.Examination;

        public override IReadOnlyCollection<ImageKind> Kinds { get; } = [ImageKind.Pet];

        public override CaseSchema Cases => new(new CaseImageColumn("Sections", new ImageShape(4, 4, 4)));

        public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
        {
            Volume volume = study.Study!.Series[0].ReadVolume();
            return [new Case { Id = study.CaseId(), PatientId = study.PatientId, File = study.File, Images = [new CaseImage(Cases.Images[0].Shape, volume.Voxels)] }];
        }
    }
}
