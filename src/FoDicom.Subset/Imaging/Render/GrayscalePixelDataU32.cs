using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Render;

public class GrayscalePixelDataU32 : IPixelData
{
    public GrayscalePixelDataU32(int width, int height, BitDepth bitDepth, IByteBuffer data)
    {
        Width = width;
        Height = height;
        Data = GrayscalePixelData.Read<uint>(data, width, height);
    }

    public int Width { get; }

    public int Height { get; }

    public int Components => 1;

    public uint[] Data { get; }

    public DicomRange<double> GetMinMax() => GrayscalePixelData.Range(Data);

    public double GetPixel(int x, int y) => Data[(y * Width) + x];
}
