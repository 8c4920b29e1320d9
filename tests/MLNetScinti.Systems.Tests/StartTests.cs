using MLNetScinti.Dicom;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Starting;
using Xunit;

namespace MLNetScinti.Systems.Tests;

/// <summary>Which system takes up which folder of studies, and what it writes.</summary>
public sealed class StartTests
{
    private static readonly SurveyedSeries s_spect = new() { Kind = ImageKind.ReconTomo, Modality = "NM", Columns = 128, Rows = 128, Sections = 90, Spacing = [1.75, 1.75, 1.75], Nuclides = ["Tc-99m"], SeriesUid = "1.2.1", File = "1/a" };
    private static readonly SurveyedSeries s_scan = new() { Kind = ImageKind.WholeBody, Modality = "NM", Columns = 256, Rows = 1024, Sections = 2, Spacing = [2.4, 2.4], Nuclides = ["Tc-99m"], Views = [DetectorView.Anterior, DetectorView.Posterior], SeriesUid = "1.2.2", File = "1/b" };
    private static readonly SurveyedSeries s_ct = new() { Kind = ImageKind.Ct, Modality = "CT", Columns = 512, Rows = 512, Sections = 120, Spacing = [0.98, 0.98, 3], Unit = ImageUnit.Hounsfield, SeriesUid = "1.2.3", File = "1/c", Files = 120 };
    private static readonly SurveyedSeries s_lutetium = s_spect with { Nuclides = ["Lu-177"], Unit = ImageUnit.BecquerelPerMillilitre, SeriesUid = "1.2.4" };

    public static TheoryData<string, string> Folders => new()
    {
        { "dmsa", "dmsa" }, { "dmsa-named", "dmsa" }, { "mdp-spect", "" }, { "iodine-spect", "" }, { "chest", "" },
        { "bone", "whole-body" }, { "iodine-scan", "whole-body" }, { "octreotide", "" },
        { "lutetium", "spect-ct-kidney,kidney-dose" }, { "lutetium-counts", "kidney-dose" }, { "ct", "kidney-dose" }, { "pet-ct", "" },
    };

    [Theory]
    [MemberData(nameof(Folders))]
    public void ASystemTakesWhatItIsMadeFor(string folder, string systems)
    {
        SurveyedStudy study = Study(folder switch
        {
            "dmsa" => [s_spect],
            "dmsa-named" => [s_spect with { Agent = "Tc-99m Succimer (DMSA)", BodyPart = "KIDNEY" }],
            "mdp-spect" => [s_spect with { Agent = "Tc-99m MDP" }],
            "iodine-spect" => [s_spect with { Nuclides = ["I-123"] }],
            "chest" => [s_spect with { BodyPart = "CHEST" }],
            "bone" => [s_scan with { Agent = "99mTc-HDP" }],
            "iodine-scan" => [s_scan with { Nuclides = ["I-131"] }],
            "octreotide" => [s_scan with { Nuclides = ["In-111"] }],
            "lutetium" => [s_lutetium, s_ct],
            "lutetium-counts" => [s_lutetium with { Unit = ImageUnit.Counts }, s_ct],
            "ct" => [s_ct],
            _ => [s_spect with { Kind = ImageKind.Pet, Modality = "PT", Nuclides = ["F-18"] }, s_ct],
        });
        IReadOnlyList<SystemFit> fits = SystemFit.Of(FolderSurvey.Of("folder", [study]), ShippedSystems.All);
        Assert.Equal(systems, string.Join(',', fits.Where(fit => fit.Studies.Count > 0).Select(fit => fit.System.Name)));
        // Whoever is refused is told why.
        Assert.All(fits.Where(fit => fit.Studies.Count == 0), fit => Assert.Matches("^1 .{4,}", fit.WhyNot));
    }

    public static TheoryData<string, string, double> Starts => new() { { "dmsa", "Tc-99m", 1.75 }, { "dmsa", "Tc-99m", 4.4 }, { "whole-body", "Tc-99m", 2.4 }, { "whole-body", "I-131", 2.4 }, { "spect-ct-kidney", "Lu-177", 4.42 }, { "kidney-dose", "Lu-177", 4.42 } };

    [Theory]
    [MemberData(nameof(Starts))]
    public void WhatIsWrittenIsReadWithAllItsPresets(string system, string nuclide, double pixel)
    {
        SurveyedStudy[] studies = [.. Enumerable.Range(1, 20).Select(number => Study((system switch
        {
            "dmsa" => [s_spect],
            "whole-body" => [s_scan],
            _ => (SurveyedSeries[])[s_lutetium, s_ct],
        }).Select(series => series with { Spacing = [.. series.Spacing.Select(_ => pixel)], Nuclides = series.Modality == "NM" ? [nuclide] : [] }).ToArray(), number))];
        FolderSurvey survey = FolderSurvey.Of("folder", studies);
        SystemFit fit = SystemFit.Of(survey, ShippedSystems.All).First(one => one.System.Name == system);
        StartingDefinition start = StartingDefinition.Of(survey, fit, "mine", "a folder/with \"quotes\"", "mine-labels.csv");

        string folder = Directory.CreateTempSubdirectory("scinti-test-").FullName;
        try
        {
            string file = Path.Combine(folder, "mine.yaml");
            File.WriteAllText(file, start.Yaml);
            foreach (string? preset in (string?[])[null, "smoke", "long"])
            {
                PipelineDefinition read = PipelineReader.Read(file, ShippedSystems.All, preset);
                Assert.Equal((system, "mine", preset == "smoke"), (read.System.Name, read.Name, read.Evaluation.Smoke));
                Assert.True(read.BuildNetwork().ParameterCount > 0);
                Assert.EndsWith("with \"quotes\"", read.Data.Folder, StringComparison.Ordinal);
            }

            // The table has no label yet, and is read once it has.
            string labels = Path.Combine(folder, "mine-labels.csv");
            File.WriteAllText(labels, start.Labels);
            LabelsLayout layout = PipelineReader.Read(file, ShippedSystems.All).System.Labels;
            Assert.Contains("no line has a label yet", Assert.Throws<LabelsTableException>(() => LabelsTable.Read(labels, layout)).Message, StringComparison.Ordinal);
            string label = layout.Task is SegmentationTask ? "mask.nii.gz" : layout.Task.Classes[^1];
            File.WriteAllLines(labels, start.Labels.TrimEnd().Split('\n').Select((line, index) => index == 0 ? line : line.TrimEnd() + label));
            Assert.Equal(system == "dmsa" ? 40 : 20, LabelsTable.Read(labels, layout).Count);
            Assert.Equal(start.Lines, LabelsTable.Read(labels, layout).Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void SeveralReconstructionsOfAStudyAreToldApart()
    {
        FolderSurvey survey = FolderSurvey.Of("folder", [Study([s_spect, s_spect with { SeriesUid = "1.2.9", File = "1/z", Sections = 64 }])]);
        SystemFit fit = SystemFit.Of(survey, ShippedSystems.All)[0];
        StartingDefinition start = StartingDefinition.Of(survey, fit, "mine", "folder", "mine-labels.csv");
        Assert.StartsWith("AccessionNumber,StudyInstanceUID,SeriesInstanceUID,Image,Side,Date,Label", start.Labels, StringComparison.Ordinal);
        Assert.Equal(4, start.Lines);
        Assert.Contains(start.Remarks, remark => remark.Contains("several images that suit", StringComparison.Ordinal));
        // Without a UID of its own an image is named by its file.
        survey = FolderSurvey.Of("folder", [Study([s_spect, s_spect with { File = "1/z" }])]);
        start = StartingDefinition.Of(survey, SystemFit.Of(survey, ShippedSystems.All)[0], "mine", "folder", "mine-labels.csv");
        Assert.Contains(",1/z,L,", start.Labels, StringComparison.Ordinal);
    }

    private static SurveyedStudy Study(SurveyedSeries[] series, int number = 1) => new($"P-{number}", $"1.2.{number}", $"A{number}", new DateOnly(2024, 5, 6), series, IsSimulated: false);
}
