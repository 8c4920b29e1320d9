using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Doses;

/// <summary>What is drawn around regions in a folder, and in which image's coordinates: structure sets, segmentations, and label maps by the names of their files.</summary>
internal sealed class DrawnRegions
{
    private readonly List<StructureSet> _sets = [];
    private readonly List<Segmentation> _segmentations = [];
    private readonly List<string> _maps;
    private readonly DoseFolderOptions _options;

    private DrawnRegions(DoseFolderOptions options, List<string> maps) => (_options, _maps) = (options, maps);

    /// <summary>Finds what is drawn: structure sets and segmentations are no images, and so among what the index leaves out.</summary>
    public static DrawnRegions Of(string folder, StudyIndex index, DoseFolderOptions options)
    {
        DrawnRegions drawn = new(options, options.Masks is { } masks
            ? [.. FolderWalk.Files(masks).Where(file => file.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".nii", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)]
            : []);
        foreach (SkippedFile file in index.LeftOut.Where(file => file.Reason == SkipReason.NotAnImageToScore))
        {
            string path = Path.Combine(folder, file.File);
            if (Attempt(() => StructureSetReader.Read(path, options.Reading)) is { } set)
            {
                drawn._sets.Add(set);
            }
            else if (Attempt(() => SegmentationReader.Read(path, options.Reading)) is { } segmentation)
            {
                drawn._segmentations.Add(segmentation);
            }
        }

        return drawn;
    }

    /// <summary>The regions that are drawn in an image's coordinates, on a grid.</summary>
    public IReadOnlyDictionary<string, bool[]> In(TimePoint point, ImageGeometry grid, string image, List<string> notes)
    {
        Dictionary<string, bool[]> regions = new(StringComparer.Ordinal);
        void Add(string name, ReadOnlySpan<byte> labels, ImageGeometry geometry)
        {
            // The image that counts may reach further than the one that was drawn in: what is cut off there is cut off here.
            if (Touches(labels, geometry.Shape))
            {
                notes.Add($"{image}: '{PlainText.Short(name)}' reaches the edge of the image that it was drawn in and is truncated: it has no volume and no dose.");
                return;
            }

            byte[] seen = Resample.ToGrid(labels, geometry, grid);
            if (Touches(seen, grid.Shape))
            {
                notes.Add($"{image}: '{PlainText.Short(name)}' reaches the edge of the image and is truncated: it has no volume and no dose.");
                return;
            }

            if (!regions.TryAdd(name, Array.ConvertAll(seen, label => label != 0)))
            {
                notes.Add($"{image}: '{PlainText.Short(name)}' is drawn more than once, and the first was taken.");
            }
        }

        bool IsHere(string space, PatientFacts patient) => space.Length > 0 && string.Equals(space, point.Series.SpaceUid, StringComparison.Ordinal) && string.Equals(patient.Pseudonym, point.Study.Patient.Pseudonym, StringComparison.Ordinal);

        foreach (StructureSet set in _sets.Where(set => IsHere(set.SpaceUid, set.Patient)))
        {
            foreach (RegionOfInterest region in set.Regions)
            {
                // Contours lie in the sections of the images that they were drawn on: of this image, or of another one in its coordinates.
                (RegionVoxels Voxels, ImageGeometry Geometry)? filled = point.Study.Series
                    .Where(series => series.Geometry is not null && string.Equals(series.SpaceUid, set.SpaceUid, StringComparison.Ordinal))
                    .Select(series => (Voxels: RegionVoxels.Of(region, series.Geometry!), Geometry: series.Geometry!))
                    .Where(one => one.Voxels.Mask is not null)
                    // Contours of thick sections fit into some sections of a thin reconstruction too, and leave the others empty.
                    .OrderByDescending(one => one.Voxels.Mask!.Count(inside => inside) * one.Geometry.VoxelVolume)
                    .Cast<(RegionVoxels, ImageGeometry)?>().FirstOrDefault();
                if (filled?.Voxels.Mask is { } mask)
                {
                    Add(region.Name, Array.ConvertAll(mask, inside => inside ? (byte)1 : (byte)0), filled.Value.Geometry);
                }
                else
                {
                    notes.Add($"{image}: the contours of '{PlainText.Short(region.Name)}' lie in the sections of no image of the study, and the region was left out: give the images that it was drawn on.");
                }
            }
        }

        foreach (Segmentation segmentation in _segmentations.Where(one => IsHere(one.SpaceUid, one.Patient)))
        {
            foreach (Segment segment in segmentation.Segments)
            {
                // A side may stand beside the name, and two segments are then called alike.
                string side = segment.Side is { } one && !segment.Name.Contains(one.ToString(), StringComparison.OrdinalIgnoreCase) ? $"{one.ToString().ToLowerInvariant()} " : "";
                Add(side + segment.Name, Array.ConvertAll(segment.Mask, inside => inside ? (byte)1 : (byte)0), segmentation.Geometry);
            }
        }

        foreach ((int number, string file) in _maps.Where(file => IsOf(file, point)).Index())
        {
            // Names of files may be names of patients, and notes go into files.
            string called = string.Create(CultureInfo.InvariantCulture, $"{image}: label map {number + 1}");
            using FileStream stream = InputFile.Open(file, 1 << 16);
            NiftiLabels map;
            try
            {
                map = NiftiLabels.Decode(stream);
            }
            catch (NiftiException problem)
            {
                notes.Add($"{called}: {problem.Message}");
                continue;
            }

            if (map.Geometry is not { } geometry)
            {
                notes.Add($"{called}: expected where the voxels are (sform or qform), found neither, and the map was left out: export it with its affine.");
                continue;
            }

            foreach (byte label in map.Labels.Distinct().Where(label => label != 0).Order())
            {
                Add(_options.Names.GetValueOrDefault(label, string.Create(CultureInfo.InvariantCulture, $"label {label}")), Array.ConvertAll(map.Labels, one => one == label ? (byte)1 : (byte)0), geometry);
            }
        }

        return regions;
    }

    /// <summary>A label map belongs to an image whose file's name begins with its own, or whose case it is named after, as models' masks are.</summary>
    private static bool IsOf(string file, TimePoint point)
    {
        string name = Path.GetFileName(file), stem = name[..name.IndexOf(".nii", StringComparison.OrdinalIgnoreCase)];
        string image = Path.GetFileNameWithoutExtension(point.Series.Files[0].File), pseudonym = $"{point.Study.Patient.Pseudonym}-{point.Study.Id}";
        // "1" is the beginning of "10", and no name of it.
        return stem.StartsWith(pseudonym, StringComparison.Ordinal)
            || (image.StartsWith(stem, StringComparison.Ordinal) && (image.Length == stem.Length || !char.IsLetterOrDigit(image[stem.Length])));
    }

    private static bool Touches(ReadOnlySpan<byte> labels, ImageShape shape)
    {
        bool[] mask = new bool[labels.Length];
        for (int voxel = 0; voxel < mask.Length; voxel++)
        {
            mask[voxel] = labels[voxel] != 0;
        }

        return IndexBox.Of(mask, shape) is { } box
            && (box.FirstSection == 0 || box.LastSection == shape.Sections - 1 || box.FirstRow == 0 || box.LastRow == shape.Rows - 1 || box.FirstColumn == 0 || box.LastColumn == shape.Columns - 1);
    }

    private static T? Attempt<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (DicomReadException)
        {
            // Whether it is one is asked here, and of the other kind next.
            return null;
        }
    }
}
