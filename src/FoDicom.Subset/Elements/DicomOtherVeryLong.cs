using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomOtherVeryLong : DicomValueElement<ulong>
{
    public DicomOtherVeryLong(DicomTag tag, params ulong[] values)
        : base(tag, values)
    {
    }

    public DicomOtherVeryLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OV;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}
