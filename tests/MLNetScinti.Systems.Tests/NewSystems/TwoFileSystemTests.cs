using Microsoft.ML.Data;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>A study of several files: its views come from two of them.</summary>
public sealed class TwoFileSystemTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TwoFilesOfAStudyAreOneCase(bool oneSeries)
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, oneSeries);
        File.WriteAllText(folder.File("notes.txt"), "no image");
        using CaseView view = new(new FolderCases(folder.Path, new TwoFileSystem()));
        Case[] cases = [.. view.Read()];

        Assert.Equal(["0-a.dcm", "1-a.dcm", "2-a.dcm", "3-a.dcm"], cases.Select(one => one.File).Order(StringComparer.Ordinal));
        Assert.Equal(4, cases.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count());
        foreach (Case one in cases)
        {
            int patient = one.File[0] - '0';
            Assert.Equal(View(patient, "a anterior").Pixels, one.Images[0].Values.ToArray());
            Assert.Equal(View(patient, "b posterior").Pixels, one.Images[1].Values.ToArray());
            Assert.Equal(patient % 3, ((ClassTarget)one.Target!).Index);
        }

        Assert.Equal("notes.txt", Assert.Single(view.LeftOut).File);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AStudyIsKnownAgainUnderAnotherKeyAndOtherSettings(bool oneSeries)
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, oneSeries);
        string[] Contents(float scale, string key)
        {
            using CaseView view = new(new FolderCases(folder.Path, new TwoFileSystem { Scale = scale }, new FolderOptions { PseudonymKey = new PseudonymKey(TestSecret.Of(key)) }));
            return [.. view.GetColumn<string>(CaseSchema.ContentHash).Order(StringComparer.Ordinal)];
        }

        string[] first = Contents(1, "one");
        Assert.Equal(4, first.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(first, Contents(1, "two"));
        Assert.Equal(first, Contents(2, "one"));

        // A pixel makes another study of it, even one of a view that no case is made of.
        byte[] bytes = File.ReadAllBytes(folder.File("2-a.dcm"));
        bytes[^2] ^= 1;
        File.WriteAllBytes(folder.File("2-a.dcm"), bytes);
        Assert.Single(first.Except(Contents(1, "one"), StringComparer.Ordinal));
    }

    private static PlanarImage View(int patient, string side) => new(32, 32, 4.8, 4.8, Pattern.Blobs(new ImageShape(32, 32), patient, side, (0, 16, 16, 100)));

    private static void Write(string folder, bool oneSeries)
    {
        List<string> table = ["File,Label"];
        string[] classes = ["high", "middle", "low"];
        for (int patient = 0; patient < 4; patient++)
        {
            foreach ((string file, int number) in (ReadOnlySpan<(string, int)>)[("a", 1), ("b", 2)])
            {
                NuclearMedicineWriter.WriteStatic(Path.Combine(folder, $"{patient}-{file}.dcm"), View(patient, $"{file} anterior"), View(patient, $"{file} posterior"),
                    new NuclearMedicineStudy { PatientId = $"patient {patient}", SeriesNumber = oneSeries ? 1 : number, InstanceNumber = number });
            }

            table.Add($"{patient}-a.dcm,{classes[patient % 3]}");
        }

        File.WriteAllLines(Path.Combine(folder, "labels.csv"), table);
    }

    /// <summary>The anterior view of the first file and the posterior view of the second one.</summary>
    private sealed record TwoFileSystem : ThreeClassSystem
    {
        public float Scale { get; init; } = 1;

        public override StudyBoundary? Boundary => StudyBoundary.Examination;

        public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
        {
            PlanarImage[] views = [study.Images[0].ToPlanarImage(DetectorView.Anterior)!, study.Images[1].ToPlanarImage(DetectorView.Posterior)!];
            return
            [
                new Case
                {
                    Id = study.CaseId(),
                    PatientId = study.PatientId,
                    File = study.File,
                    Images = [.. views.Select(view => new CaseImage(view.Shape, Array.ConvertAll(view.Pixels, value => value * Scale)))],
                    Target = labels?.Find(study.File)?.Target,
                },
            ];
        }
    }
}
