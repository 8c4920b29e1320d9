using System.Collections;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// Simulated DMSA patients with known truth. Which kidneys are abnormal is decided for the whole cohort at once, so that
/// the proportion is met exactly; everything else about a patient depends only on the seed and the patient's number.
/// </summary>
public sealed class DmsaCohort : IReadOnlyList<DmsaPatient>
{
    private readonly (bool Left, bool Right, CohortSet Set)[] _kinds;

    /// <summary>A cohort.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public DmsaCohort(DmsaCohortOptions options)
    {
        Check(options);
        Options = options;
        int training = options.Patients - options.Validation - options.Test;
        List<(bool Left, bool Right, CohortSet Set)> kinds = [];

        bool[] kidneys = new bool[2 * training];
        kidneys.AsSpan(0, (int)Math.Round(options.AbnormalKidneys * kidneys.Length, MidpointRounding.AwayFromZero)).Fill(true);
        new CounterRandom(options.Seed, 0, 0, "abnormal kidneys").Shuffle<bool>(kidneys);
        for (int i = 0; i < training; i++)
        {
            kinds.Add((kidneys[2 * i], kidneys[(2 * i) + 1], CohortSet.Training));
        }

        foreach ((CohortSet set, int count) in (ReadOnlySpan<(CohortSet, int)>)[(CohortSet.Validation, options.Validation), (CohortSet.Test, options.Test)])
        {
            for (int i = 0; i < count; i++)
            {
                kinds.Add(((i & 1) != 0, (((i >> 1) ^ i) & 1) != 0, set));
            }
        }

        // The numbers should not tell which set a patient is in.
        _kinds = [.. kinds];
        new CounterRandom(options.Seed, 0, 0, "order of patients").Shuffle<(bool, bool, CohortSet)>(_kinds);
    }

    /// <summary>What the cohort consists of.</summary>
    public DmsaCohortOptions Options { get; }

    /// <summary>Number of patients.</summary>
    public int Count => _kinds.Length;

    /// <summary>A patient, drawn anew at each call with the same result.</summary>
    public DmsaPatient this[int index]
    {
        get
        {
            (bool left, bool right, CohortSet set) = _kinds[index];
            int number = index + 1;
            PatientAnatomy anatomy = AnatomyGenerator.Draw(
                Options.Seed, (ulong)number, left, right, Options.SmallestDefectMillilitres, Options.Prevalence);
            CounterRandom random = new(Options.Seed, 0, (ulong)number, "scan");
            CounterRandom reader = new(Options.Seed, 0, (ulong)number, "reader");
            DmsaPatient patient = new()
            {
                Seed = Options.Seed,
                Number = number,
                Set = set,
                Anatomy = anatomy,
                InjectedMegabecquerels = Math.Clamp(
                    PhysicsConstants.ActivityPerKilogram * anatomy.Weight, PhysicsConstants.SmallestActivity, PhysicsConstants.LargestActivity),
                Misread = (reader.NextBoolean(Options.FalseReadings), reader.NextBoolean(Options.FalseReadings)),
                Margins = (random.NextDouble(18, 40), random.NextDouble(18, 40)),
            };
            return WithMishaps(patient, Options.Prevalence);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<DmsaPatient> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Every draw is made whether it is needed or not, so that a change of one part leaves the others as they are.</summary>
    private static DmsaPatient WithMishaps(DmsaPatient patient, DmsaPrevalence prevalence)
    {
        CounterRandom random = new(patient.Seed, 0, (ulong)patient.Number, "mishaps");
        bool isShort = random.NextBoolean(prevalence.ShortScans);
        int cycles = random.NextInt32(DmsaPrevalence.Cycles.Fewest, DmsaPrevalence.Cycles.All);
        bool beside = random.NextBoolean(prevalence.Extravasations);
        double loss = Math.Pow(random.NextDouble(), 2) * DmsaPrevalence.LargestLoss;
        bool moved = random.NextBoolean(prevalence.MovedPatients);
        (double sideward, double forward, double along) = DmsaPrevalence.Movement;
        Point3 shift = new(sideward * Deviate(ref random), forward * Deviate(ref random), along * Deviate(ref random));
        double time = VariantGenerator.Within(ref random, DmsaPrevalence.MovedTime);
        int kind = random.NextInt32(3);
        // Moves and stays, comes to rest only after a while, or moves and comes back.
        double from = kind switch { 0 => 1 - time, 1 => 0, _ => random.NextDouble(0, 1 - time) };
        return patient with
        {
            Cycles = isShort ? cycles : DmsaPrevalence.Cycles.All,
            LostInjection = beside ? loss : 0,
            Motion = moved ? new PatientMotion(shift, from, kind == 0 ? 1 : from + time) : null,
        };
    }

    private static double Deviate(ref CounterRandom random) => Math.Clamp(random.NextNormal(), -2, 2);

    private static void Check(DmsaCohortOptions options)
    {
        if (options.Patients is < 1 or > 999_999)
        {
            throw new ArgumentException($"Patients: expected 1 to 999999, found {options.Patients}.", nameof(options));
        }

        if (options.Validation < 0 || options.Test < 0 || options.Validation + options.Test > options.Patients)
        {
            throw new ArgumentException(
                $"Validation and Test: expected 0 or more and together at most the {options.Patients} patients, "
                + $"found {options.Validation} and {options.Test}.",
                nameof(options));
        }

        if (!(options.SmallestDefectMillilitres is >= 0 and <= 20))
        {
            throw new ArgumentException(
                $"SmallestDefectMillilitres: expected 0 to 20 ml, found {options.SmallestDefectMillilitres}.", nameof(options));
        }

        foreach ((string name, double part) in options.Prevalence.Parts)
        {
            if (!(part is >= 0 and <= 1))
            {
                throw new ArgumentException($"Prevalence.{name}: expected a part from 0 to 1, found {part}.", nameof(options));
            }
        }

        if (!(options.FalseReadings is >= 0 and <= 1))
        {
            throw new ArgumentException($"FalseReadings: expected a part from 0 to 1, found {options.FalseReadings}.", nameof(options));
        }

        if (!(options.AbnormalKidneys is >= 0 and <= 1))
        {
            throw new ArgumentException($"AbnormalKidneys: expected a part from 0 to 1, found {options.AbnormalKidneys}.", nameof(options));
        }
    }
}
