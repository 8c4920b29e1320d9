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
