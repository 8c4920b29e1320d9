using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Data;

public sealed class LabelsTableTests : IDisposable
{
    private static readonly LabelsLayout s_layout = new DmsaSystem().Labels;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CasesAreFoundByFileAndPart()
    {
        LabelsTable table = Read("Age,File,Side,Label,LargestDefectMl\n4.5,a/1.dcm,L,abnormal,2.25\n4.5,a/1.dcm,right,normal,\n");
        Assert.Equal(2, table.Count);
        LabelRow left = table.Find("a/1.dcm", "L")!, right = table.Find("a/1.dcm", "R")!;
        Assert.Equal((new ClassTarget(1), 4.5, 2.25, null), ((ClassTarget)left.Target, left.Number("Age"), left.Number("LargestDefectMl"), left.Number("Counts")));
        Assert.Equal((new ClassTarget(0), 4.5, null), ((ClassTarget)right.Target, right.Number("Age"), right.Number("LargestDefectMl")));
        Assert.Null(table.Find("a/2.dcm", "L"));
    }

    [Fact]
    public void GroupsComeFromTheirColumns()
    {
        LabelsTable table = Read("File,Side,Label,Group.Camera,KidneyVariants\na,L,normal,A;1,Lobulated\na,R,normal,,Lobulated;Duplex\n");
        Assert.Equal(["Camera"], table.Groups);
        Assert.Equal("A;1", table.Find("a", "L")!.Groups.Text("Camera"));
        Assert.Equal("unknown", table.Find("a", "R")!.Groups.Text("Camera"));
        Assert.Equal("Lobulated;Duplex", table.Find("a", "R")!.Text("KidneyVariants"));
    }

    [Fact]
    public void AGroupWithoutANameIsNone()
    {
        LabelsTable table = Read("File,Side,Label,Group.\na,L,normal,A\n");
        Assert.Empty(table.Groups);
        Assert.Empty(table.Find("a", "L")!.Groups.Names);
    }

    [Fact]
    public void SemicolonsQuotesAndAnyCaseAreRead()
    {
        LabelsTable table = Read("\uFEFFFile;Side;Label\n\"a;1.dcm\";L;Abnormal\n\n\"a \"\"b\"\".dcm\";R;0\n");
        Assert.Equal(1, ((ClassTarget)table.Find("a;1.dcm", "L")!.Target).Index);
        Assert.Equal(0, ((ClassTarget)table.Find("a \"b\".dcm", "R")!.Target).Index);
    }

    [Theory]
    [InlineData("\uFEFFFILE;side;LABEL;Age\r\na;left;NORMAL;4,5\r\na;RIGHT;yes;\r\n;;;\r\n")]
    [InlineData("sep=;\r\nFile;Side;Label;Age\r\n\"a\";\"L\";\"0\";\"4,5\"\r\na;R;1;\r\n")]
    [InlineData("file name\tSide\tLabel\tAge\na\tl\tNo\t4,5\na\tr\tPositive\t\n")]
    [InlineData("Path,Side,label,Age,,\na,L,Negative,4.5,,\na,R,Abnormal,,,\n")]
    public void ATableOfASpreadsheetIsRead(string text)
    {
        LabelsTable table = Read(text);
        Assert.Equal((0, 4.5), (((ClassTarget)table.Find("a", "L")!.Target).Index, table.Find("a", "L")!.Number("Age")));
        Assert.Equal((1, null), (((ClassTarget)table.Find("a", "R")!.Target).Index, table.Find("a", "R")!.Number("Age")));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void ALineWithoutALabelLabelsNothing()
    {
        LabelsTable table = Read("AccessionNumber,Side,Label,File\nA1,L,,\nA1,R,normal,\n,L,,b\n,R,abnormal,b\n");
        Assert.Equal(2, table.Count);
        Assert.Null(table.Find("b", "L"));
        Assert.Equal(1, ((ClassTarget)table.Find("b", "R")!.Target).Index);
        Assert.Contains("no line has a label yet: fill in the column Label with normal or abnormal",
            Assert.Throws<LabelsTableException>(() => Read("AccessionNumber,Side,Label\nA1,L,\nA1,R,\n")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Age", "1.234,5")]
    [InlineData("Age", "1,234,567")]
    [InlineData("Age", ",")]
    public void WhatMayBeTwoNumbersIsNone(string column, string number) =>
        Assert.Contains($"labels.csv:2: {column}: expected a number", Assert.Throws<LabelsTableException>(() => Read($"File;Side;Label;{column}\na;L;0;{number}\n")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Side,Label\nL,normal\n", "labels.csv:1: expected a column File (or SeriesInstanceUID, StudyInstanceUID, AccessionNumber, PatientID), found Side, Label")]
    [InlineData("Accession no.,Side,Label\nA1,L,normal\n,R,normal\n", "labels.csv:3: AccessionNumber: expected what the study is called, found nothing")]
    [InlineData("StudyUID,Side,Label\n1.2,L,normal\n1.2,L,normal\n", "labels.csv:3: this study UID and side are in the table twice")]
    [InlineData("File,Side,Label\na,L,normal\na,R,sick\n", "labels.csv:3: Label: expected normal or abnormal, found 'sick'")]
    [InlineData("File,Side,Label\na,L,normal\n", "")]
    [InlineData("File,Side,Label\na,L,2\n", "labels.csv:2: Label: expected normal or abnormal, found '2'")]
    public void KeysAreNamedWhereTheyAreWrong(string text, string expected)
    {
        Exception? refused = Record.Exception(() => Read(text));
        Assert.Equal(expected.Length > 0, refused is LabelsTableException);
        Assert.Contains(expected, refused?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("File,Side\na,L\n", "labels.csv:1: expected a column Label")]
    [InlineData("File,Side,Label\na,X,normal\n", "labels.csv:2: Side: expected L or R, found 'X'")]
    [InlineData("File,Side,Label\na,L,normal\na,R,sick\n", "labels.csv:3: Label: expected normal or abnormal, found 'sick'")]
    [InlineData("File,Side,Label\na,L,normal\na,left,normal\n", "labels.csv:3: this file and side are in the table twice")]
    [InlineData("File,Side,Label,Age\na,L,normal,old\n", "labels.csv:2: Age: expected a number, found 'old'")]
    [InlineData("File,Side,Label,Side\na,L,normal,R\n", "labels.csv:1: the column Side is in the table twice")]
    [InlineData("File,Side,Label\na,L,normal,extra\n", "labels.csv:2: expected 3 fields, as the header has columns, found 4")]
    [InlineData("", "labels.csv")]
    public void AWrongTableIsAnsweredWithItsLine(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<LabelsTableException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void AMissingTableIsNamed() =>
        Assert.Contains("labels.csv", Assert.Throws<LabelsTableException>(() => LabelsTable.Read(_folder.File("labels.csv"), s_layout)).Message, StringComparison.Ordinal);

    private LabelsTable Read(string text) => LabelsTable.Read(_folder.Write("labels.csv", text), s_layout);
}
