using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomOtherFloat : DicomValueElement<float>
{
    public DicomOtherFloat(DicomTag tag, params float[] values)
        : base(tag, values)
    {
    }

    public DicomOtherFloat(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OF;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}
