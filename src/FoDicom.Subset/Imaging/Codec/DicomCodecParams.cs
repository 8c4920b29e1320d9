namespace FellowOakDicom.Imaging.Codec;

public class DicomCodecParams
{
    protected DicomCodecParams()
    {
    }
}
