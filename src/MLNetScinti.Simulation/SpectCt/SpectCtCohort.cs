using System.Collections;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>What a simulated cohort of SPECT/CT consists of.</summary>
public sealed record SpectCtCohortOptions
{
    /// <summary>The name by which definitions ask for the cohort.</summary>
    public required string Name { get; init; }

    /// <summary>All patients.</summary>
    public int Patients { get; init; } = 55;

    /// <summary>The seed of every draw.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The radiopharmaceutical.</summary>
    public LutetiumTracer Tracer { get; init; }

    /// <summary>Hours from the injection to each SPECT; none for CT alone.</summary>
    public IReadOnlyList<double> Hours { get; init; } = [];

    /// <summary>Part of the patients who come again in a second cycle: several studies of one patient.</summary>
    public double SecondCycles { get; init; }

    /// <summary>The scanners; each patient has one of them.</summary>
    public IReadOnlyList<CtScanner> Scanners { get; init; } = [CtScanner.LowDose];

    /// <summary>Whether candidates with one kidney, joined kidneys or a kidney that the scan cuts are excluded and others take their place.</summary>
    public bool Exclusions { get; init; } = true;

    /// <summary>The grids, and how carefully the SPECT is simulated.</summary>
    public SpectCtAcquisition Acquisition { get; init; } = SpectCtAcquisition.Full;

    /// <summary>Every number.</summary>
    public SpectCtParameters Parameters { get; init; } = SpectCtParameters.Published;

    /// <summary>S4, Network 1: 55 patients with SPECT/CT of 177Lu-DOTATATE at 24 h; some came twice.</summary>
    public static SpectCtCohortOptions Hybrid { get; } = new() { Name = "hybrid", Patients = 55, Hours = [24], SecondCycles = 0.2 };

    /// <summary>S4, Network 2: 53 CT of SPECT/CT.</summary>
    public static SpectCtCohortOptions LowDoseCt { get; } = new() { Name = "low-dose-ct", Patients = 53 };

    /// <summary>S4, Network 3: 161 diagnostic CT with contrast, sections of .8 to 5 mm.</summary>
    public static SpectCtCohortOptions DiagnosticCt { get; } = new() { Name = "diagnostic-ct", Patients = 161, Scanners = CtScanner.Diagnostic };

    /// <summary>S4's test: 15 patients with SPECT/CT, of anatomy drawn from wider ranges.</summary>
    public static SpectCtCohortOptions HybridTest { get; } = new() { Name = "hybrid-test", Patients = 15, Hours = [24], Parameters = SpectCtParameters.Published with { AnatomySpread = 1.3 } };

    /// <summary>S5's training: CT of 89 patients by three scanners.</summary>
    public static SpectCtCohortOptions DoseTraining { get; } = new() { Name = "dose-training", Patients = 89, Scanners = CtScanner.ThreeLowDose };

    /// <summary>S5's test: 24 older men with 177Lu-PSMA-617, 3 of 24 with many cysts, imaged at 4, 24 and 96 h.</summary>
    public static SpectCtCohortOptions DoseTest { get; } = new()
    {
        Name = "dose-test",
        Patients = 24,
        Tracer = LutetiumTracer.Psma,
        Hours = [4, 24, 96],
        Exclusions = false,
        Parameters = SpectCtParameters.Published with { Male = 1, Age = 71, AgeSpread = 7, HighlyCystic = 0.125, KidneyUptakeSpread = 0.3, AnatomySpread = 1.15, Solitary = 0, Horseshoe = 0, Truncated = 0, LiverTumours = 0.4 },
    };

    /// <summary>The cohorts that definitions ask for by name.</summary>
    public static IReadOnlyList<SpectCtCohortOptions> Named { get; } = [Hybrid, LowDoseCt, DiagnosticCt, HybridTest, DoseTraining, DoseTest];
}

/// <summary>
/// Simulated patients of SPECT/CT with known truth. Candidates are drawn one after the other, and some are excluded as papers do; everything about a patient depends only on the
/// seed, the candidate's number and the options.
/// </summary>
public sealed class SpectCtCohort : IReadOnlyList<SpectCtPatient>
{
    private readonly ulong[] _candidates;

    /// <summary>A cohort.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public SpectCtCohort(SpectCtCohortOptions options)
    {
        Check(options);
        Options = options;
        List<ulong> kept = [];
        List<(ulong, string)> excluded = [];
        for (ulong candidate = 1; kept.Count < options.Patients; candidate++)
        {
            if (options.Exclusions && ReasonOf(candidate) is { } reason)
            {
                excluded.Add((candidate, reason));
                if (excluded.Count > 100 + (20 * options.Patients))
                {
                    throw new ArgumentException("Nearly all candidates are excluded: lower Parameters.Solitary, Horseshoe and Truncated, or turn Exclusions off.", nameof(options));
                }
            }
            else
            {
                kept.Add(candidate);
            }
        }

        (_candidates, Excluded) = ([.. kept], excluded);
    }

    /// <summary>What the cohort consists of.</summary>
    public SpectCtCohortOptions Options { get; }

    /// <summary>The candidates that were excluded, and why.</summary>
    public IReadOnlyList<(ulong Candidate, string Reason)> Excluded { get; }

    /// <summary>How the cohort is scanned.</summary>
    public SpectCtSimulator Simulator => new(Options.Acquisition, Options.Parameters);

    /// <summary>Number of patients.</summary>
    public int Count => _candidates.Length;

    /// <summary>A patient, drawn anew at each call with the same result.</summary>
    public SpectCtPatient this[int index]
    {
        get
        {
            ulong candidate = _candidates[index], seed = Options.Seed;
            SpectCtParameters parameters = Options.Parameters;
            (AbdomenAnatomy anatomy, double age, Sex sex, double height, double weight) = AbdomenGenerator.Draw(seed, candidate, parameters);
            CounterRandom random = new(seed, 0, candidate, "scan");
            double steatosis = random.NextDouble(), liver = random.NextNormal();
            (double left, double right) = (Amplitude(ref random, parameters), Amplitude(ref random, parameters));
            CtScanner scanner = Options.Scanners[random.NextInt32(Options.Scanners.Count)];
            double offset = random.NextNormal(0, parameters.ScannerOffset);
            double injected = 1000 * parameters.InjectedGigabecquerels * Math.Exp(parameters.InjectedSpread * random.NextNormal());
            double middle = ((anatomy.Left ?? anatomy.Right)!.Centre.Z + (anatomy.Right ?? anatomy.Left)!.Centre.Z) / 2;
            middle += 12 * Math.Clamp(random.NextNormal(), -1.5, 1.5);
            IReadOnlyList<SpectCtVisit> visits = Visits(candidate);
            middle = Truncates(candidate) ? CutMiddle(anatomy, candidate) : middle;
            return new SpectCtPatient
            {
                Number = index + 1,
                Seed = seed,
                Candidate = candidate,
                Age = age,
                Sex = sex,
                Height = height,
                Weight = weight,
                Anatomy = anatomy,
                Tracer = Options.Tracer,
                InjectedMegabecquerels = injected,
                Kinetics = LutetiumKinetics.Draw(seed, candidate, Options.Tracer, parameters, weight),
                // The mean over a breath against a phase of it (section 5 of the numbers' table: .35 of the amplitude).
                Breathing = (0.35 * left, 0.35 * right),
                Visits = visits,
                Scanner = scanner,
                HounsfieldOffset = offset,
                LiverHounsfield = steatosis < parameters.Steatosis ? Math.Clamp(32 + (14 * liver), -10, 45) : 55 + (9 * liver),
                ScanMiddle = middle,
                Truncated = Cut(anatomy, middle, visits),
            };
        }
    }

    /// <inheritdoc/>
    public IEnumerator<SpectCtPatient> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string? ReasonOf(ulong candidate)
    {
        (bool horseshoe, BodySide? missing, _, _) = AbdomenGenerator.Variants(Options.Seed, candidate, Options.Parameters);
        return horseshoe ? "joined kidneys" : missing is not null ? "one kidney" : Truncates(candidate) ? "a kidney cut by the scan" : null;
    }

    private bool Truncates(ulong candidate) => new CounterRandom(Options.Seed, 0, candidate, "truncation").NextBoolean(Options.Parameters.Truncated);

    private static double Amplitude(ref CounterRandom random, SpectCtParameters parameters) => Math.Max(1, random.NextNormal(parameters.BreathingAmplitude, parameters.BreathingSpread));

    /// <summary>The visits: each has displacements of its own, and from the second on the patient lies elsewhere where each has a CT.</summary>
    private List<SpectCtVisit> Visits(ulong candidate)
    {
        List<SpectCtVisit> visits = [];
        int cycles = new CounterRandom(Options.Seed, 0, candidate, "cycles").NextBoolean(Options.SecondCycles) ? 2 : 1;
        for (int cycle = 1; cycle <= cycles; cycle++)
        {
            foreach (double hours in Options.Hours)
            {
                int number = visits.Count + 1;
                CounterRandom random = new(Options.Seed, number, candidate, "visit");
                double spread = number > 1 && Options.Acquisition.CtAtEachVisit ? Options.Parameters.VisitShift : 0;
                Point3 shift = new(spread * random.NextNormal(), spread * random.NextNormal() / 2, spread * random.NextNormal());
                Point3 left = Displacement(ref random), right = Displacement(ref random);
                visits.Add(new(number, cycle, hours, shift, left, right, Math.Max(left.Length, right.Length) > Options.Parameters.DrawnOnSpectAbove));
            }
        }

        return visits;
    }

    /// <summary>Of a length from 0 to the largest with the median that is asked for, mostly along the body; the sides do not predict each other.</summary>
    private Point3 Displacement(ref CounterRandom random)
    {
        SpectCtParameters parameters = Options.Parameters;
        double draw = random.NextDouble(), most = parameters.LargestDisplacement, median = Math.Min(parameters.Displacement, most);
        double length = median <= 0 ? 0 : median >= most ? most : most * Math.Pow(draw, Math.Log(median / most) / Math.Log(0.5));
        Point3 direction = new(0.13 * random.NextNormal(), 0.3 * random.NextNormal(), random.NextBoolean() ? 1 : -1);
        return length / direction.Length * direction;
    }

    /// <summary>A middle at which an end of the scan cuts a kidney by 15 to 50 % of its length.</summary>
    private double CutMiddle(AbdomenAnatomy anatomy, ulong candidate)
    {
        CounterRandom random = new(Options.Seed, 1, candidate, "truncation");
        KidneyAnatomy kidney = (random.NextBoolean() ? anatomy.Left ?? anatomy.Right : anatomy.Right ?? anatomy.Left)!;
        double part = random.NextDouble(0.15, 0.5), half = kidney.Length / 2 * kidney.Upward.Z, length = Options.Acquisition.Length;
        return random.NextBoolean()
            ? kidney.Centre.Z - half + (part * 2 * half) + (length / 2)
            : kidney.Centre.Z + half - (part * 2 * half) - (length / 2);
    }

    private IReadOnlyList<BodySide> Cut(AbdomenAnatomy anatomy, double middle, IReadOnlyList<SpectCtVisit> visits)
    {
        double half = Options.Acquisition.Length / 2;
        bool IsCut(BodySide side) => anatomy.Of(side) is { } kidney && visits.Select(visit => visit.Shift.Z).Concat(visits.Select(visit => visit.Shift.Z + visit.DisplacementOf(side).Z)).DefaultIfEmpty(0)
            .Any(shift => Math.Abs(kidney.Centre.Z + shift - middle) + (kidney.Length / 2 * kidney.Upward.Z) > half);
        return [.. new[] { BodySide.Left, BodySide.Right }.Where(IsCut)];
    }

    private static void Check(SpectCtCohortOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Patients is < 1 or > 999_999)
        {
            throw new ArgumentException($"Patients: expected 1 to 999999, found {options.Patients}.", nameof(options));
        }

        if (options.Scanners.Count == 0)
        {
            throw new ArgumentException("Scanners: expected at least one, found none.", nameof(options));
        }

        if (options.Hours.Any(hours => !(hours is > 0 and <= 1000)) || options.Hours.Count > 20 || options.Hours.Zip(options.Hours.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException($"Hours: expected at most 20 rising numbers above 0, up to 1000, found {string.Join(", ", options.Hours)}.", nameof(options));
        }

        if (!(options.SecondCycles is >= 0 and <= 1))
        {
            throw new ArgumentException($"SecondCycles: expected a part from 0 to 1, found {options.SecondCycles}.", nameof(options));
        }

        SpectCtAcquisition acquisition = options.Acquisition;
        if (acquisition.Matrix is < 16 or > 512 || acquisition.Oversampling is < 1 or > 8 || acquisition.Matrix * acquisition.Oversampling > 512 || acquisition.Subsets < 1 || acquisition.Views < 4 || acquisition.Views % acquisition.Subsets != 0)
        {
            throw new ArgumentException($"Acquisition: expected a matrix of 16 to 512, oversampling from 1 on up to 512 samples across, and views that the subsets divide evenly, found {acquisition.Matrix}, {acquisition.Oversampling}, {acquisition.Views} and {acquisition.Subsets}.", nameof(options));
        }

        if (acquisition.CtMatrix is not 0 and (< 32 or > 1024) || !(acquisition.CtSection is 0 or (>= 0.4 and <= 20)))
        {
            throw new ArgumentException($"Acquisition: expected a CT of 0 (the scanner's) or 32 to 1024 columns and sections of 0 or .4 to 20 mm, found {acquisition.CtMatrix} and {acquisition.CtSection}.", nameof(options));
        }

        foreach ((string name, double value, double most) in options.Parameters.Parts)
        {
            if (!(value >= 0 && value <= most))
            {
                throw new ArgumentException($"Parameters.{name}: expected a number from 0 to {most}, found {value}.", nameof(options));
            }
        }
    }
}
