using MLNetScinti.Pipelines.Data;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Data;

public sealed class LabelsTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void KidneysAreFoundByFileAndSide()
    {
        LabelsTable table = Read("Age,File,Side,Label,LargestDefectMl\n4.5,a/1.dcm,L,abnormal,2.25\n4.5,a/1.dcm,right,normal,\n");
        Assert.Equal(2, table.Count);
        Assert.Equal(new KidneyLabel(true, 4.5f, 2.25f, float.NaN), table.Find("a/1.dcm", "L"));
        Assert.Equal(new KidneyLabel(false, 4.5f, float.NaN, float.NaN), table.Find("a/1.dcm", "R"));
        Assert.Null(table.Find("a/2.dcm", "L"));
    }

    [Fact]
    public void GroupsComeFromTheirColumnsAndFromASimulatedCohorts()
    {
        LabelsTable table = Read("File,Side,Label,Group.Camera,KidneyVariants,ScanVariants\na,L,normal,A;1,Lobulated,\na,R,normal,,Lobulated;Duplex,Motion\n");
        Assert.Equal("Camera=A,1;Kidney=usual;Scan=undisturbed", table.Find("a", "L")!.Groups);
        Assert.Equal("Camera=unknown;Kidney=variant;Scan=disturbed", table.Find("a", "R")!.Groups);
    }

    [Theory]
    [InlineData("File,Side\na,L\n", "labels.csv:1: expected a column Label")]
    [InlineData("File,Side,Label\na,X,normal\n", "labels.csv:2: Side: expected L or R, found 'X'")]
    [InlineData("File,Side,Label\na,L,normal\na,R,sick\n", "labels.csv:3: Label: expected normal or abnormal, found 'sick'")]
    [InlineData("File,Side,Label\na,L,normal\na,left,normal\n", "labels.csv:3: this file and side are in the table twice")]
    [InlineData("File,Side,Label,Age\na,L,normal,old\n", "labels.csv:2: Age: expected a number, found 'old'")]
    [InlineData("File,Side,Label,Side\na,L,normal,R\n", "labels.csv:1: the column Side is in the table twice")]
    [InlineData("File,Side,Label\na,L,normal,extra\n", "labels.csv: a line has more fields than the header")]
    [InlineData("", "labels.csv")]
    public void AWrongTableIsAnsweredWithItsLine(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<LabelsTableException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void AMissingTableIsNamed() =>
        Assert.Contains("labels.csv", Assert.Throws<LabelsTableException>(() => LabelsTable.Read(_folder.File("labels.csv"))).Message, StringComparison.Ordinal);

    private LabelsTable Read(string text) => LabelsTable.Read(_folder.Write("labels.csv", text));
}
