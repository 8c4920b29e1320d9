using ParquetSharp;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>A folder of any size in parts, each there whole or not at all.</summary>
public sealed class ArchiveTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    [Fact]
    public void PartsAreMadeOnceAndAreTheSameAgain()
    {
        string root = finished.Studies.Root, whole = Path.Combine(root, "whole"), again = Path.Combine(root, "again");
        string[] command = ["score", finished.Folder, "--archive", "studies", "--partitions", "5", "--csv", "--output"];
        (int code, string output, string error) = Scinti.Run(root, [.. command, whole]);
        Assert.True(code is 0 or 4, error);
        Assert.Contains("studies in 3 parts: 3 made now, with 24 kidneys scored", output, StringComparison.Ordinal);
        string[] files = [.. Directory.GetFiles(whole).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["archive.json", .. Enumerable.Range(1, 3).SelectMany(part => (string[])[$"part-0000{part}.csv", $"part-0000{part}.left-out.csv", $"part-0000{part}.parquet"])], files.Where(file => file != "left-out.csv"));

        // What was done stays, what is missing is made again, to the byte.
        File.Delete(Path.Combine(whole, "part-00002.parquet"));
        DateTime first = File.GetLastWriteTimeUtc(Path.Combine(whole, "part-00001.parquet"));
        (code, output, error) = Scinti.Run(root, [.. command, whole]);
        Assert.True(code is 0 or 4, error);
        Assert.Contains("1 made now", output, StringComparison.Ordinal);
        Assert.Equal(first, File.GetLastWriteTimeUtc(Path.Combine(whole, "part-00001.parquet")));

        // Two at once share the work, and have the same.
        Task<(int, string Output, string)>[] both = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => Scinti.Run(root, [.. command, again, "--threads", "1"])))];
        Task.WaitAll(both);
        Assert.Equal(3, both.Sum(one => int.Parse(System.Text.RegularExpressions.Regex.Match(one.Result.Output, "parts: ([0-9]+) made").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(files, Directory.GetFiles(again).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(again, file))));
        Assert.All(files, file => Assert.DoesNotMatch("SECRET|Geheimrat|Gundula|20110203|study[0-9][0-9]", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(whole, file)))));

        // The same answers as a table of all, of which a study is in one part.
        (_, output, _) = Scinti.Run(root, "score", finished.Folder, "studies");
        Assert.Equal(Rows(output).Select(row => string.Join(',', row[2..9])).Order(StringComparer.Ordinal), Enumerable.Range(1, 3).SelectMany(part => Rows(File.ReadAllText(Path.Combine(whole, $"part-0000{part}.csv")))).Select(row => string.Join(',', row[2..9])).Order(StringComparer.Ordinal));
        Assert.Equal(24, Enumerable.Range(1, 3).SelectMany(part => Rows(File.ReadAllText(Path.Combine(whole, $"part-0000{part}.csv")))).Select(row => row[1]).Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Another program reads the types: Apache Arrow's own.</summary>
    [Fact]
    public void ColumnsHaveTypes()
    {
        string root = finished.Studies.Root, folder = Path.Combine(root, "typed");
        (int code, _, string error) = Scinti.Run(root, "score", finished.Folder, "--archive", "studies", "--csv", "--output", folder);
        Assert.True(code is 0 or 4, error);
        string[][] rows = Rows(File.ReadAllText(Path.Combine(folder, "part-00001.csv")));
        using ParquetFileReader reader = new(Path.Combine(folder, "part-00001.parquet"));
        using RowGroupReader group = reader.RowGroup(0);
        SchemaDescriptor schema = reader.FileMetaData.Schema;
        string[] names = [.. Enumerable.Range(0, schema.NumColumns).Select(column => schema.Column(column).Name)];
        Assert.Equal("File CaseId Side Sex Age SeparationConfidence Score Probability PredictedLabel Unusual", string.Join(' ', names));
        Assert.Equal(rows.Length, group.MetaData.NumRows);
        using LogicalColumnReader<double?> probabilities = group.Column(7).LogicalReader<double?>();
        Assert.Equal(rows.Select(row => (double?)double.Parse(row[7], System.Globalization.CultureInfo.InvariantCulture)), probabilities.ReadAll(rows.Length));
        using LogicalColumnReader<string> cases = group.Column(1).LogicalReader<string>();
        Assert.Equal(rows.Select(row => row[1]), cases.ReadAll(rows.Length));
    }

    [Fact]
    public void AFolderOfPartsBelongsToOneModelAndOneArchive()
    {
        string root = finished.Studies.Root, folder = Path.Combine(root, "belongs");
        string[] command = ["score", finished.Folder, "--archive", "studies", "--output", folder];
        Assert.True(Scinti.Run(root, command).Code is 0 or 4);
        Refused("has parts of 300 studies", [.. command, "--partitions", "4"]);
        Refused("begun with other options", [.. command, "--csv"]);
        Directory.CreateDirectory(Path.Combine(root, "fewer"));
        string study = Directory.GetFiles(Path.Combine(root, "studies"), "*.dcm")[0];
        File.Copy(study, Path.Combine(root, "fewer", "one.dcm"));
        Refused("belongs to other studies", "score", finished.Folder, "--archive", "fewer", "--output", folder);
        Refused("holds something else", "score", finished.Folder, "--archive", "fewer", "--output", "studies");
        Refused("add --output", "score", finished.Folder, "--archive", "fewer");
        Refused("add --archive", "score", finished.Folder, "studies", "--csv");
        Refused("takes the place of the folder", "score", finished.Folder, "studies", "--archive", "fewer", "--output", folder);
        Refused("a folder of studies is missing", "score", finished.Folder);
        Refused("expected studies in a part", "score", finished.Folder, "--archive", "fewer", "--output", "none", "--partitions", "0");

        void Refused(string words, params string[] arguments)
        {
            (int code, _, string error) = Scinti.Run(root, arguments);
            Assert.Equal(2, code);
            Assert.Contains(words, error, StringComparison.Ordinal);
        }
    }

    private static string[][] Rows(string table) => [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.TrimEnd('\r').Split(','))];
}
