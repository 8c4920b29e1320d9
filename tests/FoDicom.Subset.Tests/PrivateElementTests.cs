using System.Text;
using FellowOakDicom;
using Xunit;

namespace FoDicom.Subset.Tests;

/// <summary>Private elements whose representation a file leaves out: the maker of their block says what they are.</summary>
public sealed class PrivateElementTests
{
    private static readonly byte[] s_rows = [0x28, 0x00, 0x10, 0x00, (byte)'U', (byte)'S', 2, 0, 7, 0];

    [Theory]
    // Representations with a length of two bytes, and one with a length of four behind two zeros.
    [InlineData("GEMS_ACQU_01", 0x02, 4, true, "SL")]
    [InlineData("GEMS_ACQU_01", 0x5A, 4, true, "FL")]
    [InlineData("SIEMENS CSA HEADER", 0x10, 4, false, "OB")]
    // What nobody knows has the longer form.
    [InlineData("GEMS_ACQU_01", 0xFE, 4, false, "UN")]
    [InlineData("A maker that nobody knows", 0x60, 4, false, "UN")]
    public void A_blank_representation_is_that_of_the_makers_table(string maker, byte element, byte length, bool isShort, string expected)
    {
        ushort group = maker.StartsWith("SIEMENS", StringComparison.Ordinal) ? (ushort)0x29 : (ushort)0x19;
        byte[] blank = [(byte)group, 0, element, 0x10, (byte)' ', (byte)' ', .. isShort ? new byte[] { length, 0 } : [0, 0, length, 0, 0, 0], .. new byte[length]];
        DicomDataset dataset = Opened([.. Reservation(group, maker), .. blank, .. s_rows]).Dataset;
        Assert.Equal(7, dataset.GetSingleValue<int>(DicomTag.Rows));
        Assert.Equal(expected, dataset.Single(item => item.Tag.Group == group && item.Tag.Element == (0x1000 | element)).ValueRepresentation.Code);
    }

    [Fact]
    public void A_private_length_of_a_group_is_one_whatever_comes_first()
    {
        byte[] file = Samples.Saved(new DicomDataset { { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage }, { DicomTag.SOPInstanceUID, "1.2.3" }, { DicomTag.Rows, (ushort)7 } });
        Assert.Equal(2, file[132]);
        file[132] = 0x7F;
        Assert.Equal(7, DicomFile.Open(new MemoryStream(file)).Dataset.GetSingleValue<int>(DicomTag.Rows));
    }

    [Fact]
    public void A_blank_length_of_a_private_group_is_short()
    {
        byte[] blank = [0x19, 0, 0, 0, (byte)' ', (byte)' ', 4, 0, 1, 0, 0, 0];
        Assert.Equal(7, Opened([.. blank, .. s_rows]).Dataset.GetSingleValue<int>(DicomTag.Rows));
    }

    [Fact]
    public void The_makers_of_blocks_are_known_within_items_too()
    {
        byte[] blank = [0x19, 0, 0x02, 0x10, (byte)' ', (byte)' ', 4, 0, 1, 0, 0, 0];
        byte[] item = [0xFE, 0xFF, 0, 0xE0, (byte)blank.Length, 0, 0, 0, .. blank];
        byte[] sequence = [0x21, 0, 0x40, 0, (byte)'S', (byte)'Q', 0, 0, (byte)item.Length, 0, 0, 0, .. item];
        DicomDataset dataset = Opened([.. Reservation(0x19, "GEMS_ACQU_01"), .. sequence, .. s_rows]).Dataset;
        Assert.Equal(7, dataset.GetSingleValue<int>(DicomTag.Rows));
    }

    [Fact]
    public void The_table_of_makers_holds_representations_alone()
    {
        using Stream table = typeof(DicomTag).Assembly.GetManifestResourceStream("PrivateTags.tsv")!;
        using StreamReader lines = new(table);
        string[] all = lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(all.Length > 150);
        Assert.All(all, line => Assert.Matches("^[^\t]{1,64}\t([0-9A-F]{3}[13579BDF](xx|1[0-2])[0-9A-F]{2}[A-Z]{2}( |$))+$", line));
    }

    private static DicomFile Opened(byte[] elements)
    {
        byte[] head = Samples.Saved(new DicomDataset { { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage }, { DicomTag.SOPInstanceUID, "1.2.3" } });
        return DicomFile.Open(new MemoryStream([.. head, .. elements]));
    }

    private static byte[] Reservation(ushort group, string maker)
    {
        string even = maker.Length % 2 == 0 ? maker : maker + " ";
        return [(byte)group, 0, 0x10, 0, (byte)'L', (byte)'O', (byte)even.Length, 0, .. Encoding.ASCII.GetBytes(even)];
    }
}
