using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Render;

public class GrayscalePixelDataU8 : IPixelData
{
    public GrayscalePixelDataU8(int width, int height, IByteBuffer data)
    {
        Width = width;
        Height = height;
        Data = GrayscalePixelData.Read<byte>(data, width, height);
    }

    public int Width { get; }

    public int Height { get; }

    public int Components => 1;

    public byte[] Data { get; }

    public DicomRange<double> GetMinMax() => GrayscalePixelData.Range(Data);

    public double GetPixel(int x, int y) => Data[(y * Width) + x];
}
