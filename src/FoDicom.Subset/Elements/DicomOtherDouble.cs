using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomOtherDouble : DicomValueElement<double>
{
    public DicomOtherDouble(DicomTag tag, params double[] values)
        : base(tag, values)
    {
    }

    public DicomOtherDouble(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OD;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}
