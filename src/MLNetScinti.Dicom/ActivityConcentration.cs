using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>
/// A volume whose voxels are activity concentrations in Bq/ml, and nothing else: whoever segments or computes doses asks for this
/// type, and gets such a volume or a refusal that says what the file has instead.
/// </summary>
public sealed class ActivityConcentration
{
    private ActivityConcentration(Volume volume, string basis)
    {
        Volume = volume;
        Basis = basis;
    }

    /// <summary>The volume, in Bq/ml.</summary>
    public Volume Volume { get; }

    /// <summary>How its values came to be, for a report: "stored x 37.5 (Real World Value Mapping)".</summary>
    public string Basis { get; }

    /// <summary>The activity in the whole volume, in MBq.</summary>
    public double TotalMegabecquerels
    {
        get
        {
            double millilitres = Volume.Geometry.VoxelVolume / 1000;
            return ScintigraphyImage.Sum(Volume.Voxels) * millilitres / 1e6;
        }
    }

    /// <summary>The concentrations of an image. Files in kBq/ml, nCi/ml and the like were converted when they were read.</summary>
    /// <param name="image">The image.</param>
    /// <param name="index">Which volume, where it holds several.</param>
    /// <exception cref="UnitException">Its values are no concentrations, or nobody can tell.</exception>
    /// <exception cref="InvalidOperationException">The frames are not sections.</exception>
    public static ActivityConcentration Of(ScintigraphyImage image, int index = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        Check(image.Header);
        return new(image.ToVolume(index), Words(image.Header));
    }

    /// <summary>The concentrations of a series: the sections of one file or of all.</summary>
    /// <param name="series">The series.</param>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <exception cref="UnitException">The values of a file are no concentrations, or nobody can tell.</exception>
    /// <exception cref="InvalidOperationException">There are no sections, or some are missing.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or holds several volumes, such as of two energy windows: nobody says which is meant.</exception>
    public static ActivityConcentration Of(ImageSeries series, DicomImageReader? reader = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        reader ??= new DicomImageReader();
        if (series.Sections is null)
        {
            return Of(ImageSeries.WithOneVolume(series.Read(reader)));
        }

        ImageHeader first = reader.ReadHeader(series.PathOf(series.Files[0]));
        foreach (ImageFacts file in series.Files)
        {
            Check(reader.ReadHeader(series.PathOf(file)));
        }

        return new(series.ReadVolume(reader), Words(first));
    }

    /// <summary>
    /// The concentrations of an image of counts, by a factor that was measured for its camera, collimator, reconstruction and
    /// acquisition time (MIRD pamphlet 23).
    /// </summary>
    /// <param name="image">The image, in counts.</param>
    /// <param name="calibration">The factor, by name.</param>
    /// <param name="index">Which volume, where it holds several.</param>
    /// <exception cref="UnitException">Its values are no counts.</exception>
    public static ActivityConcentration FromCounts(ScintigraphyImage image, CountCalibration calibration, int index = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(calibration);
        if (image.Header is not { Unit: ImageUnit.Counts, UnitEvidence: not UnitEvidence.Disputed })
        {
            throw new UnitException(image.Header.File, "counts, to which a measured factor applies", Found(image.Header), "give the image as its camera reconstructed it");
        }

        Volume volume = image.ToVolume(index);
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = (float)(volume.Voxels[i] * calibration.BecquerelPerMillilitrePerCount);
        }

        return new(volume, string.Create(CultureInfo.InvariantCulture, $"counts x {calibration.BecquerelPerMillilitrePerCount:G6} Bq/ml ({calibration.Name})"));
    }

    private static void Check(ImageHeader header)
    {
        if (header is { Unit: ImageUnit.BecquerelPerMillilitre, UnitEvidence: UnitEvidence.Stated })
        {
            return;
        }

        throw new UnitException(header.File, "Bq/ml", Found(header), header.Unit switch
        {
            ImageUnit.BecquerelPerMillilitre => "ask its source which holds",
            ImageUnit.Counts or ImageUnit.CountsPerSecond => "give a factor that was measured for the camera, or the quantitative reconstruction",
            ImageUnit.StandardizedUptakeValue => "give the image in Bq/ml that it was made from",
            _ => "give the quantitative reconstruction",
        });
    }

    private static string Found(ImageHeader header) => header.UnitEvidence switch
    {
        UnitEvidence.Disputed => $"{header.UnitText}, which the file contradicts elsewhere",
        UnitEvidence.Convention => $"{header.UnitText}, as the file names no unit",
        _ => header.UnitText.Length > 0 ? header.UnitText : "no unit",
    };

    private static string Words(ImageHeader header) => header.Scaling.IsIdentity
        ? "as stored"
        : string.Create(CultureInfo.InvariantCulture, $"stored x {header.Scaling.Slope:G6}{(header.Scaling.Intercept == 0 ? "" : $" + {header.Scaling.Intercept:G6}")} ({header.Scaling.Source})");
}

/// <summary>What makes concentrations of counts: measured for a camera, collimator, reconstruction and acquisition time, and kept under a name that reports give.</summary>
public sealed record CountCalibration
{
    /// <summary>A factor that was measured.</summary>
    /// <param name="name">What it was measured for and when, as a report shows it.</param>
    /// <param name="becquerelPerMillilitrePerCount">Bq/ml for each count of a voxel.</param>
    /// <exception cref="ArgumentException">There is no name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not a number above 0.</exception>
    public CountCalibration(string name, double becquerelPerMillilitrePerCount)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!(becquerelPerMillilitrePerCount > 0) || !double.IsFinite(becquerelPerMillilitrePerCount))
        {
            throw new ArgumentOutOfRangeException(nameof(becquerelPerMillilitrePerCount), becquerelPerMillilitrePerCount, "The factor is expected to be a number above 0.");
        }

        (Name, BecquerelPerMillilitrePerCount) = (DatasetReading.OneLine(name), becquerelPerMillilitrePerCount);
    }

    /// <summary>What it was measured for and when.</summary>
    public string Name { get; }

    /// <summary>Bq/ml for each count of a voxel.</summary>
    public double BecquerelPerMillilitrePerCount { get; }

    /// <summary>The factor of a camera's sensitivity: counts / (sensitivity x time) are the MBq in a voxel.</summary>
    /// <param name="name">What it was measured for and when.</param>
    /// <param name="countsPerSecondPerMegabecquerel">Reconstructed counts per second for each MBq, cps/MBq.</param>
    /// <param name="seconds">The time that the counts of the image were acquired in, over all projections as the sensitivity was measured.</param>
    /// <param name="voxelMillilitres">The volume of a voxel, ml.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not a number above 0.</exception>
    public static CountCalibration FromSensitivity(string name, double countsPerSecondPerMegabecquerel, double seconds, double voxelMillilitres) =>
        countsPerSecondPerMegabecquerel > 0 && seconds > 0 && voxelMillilitres > 0
            ? new(name, 1e6 / (countsPerSecondPerMegabecquerel * seconds * voxelMillilitres))
            : throw new ArgumentOutOfRangeException(nameof(countsPerSecondPerMegabecquerel), $"A sensitivity, a time and a volume above 0 were expected, found {countsPerSecondPerMegabecquerel} cps/MBq, {seconds} s and {voxelMillilitres} ml.");
}

/// <summary>An image counts something else than what is needed. The message is one line: the file, what was expected, what was found, what to do.</summary>
public sealed class UnitException : Exception
{
    internal UnitException(string file, string expected, string found, string remedy)
        : base(DatasetReading.OneLine($"{file}: expected {expected}, found {found}: {remedy}.")) => Sentence = DatasetReading.OneLine($"expected {expected}, found {found}: {remedy}.");

    /// <summary>The same without the file's name.</summary>
    public string Sentence { get; }
}
