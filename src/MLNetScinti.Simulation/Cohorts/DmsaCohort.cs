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
            PatientAnatomy anatomy = AnatomyGenerator.Draw(Options.Seed, (ulong)number, left, right, Options.SmallestDefectMillilitres);
            CounterRandom random = new(Options.Seed, 0, (ulong)number, "scan");
            return new DmsaPatient
            {
                Seed = Options.Seed,
                Number = number,
                Set = set,
                Anatomy = anatomy,
                InjectedMegabecquerels = Math.Clamp(
                    PhysicsConstants.ActivityPerKilogram * anatomy.Weight, PhysicsConstants.SmallestActivity, PhysicsConstants.LargestActivity),
                Margins = (random.NextDouble(18, 40), random.NextDouble(18, 40)),
            };
        }
    }

    /// <inheritdoc/>
    public IEnumerator<DmsaPatient> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

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

        if (!(options.AbnormalKidneys is >= 0 and <= 1))
        {
            throw new ArgumentException($"AbnormalKidneys: expected a part from 0 to 1, found {options.AbnormalKidneys}.", nameof(options));
        }
    }
}
