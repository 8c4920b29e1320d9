namespace MLNetScinti.Dicom.StructureSets;

/// <summary>The images of a structure set, as far as a folder has them.</summary>
/// <param name="Series">The series that its contours were drawn on; null where there is none, or it makes no volume.</param>
/// <param name="ImageUids">SOP Instance UIDs of all images of the folder.</param>
/// <param name="Problem">Why there is no series; empty where there is one.</param>
public sealed record StructureSetImages(SourceSeries? Series, IReadOnlySet<string> ImageUids, string Problem)
{
    /// <summary>Looks through a folder and the folders in it: images that the structure set names, else those in its coordinates.</summary>
    /// <param name="set">The structure set.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">What to accept; null for everything.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static StructureSetImages Find(StructureSet set, string folder, DicomReadOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        DicomImageReader reader = new(options);
        HashSet<string> named = new(set.ImageUids.Concat(set.Regions.SelectMany(region => region.Contours).Select(contour => contour.ImageUid)), StringComparer.Ordinal);
        named.Remove("");
        HashSet<string> there = new(StringComparer.Ordinal);
        List<ImageHeader> ofSet = [], beside = [];
        foreach (string file in FolderWalk.Files(folder))
        {
            cancel.ThrowIfCancellationRequested();
            ImageHeader header;
            try
            {
                header = reader.ReadHeader(file);
            }
            catch (DicomReadException)
            {
                // Whatever else lies there is none of the structure set's images.
                continue;
            }

            if (there.Add(header.InstanceUid))
            {
                (named.Contains(header.InstanceUid) ? ofSet : beside).Add(header);
            }
        }

        // Of a set that names no image, the images in its coordinates are the best that can be had: those of one series.
        List<ImageHeader> chosen = ofSet.Count > 0 ? ofSet : [.. beside.Where(header => header.IsVolume && header.SpaceUid.Length > 0 && set.SpaceUids.Contains(header.SpaceUid, StringComparer.Ordinal))];
        if (chosen.Count == 0)
        {
            return new(null, there, "the folder has none of the images that the contours were drawn on");
        }

        // Neighbours that were not drawn on belong to the volume as well.
        string[] series = [.. chosen.Select(header => header.SeriesUid).Distinct(StringComparer.Ordinal)];
        if (series.Length > 1)
        {
            return new(null, there, $"the images are of {series.Length} series, and a volume is made of one");
        }

        string[] drawnOn = [.. chosen.Select(header => header.File)], all = [.. ofSet.Concat(beside).Where(header => header.SeriesUid == series[0] && header.Kind == chosen[0].Kind).Select(header => header.File)];
        string problem = "";
        // A survey view in the same series is no section of it.
        foreach (string[] files in (string[][])[all, drawnOn])
        {
            try
            {
                return new(SourceSeries.Read(files, options), there, "");
            }
            catch (DicomReadException refused)
            {
                problem = problem.Length == 0 ? refused.Sentence : problem;
            }
        }

        return new(null, there, problem.TrimEnd('.'));
    }
}
