using System.Collections;
using FellowOakDicom;
using FellowOakDicom.IO;

namespace MLNetScinti.Dicom;

/// <summary>What each frame of an image is, after everything that speaks of it was compared.</summary>
/// <param name="Vectors">The directions that frames are counted in, slowest first, with the number of every frame in each.</param>
internal sealed record FrameLayout(IReadOnlyList<(FrameDimension Dimension, ushort[] Numbers)> Vectors)
{
    /// <summary>The frames of each volume, in the order of its sections; empty where frames are not sections, or nothing tells which are.</summary>
    public IReadOnlyList<int[]> Volumes { get; init; } = [];

    /// <summary>Which section of the first volume the file sends first: the file's position is that one's.</summary>
    public int FirstSection { get; init; }

    /// <summary>Why frames that ought to be sections make no volume; empty where they do.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Which numbers the sections leave out; empty where they leave out none.</summary>
    public string Gap { get; init; } = "";

    /// <summary>Whether a phase is known for every frame where there are several.</summary>
    public bool PhasesAreKnown { get; init; } = true;

    /// <summary>The numbers of the frames in a direction, or null where the file does not count in it.</summary>
    public static ushort[]? Of(IEnumerable<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameDimension dimension) =>
        vectors.FirstOrDefault(vector => vector.Dimension == dimension).Numbers;
}

/// <summary>What one frame is numbered in each direction: a look at the vectors, of which there are one to three, and no table for each of a thousand frames.</summary>
internal sealed class FrameNumbers(IReadOnlyList<(FrameDimension Dimension, ushort[] Numbers)> vectors, int frame) : IReadOnlyDictionary<FrameDimension, int>
{
    /// <inheritdoc/>
    public int Count => vectors.Count;

    /// <inheritdoc/>
    public IEnumerable<FrameDimension> Keys => vectors.Select(vector => vector.Dimension);

    /// <inheritdoc/>
    public IEnumerable<int> Values => vectors.Select(vector => (int)vector.Numbers[frame]);

    /// <inheritdoc/>
    public int this[FrameDimension key] => TryGetValue(key, out int number) ? number : throw new KeyNotFoundException($"The file does not count its frames in the direction {key}.");

    /// <inheritdoc/>
    public bool ContainsKey(FrameDimension key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(FrameDimension key, out int value)
    {
        for (int i = 0; i < vectors.Count; i++)
        {
            if (vectors[i].Dimension == key)
            {
                value = vectors[i].Numbers[frame];
                return true;
            }
        }

        value = 0;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<FrameDimension, int>> GetEnumerator() =>
        vectors.Select(vector => KeyValuePair.Create(vector.Dimension, (int)vector.Numbers[frame])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>
/// Tells what each frame is (PS3.3 C.8.4.8). Frame Increment Pointer, vectors, the counts that a header gives besides and the
/// length of the pixel data are compared; where they contradict each other, a warning says what was believed.
/// </summary>
internal static class FrameIndexing
{
    private static readonly (FrameDimension Dimension, DicomTag Tag)[] s_vectors =
    [
        (FrameDimension.EnergyWindow, DicomTag.EnergyWindowVector),
        (FrameDimension.Detector, DicomTag.DetectorVector),
        (FrameDimension.Phase, DicomTag.PhaseVector),
        (FrameDimension.Rotation, DicomTag.RotationVector),
        (FrameDimension.RRInterval, DicomTag.RRIntervalVector),
        (FrameDimension.TimeSlot, DicomTag.TimeSlotVector),
        (FrameDimension.Slice, DicomTag.SliceVector),
        (FrameDimension.AngularView, DicomTag.AngularViewVector),
        (FrameDimension.TimeSlice, DicomTag.TimeSliceVector),
    ];

    // As pointers are written out, and turned around.
    private static readonly (FrameDimension Dimension, string Name, string Turned)[] s_names =
        Array.ConvertAll(s_vectors, vector => (vector.Dimension, $"{vector.Tag.Group:x4},{vector.Tag.Element:x4}", $"{vector.Tag.Element:x4},{vector.Tag.Group:x4}"));

    /// <summary>The vector of a direction as a message names it.</summary>
    public static string Name(FrameDimension dimension) => $"{dimension} vector";

    /// <summary>What the standard counts for a kind of image, slowest first (PS3.3 table C.8-7); a gated and an ungated kind of one sort are alike here, since headers mix them up.</summary>
    public static IReadOnlyList<FrameDimension> Standard(ImageKind kind) => kind switch
    {
        ImageKind.Static or ImageKind.WholeBody => [FrameDimension.EnergyWindow, FrameDimension.Detector],
        ImageKind.Dynamic => [FrameDimension.EnergyWindow, FrameDimension.Detector, FrameDimension.Phase, FrameDimension.TimeSlice],
        ImageKind.Gated => [FrameDimension.EnergyWindow, FrameDimension.Detector, FrameDimension.RRInterval, FrameDimension.TimeSlot],
        ImageKind.Tomo or ImageKind.GatedTomo => [FrameDimension.EnergyWindow, FrameDimension.Detector, FrameDimension.Rotation, FrameDimension.RRInterval, FrameDimension.TimeSlot, FrameDimension.AngularView],
        ImageKind.ReconTomo or ImageKind.ReconGatedTomo => [FrameDimension.RRInterval, FrameDimension.TimeSlot, FrameDimension.Slice],
        _ => [],
    };

    /// <summary>What each frame is.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="kind">What the image is.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="warnings">Gets what does not go together.</param>
    public static FrameLayout Read(DicomDataset dataset, ImageKind kind, int frames, List<string> warnings)
    {
        List<(FrameDimension Dimension, ushort[] Numbers)> vectors = Vectors(dataset, kind, frames, warnings);
        if (Standard(kind).Count == 0)
        {
            return new FrameLayout(vectors);
        }

        Renumber(vectors, warnings);
        FrameCounts counts = FrameCounts.Read(dataset);
        if (frames > 1 && vectors.All(vector => IsConstant(vector.Numbers)))
        {
            Derive(vectors, counts, kind, frames, warnings);
        }

        CheckItems(vectors, counts, warnings);
        CheckGaps(vectors, counts, warnings);
        if (kind == ImageKind.Dynamic)
        {
            bool known = Phases(vectors, counts, frames, warnings);
            CheckPlaces(vectors, frames, warnings);
            return new FrameLayout(vectors) { PhasesAreKnown = known };
        }

        if (kind is ImageKind.ReconTomo or ImageKind.ReconGatedTomo)
        {
            return SectionStacking.Read(vectors, counts, kind, frames, warnings);
        }

        CheckPlaces(vectors, frames, warnings);
        if (kind is ImageKind.Gated or ImageKind.GatedTomo && frames > 1 && FrameLayout.Of(vectors, FrameDimension.TimeSlot) is null)
        {
            warnings.Add("The image is gated, and nothing tells which of its frames belongs to which time slot.");
        }

        return new FrameLayout(vectors);
    }

    /// <summary>In how many different numbers a vector counts.</summary>
    public static int Distinct(ushort[] numbers) => numbers.Distinct().Count();

    /// <summary>Whether a vector gives all frames one number.</summary>
    public static bool IsConstant(ushort[] numbers) => numbers.Length > 0 && !numbers.AsSpan().ContainsAnyExcept(numbers[0]);

    private static List<(FrameDimension Dimension, ushort[] Numbers)> Vectors(DicomDataset dataset, ImageKind kind, int frames, List<string> warnings)
    {
        List<(FrameDimension Dimension, ushort[] Numbers)> found = [];
        FrameDimension[] pointed = [.. Pointed(dataset)];
        foreach (FrameDimension dimension in pointed)
        {
            ushort[] numbers = dataset.Indices(s_vectors[(int)dimension].Tag);
            if (numbers.Length == frames)
            {
                found.Add((dimension, numbers));
            }
            else
            {
                warnings.Add($"The {Name(dimension)} has {numbers.Length} entries for {frames} frames: it is ignored.");
            }
        }

        IReadOnlyList<FrameDimension> standard = Standard(kind);
        if (standard.Count == 0)
        {
            return found;
        }

        // A vector of the standard's for this kind counts whether something points to it or not; another one only where frames cannot be told apart without it.
        List<FrameDimension> others = [];
        foreach (FrameDimension dimension in standard.Concat(s_vectors.Select(vector => vector.Dimension)).Distinct().Except(pointed))
        {
            ushort[] numbers = dataset.Indices(s_vectors[(int)dimension].Tag);
            if (numbers.Length == 0)
            {
                continue;
            }

            bool belongs = standard.Contains(dimension);
            if (numbers.Length != frames)
            {
                if (belongs)
                {
                    warnings.Add($"The {Name(dimension)} has {numbers.Length} entries for {frames} frames: it is ignored.");
                }
            }
            else if (belongs ? pointed.Length == 0 || !IsConstant(numbers) : !IsConstant(numbers) && Places(found) < frames)
            {
                found.Add((dimension, numbers));
                others.Add(dimension);
            }
        }

        if (others.Count > 0)
        {
            string names = string.Join(", ", others.Select(Name));
            warnings.Add(pointed.Length == 0
                ? $"The Frame Increment Pointer names no vector: those that are there say what each frame is ({names})."
                : $"The Frame Increment Pointer does not name all vectors that tell frames apart: {names} was used as well.");
            FrameDimension[] order = [.. standard, .. others.Except(standard)];
            if (pointed.Length == 0 || others.Any(standard.Contains))
            {
                found = [.. found.OrderBy(vector => Array.IndexOf(order, vector.Dimension) is int place and >= 0 ? place : -1)];
            }
        }

        return found;
    }

    private static IEnumerable<FrameDimension> Pointed(DicomDataset dataset)
    {
        // fo-dicom turns tags of big-endian files around as whole words: group and element change places. No two vectors are mistaken for each other by it.
        bool isTurned = dataset.InternalTransferSyntax.Endian == Endian.Big;
        HashSet<FrameDimension> seen = [];
        foreach (string pointer in dataset.Texts(DicomTag.FrameIncrementPointer))
        {
            foreach ((FrameDimension dimension, string name, string turned) in s_names)
            {
                if ((Names(pointer, name) || (isTurned && Names(pointer, turned))) && seen.Add(dimension))
                {
                    yield return dimension;
                }
            }
        }
    }

    private static bool Names(string pointer, string name) => pointer.Contains(name, StringComparison.OrdinalIgnoreCase);

    // Numbers are indices of sequence items, from 1.
    private static void Renumber(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, List<string> warnings)
    {
        for (int i = 0; i < vectors.Count; i++)
        {
            (FrameDimension dimension, ushort[] numbers) = vectors[i];
            if (numbers.Contains((ushort)0) && !numbers.Contains(ushort.MaxValue))
            {
                vectors[i] = (dimension, Array.ConvertAll(numbers, number => (ushort)(number + 1)));
                warnings.Add($"The {Name(dimension)} counts from 0, expected from 1: each of its numbers was taken as one more.");
            }
        }
    }

    /// <summary>Where no vector tells frames apart, the counts of the header do, if they account for every frame: the standard fixes the order (PS3.3 C.8.4.8).</summary>
    private static void Derive(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, ImageKind kind, int frames, List<string> warnings)
    {
        IReadOnlyList<FrameDimension> dimensions = Standard(kind);
        int[] extents = new int[dimensions.Count];
        FrameDimension fastest = dimensions[^1];
        int? last = counts[fastest];
        long product = 1;
        bool isPlain = kind is ImageKind.Static or ImageKind.WholeBody;
        for (int i = 0; i < extents.Length; i++)
        {
            int? count = counts[dimensions[i]];
            if (isPlain && count is null)
            {
                return;
            }

            extents[i] = Math.Max(1, count ?? 1);
            product *= dimensions[i] == fastest && !isPlain ? 1 : extents[i];
        }

        // The phases of a dynamic study differ in length: they are looked at on their own.
        if (kind == ImageKind.Dynamic)
        {
            product = (long)extents[0] * extents[1];
            extents[2] = 1;
            last = counts.Phases.Count > 0 && counts.Phases.All(phase => phase is > 0) ? counts.Phases.Sum(phase => phase!.Value) : last;
        }

        if (!isPlain)
        {
            bool fits = frames % product == 0 && (last is null || last == frames / product);
            extents[^1] = fits ? (int)(frames / product) : 0;
            product *= extents[^1];
        }

        bool isGatedKind = kind is ImageKind.ReconGatedTomo or ImageKind.Gated or ImageKind.GatedTomo;
        bool isTold = !isGatedKind || counts[FrameDimension.TimeSlot] is not null;
        if (product != frames || product <= 1 || !isTold)
        {
            return;
        }

        vectors.Clear();
        int repeat = frames;
        for (int i = 0; i < extents.Length; i++)
        {
            repeat /= extents[i];
            int each = repeat, extent = extents[i];
            vectors.Add((dimensions[i], [.. Enumerable.Range(0, frames).Select(frame => (ushort)((frame / each % extent) + 1))]));
        }

        vectors.RemoveAll(vector => Distinct(vector.Numbers) == 1 && (vector.Dimension is FrameDimension.RRInterval or FrameDimension.TimeSlot or FrameDimension.Rotation or FrameDimension.Phase));
        string order = string.Join(" x ", vectors.Select(vector => $"{Distinct(vector.Numbers)} {vector.Dimension}"));
        warnings.Add($"No vector tells the {frames} frames apart: they were taken in the order of the standard ({order}), which the counts of the header account for.");
    }

    private static void CheckItems(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, List<string> warnings)
    {
        foreach ((FrameDimension dimension, ushort[] numbers) in vectors)
        {
            if (counts.Items(dimension) is int items and > 0 && numbers.Max() is ushort largest && largest > items)
            {
                warnings.Add($"The {Name(dimension)} counts up to {largest}, and the header describes {items}: nothing is known of the others.");
            }
        }
    }

    /// <summary>Numbers that a direction leaves out: of sixty views one is missing, of eight time slots the fifth. Those of sections are looked at where these are stacked.</summary>
    private static void CheckGaps(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, List<string> warnings)
    {
        foreach ((FrameDimension dimension, ushort[] numbers) in vectors)
        {
            if (dimension is FrameDimension.EnergyWindow or FrameDimension.Detector or FrameDimension.Slice)
            {
                continue;
            }

            // Detectors may share the views among themselves, phases may go on counting: what all have together is not missing.
            HashSet<int> all = [.. numbers];
            (FrameDimension Dimension, ushort[] Numbers)[] others = [.. vectors.Where(vector => vector.Dimension != dimension && vector.Dimension != FrameDimension.TimeSlice)];
            int[] left = [.. Enumerable.Range(0, numbers.Length)
                .GroupBy(frame => string.Join('/', others.Select(other => other.Numbers[frame])), StringComparer.Ordinal)
                .SelectMany(group => LeftOut(group.Select(frame => (int)numbers[frame])))
                .Distinct().Where(number => !all.Contains(number) || dimension is FrameDimension.TimeSlot).Order()];
            int? told = dimension == FrameDimension.AngularView ? Views(vectors, counts, all.Count) : counts[dimension];
            if (left.Length == 0 && Step(all) is int step and > 1)
            {
                warnings.Add($"The {Name(dimension)} counts in steps of {step}: nothing tells whether what lies between is missing.");
            }

            if (left.Length > 0)
            {
                warnings.Add($"The {Name(dimension)} leaves out {Listed(left)} of {Math.Max(all.Max(), told ?? 0)}: frames are missing, or their numbers are wrong.");
            }
            else if (told > all.Count && dimension is FrameDimension.AngularView or FrameDimension.TimeSlot)
            {
                warnings.Add($"The {Name(dimension)} counts {all.Count} numbers from {all.Min()} to {all.Max()}, and the header says {told}: frames are missing, or their numbers are wrong.");
            }
        }
    }

    // How many views a rotation has is said of each detector by some, of all together by others.
    private static int? Views(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, int found)
    {
        int detectors = FrameLayout.Of(vectors, FrameDimension.Detector) is ushort[] numbers ? Distinct(numbers) : 1;
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

    private static void CheckPlaces(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, int frames, List<string> warnings)
    {
        if (vectors.Count > 0 && Places(vectors) is int places && places < frames)
        {
            warnings.Add($"The vectors give {frames} frames {places} different {(places == 1 ? "place" : "places")}: only their order in the file tells the others apart.");
        }
    }

    private static int Places(List<(FrameDimension Dimension, ushort[] Numbers)> vectors) =>
        vectors.Count == 0 ? 1 : Enumerable.Range(0, vectors[0].Numbers.Length).Select(frame => string.Join('/', vectors.Select(vector => vector.Numbers[frame]))).Distinct(StringComparer.Ordinal).Count();

    /// <summary>The phases of a dynamic study: their vector against how many frames each is said to have.</summary>
    /// <returns>Whether a phase is known for every frame, where there are several.</returns>
    private static bool Phases(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, FrameCounts counts, int frames, List<string> warnings)
    {
        IReadOnlyList<int?> told = counts.Phases;
        if (told.Count == 0 || frames == 0)
        {
            return true;
        }

        bool areTold = told.All(phase => phase is > 0);
        int sum = areTold ? told.Sum(phase => phase!.Value) : 0;
        ushort[]? phases = FrameLayout.Of(vectors, FrameDimension.Phase);
        (FrameDimension Dimension, ushort[] Numbers)[] heads = [.. vectors.Where(vector => vector.Dimension is FrameDimension.EnergyWindow or FrameDimension.Detector)];
        int[][] series = [.. Enumerable.Range(0, frames).GroupBy(frame => string.Join('/', heads.Select(head => head.Numbers[frame])), StringComparer.Ordinal).Select(group => group.ToArray())];
        bool fits = areTold && Array.TrueForAll(series, one => one.Length == sum);
        if (phases is null || (Distinct(phases) == 1 && told.Count > 1 && fits))
        {
            if (told.Count == 1)
            {
                if (areTold && !fits)
                {
                    warnings.Add($"The phase is said to have {sum} frames, found {series[0].Length}.");
                }

                return true;
            }

            if (!fits)
            {
                warnings.Add($"The {told.Count} phases are said to have {string.Join(" + ", told.Select(phase => phase?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"))} frames, and nothing tells which of the {series[0].Length} frames belongs to which: their durations are unknown.");
                return false;
            }

            ushort[] derived = new ushort[frames];
            ushort[] order = [.. told.SelectMany((count, phase) => Enumerable.Repeat((ushort)(phase + 1), count!.Value))];
            foreach (int[] one in series)
            {
                for (int i = 0; i < one.Length; i++)
                {
                    derived[one[i]] = order[i];
                }
            }

            int at = vectors.FindIndex(vector => vector.Dimension == FrameDimension.TimeSlice);
            vectors.RemoveAll(vector => vector.Dimension == FrameDimension.Phase);
            vectors.Insert(at < 0 ? vectors.Count : Math.Min(at, vectors.Count), (FrameDimension.Phase, derived));
            warnings.Add($"No vector tells phases apart: frames were given to the {told.Count} phases in their order, by the number of frames that each is said to have.");
            return true;
        }

        foreach (int[] one in series)
        {
            for (int phase = 1; phase <= told.Count; phase++)
            {
                int found = one.Count(frame => phases[frame] == phase);
                if (told[phase - 1] is int expected && found != expected)
                {
                    warnings.Add($"Phase {phase} is said to have {expected} frames, the {Name(FrameDimension.Phase)} gives it {found}: the vector was believed.");
                    return true;
                }
            }
        }

        return true;
    }
}

/// <summary>How many of everything a header says there are, besides the vectors.</summary>
internal sealed class FrameCounts
{
    private readonly Dictionary<FrameDimension, int?> _numbers = [];
    private readonly Dictionary<FrameDimension, int> _items = [];

    private FrameCounts(IReadOnlyList<int?> phases) => Phases = phases;

    /// <summary>The number of frames that each phase is said to have; null for one that does not say.</summary>
    public IReadOnlyList<int?> Phases { get; }

    /// <summary>The number that a header gives, or null where it gives none that is possible.</summary>
    public int? this[FrameDimension dimension] => _numbers.GetValueOrDefault(dimension) is int number and > 0 ? number : null;

    /// <summary>How many items describe a direction, or null where it has no sequence.</summary>
    public int? Items(FrameDimension dimension) => _items.TryGetValue(dimension, out int items) ? items : null;

    /// <summary>The counts of a data set.</summary>
    public static FrameCounts Read(DicomDataset dataset)
    {
        IReadOnlyList<DicomDataset> rotations = dataset.Items(DicomTag.RotationInformationSequence);
        FrameCounts counts = new([.. dataset.Items(DicomTag.PhaseInformationSequence).Select(phase => phase.Whole(DicomTag.NumberOfFramesInPhase))]);
        counts._items[FrameDimension.EnergyWindow] = dataset.Items(DicomTag.EnergyWindowInformationSequence).Count;
        counts._items[FrameDimension.Detector] = dataset.Items(DicomTag.DetectorInformationSequence).Count;
        counts._items[FrameDimension.Phase] = counts.Phases.Count;
        counts._items[FrameDimension.Rotation] = rotations.Count;
        counts._numbers[FrameDimension.EnergyWindow] = counts.Told(dataset, DicomTag.NumberOfEnergyWindows, FrameDimension.EnergyWindow);
        counts._numbers[FrameDimension.Detector] = counts.Told(dataset, DicomTag.NumberOfDetectors, FrameDimension.Detector);
        counts._numbers[FrameDimension.Rotation] = counts.Told(dataset, DicomTag.NumberOfRotations, FrameDimension.Rotation);
        counts._numbers[FrameDimension.RRInterval] = dataset.Whole(DicomTag.NumberOfRRIntervals);
        counts._numbers[FrameDimension.TimeSlot] = dataset.Whole(DicomTag.NumberOfTimeSlots) ?? Slots(dataset);
        counts._numbers[FrameDimension.Slice] = dataset.Whole(DicomTag.NumberOfSlices);
        counts._numbers[FrameDimension.AngularView] = rotations.Count > 0 ? rotations[0].Whole(DicomTag.NumberOfFramesInRotation) : null;
        counts._numbers[FrameDimension.TimeSlice] = dataset.Whole(DicomTag.NumberOfTimeSlices);
        return counts;
    }

    private int? Told(DicomDataset dataset, DicomTag tag, FrameDimension dimension) => dataset.Whole(tag) is int number and > 0 ? number : _items[dimension] is int items and > 0 ? items : null;

    private static int? Slots(DicomDataset dataset)
    {
        DicomDataset? data = dataset.FirstItem(DicomTag.GatedInformationSequence)?.FirstItem(DicomTag.DataInformationSequence);
        return data?.Whole(DicomTag.NumberOfTimeSlots) ?? (data?.Items(DicomTag.TimeSlotInformationSequence).Count is int slots and > 0 ? slots : null);
    }
}
