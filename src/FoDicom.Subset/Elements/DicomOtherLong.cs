using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomOtherLong : DicomValueElement<uint>
{
    public DicomOtherLong(DicomTag tag, params uint[] values)
        : base(tag, values)
    {
    }

    public DicomOtherLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OL;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}
