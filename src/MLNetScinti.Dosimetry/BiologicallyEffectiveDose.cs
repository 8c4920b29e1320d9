using MLNetScinti.Dosimetry.Kinetics;

namespace MLNetScinti.Dosimetry;

/// <summary>How a tissue answers to dose and dose rate in the linear-quadratic model.</summary>
/// <param name="AlphaBeta">alpha / beta, Gy.</param>
/// <param name="RepairHalfTime">Half-time of the repair of sublethal damage, h.</param>
/// <param name="Source">Where the two are from.</param>
public sealed record TissueResponse(double AlphaBeta, double RepairHalfTime, string Source)
{
    /// <summary>Late damage after radionuclide therapy: 2.6 Gy and 2.8 h (as PyTheranostics' radiobiology.json has them).</summary>
    public static TissueResponse LateResponding { get; } = new(2.6, 2.8, "alpha/beta 2.6 Gy, repair 2.8 h (PyTheranostics radiobiology.json)");

    /// <summary>Rate of repair, 1/h.</summary>
    public double RepairRate => Math.Log(2) / RepairHalfTime;
}

/// <summary>
/// Biologically effective dose, Gy: D (1 + G D / (alpha/beta)) with the Lea-Catcheside factor G of the dose rate's time course. The effective dose
/// of an organ's mean dose is not the mean of its voxels' effective doses: each has its name.
/// </summary>
public static class BiologicallyEffectiveDose
{
    /// <summary>Of a dose whose rate falls with one exponential: G = lambda / (lambda + mu).</summary>
    /// <param name="gray">Absorbed dose, Gy.</param>
    /// <param name="rate">Effective rate of the dose rate, 1/h.</param>
    /// <param name="tissue">The tissue.</param>
    public static double OfMean(double gray, double rate, TissueResponse tissue)
    {
        ArgumentNullException.ThrowIfNull(tissue);
        return gray * (1 + (gray / tissue.AlphaBeta * (rate / (rate + tissue.RepairRate))));
    }

    /// <summary>Of a dose whose rate follows a sum of exponentials.</summary>
    /// <param name="gray">Absorbed dose, Gy.</param>
    /// <param name="course">The time course; its scale does not matter.</param>
    /// <param name="tissue">The tissue.</param>
    /// <exception cref="DosimetryException">The time course has no exponentials.</exception>
    public static double OfMean(double gray, IReadOnlyList<ExponentialTerm> course, TissueResponse tissue)
    {
        ArgumentNullException.ThrowIfNull(tissue);
        return gray * (1 + (gray / tissue.AlphaBeta * LeaCatcheside(course, tissue)));
    }

    /// <summary>
    /// The mean of the voxels' effective doses, each with its own rate: higher than that of the mean dose where the dose is not uniform.
    /// </summary>
    /// <param name="gray">Absorbed doses of the voxels, Gy.</param>
    /// <param name="rates">Effective rates of the voxels, 1/h.</param>
    /// <param name="tissue">The tissue.</param>
    /// <exception cref="ArgumentException">Not as many rates as doses, or none.</exception>
    public static double MeanOfVoxels(ReadOnlySpan<double> gray, ReadOnlySpan<double> rates, TissueResponse tissue)
    {
        if (gray.Length != rates.Length || gray.IsEmpty)
        {
            throw new ArgumentException($"Each voxel needs a dose and a rate, found {gray.Length} and {rates.Length}.", nameof(rates));
        }

        double sum = 0;
        for (int i = 0; i < gray.Length; i++)
        {
            sum += OfMean(gray[i], rates[i], tissue);
        }

        return sum / gray.Length;
    }

    /// <summary>
    /// G = 2 / D^2 x the double integral of the dose rate at two times with exp(-mu x their distance): for c_i exp(-l_i t) the sum over i and j of
    /// c_i c_j / ((l_i + l_j) (mu + l_j)), twice, over the square of the sum of c_i / l_i.
    /// </summary>
    /// <exception cref="DosimetryException">The time course has no exponentials.</exception>
    public static double LeaCatcheside(IReadOnlyList<ExponentialTerm> course, TissueResponse tissue)
    {
        ArgumentNullException.ThrowIfNull(course);
        ArgumentNullException.ThrowIfNull(tissue);
        if (course.Count == 0)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, "A biologically effective dose needs a time course as exponentials: take a fit, not trapezoids.");
        }

        double sum = 0, dose = 0;
        foreach (ExponentialTerm first in course)
        {
            dose += first.Amplitude / first.Rate;
            foreach (ExponentialTerm second in course)
            {
                sum += first.Amplitude * second.Amplitude / ((first.Rate + second.Rate) * (tissue.RepairRate + second.Rate));
            }
        }

        return 2 * sum / (dose * dose);
    }
}
