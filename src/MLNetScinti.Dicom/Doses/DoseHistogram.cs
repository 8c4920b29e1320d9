using FellowOakDicom;

namespace MLNetScinti.Dicom.Doses;

/// <summary>A cumulative dose-volume histogram of a region (PS3.3 table C.8-40): how much of it gets at least a dose.</summary>
/// <param name="RegionNumber">ROI Number in the structure set that is referred to.</param>
/// <param name="BinGray">Width of the bins, Gy, above 0.</param>
/// <param name="Millilitres">The volume that gets at least the dose at the lower edge of each bin, ml: the region's whole volume first, then never more.</param>
public sealed record DoseHistogram(int RegionNumber, double BinGray, IReadOnlyList<double> Millilitres)
{
    /// <summary>The lowest dose in the region, Gy, or null.</summary>
    public double? Least { get; init; }

    /// <summary>The highest dose in the region, Gy, or null.</summary>
    public double? Most { get; init; }

    /// <summary>The mean dose of the region, Gy, or null.</summary>
    public double? Mean { get; init; }
}

/// <summary>The histograms of a dose: they are of regions, and so there is a structure set that holds these.</summary>
/// <param name="StructureSetUid">SOP Instance UID of the structure set.</param>
/// <param name="Regions">The histograms, at least one.</param>
public sealed record DoseHistograms(string StructureSetUid, IReadOnlyList<DoseHistogram> Regions)
{
    // Two decimal strings a bin have to fit into one element of explicit representation.
    internal const int MostBins = 1900;

    /// <summary>Refuses histograms that the module cannot hold.</summary>
    internal static void Check(DoseHistograms histograms)
    {
        if (!DatasetReading.IsIdentifier(histograms.StructureSetUid) || histograms.Regions.Count == 0 || histograms.Regions.DistinctBy(one => one.RegionNumber).Count() != histograms.Regions.Count)
        {
            throw new ArgumentException($"Histograms are of different regions of a structure set, which is named by its SOP Instance UID, found {histograms.Regions.Count} of '{histograms.StructureSetUid}'.", nameof(histograms));
        }

        foreach (DoseHistogram one in histograms.Regions)
        {
            double least = double.PositiveInfinity;
            foreach (double volume in one.Millilitres)
            {
                least = volume <= least && volume >= 0 ? volume : double.NaN;
            }

            if (!(one.BinGray > 0) || !double.IsFinite(one.BinGray) || one.Millilitres.Count is 0 or > MostBins || double.IsNaN(least) || !double.IsFinite(one.Millilitres[0]) || one.RegionNumber < 0)
            {
                throw new ArgumentException($"A cumulative histogram has bins of one width above 0, 1 to {MostBins} of them, and volumes of 0 or more that never rise; that of region {one.RegionNumber} has not.", nameof(histograms));
            }
        }
    }

    /// <summary>RT DVH module.</summary>
    internal void AddTo(DicomDataset dataset)
    {
        dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedStructureSetSequence, DerivedObject.Reference(DicomUID.RTStructureSetStorage.UID, StructureSetUid)));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.DVHSequence, [.. Regions.Select(Item)]));
    }

    /// <summary>The histograms of a dose that can be read as such, and what is to be said of the others.</summary>
    internal static DoseHistograms? Read(DicomDataset dataset, List<string> warnings)
    {
        DicomDataset[] items = [.. dataset.Items(DicomTag.DVHSequence)];
        if (items.Length == 0)
        {
            return null;
        }

        List<DoseHistogram> read = [];
        foreach (DicomDataset item in items)
        {
            double[] data = item.Numbers(DicomTag.DVHData);
            double scale = item.Number(DicomTag.DVHDoseScaling) ?? 1;
            int? number = item.Items(DicomTag.DVHReferencedROISequence).Where(one => one.Text(DicomTag.DVHROIContributionType) is "INCLUDED" or "").Select(one => one.Number(DicomTag.ReferencedROINumber)).ToArray() is [double only] && only is >= 0 and <= int.MaxValue ? (int)only : null;
            double[] widths = [.. data.Where((_, i) => i % 2 == 0).Select(width => width * scale)], volumes = [.. data.Where((_, i) => i % 2 == 1)];
            bool isCumulative = item.Text(DicomTag.DVHType) == "CUMULATIVE" && item.Text(DicomTag.DoseUnits) == "GY" && item.Text(DicomTag.DVHVolumeUnits) == "CM3";
            bool isSound = data.Length >= 2 && data.Length % 2 == 0 && data.All(double.IsFinite) && widths[0] > 0 && widths.All(width => Math.Abs(width - widths[0]) <= 1e-6 * widths[0])
                && volumes.All(volume => volume >= 0) && volumes.Zip(volumes.Skip(1)).All(pair => pair.Second <= pair.First);
            if (number is null || !isCumulative || !isSound)
            {
                warnings.Add("A dose-volume histogram of the file is no cumulative one of one region, in Gy and ml with bins of one width, and was left out.");
                continue;
            }

            read.Add(new DoseHistogram(number.Value, widths[0], volumes) { Least = item.Number(DicomTag.DVHMinimumDose) * scale, Most = item.Number(DicomTag.DVHMaximumDose) * scale, Mean = item.Number(DicomTag.DVHMeanDose) * scale });
        }

        string set = dataset.Items(DicomTag.ReferencedStructureSetSequence).Select(item => item.Text(DicomTag.ReferencedSOPInstanceUID)).FirstOrDefault("");
        return read.Count > 0 ? new DoseHistograms(set, read) : null;
    }

    private static DicomDataset Item(DoseHistogram one)
    {
        string width = DecimalString.From(one.BinGray);
        DicomDataset item = new()
        {
            new DicomSequence(DicomTag.DVHReferencedROISequence, new DicomDataset { { DicomTag.ReferencedROINumber, one.RegionNumber }, { DicomTag.DVHROIContributionType, "INCLUDED" } }),
            { DicomTag.DVHType, "CUMULATIVE" },
            { DicomTag.DoseUnits, "GY" },
            { DicomTag.DoseType, "PHYSICAL" },
            { DicomTag.DVHDoseScaling, "1" },
            { DicomTag.DVHVolumeUnits, "CM3" },
            { DicomTag.DVHNumberOfBins, one.Millilitres.Count },
            { DicomTag.DVHData, [.. one.Millilitres.SelectMany(volume => new[] { width, DecimalString.From(volume) })] },
        };
        foreach ((DicomTag tag, double? gray) in new[] { (DicomTag.DVHMinimumDose, one.Least), (DicomTag.DVHMaximumDose, one.Most), (DicomTag.DVHMeanDose, one.Mean) })
        {
            if (gray is { } value)
            {
                item.AddOrUpdate(tag, DecimalString.From(value));
            }
        }

        return item;
    }
}
