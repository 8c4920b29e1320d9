using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Testing;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Small images in which two sources speak of the same thing: as files, and put together for one question.</summary>
internal static class EvidenceCase
{
    /// <summary>The path of a kept file.</summary>
    public static string Path(string name) => System.IO.Path.Combine(TestData.Repository, "tests", "MLNetScinti.Dicom.Tests", "Cases", name);

    /// <summary>A Nuclear Medicine image of a kind, frame f holding 100 f + pixel number.</summary>
    public static DicomDataset Of(string kind, int frames, params DicomTag[] pointers) =>
        HandMadeFile.Image("NM", frames, pointers).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", kind, "EMISSION");

    /// <summary>The same of reconstructed sections, placed at z = 300 mm, 4 mm apart.</summary>
    public static DicomDataset Sections(string kind, int frames, params DicomTag[] pointers) => Of(kind, frames, pointers)
        .With(DicomTag.SpacingBetweenSlices, "4")
        .With(DicomTag.SliceThickness, "4")
        .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset
        {
            { DicomTag.ImagePositionPatient, "-10", "-20", "300" },
            { DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0" },
        });

    /// <summary>The same data set, which takes wrong values as well.</summary>
    public static DicomDataset Unchecked(this DicomDataset dataset)
    {
#pragma warning disable CS0618 // Wrong values are meant.
        dataset.AutoValidate = false;
#pragma warning restore CS0618
        return dataset;
    }

    public static DicomDataset Vector(this DicomDataset dataset, DicomTag tag, params IEnumerable<int> numbers) => dataset.With(tag, [.. numbers.Select(number => (ushort)number)]);

    /// <summary>Every number of a range, each so many times in a row, the whole so many times over.</summary>
    public static IEnumerable<int> Count(int upTo, int each = 1, int times = 1) =>
        Enumerable.Range(0, times).SelectMany(_ => Enumerable.Range(1, upTo).SelectMany(number => Enumerable.Repeat(number, each)));

    /// <summary>A detector's item.</summary>
    public static DicomDataset Detector(string orientation = "", string angle = "", string code = "", string scheme = "SCT", string meaning = "")
    {
        DicomDataset item = new DicomDataset().Unchecked();
        if (orientation.Length > 0)
        {
            item.Add(DicomTag.ImageOrientationPatient, orientation.Split('\\'));
        }

        if (angle.Length > 0)
        {
            item.Add(DicomTag.StartAngle, angle);
        }

        if (code.Length + meaning.Length > 0)
        {
            item.Add(new DicomSequence(DicomTag.ViewCodeSequence, new DicomDataset { { DicomTag.CodeValue, code }, { DicomTag.CodingSchemeDesignator, scheme }, { DicomTag.CodeMeaning, meaning } }));
        }

        return item;
    }

    /// <summary>A planar image of some detectors, one frame each.</summary>
    public static DicomDataset Planar(string kind, params DicomDataset[] detectors) => Of(kind, detectors.Length, DicomTag.EnergyWindowVector, DicomTag.DetectorVector)
        .Vector(DicomTag.EnergyWindowVector, Enumerable.Repeat(1, detectors.Length))
        .Vector(DicomTag.DetectorVector, Enumerable.Range(1, detectors.Length))
        .WithItems(DicomTag.DetectorInformationSequence, detectors);

    /// <summary>A section of a CT series.</summary>
    public static DicomDataset Ct(int number, double x, double y, double z, string orientation = "1\\0\\0\\0\\1\\0") => HandMadeFile.Image("CT", 1).Unchecked()
        .With(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"1.2.3.4.{number + 1}"))
        .With(DicomTag.InstanceNumber, number + 1)
        .With(DicomTag.SliceThickness, "2")
        .With(DicomTag.ImageOrientationPatient, orientation.Split('\\'))
        .With(DicomTag.ImagePositionPatient, Text(x), Text(y), Text(z));

    public static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    public static ImageHeader Header(this DicomDataset dataset, DicomReadOptions? options = null)
    {
        using TemporaryFolder folder = new();
        return new DicomImageReader(options ?? Phantoms.Options).ReadHeader(dataset.Save(folder));
    }

    public static ScintigraphyImage Image(this DicomDataset dataset, DicomReadOptions? options = null)
    {
        using TemporaryFolder folder = new();
        return new DicomImageReader(options ?? Phantoms.Options).Read(dataset.Save(folder));
    }

    public static bool Warns(this ImageHeader header, string words) => header.Warnings.Any(warning => warning.Contains(words, StringComparison.OrdinalIgnoreCase));
}
