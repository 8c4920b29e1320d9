namespace FellowOakDicom.Imaging.Codec;

/// <summary>A codec that decodes one frame without a dataset to put it in.</summary>
internal interface IFrameDecoder
{
    byte[] DecodeFrame(DicomPixelData pixels, int frame);
}
