using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class WorkListTests
{
    [Fact]
    public void ThePageHasEachCaseWithPictureLettersScaleAndColours()
    {
        string page = WorkListHtml.Text(SampleWorkList.Make());
        Assert.Equal(3, Regex.Count(page, "<article "));
        Assert.Equal(8, Regex.Count(page, "<image "));
        Assert.Equal(8, Regex.Count(page, ">50 mm<"));
        Assert.Equal(8, Regex.Count(page, "<linearGradient id="));
        Assert.Equal(8, Regex.Count(page, ">R</text>"));
        Assert.Equal(4, Regex.Count(page, ">H</text>"));
        Assert.Contains("Risk where 30% have it", page, StringComparison.Ordinal);
        Assert.Contains("Its pixel size is 4.4 mm", page, StringComparison.Ordinal);
        Assert.Contains("its radionuclide is I-123", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        string[] ids = [.. Regex.Matches(page, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Of 200 pictures of a megabyte each one is held at a time.</summary>
    [Fact]
    public void PicturesGoThroughMemoryOneAfterTheOther()
    {
        const int pictures = 200, size = 1 << 20;
        long most = 0, read = 0, before = GC.GetTotalMemory(forceFullCollection: true);
        StoredPicture picture = StoredPicture.Of(() =>
        {
            most = read++ % 20 == 19 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before) : most;
            return new byte[size];
        });
        WorkList list = SampleWorkList.Make();
        WorkListCase one = list.Cases[0] with { Pictures = [list.Cases[0].Pictures[0] with { Image = picture, Map = null }] };
        list = list with { Cases = [.. Enumerable.Range(0, pictures).Select(number => one with { CaseId = $"case {number}" })] };
        WorkListHtml.Write(list, TextWriter.Null);
        Assert.Equal(pictures, read);
        Assert.True(most < 30 * size, $"{most >> 20} MiB");
    }

    /// <summary>Text from outside stays text, also where it looks like the place of a picture.</summary>
    [Fact]
    public void NobodysTextBecomesAPicture()
    {
        WorkList list = SampleWorkList.Make();
        list = list with { Cases = [list.Cases[0] with { Facts = [new("Note", "href=\"data:image/png;base64,\0" + "0\0")] }] };
        Assert.Equal(list.Cases[0].Pictures.Sum(panel => panel.Map is null ? 1 : 2), Regex.Count(WorkListHtml.Text(list), "base64,iVBOR"));
    }

    [Fact]
    public void ASpoolGivesBackWhatItKept()
    {
        string file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        StoredPicture[] kept;
        using (PictureSpool spool = new(file))
        {
            kept = [.. Enumerable.Range(1, 5).Select(number => spool.Keep([.. Enumerable.Repeat((byte)number, number * 1000)]))];
            Assert.All(kept.Reverse().Select((picture, back) => (picture, number: 5 - back)), pair => Assert.Equal(Enumerable.Repeat((byte)pair.number, pair.number * 1000), pair.picture.Read()));
        }

        Assert.False(File.Exists(file));
        Assert.Throws<ObjectDisposedException>(() => kept[0].Read());
    }

    [Fact]
    public void TheJsonHasTheSameFigures()
    {
        JsonNode list = JsonNode.Parse(WorkListJson.Text(SampleWorkList.Make()))!;
        Assert.Equal(WorkListJson.Format, (string)list["format"]!);
        JsonNode first = list["cases"]![0]!;
        Assert.Equal(("abnormal", 0.6, 0.5, 0.3, 0.4), ((string)first["decision"]!, (double)first["answers"]![0]!["probability"]!, (double)first["answers"]![0]!["threshold"]!, (double)first["answers"]![0]!["prevalence"]!, (double)first["answers"]![0]!["risk"]!));
        Assert.Equal("F-000000000001", (string)Assert.Single(list["refused"]!.AsArray())!["file"]!);
    }
}
