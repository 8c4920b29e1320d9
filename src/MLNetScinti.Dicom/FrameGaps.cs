namespace MLNetScinti.Dicom;

/// <summary>Numbers that the vectors of frames leave out (PS3.3 C.8.4.8): a frame that is missing shifts what is reckoned from its place.</summary>
internal static class FrameGaps
{
    /// <summary>Numbers that a direction leaves out: of sixty views one is missing, of eight time slots the fifth. Those of sections are looked at where these are stacked.</summary>
    public static void Check(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, List<string> warnings)
    {
        foreach ((FrameDimension dimension, ushort[] numbers) in vectors)
        {
            if (dimension is FrameDimension.EnergyWindow or FrameDimension.Detector or FrameDimension.Slice)
            {
                continue;
            }

            // Detectors may share the views among themselves, phases may go on counting: what all have together is not missing.
            HashSet<int> all = [.. numbers];
            bool isWhole = all.Max() - all.Min() + 1 == all.Count && dimension != FrameDimension.TimeSlot;
            (FrameDimension Dimension, ushort[] Numbers)[] others = [.. vectors.Where(vector => vector.Dimension != dimension && vector.Dimension != FrameDimension.TimeSlice)];
            int[] left = isWhole ? [] : [.. Enumerable.Range(0, numbers.Length)
                .GroupBy(frame => string.Join('/', others.Select(other => other.Numbers[frame])), StringComparer.Ordinal)
                .SelectMany(group => LeftOut(group.Select(frame => (int)numbers[frame])))
                .Distinct().Where(number => !all.Contains(number) || dimension is FrameDimension.TimeSlot).Order()];
            int? told = dimension == FrameDimension.AngularView ? Views(vectors, counts, all.Count) : counts[dimension];
            if (left.Length == 0 && Step(all) is int step and > 1)
            {
                warnings.Add($"The {FrameIndexing.Name(dimension)} counts in steps of {step}: nothing tells whether what lies between is missing.");
            }

            if (left.Length > 0)
            {
                warnings.Add($"The {FrameIndexing.Name(dimension)} leaves out {Listed(left)} of {Math.Max(all.Max(), told ?? 0)}: frames are missing, or their numbers are wrong.");
            }
            else if (told > all.Count && dimension is FrameDimension.AngularView or FrameDimension.TimeSlot)
            {
                warnings.Add($"The {FrameIndexing.Name(dimension)} counts {all.Count} numbers from {all.Min()} to {all.Max()}, and the header says {told}: frames are missing, or their numbers are wrong.");
            }
        }
    }

    // How many views a rotation has is said of each detector by some, of all together by others.
    private static int? Views(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, int found)
    {
        int detectors = FrameLayout.Of(vectors, FrameDimension.Detector) is ushort[] numbers ? FrameIndexing.Distinct(numbers) : 1;
        return counts[FrameDimension.AngularView] is int told && told > found && told != found * detectors && (counts[FrameDimension.Detector] is not int all || told != found * all) ? told : null;
    }

    /// <summary>The numbers that are not there though their neighbours are, at the smallest distance that two have; as many as a reader wants to see.</summary>
    public static IReadOnlyList<int> LeftOut(IEnumerable<int> numbers)
    {
        const int most = 1000;
        int[] ordered = [.. numbers.Distinct().Order()];
        if (ordered.Length < 3)
        {
            return [];
        }

        int step = ordered.Zip(ordered.Skip(1), (a, b) => b - a).Min();
        HashSet<int> there = [.. ordered];
        List<int> missing = [];
        for (int number = ordered[0]; number < ordered[^1] && missing.Count < most; number += step)
        {
            if (!there.Contains(number))
            {
                missing.Add(number);
            }
        }

        return missing;
    }

    /// <summary>The distance of numbers that are all as far apart as each other; 1 where they are not, or there is but one.</summary>
    public static int Step(IEnumerable<int> numbers)
    {
        int[] steps = [.. numbers.Distinct().Order().ToArray() is { Length: > 1 } ordered ? ordered.Zip(ordered.Skip(1), (a, b) => b - a).Distinct() : []];
        return steps is [int only] ? only : 1;
    }

    /// <summary>Some numbers as a message names them.</summary>
    public static string Listed(IReadOnlyList<int> numbers) =>
        numbers.Count <= 4 ? string.Join(numbers.Count == 2 ? " and " : ", ", numbers) : $"{string.Join(", ", numbers.Take(3))} and {numbers.Count - 3} more";
}
