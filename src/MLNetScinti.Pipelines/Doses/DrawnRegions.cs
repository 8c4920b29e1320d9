using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Doses;

/// <summary>Regions on the voxels of an image.</summary>
/// <param name="Masks">Their voxels, by name.</param>
/// <param name="Parts">What part of each voxel they fill, of those that were drawn on finer voxels.</param>
internal sealed record DrawnMasks(IReadOnlyDictionary<string, bool[]> Masks, IReadOnlyDictionary<string, float[]> Parts);

/// <summary>What is drawn around regions in a folder, and in which image's coordinates: structure sets, segmentations, and label maps by the names of their files.</summary>
internal sealed class DrawnRegions
{
    // Of organs below the diaphragm no motion beyond 30 mm was found (n 54), and what is found at the end of the search is none.
    private const double FollowReach = 34;

    private readonly List<StructureSet> _sets = [];
    private readonly List<Segmentation> _segmentations = [];
    private readonly List<string> _problems = [];
    private readonly List<StructureSet> _superseded = [];
    private readonly List<StructureSet> _circular = [];
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
            if (drawn.Attempt(() => StructureSetReader.Read(path, options.Reading), "structure set") is { } set)
            {
                drawn._sets.Add(set);
            }
            else if (drawn.Attempt(() => SegmentationReader.Read(path, options.Reading), "segmentation") is { } segmentation)
            {
                drawn._segmentations.Add(segmentation);
            }
        }

        drawn.LeaveOutPredecessors();
        return drawn;
    }

    /// <summary>What is drawn and cannot be used, whoever's it is: files that are damaged say no patient that could be trusted.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The regions that are drawn in an image's coordinates, on its voxels; those of finer voxels where the image shows them, if that is asked for.</summary>
    /// <param name="point">The image.</param>
    /// <param name="activity">Its voxels.</param>
    /// <param name="image">What the image is called in sentences.</param>
    /// <param name="notes">Takes what has to be said.</param>
    /// <param name="leftOut">Takes the regions that are drawn and cannot be used in this image, by name, and why.</param>
    public DrawnMasks In(TimePoint point, Volume activity, string image, List<string> notes, IDictionary<string, string> leftOut)
    {
        ImageGeometry grid = activity.Geometry;
        Dictionary<string, bool[]> regions = new(StringComparer.Ordinal);
        Dictionary<string, float[]> parts = new(StringComparer.Ordinal);
        void LeaveOut(string name, string why) => leftOut.TryAdd(name, $"{image}: {why}");

        void Add(string name, bool[] mask, ImageGeometry geometry)
        {
            if (!Array.Exists(mask, inside => inside))
            {
                // As models write it of patients who lack one of two.
                notes.Add($"{image}: nothing is drawn in '{PlainText.Short(name)}'.");
                return;
            }

            // The image that counts may reach further than the one that was drawn in: what is cut off there is cut off here.
            if (IndexBox.IsTruncated(mask, geometry))
            {
                LeaveOut(name, $"'{PlainText.Short(name)}' reaches the edge of the image that it was drawn in and is truncated: it has no volume and no dose.");
                return;
            }

            geometry = Followed(name, mask, geometry);
            bool[] seen = MaskResampling.ToGrid(mask, geometry, grid, MaskRule.KeepVolume);
            if (IndexBox.IsTruncated(seen, grid) || !Array.Exists(seen, inside => inside))
            {
                LeaveOut(name, $"'{PlainText.Short(name)}' reaches {(Array.Exists(seen, inside => inside) ? "the edge of the image" : "beyond the image, or is smaller than its voxels,")} and is truncated: it has no volume and no dose.");
                return;
            }

            if (!regions.TryAdd(name, seen))
            {
                notes.Add($"{image}: '{PlainText.Short(name)}' is drawn more than once, and the first was taken.");
                return;
            }

            // What a finer drawing knows of a voxel at its edge counts where blur is corrected for.
            float[] filled = MaskResampling.PartsOnGrid(mask, geometry, grid);
            if (Array.Exists(filled, part => part is > 0 and < 1))
            {
                parts[name] = filled;
            }
        }

        // What was drawn on a CT lies there in one phase of a breath, and in a SPECT in the mean of all.
        ImageGeometry Followed(string name, bool[] mask, ImageGeometry drawn)
        {
            if (_options.FollowFwhm is not { } fwhm || drawn.VoxelVolume > 0.5 * grid.VoxelVolume)
            {
                return drawn;
            }

            RegionShift shift = RegionShift.Find(activity, mask, drawn, fwhm, FollowReach);
            Point3 by = shift.Millimetres;
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{image}: '{PlainText.Short(name)}' ") + (shift.IsFound
                ? string.Create(CultureInfo.InvariantCulture, $"was moved by {by.Length:0.0} mm ({by.X:0.0}, {by.Y:0.0}, {by.Z:0.0}) to where the image shows it: agreement {shift.Agreement:0.00}, {shift.AgreementUnmoved:0.00} where it was drawn.")
                : string.Create(CultureInfo.InvariantCulture, $"was left where it was drawn: the image shows nothing of its form within {FollowReach:0} mm (agreement {shift.Agreement:0.00}).")));
            return shift.IsFound ? drawn with { Origin = drawn.Origin + by } : drawn;
        }

        bool IsHere(string space, PatientFacts patient) => space.Length > 0 && string.Equals(space, point.Series.SpaceUid, StringComparison.Ordinal) && string.Equals(patient.Pseudonym, point.Study.Patient.Pseudonym, StringComparison.Ordinal);

        if (_superseded.Count(set => set.SpaceUids.Any(space => IsHere(space, set.Patient))) is int older and > 0)
        {
            notes.Add($"{image}: {older} structure sets that others were made from (Predecessor Structure Set Sequence) were left out: their successors are there.");
        }

        if (_circular.Exists(set => set.SpaceUids.Any(space => IsHere(space, set.Patient))))
        {
            notes.Add($"{image}: structure sets name each other as what they were made from (Predecessor Structure Set Sequence): nobody can tell which is the last, and all were used.");
        }

        foreach (StructureSet set in _sets)
        {
            foreach (RegionOfInterest region in set.Regions.Where(region => IsHere(region.SpaceUid, set.Patient)))
            {
                // Contours lie in the sections of the images that they were drawn on: of this image, or of another one in its coordinates.
                (RegionVoxels Voxels, ImageGeometry Geometry)? filled = point.Study.Series
                    .Where(series => series.Geometry is not null && string.Equals(series.SpaceUid, region.SpaceUid, StringComparison.Ordinal))
                    .Select(series => (Voxels: RegionVoxels.Of(region, series.Geometry!), Geometry: series.Geometry!))
                    .Where(one => one.Voxels.Mask is not null)
                    // Contours of thick sections fit into some sections of a thin reconstruction too, and leave the others empty.
                    .OrderByDescending(one => one.Voxels.Mask!.Count(inside => inside) * one.Geometry.VoxelVolume)
                    .Cast<(RegionVoxels, ImageGeometry)?>().FirstOrDefault();
                if (filled?.Voxels is { Mask: { } mask } voxels)
                {
                    if (voxels.OutsideContours > 0)
                    {
                        LeaveOut(region.Name, $"{voxels.OutsideContours} contours of '{PlainText.Short(region.Name)}' lie beyond the sections of the image that it was drawn in and it is truncated: it has no volume and no dose.");
                        continue;
                    }

                    Add(region.Name, mask, filled.Value.Geometry);
                }
                else
                {
                    LeaveOut(region.Name, $"the contours of '{PlainText.Short(region.Name)}' lie in the sections of no image of the study: give the images that it was drawn on.");
                }
            }
        }

        foreach (Segmentation segmentation in _segmentations.Where(one => IsHere(one.SpaceUid, one.Patient)))
        {
            foreach (Segment segment in segmentation.Segments)
            {
                // A side may stand beside the name, and two segments are then called alike.
                string side = segment.Side is { } one && !segment.Name.Contains(one.ToString(), StringComparison.OrdinalIgnoreCase) ? $"{one.ToString().ToLowerInvariant()} " : "";
                Add(side + segment.Name, segment.Mask, segmentation.Geometry);
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
                Add(_options.Names.GetValueOrDefault(label, string.Create(CultureInfo.InvariantCulture, $"label {label}")), Array.ConvertAll(map.Labels, one => one == label), geometry);
            }
        }

        return new DrawnMasks(regions, parts);
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

    /// <summary>
    /// Of a structure set that a workstation changed the older form stays in the archive: only what nothing was made from counts. Sets that name
    /// each other, directly or around a circle, leave nobody to tell which is the last, and stay unless something else was made from one of them.
    /// </summary>
    private void LeaveOutPredecessors()
    {
        Dictionary<string, HashSet<string>> ancestors = _sets.Select(set => set.InstanceUid).Distinct(StringComparer.Ordinal).ToDictionary(uid => uid, AncestorsOf, StringComparer.Ordinal);
        _superseded.AddRange(_sets.Where(set => ancestors.Any(other => other.Value.Contains(set.InstanceUid) && !ancestors[set.InstanceUid].Contains(other.Key))));
        _sets.RemoveAll(_superseded.Contains);
        _circular.AddRange(_sets.Where(set => ancestors.Any(other => other.Key != set.InstanceUid && other.Value.Contains(set.InstanceUid))));
    }

    /// <summary>What a structure set of the folder was made from, and what that was made from; of one patient alone.</summary>
    private HashSet<string> AncestorsOf(string uid)
    {
        string patient = _sets.First(set => set.InstanceUid == uid).Patient.Pseudonym;
        ILookup<string, string> older = _sets.Where(set => set.Patient.Pseudonym == patient)
            .SelectMany(set => set.PredecessorUids, (set, predecessor) => (set.InstanceUid, predecessor)).ToLookup(pair => pair.InstanceUid, pair => pair.predecessor, StringComparer.Ordinal);
        HashSet<string> found = new(StringComparer.Ordinal);
        Stack<string> open = new([uid]);
        while (open.TryPop(out string? next))
        {
            foreach (string predecessor in older[next].Where(found.Add))
            {
                open.Push(predecessor);
            }
        }

        return found;
    }

    private T? Attempt<T>(Func<T> read, string kind)
        where T : class
    {
        try
        {
            return read();
        }
        catch (DicomReadException problem) when (problem.Reason == SkipReason.WrongKind)
        {
            // Whether it is one is asked here, and of the other kind next.
            return null;
        }
        catch (DicomReadException problem)
        {
            _problems.Add($"A {kind} of the folder cannot be used: {problem.Sentence}");
            return null;
        }
    }
}
