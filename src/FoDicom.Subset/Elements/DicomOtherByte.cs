using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomOtherByte : DicomValueElement<byte>
{
    public DicomOtherByte(DicomTag tag, params byte[] values)
        : base(tag, values)
    {
    }

    public DicomOtherByte(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OB;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}
