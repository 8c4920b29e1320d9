namespace FellowOakDicom.Imaging.Render;

public interface IPixelData
{
    int Width { get; }

    int Height { get; }

    int Components { get; }

    DicomRange<double> GetMinMax();

    double GetPixel(int x, int y);
}
