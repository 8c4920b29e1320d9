using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Maps;
using MLNetScinti.Dosimetry.PartialVolume;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.Organs;

/// <summary>One image of a patient as it comes from outside: nothing about it is taken for granted.</summary>
public sealed record StudyImage
{
    /// <summary>Hours after administration.</summary>
    public required double Hours { get; init; }

    /// <summary>The voxels.</summary>
    public required Volume Voxels { get; init; }

    /// <summary>Their unit: "Bq/ml" (DICOM's BQML).</summary>
    public required string Unit { get; init; }

    /// <summary>The nuclide's symbol: "Lu-177".</summary>
    public required string Nuclide { get; init; }

    /// <summary>The coordinates that it lies in, by any name: images of one name lie in one, registered to each other where they had to be.</summary>
    public string Space { get; init; } = "";

    /// <summary>The regions in this image by name, each in the order of its voxels.</summary>
    public IReadOnlyDictionary<string, bool[]> Regions { get; init; } = new Dictionary<string, bool[]>(StringComparer.Ordinal);

    /// <summary>What part of each voxel a region fills, 0 to 1, by name: of those that were drawn on finer voxels. Others fill the voxels of their masks.</summary>
    public IReadOnlyDictionary<string, float[]> Parts { get; init; } = new Dictionary<string, float[]>(StringComparer.Ordinal);
}

/// <summary>What was measured of a region in one image.</summary>
/// <param name="Hours">Hours after administration.</param>
/// <param name="Millilitres">Volume, ml.</param>
/// <param name="Megabecquerel">Activity, MBq; corrected where <see cref="Recovery"/> is not 1.</param>
public sealed record RegionMeasurement(double Hours, double Millilitres, double Megabecquerel)
{
    /// <summary>What the activity that the image shows was divided by; 1 where it was not.</summary>
    public double Recovery { get; init; } = 1;

    /// <summary>Concentration, Bq/ml.</summary>
    public double BecquerelPerMillilitre => Megabecquerel * 1e6 / Millilitres;
}

/// <summary>
/// The images of one patient after one administration. Made only of images that a dose can be computed from; what can be told but not mended is a flag.
/// </summary>
public sealed class DosimetryStudy
{
    // Judgements: a calibration may be off by a fifth, a unit is off by a thousand; and an image of a therapy shows more than a thousandth of it.
    private const double SlightlyMore = 1.05;
    private const double FarMore = 1.5;
    private const double FarLess = 0.001;

    private DosimetryStudy(Nuclide nuclide, IReadOnlyList<StudyImage> images, IReadOnlyList<DosimetryFlag> flags) => (Nuclide, Images, Flags) = (nuclide, images, flags);

    /// <summary>The nuclide of all images.</summary>
    public Nuclide Nuclide { get; }

    /// <summary>The images in the order of time.</summary>
    public IReadOnlyList<StudyImage> Images { get; }

    /// <summary>What has to be said with every dose of this study.</summary>
    public IReadOnlyList<DosimetryFlag> Flags { get; }

    /// <summary>Puts images together.</summary>
    /// <param name="images">The images of one patient, in any order.</param>
    /// <param name="administered">Administered activity, MBq, where it is known: activities are held against it.</param>
    /// <param name="expectedHours">The protocol's times, where there is one: a time without an image within 30 % of it is missing.</param>
    /// <exception cref="DosimetryException">No image, another unit than Bq/ml, several nuclides, two images of the same time, a mask of the wrong length, or activities that the administered one excludes.</exception>
    public static DosimetryStudy Of(IReadOnlyList<StudyImage> images, double? administered = null, IReadOnlyList<double>? expectedHours = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            throw new DosimetryException(DosimetryIssue.MissingTimePoint, "The study has no image: a dose needs at least one.");
        }

        StudyImage[] ordered = [.. images.OrderBy(image => image.Hours)];
        string[] symbols = [.. ordered.Select(image => image.Nuclide).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (symbols.Length > 1)
        {
            throw new DosimetryException(DosimetryIssue.MixedNuclides,
                $"The images are of several nuclides ({string.Join(", ", symbols.Select(symbol => PlainText.Short(symbol)))}): compute each nuclide's dose from its own images.");
        }

        Nuclide nuclide = Nuclide.Named(symbols[0]);
        // The rules of times are those of a curve.
        _ = new TimeActivityCurve(nuclide, ordered.Select(image => new TimeActivityPoint(image.Hours, 0)));
        List<DosimetryFlag> flags = [];
        foreach (StudyImage image in ordered)
        {
            Check(image);
            if (administered is { } given)
            {
                CheckActivity(image, given, nuclide, flags);
            }
        }

        foreach (double expected in (expectedHours ?? []).Where(expected => !ordered.Any(image => Math.Abs(image.Hours - expected) <= 0.3 * expected)))
        {
            flags.Add(new(DosimetryIssue.MissingTimePoint, FormattableString.Invariant(
                $"The image at {expected:0.#} h is missing: there are images at {string.Join(", ", ordered.Select(image => FormattableString.Invariant($"{image.Hours:0.#}")))} h.")));
        }

        return new DosimetryStudy(nuclide, ordered, flags);
    }

    /// <summary>What the images show of a region, in the order of time; images without the region are left out and flagged.</summary>
    /// <param name="region">Its name.</param>
    /// <param name="flags">Takes what has to be said.</param>
    /// <exception cref="DosimetryException">No image has the region, it is empty in one, or it reaches the border of one.</exception>
    public IReadOnlyList<RegionMeasurement> Measure(string region, ICollection<DosimetryFlag> flags)
    {
        ArgumentNullException.ThrowIfNull(flags);
        List<RegionMeasurement> measurements = [];
        foreach (StudyImage image in Images)
        {
            if (!image.Regions.TryGetValue(region, out bool[]? mask))
            {
                flags.Add(new(DosimetryIssue.MissingTimePoint, FormattableString.Invariant($"'{region}' is not delineated in the image at {image.Hours:0.#} h, which is left out.")));
                continue;
            }

            IndexBox box = IndexBox.Of(mask, image.Voxels.Shape) ?? throw new DosimetryException(DosimetryIssue.EmptyRegion,
                FormattableString.Invariant($"'{region}' has no voxel in the image at {image.Hours:0.#} h: leave the region out of that image or delineate it."));
            if (box.IsCutBy(image.Voxels.Geometry))
            {
                throw new DosimetryException(DosimetryIssue.Truncated,
                    FormattableString.Invariant($"'{region}' reaches the border of the image at {image.Hours:0.#} h and is truncated: it has no volume and no dose."));
            }

            VolumeActivity activity = VolumeActivity.Of(image.Voxels, mask);
            measurements.Add(new RegionMeasurement(image.Hours, activity.Millilitres, Math.Max(0, activity.Megabecquerel)));
        }

        return measurements.Count > 0 ? measurements : throw new DosimetryException(DosimetryIssue.UnknownName,
            $"No image has a region '{PlainText.Short(region)}'; there are: {string.Join(", ", Images.SelectMany(image => image.Regions.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}.");
    }

    /// <summary>A region of an image corrected for partial volume, together with all other regions of the image that share no voxel with it or with each other.</summary>
    /// <param name="image">An image of the study that has the region.</param>
    /// <param name="region">Its name.</param>
    /// <param name="fwhm">Full width at half maximum of the image's blur, mm.</param>
    /// <exception cref="DosimetryException">See <see cref="GeometricTransferMatrix.Of"/>.</exception>
    public static RegionRecovery Recover(StudyImage image, string region, double fwhm)
    {
        ArgumentNullException.ThrowIfNull(image);
        bool[] taken = [.. image.Regions[region]];
        List<RegionExtent> extents = [Extent(region)];
        foreach (string other in image.Regions.Keys.Where(other => other != region).Order(StringComparer.Ordinal))
        {
            bool[] mask = image.Regions[other];
            if (Array.Exists(mask, inside => inside) && !mask.Zip(taken).Any(voxel => voxel.First && voxel.Second))
            {
                extents.Add(Extent(other));
                for (int voxel = 0; voxel < taken.Length; voxel++)
                {
                    taken[voxel] |= mask[voxel];
                }
            }
        }

        return GeometricTransferMatrix.Of(image.Voxels, extents, fwhm)[0];

        RegionExtent Extent(string name) => new(name, image.Regions[name], image.Parts.TryGetValue(name, out float[]? parts) ? parts : Array.ConvertAll(image.Regions[name], inside => inside ? 1f : 0));
    }

    /// <summary>Time-integrated activity in every voxel, of images on one grid.</summary>
    /// <exception cref="DosimetryException">The images are on different grids or in different coordinates, or too few.</exception>
    public TimeIntegratedActivityMap FitVoxels(TimeActivityMethod method) => Images.FirstOrDefault(image => !string.Equals(image.Space, Images[0].Space, StringComparison.Ordinal)) is { } elsewhere
        ? throw new DosimetryException(DosimetryIssue.DifferentGrids, FormattableString.Invariant($"The image at {elsewhere.Hours:0.#} h lies in other coordinates than the one at {Images[0].Hours:0.#} h: a voxel of one is none of the other, register them first."))
        : TimeIntegratedActivityMap.Fit(Nuclide, [.. Images.Select(image => new ActivityImage(image.Hours, image.Voxels))], method);

    private static void Check(StudyImage image)
    {
        string unit = image.Unit.Trim();
        if (!string.Equals(unit, "Bq/ml", StringComparison.OrdinalIgnoreCase) && !string.Equals(unit, "BQML", StringComparison.Ordinal))
        {
            throw new DosimetryException(DosimetryIssue.WrongUnit, FormattableString.Invariant(
                $"The image at {image.Hours:0.#} h is in '{PlainText.Short(unit)}' and a dose needs Bq/ml: apply the calibration factor first."));
        }

        foreach ((string name, int length) in image.Regions.Select(region => (region.Key, region.Value.Length)).Concat(image.Parts.Select(region => (region.Key, region.Value.Length))))
        {
            if (length != image.Voxels.Shape.Length)
            {
                throw new DosimetryException(DosimetryIssue.ImpossibleValue, FormattableString.Invariant(
                    $"The mask of '{PlainText.Short(name)}' at {image.Hours:0.#} h holds {length} values and the image {image.Voxels.Shape.Length} voxels: they are not on one grid."));
            }
        }
    }

    private static void CheckActivity(StudyImage image, double administered, Nuclide nuclide, List<DosimetryFlag> flags)
    {
        if (!(administered > 0) || !double.IsFinite(administered))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The administered activity must be positive, found {administered} MBq.");
        }

        double all = 0;
        foreach (float value in image.Voxels.AsSpan())
        {
            all += value;
        }

        all *= image.Voxels.Geometry.VoxelVolume / 1000 / 1e6;
        double share = all / (administered * nuclide.Remaining(image.Hours));
        if (share > FarMore || share < FarLess)
        {
            throw new DosimetryException(DosimetryIssue.WrongUnit, FormattableString.Invariant(
                $"The image at {image.Hours:0.#} h holds {all:0.###} MBq, {share:0.####} of what is left of the administered {administered:0.#} MBq: its unit is not Bq/ml, or its calibration is wrong."));
        }

        if (share > SlightlyMore)
        {
            flags.Add(new(DosimetryIssue.MoreThanAdministered, FormattableString.Invariant(
                $"The image at {image.Hours:0.#} h holds {100 * (share - 1):0} % more than is left of the administered activity: check the calibration factor.")));
        }
    }
}
