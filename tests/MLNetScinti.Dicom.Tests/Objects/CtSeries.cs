using System.Globalization;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>CT series on disk, a file for each section (PS3.3 A.3), for objects to be made from.</summary>
internal static class CtSeries
{
    /// <summary>All 24 ways to turn the axes of an image by quarters, as row and column directions.</summary>
    public static IEnumerable<(Point3 Row, Point3 Column)> Rotations()
    {
        Point3[] axes = [new(1, 0, 0), new(-1, 0, 0), new(0, 1, 0), new(0, -1, 0), new(0, 0, 1), new(0, 0, -1)];
        return axes.SelectMany(row => axes.Where(column => column.Dot(row) == 0), (row, column) => (row, column));
    }

    /// <summary>A geometry whose axes are tilted out of the body's by some angles, in degrees, and whose sections follow each other aside of their normal, in mm.</summary>
    public static ImageGeometry Geometry(ImageShape shape, Point3 row, Point3 column, double tilt, double turn, double shear, double rowSpacing = 0.9, double columnSpacing = 0.7, double sectionSpacing = 2.5)
    {
        Point3 Turned(Point3 p)
        {
            (double sine, double cosine) = Math.SinCos(tilt * Math.PI / 180);
            Point3 about = new(p.X, (cosine * p.Y) - (sine * p.Z), (sine * p.Y) + (cosine * p.Z));
            (sine, cosine) = Math.SinCos(turn * Math.PI / 180);
            return new((cosine * about.X) - (sine * about.Y), (sine * about.X) + (cosine * about.Y), about.Z);
        }

        (row, column) = (Turned(row), Turned(column));
        Point3 step = (sectionSpacing * row.Cross(column)) + (shear * column);
        return new ImageGeometry
        {
            Columns = shape.Columns,
            Rows = shape.Rows,
            Sections = shape.Sections,
            ColumnSpacing = columnSpacing,
            RowSpacing = rowSpacing,
            SectionSpacing = step.Length,
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = 1 / step.Length * step,
            Origin = new(-123.456, 78.9, -1011.25),
        }.Checked();
    }

    /// <summary>Writes a series and gives it as a source of objects. Along the normal of rows and columns the sections must go up.</summary>
    public static SourceSeries Write(string folder, ImageGeometry geometry, string patientId = "SIM-CT-1")
    {
        Directory.CreateDirectory(folder);
        return SourceSeries.Read([.. Enumerable.Range(0, geometry.Sections).Select(section => WriteSection(folder, geometry, section, patientId))], Phantoms.Options);
    }

    private static string WriteSection(string folder, ImageGeometry geometry, int section, string patientId)
    {
        string Text(double value) => value.ToString("F9", CultureInfo.InvariantCulture) is var text && text.Length > 16 ? text[..16] : text;
        Point3 place = geometry.PositionOf(0, 0, section);
        DicomDataset dataset = new(DicomTransferSyntax.ExplicitVRLittleEndian)
        {
            { DicomTag.SpecificCharacterSet, "ISO_IR 100" },
            { DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL" },
            { DicomTag.SOPClassUID, DicomUID.CTImageStorage },
            { DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"1.2.826.0.1.3680043.10.999.1.{section + 1}") },
            { DicomTag.StudyInstanceUID, "1.2.826.0.1.3680043.10.999" },
            { DicomTag.SeriesInstanceUID, "1.2.826.0.1.3680043.10.999.1" },
            { DicomTag.FrameOfReferenceUID, "1.2.826.0.1.3680043.10.999.2" },
            { DicomTag.PositionReferenceIndicator, "" },
            { DicomTag.StudyDate, "20240506" },
            { DicomTag.StudyTime, "070809" },
            { DicomTag.SeriesDate, "20240506" },
            { DicomTag.AcquisitionDate, "20240506" },
            { DicomTag.AcquisitionTime, "070910" },
            { DicomTag.Modality, "CT" },
            { DicomTag.Manufacturer, "MLNetScinti tests" },
            { DicomTag.PatientID, patientId },
            { DicomTag.PatientName, "Müller^Vera" },
            { DicomTag.PatientSex, "F" },
            { DicomTag.PatientBirthDate, "19560708" },
            { DicomTag.StudyID, "7" },
            { DicomTag.AccessionNumber, "ACC-1" },
            { DicomTag.ReferringPhysicianName, "" },
            { DicomTag.SeriesNumber, 2 },
            { DicomTag.InstanceNumber, section + 1 },
            { DicomTag.ImagePositionPatient, Text(place.X), Text(place.Y), Text(place.Z) },
            { DicomTag.ImageOrientationPatient, Text(geometry.RowDirection.X), Text(geometry.RowDirection.Y), Text(geometry.RowDirection.Z), Text(geometry.ColumnDirection.X), Text(geometry.ColumnDirection.Y), Text(geometry.ColumnDirection.Z) },
            { DicomTag.PixelSpacing, Text(geometry.RowSpacing), Text(geometry.ColumnSpacing) },
            { DicomTag.SliceThickness, Text(geometry.SectionSpacing) },
            { DicomTag.KVP, "120" },
            { DicomTag.SamplesPerPixel, (ushort)1 },
            { DicomTag.PhotometricInterpretation, "MONOCHROME2" },
            { DicomTag.Rows, (ushort)geometry.Rows },
            { DicomTag.Columns, (ushort)geometry.Columns },
            { DicomTag.BitsAllocated, (ushort)16 },
            { DicomTag.BitsStored, (ushort)16 },
            { DicomTag.HighBit, (ushort)15 },
            { DicomTag.PixelRepresentation, (ushort)1 },
            { DicomTag.RescaleIntercept, "0" },
            { DicomTag.RescaleSlope, "1" },
            { DicomTag.RescaleType, "HU" },
            new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(new byte[2 * geometry.Rows * geometry.Columns])),
        };
        string file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"ct{section:000}.dcm"));
        new DicomFile(dataset).Save(file);
        return file;
    }

    /// <summary>A mask of spheres with hollow cores, islands and gaps, some thousand voxels.</summary>
    public static bool[] Body(ImageGeometry geometry, ulong seed = 1)
    {
        CounterRandom random = new(seed, 0, 0, "body");
        bool[] mask = new bool[geometry.Shape.Length];
        for (int ball = 0; ball < 4; ball++)
        {
            double x = random.NextDouble(0, geometry.Columns), y = random.NextDouble(0, geometry.Rows), z = random.NextDouble(0, geometry.Sections), radius = random.NextDouble(3, geometry.Columns / 3.0), core = random.NextDouble(0, radius - 2);
            for (int i = 0; i < mask.Length; i++)
            {
                double dx = (i % geometry.Columns) - x, dy = (i / geometry.Columns % geometry.Rows) - y, dz = (i / geometry.Shape.PlaneLength) - z;
                double distance = Math.Sqrt((dx * dx) + (dy * dy) + (4 * dz * dz));
                mask[i] ^= distance <= radius && distance > core;
            }
        }

        return mask;
    }
}
