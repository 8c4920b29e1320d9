using System.Text.RegularExpressions;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

/// <summary>What holds of the sources as a whole.</summary>
public sealed partial class SourceTests
{
    /// <summary>Those who make files that are no results: locks, a log that only grows, and files that go with the process. The subset has its library's own members.</summary>
    private static readonly string[] s_makers =
    [
        "FoDicom.Subset/DicomFile.cs", "MLNetScinti.Dicom/PrivateFolder.cs", "MLNetScinti.Evaluation/Reporting/PictureSpool.cs", "MLNetScinti.Imaging/AtomicFile.cs",
        "MLNetScinti.Jobs/Archives/ArchiveScoring.cs", "MLNetScinti.Jobs/Auditing/AuditLog.cs", "MLNetScinti.Jobs/Registry/ModelRegistry.cs", "MLNetScinti.Jobs/Scheduling/JobLog.cs", "MLNetScinti.Jobs/Scheduling/ScheduleStore.cs",
        "MLNetScinti.Pacs/DicomWeb/DicomWebClient.cs", "MLNetScinti.Pipelines/CaseStore.cs", "MLNetScinti.Pipelines/Runs/RunOutcome.cs",
    ];

    [Fact]
    public void Files_are_written_in_one_way() => Assert.Equal(s_makers, FilesWith(Writing()));

    [Fact]
    public void No_room_below_the_systems_names_an_organ_a_disease_or_a_paper() => Assert.DoesNotContain(FilesWith(Organs()),
        file => ((string[])["Imaging", "Networks", "Evaluation", "Dosimetry", "Pipelines"]).Contains(file.Split('/')[0].Split('.')[^1]));

    [GeneratedRegex(@"\bFile\.(Write|Create|OpenWrite|Append|Move|Copy|Replace|Open\()|FileMode\.(Create|CreateNew|OpenOrCreate|Append|Truncate)\b|new StreamWriter\(\s*(?!stream,)|ZipFile\.Create|Directory\.Move", RegexOptions.None, 10_000)]
    private static partial Regex Writing();

    [GeneratedRegex("kidney|renal|dmsa|bone scan|metastas|thyroid|arthrit|cortex|cortical|scars?\\b", RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex Organs();

    private static IEnumerable<string> FilesWith(Regex pattern) => Sources().Where(file => pattern.IsMatch(file.Text)).Select(file => file.Name);

    private static IEnumerable<(string Name, string Text)> Sources()
    {
        string root = Path.Combine(TestData.Repository, "src");
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(folder => folder is "obj" or "bin"))
            .Order(StringComparer.Ordinal).Select(file => (file, File.ReadAllText(Path.Combine(root, file))));
    }
}
