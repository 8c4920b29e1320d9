using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Doses;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Dosimetry.Maps;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Doses;

/// <summary>The dose map of an administration for an archive: an RT Dose with the histograms of its regions, and an RT Structure Set that holds these, as the dose's voxels have them.</summary>
public static class DoseMapFiles
{
    /// <summary>What the name of the structure set ends with.</summary>
    public const string RegionsEnding = "-regions.dcm";

    private const int MostBins = 500;

    /// <summary>Writes both; without a region that has a dose by the kernel the dose alone.</summary>
    /// <param name="file">The dose's file; the structure set lies beside it.</param>
    /// <param name="administration">Whose.</param>
    /// <param name="map">The dose.</param>
    /// <param name="reports">The doses of its regions.</param>
    /// <param name="algorithm">What made them.</param>
    /// <param name="comment">How the dose was made, at most 64 characters.</param>
    /// <returns>The files that were written.</returns>
    public static IReadOnlyList<string> Write(string file, Administration administration, DoseMap map, IReadOnlyList<OrganDoseReport> reports, AlgorithmIdentity algorithm, string comment)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(administration);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(reports);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        SourceSeries source = SourceSeries.Read(administration.First);
        // The histogram is of the voxels of the first image that has the region, as the report's dose is.
        (string Name, bool[] Mask, DoseVolumeHistogram Histogram)[] regions = [.. reports.Where(report => report.Histogram is not null)
            .Select(report => (report.Region, administration.Study.Images.First(image => image.Regions.ContainsKey(report.Region)).Regions[report.Region], report.Histogram!))];
        DoseHistograms? histograms = null;
        List<string> files = [];
        if (regions.Length > 0)
        {
            string set = Path.ChangeExtension(file, null) + RegionsEnding;
            WrittenStructureSet written = StructureSetWriter.Write(
                set,
                source,
                [.. regions.Select((region, i) => new DerivedStructure(NameOf(region.Name, i, regions.Select(one => one.Name)), MaskResampling.ToGrid(region.Mask, map.Gray.Geometry, source.Geometry, MaskRule.KeepVolume)))],
                algorithm,
                new StructureSetOptions { Label = "DOSE REGIONS" });
            histograms = new DoseHistograms(written.InstanceUid, [.. regions.Zip(written.Structures, (region, structure) => Of(structure.Number, region.Histogram))]);
            files.Add(set);
        }

        DoseWriter.Write(file, source, map.Gray, algorithm, new DoseOptions { Comment = comment, Histograms = histograms });
        return [file, .. files];
    }

    private static DoseHistogram Of(int number, DoseVolumeHistogram histogram)
    {
        double width = WidthOf(histogram.Most);
        return new DoseHistogram(number, width, [.. histogram.Cumulative(width).Select(bin => Math.Round(bin.Millilitres, 6))]) { Least = histogram.Least, Most = histogram.Most, Mean = histogram.Mean };
    }

    // The smallest of 1, 2 and 5 times a power of ten by which the bins are few enough.
    private static double WidthOf(double most)
    {
        if (!(most > 0))
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(most / MostBins)));
        return new[] { 1, 2, 5, 10 }.Select(times => times * power).First(width => most / width <= MostBins);
    }

    // ROI names have 64 characters, and are different from each other.
    private static string NameOf(string name, int number, IEnumerable<string> all)
    {
        string own = PlainText.Short(name, 56);
        return all.Count(one => PlainText.Short(one, 56) == own) > 1 ? FormattableString.Invariant($"{own} ({number + 1})") : own;
    }
}
