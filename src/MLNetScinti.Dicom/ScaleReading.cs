using System.Globalization;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>
/// Reads what the values of an image count and how they come from stored pixels. Every place of a file that speaks of it is
/// asked: Units and rescaling, Real World Value Mappings, a Modality LUT, the factors that Philips scanners write. Where two
/// of them differ, both are told.
/// </summary>
/// <param name="Unit">The unit.</param>
/// <param name="Evidence">How it is known.</param>
/// <param name="Scales">One entry for all frames, or one for each.</param>
internal sealed partial record ScaleReading(UnitName Unit, UnitEvidence Evidence, IReadOnlyList<PixelScale> Scales)
{
    private const double Largest = 1e20;

    /// <summary>What came out of comparing.</summary>
    private sealed class Notes(List<string> warnings)
    {
        public bool IsDisputed { get; set; }

        /// <summary>Whether something that gives values or their unit had to be ignored: no convention stands in for it.</summary>
        public bool IsBroken { get; set; }

        /// <summary>Whether the same was told of an earlier frame.</summary>
        public bool IsRepeating { get; set; }

        public void Add(string warning)
        {
            if (!IsRepeating && !warnings.Contains(warning))
            {
                warnings.Add(warning);
            }
        }
    }

    /// <summary>What one place of the file says.</summary>
    private sealed record Claim(string Source, UnitName? Unit, PixelScale Scale, bool IsScaled);

    /// <summary>What a file says.</summary>
    /// <exception cref="DicomReadException">It contradicts itself so that no value can be made, or in a way that is not read here.</exception>
    public static ScaleReading Read(DicomDataset dataset, string file, ImageKind kind, string modality, PixelFormat format, int frames, List<string> warnings)
    {
        Notes notes = new(warnings);
        if (kind == ImageKind.Dose)
        {
            return Dose(dataset, notes);
        }

        FunctionalGroups groups = new(dataset);
        int different = groups.HasScales ? frames : 1;
        List<PixelScale> scales = new(different);
        (UnitName Unit, UnitEvidence Evidence) first = default;
        for (int frame = 0; frame < different; frame++)
        {
            notes.IsRepeating = frame > 0;
            (UnitName unit, UnitEvidence evidence, PixelScale scale) = Frame(dataset, groups, frame, file, modality, format, notes);
            if (frame > 0 && unit.Unit != first.Unit.Unit)
            {
                throw new DicomReadException(file, SkipReason.InconsistentHeader, $"frame 1 is in {first.Unit.Text} and frame {frame + 1} in {unit.Text}, expected one unit: ask its source for an image of one quantity.");
            }

            first = frame == 0 ? (unit, evidence) : first;
            scales.Add(scale);
        }

        return new(first.Unit, notes.IsDisputed ? UnitEvidence.Disputed : first.Evidence, scales);
    }

    private static (UnitName Unit, UnitEvidence Evidence, PixelScale Scale) Frame(DicomDataset dataset, FunctionalGroups groups, int frame, string file, string modality, PixelFormat format, Notes notes)
    {
        Claim rescaled = Rescaled(dataset, groups, frame, file, modality, format, notes);
        List<Claim> claims = [.. RealWorldValues(dataset, groups, frame, file, modality, format, notes)];
        if (Philips(dataset, modality, rescaled, notes) is Claim factor)
        {
            claims.Add(factor);
        }

        // Rescaled CT is in Hounsfield units where the file does not say otherwise (PS3.3 C.8.2.1), whatever else it maps its pixels to.
        bool isConventional = modality == "CT" && rescaled is { Unit: null, Source.Length: > 0 } && !notes.IsBroken && dataset.Text(DicomTag.RescaleType).Length == 0;
        rescaled = isConventional ? rescaled with { Unit = UnitName.Hounsfield } : rescaled;
        if (rescaled.Unit is not null)
        {
            claims.Add(rescaled);
        }

        // Most wanted is what can be compared between patients.
        Claim? chosen = claims.Where(claim => claim.Unit is not null).OrderBy(claim => Rank(claim.Unit!.Value)).FirstOrDefault();
        if (chosen is null)
        {
            return Unstated(dataset, modality, rescaled, notes);
        }

        UnitName unit = chosen.Unit!.Value;
        foreach (Claim other in claims.Append(rescaled).Where(claim => !ReferenceEquals(claim, chosen)).Distinct())
        {
            Compare(chosen, other, format, notes);
        }

        return (unit with { Factor = 1 }, isConventional && ReferenceEquals(chosen, rescaled) ? UnitEvidence.Convention : UnitEvidence.Stated, chosen.Scale.Times(unit.Factor).By(chosen.Source));
    }

    private static int Rank(UnitName unit) => unit.IsNone ? 5 : unit.Unit switch
    {
        ImageUnit.BecquerelPerMillilitre or ImageUnit.Hounsfield or ImageUnit.Gray => 0,
        ImageUnit.StandardizedUptakeValue => 1,
        ImageUnit.Counts => 2,
        ImageUnit.CountsPerSecond => 3,
        _ => 4,
    };

    private static void Compare(Claim chosen, Claim other, PixelFormat format, Notes notes)
    {
        UnitName unit = chosen.Unit!.Value;
        if (other.Unit is not { IsNone: false } named)
        {
            // It names no unit, so what it gives is nothing that can be named either, and nothing that must be the same.
            if (other.IsScaled && !chosen.Scale.Agrees(other.Scale, format))
            {
                notes.Add($"{other.Source} says {Words(other.Scale)} without a unit, {chosen.Source} {Words(chosen.Scale)} in {unit.Text}: {chosen.Source} was taken.");
            }

            return;
        }

        bool agrees = chosen.Scale.Times(unit.Factor).Agrees(other.Scale.Times(named.Factor), format);
        if (named with { Factor = 1 } == unit with { Factor = 1 })
        {
            if (!agrees)
            {
                notes.IsDisputed = true;
                notes.Add($"{chosen.Source} says {Words(chosen.Scale.Times(unit.Factor))} and {other.Source} {Words(other.Scale.Times(named.Factor))}, both in {unit.Text}: {chosen.Source} was taken, and one of them is wrong.");
            }
        }
        else if (agrees)
        {
            notes.IsDisputed = true;
            notes.Add($"{chosen.Source} says that the values are in {unit.Text}, {other.Source} calls the same values {named.Text}: {unit.Text} was taken, and one of them is wrong.");
        }
        else
        {
            notes.Add($"{chosen.Source} gives {unit.Text} ({Words(chosen.Scale.Times(unit.Factor))}), {other.Source} {named.Text} ({Words(other.Scale.Times(named.Factor))}): {unit.Text} was taken.");
        }
    }

    private static string Words(PixelScale scale) => scale.Table is not null ? "a table"
        : scale.Linear.IsIdentity ? "stored values"
        : scale.Linear.Intercept == 0 ? string.Create(CultureInfo.InvariantCulture, $"stored x {scale.Linear.Slope:G6}")
        : string.Create(CultureInfo.InvariantCulture, $"stored x {scale.Linear.Slope:G6} {(scale.Linear.Intercept < 0 ? "-" : "+")} {Math.Abs(scale.Linear.Intercept):G6}");

    /// <summary>What images of a modality count where the file does not say, if anything.</summary>
    private static (UnitName Unit, UnitEvidence Evidence, PixelScale Scale) Unstated(DicomDataset dataset, string modality, Claim rescaled, Notes notes)
    {
        switch (modality)
        {
            case "NM" or "PT" or "CT" when notes.IsBroken:
                return (UnitName.Stored, UnitEvidence.None, rescaled.Scale);
            case "NM" when !rescaled.IsScaled && PixelScaleOfGe(dataset) is double scale:
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"GE's Pixel Scale (0011,103B) is {scale:G6}, and what it scales is not published: values are as stored, not counts."));
                return (UnitName.Stored, UnitEvidence.None, rescaled.Scale);
            case "NM":
                if (rescaled.IsScaled)
                {
                    notes.Add($"{rescaled.Source} says {Words(rescaled.Scale)} and names no unit: taken for counts, as Nuclear Medicine images are, and it may be another quantity.");
                }

                return (UnitName.Counts, UnitEvidence.Convention, rescaled.Scale);
            case "CT":
                notes.Add(dataset.Text(DicomTag.RescaleType).Length > 0
                    ? "Rescale Type says that the unit is unspecified, expected HU: values are not Hounsfield units."
                    : "Rescale Slope and Intercept are missing: values are as stored, not Hounsfield units.");
                return (UnitName.Stored, UnitEvidence.None, rescaled.Scale);
            case "PT":
                notes.Add("Units (0054,1001) is missing: nothing says what the values count.");
                return (rescaled.Source.Length > 0 ? new UnitName(ImageUnit.Other, "without a unit") : UnitName.Stored, UnitEvidence.None, rescaled.Scale);
            default:
                return (rescaled.Source.Length > 0 ? new UnitName(ImageUnit.Other, "") : UnitName.Stored, UnitEvidence.None, rescaled.Scale);
        }
    }

    private static ScaleReading Dose(DicomDataset dataset, Notes notes)
    {
        string units = dataset.Text(DicomTag.DoseUnits);
        if (Usable(dataset, DicomTag.DoseGridScaling) is not (double grid and > 0))
        {
            notes.Add(dataset.Contains(DicomTag.DoseGridScaling)
                ? "Dose Grid Scaling is not a number above 0: values are as stored, not a dose."
                : "Dose Grid Scaling is missing: values are as stored, not a dose.");
            return new(UnitName.Stored, UnitEvidence.None, [PixelScale.Identity]);
        }

        UnitName unit = UnitName.Parse(units) is UnitName named ? named.Unit == ImageUnit.Gray ? named : new(ImageUnit.Other, named.Text) : new(ImageUnit.Other, "");
        if (unit.Unit != ImageUnit.Gray)
        {
            notes.Add(units.Length == 0 ? "Dose Units is missing, expected GY: nothing says what the values count." : "Dose Units is not GY: values are not in Gy.");
        }

        return new(unit with { Factor = 1 }, unit.Unit == ImageUnit.Gray ? UnitEvidence.Stated : UnitEvidence.None, [new PixelScale(new(grid * unit.Factor, 0, "Dose Grid Scaling"))]);
    }

    /// <summary>What the Modality LUT module or its successor says (PS3.3 C.11.1, C.7.6.16.2.9), and Units of what comes out of it.</summary>
    private static Claim Rescaled(DicomDataset dataset, FunctionalGroups groups, int frame, string file, string modality, PixelFormat format, Notes notes)
    {
        bool inGroups = groups.IsPresent && groups.Transformation(frame) is not null;
        DicomDataset from = inGroups ? groups.Transformation(frame)! : dataset;
        string source = inGroups ? "Pixel Value Transformation" : "Rescale Slope";
        bool hasSlope = HasValue(from, DicomTag.RescaleSlope), isBroken = IsBroken(from, DicomTag.RescaleSlope);
        bool hasIntercept = HasValue(from, DicomTag.RescaleIntercept);
        double slope = Usable(from, DicomTag.RescaleSlope) ?? 1, intercept = Usable(from, DicomTag.RescaleIntercept) ?? 0;
        if (isBroken)
        {
            notes.Add($"Rescale Slope {Fault(from, DicomTag.RescaleSlope)}: it is ignored, and values are as stored.");
            notes.IsBroken = true;
            (slope, intercept) = (1, 0);
        }
        else if (hasIntercept && Usable(from, DicomTag.RescaleIntercept) is null)
        {
            notes.Add($"Rescale Intercept {Fault(from, DicomTag.RescaleIntercept)}: it is ignored, and values are as stored.");
            notes.IsBroken = isBroken = true;
            slope = 1;
        }
        else if (slope < 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"Rescale Slope is {slope:G6}: the more is stored, the less the value is."));
        }

        PixelScale scale = slope == 1 && intercept == 0 ? PixelScale.Identity : new PixelScale(new(slope, intercept, source));
        string type = from.Text(DicomTag.RescaleType);
        if (dataset.FirstItem(DicomTag.ModalityLUTSequence) is DicomDataset lut)
        {
            if (!scale.Linear.IsIdentity)
            {
                throw new DicomReadException(file, SkipReason.InconsistentHeader, "the header has a Modality LUT and a Rescale Slope, expected one of the two (PS3.3 C.11.1): ask its source which of them holds.");
            }

            scale = new PixelScale(new(1, 0, "Modality LUT"), Table(lut, file, format));
            type = lut.Text(DicomTag.ModalityLUTType);
            source = "Modality LUT";
        }

        UnitName? stated = isBroken ? null : Stated(dataset, modality, type, notes);
        if (stated is UnitName named && named is { Unit: not ImageUnit.Counts, IsNone: false } && !hasSlope && scale.Table is null)
        {
            notes.Add($"{(dataset.Text(DicomTag.Units).Length > 0 ? "Units" : "Rescale Type")} says {named.Text} and Rescale Slope is missing: stored values were taken as they are.");
        }

        return new(stated is not null && !hasSlope && scale.Table is null ? "Units" : hasSlope || hasIntercept || scale.Table is not null ? source : "", stated, scale, !scale.Linear.IsIdentity || scale.Table is not null);
    }

    /// <summary>The unit of rescaled values: Units (0054,1001), or else Rescale Type or Modality LUT Type.</summary>
    private static UnitName? Stated(DicomDataset dataset, string modality, string type, Notes notes)
    {
        UnitName? units = Density(UnitName.Parse(dataset.Text(DicomTag.Units)), modality) is UnitName parsed ? SuvType(parsed, dataset) : null;
        UnitName? rescaled = Density(UnitName.Parse(type), modality);
        if (units is UnitName one && rescaled is UnitName two && (one.Unit != two.Unit || one.Factor != two.Factor))
        {
            notes.IsDisputed = true;
            notes.Add($"Units (0054,1001) says {one.Text}, Rescale Type {two.Text}: {one.Text} was taken, and one of them is wrong.");
        }

        if ((units ?? rescaled) is { Written: not null and not "" })
        {
            // Without the word itself: whatever stands there may be somebody's name.
            notes.Add($"{(units is not null ? "Units (0054,1001)" : "Rescale Type")} is none that is known here: what the values count is not known.");
        }

        if ((units ?? rescaled) is UnitName known && IsForeign(known.Unit, modality))
        {
            notes.Add($"The file says that its values are in {known.Text}, which images of the modality {DatasetReading.Code(modality)} are not.");
        }

        return units ?? rescaled;
    }

    private static bool IsForeign(ImageUnit unit, string modality) => modality switch
    {
        "CT" => unit is not (ImageUnit.Hounsfield or ImageUnit.Other),
        "NM" or "PT" => unit is ImageUnit.Hounsfield or ImageUnit.Gray,
        _ => false,
    };

    // Of X-rays, g/ml is a density.
    private static UnitName? Density(UnitName? unit, string modality) =>
        unit is { Unit: ImageUnit.StandardizedUptakeValue } && modality is not ("PT" or "NM") ? new UnitName(ImageUnit.Other, "g/ml") : unit;

    private static UnitName SuvType(UnitName unit, DicomDataset dataset) => unit.Unit != ImageUnit.StandardizedUptakeValue ? unit : dataset.Text(DicomTag.SUVType).ToUpperInvariant() switch
    {
        "LBM" or "LBMJAMES128" or "LBMJANMA" => UnitName.LeanBodyMass,
        "IBW" => UnitName.IdealBodyWeight,
        "BSA" => UnitName.BodySurface,
        "BW" => UnitName.BodyWeight,
        _ => unit,
    };

    /// <summary>What the Real World Value Mappings say of stored pixels (PS3.3 C.7.6.16.2.11), one entry for each unit.</summary>
    private static IEnumerable<Claim> RealWorldValues(DicomDataset dataset, FunctionalGroups groups, int frame, string file, string modality, PixelFormat format, Notes notes)
    {
        List<Claim> pieces = [];
        foreach (DicomDataset mapping in groups.Mappings(frame) is { Count: > 0 } grouped ? grouped : dataset.Items(DicomTag.RealWorldValueMappingSequence))
        {
            if (Piece(mapping, file, modality, format, notes) is Claim piece)
            {
                pieces.Add(piece);
            }
        }

        foreach (IGrouping<string, Claim> unit in pieces.GroupBy(piece => $"{piece.Unit?.Text} {piece.Unit?.Written}", StringComparer.Ordinal))
        {
            Claim[] same = [.. unit.Where(one => one.Scale.Table is null).OrderBy(one => one.Scale.First)];
            bool apart = same.Length > 1 && same.Length == unit.Count() && same.Zip(same.Skip(1)).All(pair => pair.First.Scale.Last < pair.Second.Scale.First);
            if (apart && !same[0].Scale.Agrees(same[^1].Scale with { First = double.NegativeInfinity, Last = double.PositiveInfinity }, format))
            {
                yield return Joined(same, file);
                continue;
            }

            // Pieces that say the same hold over all their values together.
            Claim first = apart ? same[0] with { Scale = same[0].Scale with { Last = same[^1].Scale.Last } } : unit.First();
            yield return first;
            foreach (Claim other in apart ? [] : unit.Skip(1))
            {
                yield return other;
            }
        }
    }

    private static Claim? Piece(DicomDataset mapping, string file, string modality, PixelFormat format, Notes notes)
    {
        const string source = "Real World Value Mapping";
        DicomDataset? code = mapping.FirstItem(DicomTag.MeasurementUnitsCodeSequence);
        UnitName? unit = Density(UnitOf(code, notes), modality);
        double first = Bound(mapping, DicomTag.RealWorldValueFirstValueMapped, DicomTag.DoubleFloatRealWorldValueFirstValueMapped, format) ?? double.NegativeInfinity;
        double last = Bound(mapping, DicomTag.RealWorldValueLastValueMapped, DicomTag.DoubleFloatRealWorldValueLastValueMapped, format) ?? double.PositiveInfinity;
        if (first > last)
        {
            notes.Add($"The Real World Value Mapping runs from {first} to {last}: its range is ignored.");
            (first, last) = (double.NegativeInfinity, double.PositiveInfinity);
        }

        double[] table = mapping.Numbers(DicomTag.RealWorldValueLUTData);
        if (table.Length > 0)
        {
            if (!double.IsFinite(first) || table.Length != last - first + 1 || !table.All(IsUsable))
            {
                throw new DicomReadException(file, SkipReason.InconsistentHeader, $"the table of a Real World Value Mapping has {table.Length} entries for the stored values {first} to {last}, expected one number for each: ask its source for another export.");
            }

            return new(source, unit, new PixelScale(new(1, 0, source), new ValueTable((int)first, table), first, last), IsScaled: true);
        }

        if (Usable(mapping, DicomTag.RealWorldValueSlope) is not (double slope and not 0))
        {
            notes.Add($"The slope of a Real World Value Mapping is {(HasValue(mapping, DicomTag.RealWorldValueSlope) ? mapping.Number(DicomTag.RealWorldValueSlope) == 0 ? "0" : "not a number that could be one" : "missing")}: the mapping is ignored.");
            notes.IsBroken = true;
            return null;
        }

        if (HasValue(mapping, DicomTag.RealWorldValueIntercept) && Usable(mapping, DicomTag.RealWorldValueIntercept) is null)
        {
            notes.Add("The intercept of a Real World Value Mapping is not a number that could be one: the mapping is ignored.");
            notes.IsBroken = true;
            return null;
        }

        if (slope < 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"The slope of a Real World Value Mapping is {slope:G6}: the more is stored, the less the value is."));
        }

        if (unit is null)
        {
            notes.Add("A Real World Value Mapping names no unit: the mapping is ignored.");
            notes.IsBroken = true;
            return null;
        }

        double intercept = mapping.Number(DicomTag.RealWorldValueIntercept) ?? 0;
        ValueScaling linear = slope == 1 && intercept == 0 ? ValueScaling.Identity with { Source = source } : new(slope, intercept, source);
        return new(source, unit, new PixelScale(linear, null, first, last), !linear.IsIdentity);
    }

    private static UnitName? UnitOf(DicomDataset? code, Notes notes)
    {
        if (code is null)
        {
            return null;
        }

        UnitName? byCode = UnitName.Parse(code.Text(DicomTag.CodeValue)), byMeaning = UnitName.Parse(code.Text(DicomTag.CodeMeaning));
        if (byCode is { Unit: not ImageUnit.Other } one && byMeaning is { Unit: not ImageUnit.Other } two && one.Unit != two.Unit)
        {
            notes.IsDisputed = true;
            notes.Add($"The unit of a Real World Value Mapping is coded as {one.Text} and described as {two.Text}: {one.Text} was taken, and one of them is wrong.");
        }

        return byCode is { Unit: not ImageUnit.Other } ? byCode : byMeaning is { Unit: not ImageUnit.Other } ? byMeaning : byCode ?? byMeaning;
    }

    // Implicit files hold the bounds of signed pixels as unsigned words.
    private static double? Bound(DicomDataset mapping, DicomTag whole, DicomTag real, PixelFormat format) =>
        mapping.Number(whole) is double bound ? format.IsSigned && bound > short.MaxValue && bound <= ushort.MaxValue && format.BitsStored <= 16 ? bound - 65536 : bound : mapping.Number(real);

    private static Claim Joined(Claim[] pieces, string file)
    {
        double first = pieces[0].Scale.First, last = pieces[^1].Scale.Last;
        if (!double.IsFinite(first) || !double.IsFinite(last) || last - first > 1 << 17)
        {
            throw new DicomReadException(file, SkipReason.UnsupportedPixelFormat, "the Real World Value Mapping has pieces of more than 17 bits, which are not read here: leave the file out, or ask its source for one mapping over all values.");
        }

        double[] values = new double[(int)(last - first) + 1];
        Array.Fill(values, double.NaN);
        foreach (Claim piece in pieces)
        {
            for (double stored = Math.Ceiling(piece.Scale.First); stored <= piece.Scale.Last; stored++)
            {
                values[(int)(stored - first)] = (stored * piece.Scale.Linear.Slope) + piece.Scale.Linear.Intercept;
            }
        }

        return pieces[0] with { Scale = new PixelScale(pieces[0].Scale.Linear with { Slope = 1, Intercept = 0 }, new ValueTable((int)first, values), first, last), IsScaled = true };
    }

    /// <summary>A Modality LUT (PS3.3 C.11.1.1): how many entries, the first stored value, and how many bits each takes.</summary>
    private static ValueTable Table(DicomDataset lut, string file, PixelFormat format)
    {
        double[] descriptor = lut.Numbers(DicomTag.LUTDescriptor);
        double[] data = lut.GetDicomItem<DicomItem>(DicomTag.LUTData) is DicomOtherWord or DicomOtherByte or DicomUnknown ? Words(lut, descriptor) : lut.Numbers(DicomTag.LUTData);
        int entries = descriptor is [double count, ..] ? count == 0 ? 65536 : (int)(count < 0 ? count + 65536 : count) : 0;
        if (descriptor.Length != 3 || entries < 1 || data.Length < entries || data.Length > entries + 1)
        {
            throw new DicomReadException(file, SkipReason.InconsistentHeader, $"the Modality LUT announces {entries} entries and has {data.Length}: ask its source for an export without it.");
        }

        double first = descriptor[1];
        first = format.IsSigned && first > short.MaxValue ? first - 65536 : !format.IsSigned && first < 0 ? first + 65536 : first;
        return new ValueTable((int)first, [.. data.Take(entries)]);
    }

    private static double[] Words(DicomDataset lut, double[] descriptor)
    {
        byte[] bytes = lut.GetDicomItem<DicomElement>(DicomTag.LUTData)?.Buffer?.Data ?? [];
        // Entries of 8 bits may have a byte or a word each: their number tells.
        bool isNarrow = descriptor is [double count, _, <= 8] && bytes.Length < 2 * (count == 0 ? 65536 : count);
        return isNarrow ? Array.ConvertAll(bytes, one => (double)one) : [.. Enumerable.Range(0, bytes.Length / 2).Select(i => (double)(bytes[2 * i] | (bytes[(2 * i) + 1] << 8)))];
    }

    private static bool HasValue(DicomDataset dataset, DicomTag tag) => dataset.GetDicomItem<DicomElement>(tag) is { Count: > 0 };

    /// <summary>Whether a slope is there that multiplies nothing: 0, no number, not finite.</summary>
    private static bool IsBroken(DicomDataset dataset, DicomTag slope) => HasValue(dataset, slope) && Usable(dataset, slope) is null or 0;

    /// <summary>What is wrong with a slope or an intercept that is not used.</summary>
    private static string Fault(DicomDataset dataset, DicomTag tag) => dataset.Number(tag) switch
    {
        _ when dataset.Numbers(tag).Distinct().Skip(1).Any() => "has several values that differ, expected one",
        0 => "is 0",
        _ => "is not a number that could be one",
    };

    // Several that differ are none: nobody knows which of them holds.
    private static double? Usable(DicomDataset dataset, DicomTag tag) =>
        dataset.Number(tag) is double value && IsUsable(value) && dataset.Numbers(tag).All(other => other == value) ? value : null;

    // Damaged numbers are numbers, too: with these, values stay floats that are finite.
    private static bool IsUsable(double value) => value == 0 || Math.Abs(value) is >= 1 / Largest and <= Largest;
}
