namespace MLNetScinti.Dicom.StructureSets;

/// <summary>By what a region was recognised.</summary>
public enum RecognitionEvidence
{
    /// <summary>By its Tracking UID, which is the same in all objects and survives other names and numbers.</summary>
    TrackingUid,

    /// <summary>By its name, in a structure set that has the identifier of the one written, or names that one as what it was made from.</summary>
    InstanceAndName,

    /// <summary>By its name alone, in the same coordinates.</summary>
    Name,
}

/// <summary>A region that was written, and what became of it.</summary>
/// <param name="Written">The structure as it was written.</param>
/// <param name="Found">The region as it was read; null where it is gone.</param>
/// <param name="Evidence">By what it was recognised; null where it is gone.</param>
public sealed record RecognisedRegion(WrittenStructure Written, RegionOfInterest? Found, RecognitionEvidence? Evidence);

/// <summary>
/// A structure set of ours that came back from a workstation: in another order, with other numbers, names or points, with regions added, under an
/// identifier of its own. Regions are found again by what survives: Tracking UID, then identifier and name, then name and coordinates.
/// </summary>
/// <param name="IsSameInstance">Whether it has the identifier under which it was written.</param>
/// <param name="IsSuccessor">Whether it names the written one as what it was made from.</param>
/// <param name="Regions">Each written structure, in its order.</param>
/// <param name="Added">Regions that were not written.</param>
public sealed record StructureSetRecognition(bool IsSameInstance, bool IsSuccessor, IReadOnlyList<RecognisedRegion> Regions, IReadOnlyList<RegionOfInterest> Added)
{
    /// <summary>Finds the written structures in a structure set.</summary>
    /// <param name="found">What was read.</param>
    /// <param name="written">What was written.</param>
    /// <param name="source">The images that it was written for; null where they are not at hand, and then names alone do not count.</param>
    public static StructureSetRecognition Of(StructureSet found, WrittenStructureSet written, SourceSeries? source = null)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(written);
        bool same = found.InstanceUid == written.InstanceUid, successor = found.PredecessorUids.Contains(written.InstanceUid, StringComparer.Ordinal);
        List<RegionOfInterest> left = [.. found.Regions];
        RecognisedRegion[] regions = [.. written.Structures.Select(structure => new RecognisedRegion(structure, null, null))];
        // What is certain first: a name that went to another region must not take it.
        Take(RecognitionEvidence.TrackingUid, (structure, region) => region.TrackingUid == structure.TrackingUid);
        if (same || successor)
        {
            Take(RecognitionEvidence.InstanceAndName, (structure, region) => region.TrackingUid.Length == 0 && IsNamed(region, structure));
        }
        else if (source is not null && found.SpaceUids.Contains(source.SpaceUid, StringComparer.Ordinal))
        {
            Take(RecognitionEvidence.Name, (structure, region) => region.TrackingUid.Length == 0 && IsNamed(region, structure));
        }

        return new(same, successor, regions, left);

        void Take(RecognitionEvidence evidence, Func<WrittenStructure, RegionOfInterest, bool> isOne)
        {
            for (int i = 0; i < regions.Length; i++)
            {
                RegionOfInterest[] fitting = regions[i].Found is null ? [.. left.Where(region => isOne(regions[i].Written, region))] : [];
                // Of copies the one that has kept its name; without one nobody knows which was drawn over.
                fitting = fitting.Length > 1 ? [.. fitting.Where(region => IsNamed(region, regions[i].Written))] : fitting;
                if (fitting is [RegionOfInterest only])
                {
                    left.Remove(only);
                    regions[i] = new(regions[i].Written, only, evidence);
                }
            }
        }
    }

    private static bool IsNamed(RegionOfInterest region, WrittenStructure structure) => string.Equals(region.Name.Trim(), structure.Name.Trim(), StringComparison.OrdinalIgnoreCase);
}
