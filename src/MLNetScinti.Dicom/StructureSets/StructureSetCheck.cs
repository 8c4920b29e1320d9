using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.StructureSets;

/// <summary>What a region of a structure set is like.</summary>
/// <param name="Number">ROI Number.</param>
/// <param name="Name">ROI Name.</param>
public sealed record RegionReport(int Number, string Name)
{
    /// <summary>Planes with closed contours.</summary>
    public int Sections { get; init; }

    /// <summary>Closed contours.</summary>
    public int Contours { get; init; }

    /// <summary>Points and open lines, which enclose nothing.</summary>
    public int OpenContours { get; init; }

    /// <summary>Points of the closed contours.</summary>
    public int Points { get; init; }

    /// <summary>The volume that its contours enclose, ml: the area in each plane times the distance of planes. Null where nothing says how far planes are apart.</summary>
    public double? PolygonMillilitres { get; init; }

    /// <summary>The volume of the voxels whose centres the contours enclose, ml; null without images, or where contours do not lie in their sections.</summary>
    public double? VoxelMillilitres { get; init; }

    /// <summary>ROI Volume as the file says it, ml, or null.</summary>
    public double? StatedMillilitres { get; init; }

    /// <summary>Parts that hang together within a plane, over all planes.</summary>
    public int Islands { get; init; }

    /// <summary>Holes, over all planes.</summary>
    public int Holes { get; init; }

    /// <summary>Planes without contours between others with.</summary>
    public int Gaps { get; init; }

    /// <summary>Closed contours that name no image, or one that is not there.</summary>
    public int MissingReferences { get; init; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What a structure set is like: what each region holds, by polygon and by voxel, and what is missing.</summary>
/// <param name="Regions">Its regions.</param>
/// <param name="ReferencedImages">Images that the file says it was made on.</param>
/// <param name="MissingImages">Those of them that are not among the given ones; null where none were given.</param>
/// <param name="Notes">What a careful reader would want to know of the whole.</param>
public sealed record StructureSetCheck(IReadOnlyList<RegionReport> Regions, int ReferencedImages, int? MissingImages, IReadOnlyList<string> Notes)
{
    // Planes are as far apart as most are, to this share.
    private const double EvenWithin = 0.05;

    /// <summary>Whether nothing is missing and nothing needs a look.</summary>
    public bool IsSound => MissingImages is null or 0 && Notes.Count == 0 && Regions.All(region => region is { MissingReferences: 0, Notes.Count: 0 });

    /// <summary>Looks at a structure set.</summary>
    /// <param name="set">The structure set.</param>
    /// <param name="images">The images that it was made on; null where they are not at hand, or make no volume.</param>
    /// <param name="imageUids">The SOP Instance UIDs of all images at hand; null for those of the series.</param>
    public static StructureSetCheck Of(StructureSet set, SourceSeries? images = null, IReadOnlySet<string>? imageUids = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        List<string> notes = [.. set.Warnings];
        HashSet<string> there = new(imageUids ?? (images is null ? set.ImageUids : images.Sections.Select(section => section.InstanceUid)), StringComparer.Ordinal);
        if (images is not null && !set.SpaceUids.Contains(images.SpaceUid, StringComparer.Ordinal))
        {
            notes.Add("Its frame of reference is not that of the images: they may lie elsewhere, or be of somebody else.");
        }

        if (images is { Patient: { Number.Length: > 0 } ofImages } && set.Patient.Number.Length > 0 && !set.Patient.MayBe(ofImages))
        {
            notes.Add("Its patient's number is not that of the images.");
        }

        if (set.ImageUids.Count == 0)
        {
            notes.Add("It does not say on which images it was made.");
        }

        double? distance = images is null ? Distance(set) : RegionVoxels.DistanceOfSections(images.Geometry);
        return new([.. set.Regions.Select(region => Of(region, images, there, distance, images is not null && set.SpaceUids.Contains(images.SpaceUid, StringComparer.Ordinal)))], set.ImageUids.Count, images is null && imageUids is null ? null : set.ImageUids.Count(uid => !there.Contains(uid)), notes);
    }

    private static RegionReport Of(RegionOfInterest region, SourceSeries? images, HashSet<string> there, double? distance, bool isElsewhere)
    {
        List<string> notes = [];
        // Where the set as a whole lies elsewhere that is said of it once; contours are looked at all the same.
        if (images is not null && region.SpaceUid.Length > 0 && region.SpaceUid != images.SpaceUid && isElsewhere)
        {
            notes.Add("No voxels: its frame of reference is another one than that of the images.");
            images = null;
        }

        RoiContour[] closed = [.. region.Closed];
        List<List<RoiContour>> planes = Planes(region);
        double area = 0;
        (int islands, int holes, int overlapping) = (0, 0, 0);
        foreach (List<RoiContour> plane in planes)
        {
            List<IReadOnlyList<PlanePoint>> polygons = [.. plane.Select(contour => (IReadOnlyList<PlanePoint>)[.. contour.Points.Select(region.Plane!.Flatten)])];
            double least = StructureSetReader.LeastWidthOf(polygons);
            PolygonRegions found;
            try
            {
                found = PolygonRegions.Of(polygons, region.Combination, least);
                if (region.Combination == PolygonCombination.Union && polygons.Count > 1 && polygons.Sum(polygon => PolygonRegions.Of([polygon], PolygonCombination.Union, least).Area) > found.Area * (1 + 1e-6))
                {
                    overlapping++;
                }
            }
            catch (ArgumentException)
            {
                notes.Add("Its contours cross each other more often than those of any drawing: they were not measured.");
                return new RegionReport(region.Number, region.Name) { Sections = planes.Count, Contours = closed.Length, Notes = notes };
            }

            area += found.Area;
            islands += found.Islands;
            holes += found.Holes;
        }

        if (overlapping > 0)
        {
            notes.Add($"In {overlapping} planes contours lie over each other: CLOSED_PLANAR counts what any of them encloses; holes need a channel or CLOSEDPLANAR_XOR.");
        }

        RegionVoxels? voxels = images is null || region.Plane is null ? null : RegionVoxels.Of(region, images.Geometry);
        if (voxels is { Refusal.Length: > 0 })
        {
            notes.Add($"No voxels: {voxels.Refusal}.");
        }

        if (voxels is { OutsideContours: > 0 })
        {
            notes.Add($"{voxels.OutsideContours} contours lie above the images' first section or below their last.");
        }

        if (distance is null && closed.Length > 0)
        {
            notes.Add("All contours lie in one plane, and nothing says how thick it is: give the images.");
        }

        if (images is not null && voxels is { Mask: not null } && closed.Count(contour => IsElsewhere(contour, images)) is int elsewhere and > 0)
        {
            notes.Add($"{elsewhere} contours name an image of another section than the one they lie in.");
        }

        return new RegionReport(region.Number, region.Name)
        {
            Sections = planes.Count,
            Contours = closed.Length,
            OpenContours = region.Contours.Count - closed.Length,
            Points = closed.Sum(contour => contour.Points.Count),
            PolygonMillilitres = closed.Length == 0 ? 0 : area * distance / 1000,
            VoxelMillilitres = voxels?.Mask is bool[] mask ? mask.Count(voxel => voxel) * images!.Geometry.VoxelVolume / 1000 : null,
            StatedMillilitres = region.StatedMillilitres,
            Islands = islands,
            Holes = holes,
            Gaps = Gaps(region, planes, distance, notes),
            MissingReferences = closed.Count(contour => contour.ImageUid.Length == 0 || !there.Contains(contour.ImageUid)),
            Notes = notes,
        };
    }

    private static bool IsElsewhere(RoiContour contour, SourceSeries images)
    {
        int section = (int)Math.Round(images.Geometry.IndexOf(contour.Points[0]).Section);
        if (contour.ImageUid.Length == 0 || section < 0 || section >= images.Sections.Count || images.Sections.All(one => one.InstanceUid != contour.ImageUid))
        {
            return false;
        }

        SourceSection there = images.Sections[section];
        return there.InstanceUid != contour.ImageUid || (there.Frame is not null && contour.Frame is not null && there.Frame != contour.Frame);
    }

    private static int Gaps(RegionOfInterest region, List<List<RoiContour>> planes, double? distance, List<string> notes)
    {
        int gaps = 0, uneven = 0;
        for (int i = 1; i < planes.Count && distance > 0; i++)
        {
            double steps = (Depth(region, planes[i]) - Depth(region, planes[i - 1])) / distance.Value;
            double whole = Math.Max(1, Math.Round(steps));
            uneven += Math.Abs(steps - whole) > EvenWithin * whole ? 1 : 0;
            gaps += (int)Math.Min(whole - 1, int.MaxValue / 2);
        }

        if (uneven > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{uneven} of {planes.Count - 1} distances of its planes are no multiple of {distance:0.###} mm: the volume by polygon is a guess there."));
        }

        return gaps;
    }

    /// <summary>The closed contours of each plane, along the normal.</summary>
    private static List<List<RoiContour>> Planes(RegionOfInterest region)
    {
        List<List<RoiContour>> planes = [];
        if (region.Plane is not ContourPlane plane)
        {
            return planes;
        }

        double within = Within(region), start = double.NegativeInfinity;
        foreach ((RoiContour contour, double depth) in region.Closed.Select(contour => (contour, plane.DepthOf(Middle(contour)))).OrderBy(pair => pair.Item2))
        {
            if (depth - start > within)
            {
                planes.Add([]);
                start = depth;
            }

            planes[^1].Add(contour);
        }

        return planes;
    }

    private static Point3 Middle(RoiContour contour)
    {
        Point3 sum = default;
        foreach (Point3 point in contour.Points)
        {
            sum += point;
        }

        return 1.0 / contour.Points.Count * sum;
    }

    private static double Depth(RegionOfInterest region, List<RoiContour> plane) => plane.Average(contour => region.Plane!.DepthOf(Middle(contour)));

    /// <summary>The smallest distance of the planes of all regions: one may leave out sections, and all together seldom do.</summary>
    private static double? Distance(StructureSet set)
    {
        RegionOfInterest[] regions = [.. set.Regions.Where(region => region.Plane is not null)];
        double smallest = double.PositiveInfinity;
        // The one with the most points knows its direction best.
        if (regions.MaxBy(region => region.Closed.Sum(contour => contour.Points.Count)) is RegionOfInterest first)
        {
            RegionOfInterest[] parallel = [.. regions.Where(region => Math.Abs(region.Plane!.Normal.Dot(first.Plane!.Normal)) > 0.9999)];
            double within = parallel.Max(Within);
            double[] depths = [.. parallel.SelectMany(region => Planes(region).Select(plane => plane.Average(contour => first.Plane!.DepthOf(Middle(contour))))).Order()];
            smallest = depths.Zip(depths.Skip(1), (a, b) => b - a).Where(step => step > within).DefaultIfEmpty(smallest).Min();
        }

        return double.IsFinite(smallest) ? smallest : null;
    }

    // As far as rounding took the points of one contour from each other, it may have taken contours of one plane.
    private static double Within(RegionOfInterest region) => Math.Min(StructureSetReader.FlatWithin, 1e-3 + (2 * region.Closed.Max(contour => region.Plane!.Spread(contour.Points))));
}
