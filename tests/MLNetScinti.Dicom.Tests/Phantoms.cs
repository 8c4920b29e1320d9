using MLNetScinti.Imaging;
using MLNetScinti.Testing;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Small images whose every voxel is known, and studies to go with them.</summary>
internal static class Phantoms
{
    public static readonly DicomReadOptions Options = new() { PseudonymKey = new PseudonymKey(TestSecret.Of("phantoms")) };

    public static readonly DicomImageReader Reader = new(Options);

    public static NuclearMedicineStudy Study { get; } = new()
    {
        PatientId = "SIM-0001",
        PatientName = "Muster^Kind",
        Sex = PatientSex.Female,
        BirthDate = new DateOnly(2015, 3, 4),
        AgeYears = 5.5,
        WeightKilograms = 19.5,
        SizeMetres = 1.12,
        AcquiredAt = new DateTime(2020, 9, 10, 11, 12, 13, DateTimeKind.Unspecified),
        StudyDescription = "DMSA SPECT",
        SeriesDescription = "OSEM",
        ImageId = "DMSA",
        BodyPart = "KIDNEY",
        Radiopharmaceutical = "Tc-99m DMSA",
        InjectedMegabecquerels = 36.1,
        InjectedAt = new DateTime(2020, 9, 10, 8, 0, 0, DateTimeKind.Unspecified),
        FrameSeconds = 5,
        Views = 120,
        Reconstruction = "OSEM 8x6",
    };

    /// <summary>A volume whose value at (section, row, column) is 10000 section + 100 row + column.</summary>
    public static Volume Counting(ImageGeometry geometry)
    {
        Volume volume = new(geometry);
        for (int section = 0; section < geometry.Sections; section++)
        {
            for (int row = 0; row < geometry.Rows; row++)
            {
                for (int column = 0; column < geometry.Columns; column++)
                {
                    volume[section, row, column] = (10000 * section) + (100 * row) + column;
                }
            }
        }

        return volume;
    }

    public static PlanarImage Planar(int rows, int columns, Func<int, int, float> value)
    {
        PlanarImage image = new(columns, rows, 2.26, 2.26, new float[rows * columns]);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                image[row, column] = value(row, column);
            }
        }

        return image;
    }
}
