using System.Collections;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>What a simulated cohort of whole-body scans consists of.</summary>
public sealed record WholeBodyCohortOptions
{
    /// <summary>The name by which definitions ask for the cohort's proportions.</summary>
    public string Name { get; init; } = "dscint";

    /// <summary>All patients.</summary>
    public int Patients { get; init; } = 600;

    /// <summary>The seed of every draw.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Patients of each class, as proportions; classes that are not there have none.</summary>
    public IReadOnlyDictionary<WholeBodyClass, double> Classes { get; init; } = new Dictionary<WholeBodyClass, double>();

    /// <summary>Views that are lost of each class, as parts of all its views; empty where none is lost.</summary>
    public IReadOnlyDictionary<WholeBodyClass, double> LostViews { get; init; } = new Dictionary<WholeBodyClass, double>();

    /// <summary>How often and how much of what is shown.</summary>
    public WholeBodyPrevalence Prevalence { get; init; } = WholeBodyPrevalence.Published;

    /// <summary>Whether each view has a file of its own; else both are frames of one.</summary>
    public bool SeparateFiles { get; init; }

    /// <summary>
    /// Part of the patients whose tracer and collimator say nothing of their class: half of them are scanned with each. 0 as in the papers, where every carcinoma of the
    /// thyroid was scanned with 131I and nothing else was. Of a body scanned with the other tracer its own findings are shown as that tracer would.
    /// </summary>
    public double CrossedTracers { get; init; }

    /// <summary>
    /// How often a scan's label is another of the cohort's classes than the true one, as a reader's would be; 0 for labels that are the truth. Which ones is drawn from the
    /// seed; the truth stays beside the label.
    /// </summary>
    public double FalseReadings { get; init; }

    /// <summary>S2: 384 patients with both views, 334 normal, 174 metastatic, 252 arthritic images and 8 of both; 4.98 metastases in an image.</summary>
    public static WholeBodyCohortOptions Dspic { get; } = new()
    {
        Name = "dspic",
        Patients = 384,
        Classes = new Dictionary<WholeBodyClass, double> { [WholeBodyClass.Normal] = 334, [WholeBodyClass.Metastatic] = 174, [WholeBodyClass.Arthritic] = 252, [WholeBodyClass.MetastaticArthritic] = 8 },
        Prevalence = WholeBodyPrevalence.Published with { MeanLesions = 4.98 },
    };

    /// <summary>S3: 600 patients, 179 normal, 117 metastatic, 143 arthritic, 161 with carcinoma of the thyroid.</summary>
    public static WholeBodyCohortOptions Dscint { get; } = new()
    {
        Name = "dscint",
        Patients = 600,
        Classes = new Dictionary<WholeBodyClass, double> { [WholeBodyClass.Normal] = 179, [WholeBodyClass.Metastatic] = 117, [WholeBodyClass.Arthritic] = 143, [WholeBodyClass.Thyroid] = 161 },
        Prevalence = WholeBodyPrevalence.Published with { MeanLesions = 4.98 },
    };

    /// <summary>
    /// For measuring how much of the skeleton is involved: metastases from one to a superscan of them (an index of about .1 to 13), arthritis and scans without either, and a
    /// fifth of the bodies with raised arms, a scoliosis or a limb that is missing. No hospital's proportions: all burdens are to be there.
    /// </summary>
    public static WholeBodyCohortOptions Burden { get; } = new()
    {
        Name = "burden",
        Patients = 200,
        Classes = new Dictionary<WholeBodyClass, double> { [WholeBodyClass.Normal] = 10, [WholeBodyClass.Metastatic] = 50, [WholeBodyClass.Arthritic] = 10, [WholeBodyClass.MetastaticArthritic] = 30 },
        Prevalence = WholeBodyPrevalence.Published with { FewLesions = .25, SomeLesions = .2, ManyLesionsBreast = 25, ManyLesionsLung = 25, ManyLesionsProstate = 60, LesionDiameter = 24, UnusualBodies = .2 },
    };

    /// <summary>The views that S3 lost: 24 of normal patients, 60, 34 and 4 of the others, of twice as many views as patients.</summary>
    public static IReadOnlyDictionary<WholeBodyClass, double> PaperLostViews { get; } = new Dictionary<WholeBodyClass, double>
    {
        [WholeBodyClass.Normal] = 24.0 / 358,
        [WholeBodyClass.Metastatic] = 60.0 / 234,
        [WholeBodyClass.Arthritic] = 34.0 / 286,
        [WholeBodyClass.Thyroid] = 4.0 / 322,
    };

    /// <summary>The cohorts that definitions ask for by name.</summary>
    public static IReadOnlyList<WholeBodyCohortOptions> Named { get; } = [Dscint, Dspic, Burden];
}

/// <summary>
/// Simulated patients of whole-body scans with known truth. Of which class each is and who lost a view is decided for the whole cohort at once, so that
/// the proportions are met exactly; everything else about a patient depends only on the seed, the patient's number and class.
/// </summary>
public sealed class WholeBodyCohort : IReadOnlyList<WholeBodyPatient>
{
    private readonly (WholeBodyClass Class, WholeBodyView? Missing)[] _kinds;

    /// <summary>A cohort.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public WholeBodyCohort(WholeBodyCohortOptions options)
    {
        Check(options);
        Options = options;
        List<(WholeBodyClass, WholeBodyView?)> kinds = [];
        foreach ((WholeBodyClass one, int count) in Counts(options))
        {
            // At most one view of a patient is lost.
            int lost = Math.Min(count, (int)Math.Round(2 * count * options.LostViews.GetValueOrDefault(one), MidpointRounding.AwayFromZero));
            bool[] views = [.. Enumerable.Range(0, lost).Select(i => i % 2 == 0)];
            new CounterRandom(options.Seed, (long)one, 0, "lost views").Shuffle<bool>(views);
            kinds.AddRange(Enumerable.Range(0, count).Select(i => (one, i >= lost ? (WholeBodyView?)null : views[i] ? WholeBodyView.Posterior : WholeBodyView.Anterior)));
        }

        // The numbers should not tell of which class a patient is.
        _kinds = [.. kinds];
        new CounterRandom(options.Seed, 0, 0, "order of patients").Shuffle<(WholeBodyClass, WholeBodyView?)>(_kinds);
    }

    /// <summary>What the cohort consists of.</summary>
    public WholeBodyCohortOptions Options { get; }

    /// <summary>Of which class each patient is, and which view is lost.</summary>
    public IReadOnlyList<(WholeBodyClass Class, WholeBodyView? Missing)> Kinds => _kinds;

    /// <summary>Number of patients.</summary>
    public int Count => _kinds.Length;

    /// <summary>A patient, drawn anew at each call with the same result.</summary>
    public WholeBodyPatient this[int index] => WholeBodyGenerator.Draw(Options, index + 1, _kinds[index].Class, _kinds[index].Missing);

    /// <inheritdoc/>
    public IEnumerator<WholeBodyPatient> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>How many patients of each class there are: the largest remainders are rounded up.</summary>
    private static IEnumerable<(WholeBodyClass Class, int Count)> Counts(WholeBodyCohortOptions options)
    {
        double sum = options.Classes.Values.Sum();
        (WholeBodyClass Class, double Exact)[] exact = [.. options.Classes.OrderBy(one => one.Key).Select(one => (one.Key, options.Patients * one.Value / sum))];
        int left = options.Patients - exact.Sum(one => (int)one.Exact);
        HashSet<WholeBodyClass> more = [.. exact.OrderByDescending(one => one.Exact - (int)one.Exact).ThenBy(one => one.Class).Take(left).Select(one => one.Class)];
        return exact.Select(one => (one.Class, (int)one.Exact + (more.Contains(one.Class) ? 1 : 0)));
    }

    private static void Check(WholeBodyCohortOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Patients is < 1 or > 999_999)
        {
            throw new ArgumentException($"Patients: expected 1 to 999999, found {options.Patients}.", nameof(options));
        }

        if (!(options.Classes.Values.Sum() > 0) || options.Classes.Values.Any(value => !(value >= 0)))
        {
            throw new ArgumentException("Classes: expected proportions of 0 or more, one of them above 0.", nameof(options));
        }

        if (options.LostViews.Values.Any(value => !(value is >= 0 and <= .5)))
        {
            throw new ArgumentException($"LostViews: expected parts from 0 to 0.5, as a patient loses at most one of two views, found {options.LostViews.Values.Max()}.", nameof(options));
        }

        if (!(options.FalseReadings is >= 0 and <= 1))
        {
            throw new ArgumentException($"FalseReadings: expected a part from 0 to 1, found {options.FalseReadings}.", nameof(options));
        }

        if (!(options.CrossedTracers is >= 0 and <= 1))
        {
            throw new ArgumentException($"CrossedTracers: expected a part from 0 to 1, found {options.CrossedTracers}.", nameof(options));
        }

        foreach ((string name, double value, double most) in options.Prevalence.Parts)
        {
            if (!(value >= 0 && value <= most))
            {
                throw new ArgumentException($"Prevalence.{name}: expected a number from 0 to {most}, found {value}.", nameof(options));
            }
        }
    }
}
