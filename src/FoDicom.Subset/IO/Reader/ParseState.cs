namespace FellowOakDicom.IO.Reader;

public class ParseState
{
    public DicomTag PreviousTag { get; set; }

    public DicomTag Tag { get; set; }

    public int SequenceDepth { get; set; }
}
