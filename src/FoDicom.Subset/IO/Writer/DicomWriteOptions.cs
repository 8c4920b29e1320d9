namespace FellowOakDicom.IO.Writer;

public class DicomWriteOptions
{
    public DicomWriteOptions()
    {
    }

    public DicomWriteOptions(DicomWriteOptions options)
    {
        ExplicitLengthSequences = options.ExplicitLengthSequences;
        ExplicitLengthSequenceItems = options.ExplicitLengthSequenceItems;
        KeepGroupLengths = options.KeepGroupLengths;
        LargeObjectSize = options.LargeObjectSize;
    }

    public static DicomWriteOptions Default => new();

    public bool ExplicitLengthSequences { get; set; }

    public bool ExplicitLengthSequenceItems { get; set; }

    public bool KeepGroupLengths { get; set; }

    public uint LargeObjectSize { get; set; } = 1024 * 1024;
}
