using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Annotations;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Annotations;

/// <summary>Three readers: what most of them say, and what of a picture on which each says something else.</summary>
public sealed class ReaderConsensusTests
{
    private static readonly AnnotationCodes s_codes = new(["none", "metastasis", "arthritis"]) { Codes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["M"] = "metastasis", ["A"] = "arthritis" } };

    [Fact]
    public void MostReadersDecideAndTiesFollowTheStatedRule()
    {
        using TemporaryFolder folder = new();
        string[] readers = Write(folder);
        ReaderConsensus consensus = ReaderConsensus.Read(readers, s_codes);
        Assert.Equal(["both", "clear", "split", "third"], consensus.Pictures.Select(picture => picture.Name));
        Assert.Equal(["metastasis+arthritis", "none", null, "metastasis"], consensus.Pictures.Select(picture => picture.Classes is { } classes ? consensus.Words(classes) : null));
        Assert.Equal([false, false, true, false], consensus.Pictures.Select(picture => picture.IsTie));
        Assert.Equal("metastasis+arthritis", Split(ReaderConsensus.Read(readers, s_codes, TieRule.EachFinding)));
        Assert.Equal("metastasis", Split(ReaderConsensus.Read(readers, s_codes, TieRule.FirstReader)));

        // A code that nobody knows and a file that is none cost themselves alone, and are named.
        Assert.Equal([("second", "damaged.json"), ("third", "third.json")], consensus.Faults.Select(fault => (fault.Reader, fault.File)));
        Assert.Contains("'X'", consensus.Faults[1].Sentence, StringComparison.Ordinal);

        // Three pictures that all read: two on which all agree, one on which none do.
        Assert.Equal(2.0 / 3, consensus.Agreement()!.AllAgree(), 12);
        string text = ConsensusText.Of(consensus);
        Assert.Contains("Fleiss", text, StringComparison.Ordinal);
        Assert.Contains("left open: 1", text, StringComparison.Ordinal);
        Assert.Contains("second/damaged.json", text, StringComparison.Ordinal);

        static string Split(ReaderConsensus one) => one.Words(one.Pictures.Single(picture => picture.Name == "split").Classes!);
    }

    [Fact]
    public void MasksHoldWhatMoreThanHalfDrewAndEverythingIsWritten()
    {
        using TemporaryFolder folder = new();
        ReaderConsensus consensus = ReaderConsensus.Read(Write(folder), s_codes);
        (byte[] labels, ImageShape shape) = consensus.Mask(consensus.Pictures[0]);
        Assert.Equal(new ImageShape(4, 10), shape);
        // Three columns each, from 0, 1 and 2 on: two of three drew columns 1 and 3, all of them 2.
        Assert.Equal([0, 1, 1, 1, 0, 0, 0, 2, 2, 0], labels[..10]);

        string output = folder.File("out");
        ConsensusFiles.Write(consensus, output);
        string[] lines = File.ReadAllLines(Path.Combine(output, ConsensusFiles.LabelsName));
        Assert.Equal("File,Label,Tie,Reader1.first,Reader2.second,Reader3.third,Parts,Report", lines[0]);
        Assert.Equal("both.png,metastasis+arthritis,no,metastasis+arthritis,metastasis+arthritis,metastasis+arthritis,metastasis rib,\"Foci in a rib, and a knee.\"", lines[1]);
        Assert.Equal(4, lines.Length);
        using FileStream mask = File.OpenRead(Path.Combine(output, "masks", "both.nii.gz"));
        Assert.Equal(labels, NiftiLabels.Decode(mask).Labels);
        Assert.Equal(["split.png"], Directory.GetFiles(Path.Combine(output, "disagreement")).Select(Path.GetFileName));
    }

    private static string[] Write(TemporaryFolder folder)
    {
        string[] readers = [folder.File("first"), folder.File("second"), folder.File("third")];
        for (int reader = 0; reader < 3; reader++)
        {
            Directory.CreateDirectory(readers[reader]);
            Put(reader, "clear");
            Put(reader, "both", Box("M-rib", reader, reader + 3), Box("arthritis", 7, 9));
            Put(reader, "split", reader switch { 0 => [Box("M", 0, 2)], 1 => [Box("A", 0, 2)], _ => [Box("A", 0, 2), Box("M", 4, 5)] });
            Put(reader, "third", Box(reader == 2 ? "X" : "M", 0, 2));
        }

        File.WriteAllText(Path.Combine(readers[0], "both.txt"), "Foci in a rib, and a knee.\n");
        File.WriteAllText(Path.Combine(readers[1], "damaged.json"), "{");
        return readers;

        void Put(int reader, string name, params AnnotatedRegion[] regions) =>
            File.WriteAllText(Path.Combine(readers[reader], name + ".json"), new LabelMeFile { Columns = 10, Rows = 4, Picture = name + ".png", Regions = regions }.ToJson());

        static AnnotatedRegion Box(string label, int first, int end) => new(label, AnnotationForm.Rectangle, [new(first, 0), new(end, 4)]);
    }
}
