using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomOtherWord : DicomValueElement<ushort>
{
    public DicomOtherWord(DicomTag tag, params ushort[] values)
        : base(tag, values)
    {
    }

    public DicomOtherWord(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OW;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}
