using System.Globalization;
using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>Twelve patients as an archive exports them: folders of patient, examination and series with numbered files, and files of other kinds.</summary>
public sealed class ArchiveExport : IDisposable
{
    public ArchiveExport()
    {
        using StudyFolder plain = new();
        foreach (string line in File.ReadAllLines(Path.Combine(plain.Studies, "labels.csv")).Skip(1))
        {
            string[] cells = line.Split(',');
            int patient = int.Parse(cells[0].AsSpan(5, 2), CultureInfo.InvariantCulture);
            Truth.Add((Accession(patient), cells[1] == "L" ? "Left" : "RIGHT", cells[2]));
            string file = Path.Combine(Studies, $"{700 + patient}", Accession(patient), "NM_0001", "IM000001");
            if (File.Exists(file))
            {
                continue;
            }

            DicomFile image = DicomFile.Open(Path.Combine(plain.Studies, cells[0]), FileReadOption.ReadAll);
            image.Dataset.AddOrUpdate(DicomTag.AccessionNumber, Accession(patient));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            new DicomFile(image.Dataset).Save(file);
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(file)!, "VIEWER.TXT"), "exported");
        }
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public string Studies => Path.Combine(Root, "export");

    /// <summary>Accession number, side and label of each kidney, as a person types them.</summary>
    public List<(string Accession, string Side, string Label)> Truth { get; } = [];

    // With zeros before it: what a spreadsheet takes away.
    public static string Accession(int patient) => string.Create(CultureInfo.InvariantCulture, $"00{5000 + patient}");

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

public sealed class InitTests(ArchiveExport export) : IClassFixture<ArchiveExport>
{
    private static readonly string[] s_quick = ["--set", "training.epochs=2", "--set", "training.device=cpu", "--set", "network.width=0.1", "--set", "kidneys.size=32", "--set", "kidneys.minimum-confidence=0.1", "--set", "evaluation.baseline=false"];

    [Fact]
    public void FromAFolderToAReport()
    {
        (int code, string output, string error) = Scinti.Run(export.Root, "init", "export", "--output", "mine.yaml");
        Assert.True(code == 0, error);
        Assert.Contains("12 studies of 12 patients, 12 images in 24 files", output, StringComparison.Ordinal);
        Assert.Contains("dmsa: 12 of 12 studies suit it", output, StringComparison.Ordinal);
        Assert.Contains("12 NotDicom", output, StringComparison.Ordinal);
        Assert.Contains("fill in the column Label with normal or abnormal", output, StringComparison.Ordinal);
        string table = Path.Combine(export.Root, "mine-labels.csv");
        string[] lines = File.ReadAllLines(table);
        Assert.Equal("AccessionNumber,StudyInstanceUID,Side,Date,Label", lines[0]);
        Assert.Equal(1 + export.Truth.Count, lines.Length);

        // A definition or a table that is there stays.
        byte[] before = File.ReadAllBytes(Path.Combine(export.Root, "mine.yaml"));
        (code, _, error) = Scinti.Run(export.Root, "init", "export", "--output", "mine.yaml");
        Assert.Equal(2, code);
        Assert.Contains("mine.yaml is there already, and is not overwritten", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(export.Root, "mine.yaml")));

        // Nobody has filled it in: that is said before anything is trained.
        (code, _, error) = Scinti.Run(export.Root, ["run", "mine.yaml", .. s_quick]);
        Assert.Equal(5, code);
        Assert.Contains("no line has a label yet", error, StringComparison.Ordinal);

        // Filled in where it lies, but for one patient.
        Dictionary<(string, string), string> truth = export.Truth.ToDictionary(one => (one.Accession, one.Side[..1].ToUpperInvariant()), one => one.Label);
        File.WriteAllLines(table, lines.Select((line, index) => index is 0 or 1 or 2 ? line : line + truth[(line.Split(',')[0], line.Split(',')[2])]));
        (code, output, error) = Scinti.Run(export.Root, ["run", "mine.yaml", .. s_quick]);
        Assert.True(code == 0, error);
        Assert.Contains("8 patients to train, 2 to validate, 1 to test", output, StringComparison.Ordinal);
        Assert.Contains("has no label yet", error, StringComparison.Ordinal);
        string report = File.ReadAllText(Path.Combine(export.Root, "mine-results", "report.html"));
        Assert.Contains("--set training.epochs=2", report, StringComparison.Ordinal);
        Assert.All(export.Truth, one => Assert.DoesNotContain(one.Accession, report, StringComparison.Ordinal));
    }

    [Fact]
    public void ATableOfASpreadsheetIsMatched()
    {
        // Semicolons, a byte order mark, headers as people type them, zeros that the spreadsheet took, and lines that mean nothing here.
        List<string> lines = ["\uFEFFaccession no.;SIDE;label;Set"];
        lines.AddRange(export.Truth.Select((one, index) => $"{one.Accession.TrimStart('0')};{one.Side};{(index % 2 == 0 ? (one.Label == "abnormal" ? "1" : "0") : one.Label.ToUpperInvariant())};{(index < 16 ? "Train" : index < 20 ? "val" : "TEST")}"));
        lines.Add("9999;L;0;train");
        File.WriteAllLines(Path.Combine(export.Root, "excel.csv"), lines);
        (int code, string output, string error) = Scinti.Run(export.Root, "init", "export", "--labels", "excel.csv", "--output", "excel.yaml");
        Assert.True(code == 0, error);
        Assert.Contains("Next: scinti run excel.yaml", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(export.Root, "excel-labels.csv")));
        File.WriteAllText(Path.Combine(export.Root, "excel.yaml"), File.ReadAllText(Path.Combine(export.Root, "excel.yaml"))
            .Replace("  train: 0.7 ", "  column: Set # ", StringComparison.Ordinal).Replace("  validation: 0.15 ", "  # ", StringComparison.Ordinal).Replace("  test: 0.15\n", "", StringComparison.Ordinal));

        (code, output, error) = Scinti.Run(export.Root, ["run", "excel.yaml", .. s_quick]);
        Assert.True(code == 0, error);
        Assert.Contains("8 patients to train, 2 to validate, 2 to test", output, StringComparison.Ordinal);
        Assert.Contains("excel.csv:26: its accession number '9999' is that of no study here", error, StringComparison.Ordinal);

        // A copy of a study under another number: then the number of one of them means that one, and of both nothing.
        string[] doubled = [.. lines, $"{export.Truth[0].Accession};left;{(export.Truth[0].Label == "normal" ? "abnormal" : "normal")};train"];
        File.WriteAllLines(Path.Combine(export.Root, "excel.csv"), doubled);
        (_, _, error) = Scinti.Run(export.Root, ["run", "excel.yaml", .. s_quick, "--set", "output=other"]);
        Assert.Contains("excel.csv:27: it says something else of the same study than excel.csv:2; neither is used", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("compare")]
    public void AWrongSettingIsOneLine(string command)
    {
        File.WriteAllText(Path.Combine(export.Root, $"{command}.yaml"), StudyFolder.Pipeline.Replace("folder: studies", "folder: export", StringComparison.Ordinal));
        (int code, _, string error) = Scinti.Run(export.Root, command, $"{command}.yaml", "--set", "training.epoch=3");
        Assert.Equal(2, code);
        Assert.Equal("scinti: --set: training.epoch: there is no such key here", Assert.Single(error.TrimEnd().Split('\n')).Split(';')[0]);
        Assert.Contains("Did you mean 'epochs'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNothingIsSaid()
    {
        Directory.CreateDirectory(Path.Combine(export.Root, "empty"));
        Assert.Equal(5, Scinti.Run(export.Root, "init", "empty").Code);
        (int code, _, string error) = Scinti.Run(export.Root, "init", "export", "--system", "whole-body", "--output", "none.yaml");
        Assert.Equal(5, code);
        Assert.Contains("no whole-body scan", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(export.Root, "none.yaml")));
        Assert.Equal(2, Scinti.Run(export.Root, "init", "export", "--system", "brain").Code);
    }
}
