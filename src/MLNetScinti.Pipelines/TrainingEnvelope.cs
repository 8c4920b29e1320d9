using System.Globalization;
using System.Text.Json.Serialization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines;

/// <summary>The least and the greatest of a quantity.</summary>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest.</param>
public sealed record ValueRange(double Low, double High)
{
    /// <summary>Whether a value lies in it, or beyond it by no more than a part of it.</summary>
    public bool Holds(double value, double tolerance = 0) => value >= Low * (1 - tolerance) && value <= High * (1 + tolerance);

    /// <summary>"1.75" or "1.75 to 4.4".</summary>
    public override string ToString() => Low.Equals(High) ? Text(Low) : $"{Text(Low)} to {Text(High)}";

    internal bool IsSound => double.IsFinite(Low) && Low <= High && double.IsFinite(High);

    internal static string Text(double value) => Math.Abs(value) >= 1000 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("0.##", CultureInfo.InvariantCulture);

    internal static ValueRange? Union(IEnumerable<ValueRange?> ranges)
    {
        ValueRange[] known = [.. ranges.OfType<ValueRange>()];
        return known.Length == 0 ? null : new(known.Min(one => one.Low), known.Max(one => one.High));
    }
}

/// <summary>How the images of one kind were taken that a model was trained on. An empty list or null: nothing is known, and nothing is compared.</summary>
public sealed record EnvelopeImages
{
    /// <summary>What the images are: the name of an <see cref="ImageKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What their values count.</summary>
    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>Radionuclides.</summary>
    public IReadOnlyList<string> Radionuclides { get; init; } = [];

    /// <summary>Radiopharmaceuticals: those that are known by name, and other texts that several patients share.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>Parts of the body.</summary>
    public IReadOnlyList<string> BodyParts { get; init; } = [];

    /// <summary>From where planar images look.</summary>
    public IReadOnlyList<string> Views { get; init; } = [];

    /// <summary>Collimators.</summary>
    public IReadOnlyList<string> Collimators { get; init; } = [];

    /// <summary>Manufacturers and models.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = [];

    /// <summary>Millimetres between pixels.</summary>
    public ValueRange? PixelMillimetres { get; init; }

    /// <summary>Millimetres between sections.</summary>
    public ValueRange? SectionMillimetres { get; init; }

    /// <summary>Numbers of columns.</summary>
    public ValueRange? Columns { get; init; }

    /// <summary>Numbers of rows.</summary>
    public ValueRange? Rows { get; init; }

    /// <summary>Counts of an image, to one digit.</summary>
    public ValueRange? Counts { get; init; }

    internal bool IsSound => Kind is not null
        && ((IReadOnlyList<string>?[])[Units, Radionuclides, Agents, BodyParts, Views, Collimators, Cameras]).All(list => list?.All(text => text is not null) == true)
        && ((ValueRange?[])[PixelMillimetres, SectionMillimetres, Columns, Rows, Counts]).All(range => range is not { IsSound: false });
}

/// <summary>The grid on which a model sees one of its images.</summary>
/// <param name="Image">The image's name.</param>
/// <param name="Shape">Numbers of voxels, slowest first.</param>
/// <param name="Millimetres">For each of these the distance of neighbours, mm: one value where all training cases have it.</param>
public sealed record EnvelopeGrid(string Image, IReadOnlyList<int> Shape, IReadOnlyList<ValueRange> Millimetres);

/// <summary>Something in which a study differs from what a model was trained on.</summary>
/// <param name="Fact">Which fact, in a word or two.</param>
/// <param name="Found">What the study has.</param>
/// <param name="Known">What the model knows.</param>
/// <param name="IsRefused">Whether the image cannot mean the same: then it is not scored. Otherwise it is scored, and this is said beside the score.</param>
public sealed record EnvelopeFinding(string Fact, string Found, string Known, bool IsRefused)
{
    /// <summary>The same in one sentence.</summary>
    public string Sentence => IsRefused
        ? $"its {Fact} is {Found}, and the model was trained on {Known}: what the image shows cannot mean the same, so that it is not scored."
        : $"Its {Fact} is {Found}; the model was trained on {Known}.";

    /// <summary>The same beside a score: one that was asked for nevertheless is marked.</summary>
    public string BesideScore => IsRefused
        ? $"Its {Fact} is {Found}, and the model was trained on {Known}: scored because that was asked for, and likely to mean nothing."
        : Sentence;

    /// <inheritdoc/>
    public override string ToString() => Sentence;
}

/// <summary>
/// What a model was trained on: sets and ranges over its training patients, so that a study that lies outside is told. No patient can be told
/// from it: ages are in bands of years of which those at both ends hold at least three patients, counts have one digit, and a text that is no
/// term of a standard is kept where at least three patients share it.
/// </summary>
public sealed record TrainingEnvelope
{
    /// <summary>The fewest patients that share what is kept of them.</summary>
    public const int FewestPatients = 3;

    /// <summary>What is said of a model without one.</summary>
    public const string Absent = "The model does not say what it was trained on (an earlier version made it): studies are not compared with that; train it again for it.";

    private const double OldestBand = 90, SpacingTolerance = 0.02;

    private static readonly int[] s_bands = [5, 10, 15, 30];

    /// <summary>The number of training patients.</summary>
    public required int Patients { get; init; }

    /// <summary>How their images were taken, by kind.</summary>
    public required IReadOnlyList<EnvelopeImages> Images { get; init; }

    /// <summary>Their ages in years, in bands; 90 stands for all above. Null where they are not known, or too few to say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ValueRange? AgeYears { get; init; }

    /// <summary>The grids on which the model sees its images.</summary>
    public IReadOnlyList<EnvelopeGrid> Grid { get; init; } = [];

    /// <summary>The envelope of training cases; null where nothing is known of how any was taken.</summary>
    /// <param name="cases">The cases. Their images' values are not read.</param>
    /// <param name="schema">What the cases have in common.</param>
    public static TrainingEnvelope? Of(IEnumerable<Case> cases, CaseSchema schema)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(schema);
        List<(string Patient, AcquiredStudy Study)> studies = [];
        HashSet<string> patients = new(StringComparer.Ordinal);
        HashSet<AcquiredStudy> seen = new(ReferenceEqualityComparer.Instance);
        List<IReadOnlyList<ImageGeometry?>> grids = [];
        foreach (Case one in cases)
        {
            patients.Add(one.PatientId);
            grids.Add(one.Grids);
            if (one.Acquired.Images.Count > 0 && seen.Add(one.Acquired))
            {
                studies.Add((one.PatientId, one.Acquired));
            }
        }

        return studies.Count == 0 ? null : new TrainingEnvelope
        {
            Patients = patients.Count,
            Images = [.. studies.SelectMany(study => study.Study.Images.Select(image => (study.Patient, Image: image)))
                .GroupBy(one => one.Image.Kind).OrderBy(group => group.Key).Select(group => Of(group.Key, [.. group]))],
            AgeYears = AgesOf(studies),
            Grid = [.. schema.Images.Select((column, index) => GridOf(column, [.. grids.Select(grid => index < grid.Count ? grid[index] : null)])).OfType<EnvelopeGrid>()],
        };
    }

    /// <summary>Whether every list and range of it can be used: what was read may be another's writing.</summary>
    [JsonIgnore]
    internal bool IsSound => Patients >= 0 && AgeYears is not { IsSound: false }
        && Images.All(one => one is { IsSound: true })
        && Grid.All(one => one is not null && one.Image is not null && one.Millimetres is not null && one.Shape is not null && one.Shape.Count == one.Millimetres.Count && one.Millimetres.All(range => range is { IsSound: true }));

    /// <summary>What several models together were trained on; null where one of them does not say.</summary>
    public static TrainingEnvelope? Union(IReadOnlyList<TrainingEnvelope?> envelopes)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        TrainingEnvelope[] all = [.. envelopes.OfType<TrainingEnvelope>()];
        if (all.Length == 0 || all.Length < envelopes.Count)
        {
            return null;
        }

        static string[] Each(IEnumerable<IReadOnlyList<string>> sets) => [.. sets.SelectMany(set => set).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new TrainingEnvelope
        {
            // Models of several folds share patients: how many there are in all, their envelopes do not say.
            Patients = all.Max(one => one.Patients),
            Images = [.. all.SelectMany(one => one.Images).GroupBy(one => one.Kind, StringComparer.Ordinal).Select(group => new EnvelopeImages
            {
                Kind = group.Key,
                Units = Each(group.Select(one => one.Units)),
                Radionuclides = Each(group.Select(one => one.Radionuclides)),
                Agents = Each(group.Select(one => one.Agents)),
                BodyParts = Each(group.Select(one => one.BodyParts)),
                Views = Each(group.Select(one => one.Views)),
                Collimators = Each(group.Select(one => one.Collimators)),
                Cameras = Each(group.Select(one => one.Cameras)),
                PixelMillimetres = ValueRange.Union(group.Select(one => one.PixelMillimetres)),
                SectionMillimetres = ValueRange.Union(group.Select(one => one.SectionMillimetres)),
                Columns = ValueRange.Union(group.Select(one => one.Columns)),
                Rows = ValueRange.Union(group.Select(one => one.Rows)),
                Counts = ValueRange.Union(group.Select(one => one.Counts)),
            })],
            AgeYears = ValueRange.Union(all.Select(one => one.AgeYears)),
            Grid = [.. all[0].Grid.Select((grid, index) => grid with
            {
                Millimetres = [.. grid.Millimetres.Select((_, axis) => ValueRange.Union(all.Select(one => one.Grid.ElementAtOrDefault(index)?.Millimetres.ElementAtOrDefault(axis)))!)],
            })],
        };
    }

    /// <summary>In what a study differs from what the model was trained on; the refusals first, nothing where it lies within.</summary>
    public IReadOnlyList<EnvelopeFinding> Compare(AcquiredStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        if (study.Images.Count == 0 || Images.Count == 0)
        {
            return [];
        }

        List<EnvelopeFinding> found = [];
        string[] kinds = [.. study.Images.Select(image => image.Kind.ToString()).Distinct(StringComparer.Ordinal)];
        if (!kinds.Any(kind => Images.Any(known => known.Kind == kind)))
        {
            return [new("kind of image", string.Join(", ", kinds), string.Join(", ", Images.Select(known => known.Kind)), IsRefused: true)];
        }

        foreach (EnvelopeImages known in Images)
        {
            AcquiredImage[] images = [.. study.Images.Where(image => image.Kind.ToString() == known.Kind)];
            if (images.Length > 0)
            {
                Compare(known, images, Images.Count > 1 ? $" ({known.Kind})" : "", found);
            }
        }

        if (AgeYears is not null && study.AgeYears is { } age && !AgeYears.Holds(Math.Min(Math.Floor(age), OldestBand)))
        {
            // Where it is far above, a band says it as well as the age.
            found.Add(new("patient's age", age >= OldestBand ? "90 years or more" : $"{ValueRange.Text(Math.Floor(age))} years", $"{AgeYears} years", IsRefused: false));
        }

        return [.. found.OrderByDescending(one => one.IsRefused)];
    }

    /// <summary>The first reason not to score a study; null where there is none.</summary>
    public EnvelopeFinding? Refusal(AcquiredStudy study) => Compare(study).FirstOrDefault(one => one.IsRefused);

    private static void Compare(EnvelopeImages known, AcquiredImage[] images, string of, List<EnvelopeFinding> found)
    {
        CompareSets("radionuclide" + of, known.Radionuclides, images.SelectMany(image => image.Radionuclides), refuses: true, mustBeSaid: true);
        CompareAgents();
        CompareParts();
        CompareSets("view" + of, known.Views, images.SelectMany(image => image.Views).Select(view => view.ToString()), refuses: true);
        CompareSets("unit" + of, known.Units, images.Select(image => image.Unit.ToString()), refuses: false);
        CompareSets("collimator" + of, known.Collimators, images.SelectMany(image => image.Collimators), refuses: false);
        CompareSets("camera" + of, known.Cameras, images.Select(image => image.Camera), refuses: false);
        CompareRange("pixel size" + of, known.PixelMillimetres, images.SelectMany(image => image.Pixel is { } pixel ? (double[])[pixel.Columns, pixel.Rows] : []), " mm", SpacingTolerance);
        CompareRange("distance of sections" + of, known.SectionMillimetres, images.Select(image => image.Section).OfType<double>(), " mm", SpacingTolerance);
        CompareRange("number of columns" + of, known.Columns, images.Select(image => (double)image.Columns), "");
        CompareRange("number of rows" + of, known.Rows, images.Select(image => (double)image.Rows), "");
        CompareRange("counts" + of, known.Counts, images.Select(image => image.Counts).OfType<double>(), " counts");

        void CompareSets(string fact, IReadOnlyList<string> of, IEnumerable<string> values, bool refuses, bool mustBeSaid = false)
        {
            string[] said = [.. values.Where(value => value.Length > 0).Distinct(StringComparer.Ordinal)], other = [.. said.Except(of, StringComparer.Ordinal)];
            if (of.Count == 0)
            {
                return;
            }

            if (said.Length == 0 && mustBeSaid)
            {
                found.Add(new(fact, "in no file", string.Join(", ", of), IsRefused: false));
            }
            else if (other.Length > 0)
            {
                found.Add(new(fact, Told(other), string.Join(", ", of), refuses && other.Length == said.Length));
            }
        }

        void CompareAgents()
        {
            string[] said = [.. images.Select(image => image.Agent).Where(agent => agent.Length > 0).Distinct(StringComparer.Ordinal)];
            string[] other = [.. said.Where(agent => !known.Agents.Contains(AgentOf(agent), StringComparer.OrdinalIgnoreCase))];
            if (known.Agents.Count == 0 || other.Length == 0)
            {
                return;
            }

            // Only of an agent that is known by name is it certain that it gathers elsewhere.
            string[] groups = [.. known.Agents.Select(agent => RadiopharmaceuticalName.Of(agent)?.Group ?? "")];
            bool elsewhere = other.Length == said.Length && !groups.Contains("") && other.All(agent => RadiopharmaceuticalName.Of(agent) is { } name && !groups.Contains(name.Group, StringComparer.Ordinal));
            found.Add(new("radiopharmaceutical" + of, Told(other.Select(AgentOf)), string.Join(", ", known.Agents), elsewhere));
        }

        void CompareParts()
        {
            string[] said = [.. images.Select(image => image.BodyPart).Where(part => part.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
            string[] other = [.. said.Where(part => !known.BodyParts.Contains(part, StringComparer.OrdinalIgnoreCase))];
            if (known.BodyParts.Count == 0 || other.Length == 0)
            {
                return;
            }

            ImagedRegion trained = known.BodyParts.Aggregate(ImagedRegion.Unknown, (regions, part) => regions | ImagedRegions.Of(part));
            bool isAllKnown = known.BodyParts.All(part => ImagedRegions.Of(part) != ImagedRegion.Unknown);
            bool elsewhere = other.Length == said.Length && isAllKnown && other.All(part => ImagedRegions.Of(part) is not ImagedRegion.Unknown and var region && (region & trained) == 0);
            found.Add(new("part of the body" + of, Told(other), string.Join(", ", known.BodyParts), elsewhere));
        }

        void CompareRange(string fact, ValueRange? range, IEnumerable<double> values, string unit, double tolerance = 0)
        {
            double[] outside = range is null ? [] : [.. values.Where(value => !range.Holds(value, tolerance))];
            if (outside.Length > 0)
            {
                found.Add(new(fact, $"{new ValueRange(outside.Min(), outside.Max())}{unit}", $"{range}{unit}", IsRefused: false));
            }
        }
    }

    // An agent that is known has one name, however it is written.
    private static string AgentOf(string text) => RadiopharmaceuticalName.Of(text)?.Agent ?? PlainText.Short(text.Trim(), 40);

    private static string Told(IEnumerable<string> values) => PlainText.Short(string.Join(", ", values.Distinct(StringComparer.Ordinal)), 80);

    private static EnvelopeImages Of(ImageKind kind, IReadOnlyList<(string Patient, AcquiredImage Image)> all)
    {
        // What several patients share is no patient's; a text of fewer could be a name that somebody typed into the wrong field.
        string[] Shared(Func<AcquiredImage, IEnumerable<string>> values, Func<string, bool>? isTerm = null) =>
            [.. all.SelectMany(one => values(one.Image).Where(text => text.Trim().Length > 0).Select(text => (one.Patient, Text: PlainText.Short(text.Trim(), 60))))
                .GroupBy(one => one.Text, StringComparer.Ordinal)
                .Where(group => isTerm?.Invoke(group.Key) == true || group.Select(one => one.Patient).Distinct(StringComparer.Ordinal).Count() >= FewestPatients)
                .Select(group => group.Key).Order(StringComparer.Ordinal)];
        IEnumerable<AcquiredImage> images = all.Select(one => one.Image);
        return new EnvelopeImages
        {
            Kind = kind.ToString(),
            Units = Shared(image => [image.Unit.ToString()], _ => true),
            Radionuclides = Shared(image => image.Radionuclides, _ => true),
            Agents = Shared(image => image.Agent.Length > 0 ? [AgentOf(image.Agent)] : [], text => RadiopharmaceuticalName.Of(text) is { } name && name.Agent == text),
            BodyParts = Shared(image => [image.BodyPart.ToUpperInvariant()], text => ImagedRegions.Of(text) != ImagedRegion.Unknown),
            Views = Shared(image => image.Views.Select(view => view.ToString()), _ => true),
            Collimators = Shared(image => image.Collimators),
            Cameras = Shared(image => [image.Camera]),
            PixelMillimetres = RangeOf(images.SelectMany(image => image.Pixel is { } pixel ? (double[])[pixel.Columns, pixel.Rows] : []), Hundredths),
            SectionMillimetres = RangeOf(images.Select(image => image.Section).OfType<double>(), Hundredths),
            Columns = RangeOf(images.Select(image => (double)image.Columns), (value, _) => value),
            Rows = RangeOf(images.Select(image => (double)image.Rows), (value, _) => value),
            Counts = RangeOf(images.Select(image => image.Counts).OfType<double>(), OneDigit),
        };
    }

    private static ValueRange? RangeOf(IEnumerable<double> values, Func<double, bool, double> rounded)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        return known.Length == 0 ? null : new(rounded(known.Min(), false), rounded(known.Max(), true));
    }

    private static double Hundredths(double value, bool up) => Math.Round(value, 2);

    // Away from the values: 1.9 million is from 1 and to 2 million.
    private static double OneDigit(double value, bool up)
    {
        if (value <= 0)
        {
            return 0;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return (up ? Math.Ceiling(value / power) : Math.Floor(value / power)) * power;
    }

    // Bands as narrow as those at both ends hold enough patients; ages above the oldest band are one.
    private static ValueRange? AgesOf(IEnumerable<(string Patient, AcquiredStudy Study)> studies)
    {
        (string Patient, double Age)[] ages = [.. studies.Where(one => one.Study.AgeYears is >= 0).Select(one => (one.Patient, Math.Min(one.Study.AgeYears!.Value, OldestBand)))];
        foreach (int band in ages.Length == 0 ? [] : s_bands)
        {
            double First(double age) => Math.Floor(age / band) * band;
            double low = First(ages.Min(one => one.Age)), last = First(ages.Max(one => one.Age));
            bool IsShared(double start) => ages.Where(one => First(one.Age).Equals(start)).Select(one => one.Patient).Distinct(StringComparer.Ordinal).Count() >= FewestPatients;
            if (IsShared(low) && IsShared(last))
            {
                return new(low, Math.Min(last + band, OldestBand));
            }
        }

        return null;
    }

    private static EnvelopeGrid? GridOf(CaseImageColumn column, IReadOnlyList<ImageGeometry?> grids)
    {
        ImageGeometry[] known = [.. grids.OfType<ImageGeometry>()];
        int rank = column.Shape.Rank;
        return known.Length == 0 || known.Length < grids.Count ? null : new EnvelopeGrid(column.Name, column.Shape.ToArray(),
            [.. ((Func<ImageGeometry, double>[])[grid => grid.SectionSpacing, grid => grid.RowSpacing, grid => grid.ColumnSpacing])[(3 - rank)..].Select(axis =>
            {
                double[] values = [.. known.Select(axis)];
                return new ValueRange(Math.Round(values.Min(), 4), Math.Round(values.Max(), 4));
            })]);
    }
}
