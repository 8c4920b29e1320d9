using System.IO.Compression;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.WholeBody.Input;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>A hotspot of a scan, and what it is taken for.</summary>
/// <param name="Number">Its number in the scan, from 1, the largest involvement first.</param>
/// <param name="Region">The region of the skeleton, or the organ, that most of it lies in; empty beside the body.</param>
/// <param name="Bone">The bone that most of it is of; null where none lies behind it.</param>
/// <param name="Anterior">Whether it is seen from the front.</param>
/// <param name="Posterior">Whether it is seen from behind.</param>
/// <param name="LeftMillimetres">Its middle to the patient's left of the image's middle.</param>
/// <param name="DownMillimetres">Its middle below the image's upper edge.</param>
/// <param name="SquareCentimetres">Its area in the view in which it stands out more.</param>
/// <param name="Contrast">Counts of its peak relative to those expected of healthy bone there.</param>
/// <param name="Probability">That it is a lesion.</param>
/// <param name="Points">What it adds to the index: percent of the skeleton's mass, times its probability. 0 for what is not taken for a lesion.</param>
/// <param name="IsLesion">Whether it is taken for a lesion.</param>
public sealed record ScanHotspot(
    int Number, string Region, SkeletalShare? Bone, bool Anterior, bool Posterior, double LeftMillimetres, double DownMillimetres,
    double SquareCentimetres, double Contrast, double Probability, double Points, bool IsLesion)
{
    /// <summary>The views in which it is seen: "A", "P" or "AP".</summary>
    public string Views => $"{(Anterior ? "A" : "")}{(Posterior ? "P" : "")}";

    /// <summary>Its place among the hotspots as they were found.</summary>
    internal int Place { get; init; }

    /// <summary>Its pixels, columns to the patient's left.</summary>
    internal int[] Pixels { get; init; } = [];
}

/// <summary>How much of a bone is involved.</summary>
/// <param name="Share">The bone, with its part of the skeleton's mass.</param>
/// <param name="Points">What it adds to the index.</param>
public sealed record BoneBurden(SkeletalShare Share, double Points)
{
    /// <summary>The involved part of the bone, from 0 to 1.</summary>
    public double Part => Math.Min(1, Points / Share.Percent);
}

/// <summary>The bone scan index of a scan, with what it rests on.</summary>
/// <param name="Index">The involved part of the skeleton's mass, percent.</param>
/// <param name="Hotspots">All hotspots, lesions first, those with most involvement before others.</param>
/// <param name="Bones">All bones.</param>
/// <param name="Warnings">What to know before using it.</param>
public sealed record BoneScanResult(double Index, IReadOnlyList<ScanHotspot> Hotspots, IReadOnlyList<BoneBurden> Bones, IReadOnlyList<string> Warnings)
{
    /// <summary>The lesions.</summary>
    public IEnumerable<ScanHotspot> Lesions => Hotspots.Where(spot => spot.IsLesion);

    /// <summary>The same without what a picture is drawn from.</summary>
    public BoneScanResult WithoutImages() => this with { Views = null!, Atlas = null! };

    /// <summary>The views on one grid.</summary>
    internal AlignedViews Views { get; init; } = null!;

    /// <summary>The atlas as it lies over them.</summary>
    internal RegisteredAtlas Atlas { get; init; } = null!;

    /// <summary>How much the atlas's healthy body and the scan differ, a mean of weighted squared logarithms.</summary>
    internal double Difference { get; init; }
}

/// <summary>
/// An open bone scan index (after Imbriaco et al., Clin Cancer Res 1998;4:1765, automated as by Ulmert et al., Eur Urol 2012;62:78): an atlas of the skeleton is laid over both views, hotspots
/// are found against the scan's own healthy uptake and told apart into lesions and others, and what they involve of each bone is summed by the bones' masses.
/// </summary>
public sealed class BoneScanIndexModel
{
    // Above this the atlas lies badly: half of simulated scans are below .004, one of a thousand above.
    private const double MostDifference = .02;
    private readonly SkeletonAtlas _atlas;
    private readonly AtlasRegistration _registration;
    private readonly LesionModel _model;

    private BoneScanIndexModel(SkeletonAtlas atlas, LesionModel model) => (_atlas, _registration, _model) = (atlas, new AtlasRegistration(atlas), model);

    /// <summary>The probability from which a hotspot is taken for a lesion.</summary>
    public double Threshold => _model.Threshold;

    /// <summary>Trains on scans whose truth is known.</summary>
    internal static BoneScanIndexModel Train(SkeletonAtlas atlas, IReadOnlyList<KnownScan> scans, double falseSpots) => new(atlas, LesionModel.Train(scans, falseSpots));

    /// <summary>Writes the model into one file.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        ZipArchiveEntry entry = archive.CreateEntry("atlas.bin", CompressionLevel.NoCompression);
        entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using (Stream target = entry.Open())
        {
            _atlas.Save(target);
        }

        _model.Save(archive);
    });

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public static BoneScanIndexModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = InputFile.Open(path);
            using ZipArchive archive = new(stream, ZipArchiveMode.Read);
            ZipArchiveEntry entry = archive.GetEntry("atlas.bin") ?? throw new InvalidDataException("expected a bone scan index model, found another archive: name the file that 'scinti run pipelines/bone-scan-index.yaml' wrote.");
            using MemoryStream atlas = new();
            using (Stream source = entry.Open())
            {
                source.CopyTo(atlas);
            }

            atlas.Position = 0;
            return new BoneScanIndexModel(SkeletonAtlas.Load(atlas), LesionModel.Load(archive));
        }
        catch (Exception problem) when (problem is InvalidDataException or FormatException)
        {
            throw new InvalidDataException($"{path}: {problem.Message}", problem);
        }
    }

    /// <summary>Measures a scan.</summary>
    /// <exception cref="LeaveOutException">No view of it shows a body, or it was not scanned with 99mTc.</exception>
    public BoneScanResult Measure(WholeBodyScan scan)
    {
        ArgumentNullException.ThrowIfNull(scan);
        // What shows tumours or the thyroid is no bone scan; a file that names no tracer is believed to be one.
        string? other = scan.Views.Select(view => view.Header.Radionuclide?.Radionuclide.Symbol).FirstOrDefault(symbol => symbol is not null && symbol != Radionuclide.Technetium99m.Symbol);
        return other is null ? Measure(MeasuredScan.Of(_atlas, _registration, scan), scan.Warnings)
            : throw new LeaveOutException("OtherTracer", $"expected a bone scan with {Radionuclide.Technetium99m.Symbol}, found {other}.");
    }

    /// <summary>What training and evaluation look at of a scan.</summary>
    internal MeasuredScan Look(WholeBodyScan scan) => MeasuredScan.Of(_atlas, _registration, scan);

    internal BoneScanResult Measure(MeasuredScan measured, IReadOnlyList<string> known)
    {
        HotspotAnswer[] answers = _model.Answer(measured.Features);
        double[] bones = new double[SkeletalMass.Shares.Count];
        List<ScanHotspot> spots = [];
        for (int i = 0; i < answers.Length; i++)
        {
            (HotspotPair pair, HotspotFeatures features) = (measured.Pairs[i], measured.Features[i]);
            bool lesion = answers[i].Probability >= _model.Threshold;
            int bone = features.Behind > 0 ? Array.IndexOf(features.Bones, features.Bones.Max()) : -1;
            if (lesion && bone >= 0)
            {
                for (int k = 0; k < bones.Length; k++)
                {
                    bones[k] += answers[i].Points * features.Bones[k] / features.Behind;
                }
            }

            Hotspot main = pair.Main;
            AlignedViews views = measured.Views;
            double observed = measured.Healthy.Observed[main.View]![main.Peak], expected = measured.Healthy.Expected[main.View]![main.Peak], floor = .2 * measured.Healthy.Gains[main.View]![0];
            spots.Add(new ScanHotspot(0, features.Region == 0 ? "" : SkeletonAtlas.RegionNames[features.Region - 1], bone < 0 ? null : SkeletalMass.Shares[bone], pair.Anterior is not null, pair.Posterior is not null,
                views.XOf(main.Peak % views.Columns), views.YOf(main.Peak / views.Columns), main.Pixels.Length * views.PixelX * views.PixelY / 100, (observed + floor) / (expected + floor),
                answers[i].Probability, lesion && bone >= 0 ? answers[i].Points : 0, lesion)
            { Pixels = pair.Pixels, Place = i });
        }

        List<string> warnings = [.. known];
        if (measured.Views.Counts.Contains(null))
        {
            warnings.Add($"There is no {(measured.Views.Counts[0] is null ? "anterior" : "posterior")} view: what only that one shows is not in the index.");
        }

        if (measured.Difference > MostDifference)
        {
            warnings.Add("The atlas lies badly over the body, or much of the scan is unlike a healthy one: look at the drawn regions before using the index.");
        }

        ScanHotspot[] ordered = [.. spots.OrderByDescending(spot => spot.IsLesion).ThenByDescending(spot => spot.Points).ThenByDescending(spot => spot.Probability).ThenBy(spot => spot.DownMillimetres).ThenBy(spot => spot.LeftMillimetres).Select((spot, i) => spot with { Number = i + 1 })];
        return new BoneScanResult(bones.Sum(), ordered, [.. SkeletalMass.Shares.Select((share, i) => new BoneBurden(share, bones[i]))], warnings)
        {
            Views = measured.Views,
            Atlas = measured.Atlas,
            Difference = measured.Difference,
        };
    }
}

/// <summary>A scan with the atlas laid over it and its hotspots in numbers: what training and measuring have in common.</summary>
internal sealed record MeasuredScan(AlignedViews Views, RegisteredAtlas Atlas, HealthyUptake Healthy, IReadOnlyList<HotspotPair> Pairs, IReadOnlyList<HotspotFeatures> Features, double Difference)
{
    public static MeasuredScan Of(SkeletonAtlas atlas, AtlasRegistration registration, WholeBodyScan scan)
    {
        AlignedViews views = AlignedViews.Of(scan) ?? throw new LeaveOutException("NoBody", "expected a view that shows a body, found none.");
        (BodyPose pose, double difference) = registration.Fit(views);
        RegisteredAtlas laid = new(atlas, pose, views);
        HealthyUptake healthy = new(views, laid);
        IReadOnlyList<HotspotPair> pairs = HotspotFinder.Find(views, healthy);
        ScanContext context = ScanContext.Of(pairs, views, laid);
        return new MeasuredScan(views, laid, healthy, pairs, [.. pairs.Select(pair => HotspotFeatures.Of(pair, context, views, healthy, laid))], difference);
    }
}
