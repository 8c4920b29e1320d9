namespace MLNetScinti.Dicom;

/// <summary>
/// Sorts reconstructed frames into volumes and sections: Slice Vector, time slots and the counts of the header against each
/// other. A heart of four time slots is four volumes, whatever the header leaves out; where nothing tells, there is no volume.
/// </summary>
internal static class SectionStacking
{
    /// <summary>The volumes of a reconstructed image.</summary>
    /// <param name="vectors">What frames are counted in; frames that were sorted otherwise get the numbers that they were sorted by.</param>
    /// <param name="counts">What the header says besides.</param>
    /// <param name="kind">What the image is.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="warnings">Gets what does not go together.</param>
    public static FrameLayout Read(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, ImageKind kind, int frames, List<string> warnings)
    {
        ushort[]? slices = FrameLayout.Of(vectors, FrameDimension.Slice);
        (FrameDimension Dimension, ushort[] Numbers)[] others = [.. vectors.Where(vector => vector.Dimension != FrameDimension.Slice)];
        int[] all = [.. Enumerable.Range(0, frames)];
        int[][] groups = Array.TrueForAll(others, vector => FrameIndexing.IsConstant(vector.Numbers))
            ? [all]
            : [.. all.GroupBy(frame => string.Join('/', others.Select(vector => vector.Numbers[frame])), StringComparer.Ordinal).Select(group => group.ToArray())];
        if (kind == ImageKind.ReconTomo && FrameLayout.Of(others, FrameDimension.TimeSlot) is ushort[] unexpected && FrameIndexing.Distinct(unexpected) > 1)
        {
            warnings.Add($"Image Type says RECON TOMO, and {FrameIndexing.Distinct(unexpected)} time slots are counted: each is a volume.");
        }

        if (frames == 1)
        {
            return new FrameLayout(vectors) { Volumes = groups };
        }

        bool isSplit = false;
        if (groups.Length == 1)
        {
            int[][]? split = Split(slices, others, counts, kind, frames, out string refusal);
            if (refusal.Length > 0)
            {
                return Refused(vectors, refusal, warnings);
            }

            (groups, isSplit) = (split ?? groups, split is not null);
        }
        else if (groups.Length > 1 && slices is not null && Occurrences(slices, groups) is int[][] repeated)
        {
            (groups, isSplit) = (repeated, true);
        }

        if (isSplit)
        {
            warnings.Add($"No vector tells the volumes of {frames} sections apart: they were taken as {groups.Length} volumes of {groups[0].Length}, which the header's counts or the numbers of the sections account for.");
        }

        if (groups.Length == 1 && kind == ImageKind.ReconTomo && Announced(counts) is > 1 and var announced && FrameLayout.Of(others, FrameDimension.TimeSlot) is null)
        {
            warnings.Add($"Number of Time Slots and of R-R Intervals announce {announced} volumes, and nothing tells them apart among {frames} sections: they were taken as one volume.");
        }

        int sections = groups[0].Length;
        if (Array.Exists(groups, group => group.Length != sections))
        {
            return Refused(vectors, $"the {groups.Length} volumes have {string.Join(", ", groups.Select(group => group.Length).Distinct())} sections, expected as many in each", warnings);
        }

        if (counts[FrameDimension.Slice] is int told && told != sections && !(groups.Length > 1 && told == frames))
        {
            warnings.Add($"Number of Slices says {told}, found {groups.Length} {(groups.Length == 1 ? "volume" : "volumes")} of {sections} sections.");
        }

        return Stacked(vectors, slices, groups, isSplit, warnings);
    }

    private static FrameLayout Refused(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, string why, List<string> warnings)
    {
        warnings.Add($"No volume can be made of the frames: {why}.");
        return new FrameLayout(vectors) { Refusal = why };
    }

    /// <summary>The volumes among frames that no vector but the Slice Vector tells apart, or null where they are one volume.</summary>
    private static int[][]? Split(ushort[]? slices, (FrameDimension Dimension, ushort[] Numbers)[] others, FrameCounts counts, ImageKind kind, int frames, out string refusal)
    {
        refusal = "";
        if (slices is not null && Occurrences(slices, [[.. Enumerable.Range(0, frames)]]) is int[][] repeated)
        {
            return repeated;
        }

        bool isGated = kind == ImageKind.ReconGatedTomo, isVector = FrameLayout.Of(others, FrameDimension.TimeSlot) is not null;
        int slots = (counts[FrameDimension.TimeSlot] ?? 0) * (counts[FrameDimension.RRInterval] ?? 1);
        int? told = counts[FrameDimension.Slice];
        int? sections = null;
        if (isGated)
        {
            bool isOneSlot = FrameLayout.Of(others, FrameDimension.TimeSlot) is not null && slots <= 1;
            if (slots == 1 || isOneSlot || told == frames && slots == 0 && FrameLayout.Of(others, FrameDimension.TimeSlot) is not null)
            {
                return null;
            }

            sections = slots > 1 && frames % slots == 0 ? frames / slots : slots == 0 && told is int known && known < frames && frames % known == 0 ? told : null;
            if (sections is null)
            {
                refusal = $"the image is gated, and nothing tells which of its {frames} frames belongs to which time slot";
                return null;
            }
        }
        else if (told is int expected && expected > 0 && expected < frames && frames % expected == 0 && (slots == frames / expected || counts[FrameDimension.EnergyWindow] == frames / expected))
        {
            sections = expected;
        }
        else if (told is null && !isVector && Announced(counts) is > 1 and var volumes && frames % volumes == 0)
        {
            // Slots and intervals are counted of gated images alone, so that this is one, whatever it is called.
            sections = frames / volumes;
        }

        return sections is int each ? [.. Enumerable.Range(0, frames / each).Select(volume => Enumerable.Range(volume * each, each).ToArray())] : null;
    }

    // How many volumes time slots and R-R intervals make, by their numbers.
    private static int Announced(FrameCounts counts) => (counts[FrameDimension.TimeSlot] ?? 1) * (counts[FrameDimension.RRInterval] ?? 1);

    /// <summary>Where every section number comes equally often within a group, the first of each make a volume, the second another; null where none comes twice, or there is but one number.</summary>
    private static int[][]? Occurrences(ushort[] slices, int[][] groups)
    {
        List<int[]> volumes = [];
        foreach (int[] group in groups)
        {
            int times = group.Count(frame => slices[frame] == slices[group[0]]);
            if (times == 1)
            {
                return null;
            }

            IGrouping<ushort, int>[] bySlice = [.. group.GroupBy(frame => slices[frame])];
            if (bySlice.Length == 1 || Array.Exists(bySlice, one => one.Count() != times))
            {
                return null;
            }

            volumes.AddRange(Enumerable.Range(0, times).Select(time => bySlice.Select(one => one.ElementAt(time)).Order().ToArray()));
        }

        return [.. volumes];
    }

    private static FrameLayout Stacked(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, ushort[]? slices, int[][] groups, bool isSplit, List<string> warnings)
    {
        int sections = groups[0].Length;
        if (slices is null)
        {
            if (sections > 1)
            {
                warnings.Add("There is no Slice Vector: sections were stacked in the order of the file.");
            }

            slices = new ushort[groups.Sum(group => group.Length)];
        }
        else if (sections > 1 && Array.Exists(groups, group => !Ascends(group, slices) && group.Select(frame => slices[frame]).Distinct().Count() < sections))
        {
            bool isConstant = Array.TrueForAll(groups, group => group.All(frame => slices[frame] == slices[group[0]]));
            if (!isConstant)
            {
                return Refused(vectors, $"the Slice Vector gives {sections} sections {groups[0].Select(frame => slices[frame]).Distinct().Count()} different numbers", warnings);
            }

            warnings.Add($"The Slice Vector gives all {sections} sections one number: they were stacked in the order of the file.");
            slices = new ushort[slices.Length];
        }

        // The position of an image is that of the frame sent first, and the sign of the spacing says on which side of it the others lie (PS3.3 C.8.4.11, C.8.4.15).
        ushort first = slices[groups[0][0]];
        bool isDescending = sections > 1 && groups[0].All(frame => slices[frame] <= first) && groups[0].Any(frame => slices[frame] < first);
        int[][] volumes = Array.ConvertAll(groups, group => isDescending ? [.. group.OrderByDescending(frame => slices[frame])] : Ascends(group, slices) ? group : [.. group.OrderBy(frame => slices[frame])]);
        int firstSection = Array.IndexOf(volumes[0], groups[0][0]);
        if (isDescending)
        {
            warnings.Add("The Slice Vector descends: the frame sent first was taken as the section at the stated position, and the others as following it.");
        }
        else if (firstSection > 0)
        {
            warnings.Add($"The file begins with section {firstSection + 1}: the stated position was taken as that section's.");
        }

        if (groups.Length > 1 && !isSplit && slices.Any(number => number > 0) && Array.Exists(groups, group => !group.Select(frame => slices[frame]).ToHashSet().SetEquals(groups[0].Select(frame => slices[frame]))))
        {
            warnings.Add("The Slice Vector does not count anew in each volume: sections were taken in the order of its numbers within each.");
        }

        // As almost every file has them: nothing is left out.
        bool isUsual = Array.TrueForAll(groups, group => Follows(group, slices));
        int[] left = isUsual ? [] : [.. groups.SelectMany(group => FrameGaps.LeftOut(group.Select(frame => (int)slices[frame]))).Distinct().Order()];
        if (!isUsual && left.Length == 0 && FrameGaps.Step(groups[0].Select(frame => (int)slices[frame])) is int step and > 1)
        {
            warnings.Add($"The Slice Vector counts in steps of {step}: its sections were taken as following each other at the stated distance.");
        }

        return new FrameLayout(Numbered(vectors, volumes, isSplit))
        {
            Volumes = volumes,
            FirstSection = firstSection,
            Gap = left.Length == 0 ? "" : $"The Slice Vector leaves out {FrameGaps.Listed(left)} of {slices.Max()}, so that sections are missing or their numbers are wrong",
        };
    }

    private static bool Follows(int[] group, ushort[] slices)
    {
        int at = 1;
        while (at < group.Length && slices[group[at]] == slices[group[at - 1]] + 1)
        {
            at++;
        }

        return at >= group.Length;
    }

    // As almost every file has them.
    private static bool Ascends(int[] group, ushort[] slices)
    {
        int at = 1;
        while (at < group.Length && slices[group[at - 1]] < slices[group[at]])
        {
            at++;
        }

        return at >= group.Length;
    }

    private static bool CountsFromOne(int[] volume, ushort[] slices) =>
        volume.Length > 0 && slices[volume[0]] == 1 && slices[volume[^1]] == volume.Length && Ascends(volume, slices);

    // Whoever asks a frame for its section or time slot is told what it was sorted by.
    private static List<(FrameDimension Dimension, ushort[] Numbers)> Numbered(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, int[][] volumes, bool isSplit)
    {
        int frames = volumes.Sum(volume => volume.Length);
        int sections = volumes[0].Length;
        ushort[]? told = FrameLayout.Of(vectors, FrameDimension.Slice);
        bool isUsual = told is not null && Array.TrueForAll(volumes, volume => (volume.Length == sections && CountsFromOne(volume, told)) || volume.Select(frame => (int)told[frame]).Order().SequenceEqual(Enumerable.Range(1, sections)));
        if (!isSplit && (isUsual || told is null))
        {
            return vectors;
        }

        ushort[] slots = new ushort[frames], slices = new ushort[frames];
        for (int volume = 0; volume < volumes.Length; volume++)
        {
            for (int section = 0; section < sections; section++)
            {
                slots[volumes[volume][section]] = (ushort)(volume + 1);
                slices[volumes[volume][section]] = (ushort)(section + 1);
            }
        }

        List<(FrameDimension, ushort[])> numbered = [.. vectors.Where(vector => vector.Dimension != FrameDimension.Slice && !(isSplit && vector.Dimension == FrameDimension.TimeSlot))];
        if (isSplit)
        {
            numbered.Add((FrameDimension.TimeSlot, slots));
        }

        numbered.Add((FrameDimension.Slice, isUsual ? told! : slices));
        return numbered;
    }
}
