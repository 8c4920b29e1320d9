using System.Globalization;

namespace MLNetScinti.Dicom;

/// <summary>
/// Which radionuclides energy windows were set for. Only windows about a photopeak tell: a wide one is none (bremsstrahlung, a
/// whole spectrum), and one beside a photopeak estimates the scatter in it (double and triple energy window corrections).
/// </summary>
/// <param name="Ranges">The intervals that are set about a photopeak.</param>
/// <param name="Radionuclides">The radionuclides whose photopeaks they are; empty where nobody knows.</param>
/// <param name="Note">What could not be decided, in a sentence; empty where all was.</param>
internal sealed record Photopeaks(IReadOnlyList<EnergyRange> Ranges, IReadOnlyList<Radionuclide> Radionuclides, string Note)
{
    // Photopeak windows are 10 to 30 % wide, and wider where crystals resolve less.
    private const double WidestPeak = 0.35;
    private const double WidestPeakOfXRays = 0.5;
    private const double HighestXRay = 45;

    // How far a photopeak may lie from the middle of its window.
    private const double FarthestMiss = 0.035;

    // Energies that lie closer together than this are not told apart by the middle of a window.
    private const double Resolution = 0.0075;

    // What a line that is not the first choice of its radionuclide costs.
    private const double SecondLine = 0.02;

    private static readonly string[] s_scatter = ["scat", "sct", "tew", "dew", "compton", "bkg", "backgr", "streu", "lower", "upper", "dispers"];

    public static Photopeaks Of(IEnumerable<EnergyWindow> windows)
    {
        EnergyRange[] all =
        [
            .. windows
                .Where(window => !s_scatter.Any(word => window.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))
                .SelectMany(window => window.Ranges)
                .Where(range => range.LowerKev > 0 && range.UpperKev > range.LowerKev)
                .Distinct(),
        ];
        EnergyRange[] others = [.. windows.SelectMany(window => window.Ranges).Where(range => range.LowerKev > 0 && range.UpperKev > range.LowerKev)];
        EnergyRange[] peaks = IsSpectrum(others) ? [] : [.. all.Where(range => !IsWide(range) && !others.Any(other => IsScatterOf(range, other)))];
        if (peaks.Length == 0)
        {
            return new([], [], "");
        }

        // One radionuclide that explains every photopeak, if there is one; else the fewest that do.
        List<Radionuclide> found = [];
        string note = "";
        List<EnergyRange> left = [.. peaks];
        while (left.Count > 0)
        {
            var candidates = Radionuclide.Known
                .Where(one => one.IsInferable)
                .Select(one => (One: one, Scores: left.Select(range => Score(one, range)).Where(score => score <= FarthestMiss).ToArray()))
                .Where(candidate => candidate.Scores.Length > 0)
                .OrderByDescending(candidate => candidate.Scores.Length)
                .ThenBy(candidate => candidate.Scores.Average())
                .ToArray();
            if (candidates.Length == 0)
            {
                break;
            }

            var best = candidates[0];
            var rivals = candidates.Where(other => other.Scores.Length == best.Scores.Length && other.Scores.Average() - best.Scores.Average() < Resolution
                && left.All(range => Score(other.One, range) <= FarthestMiss == Score(best.One, range) <= FarthestMiss)).ToArray();
            left.RemoveAll(range => Score(best.One, range) <= FarthestMiss);
            if (rivals.Length > 1)
            {
                note = string.Create(CultureInfo.InvariantCulture, $"The energy windows fit {string.Join(" and ", rivals.Select(rival => rival.One.Symbol).Order(StringComparer.Ordinal))} alike, and the file names no radionuclide.");
            }
            else
            {
                found.Add(best.One);
            }
        }

        // Of flood sources and markers, which patients are not given.
        return new(peaks, found.Count > 1 ? [.. found.Where(one => one != Radionuclide.Cobalt57)] : found, note);
    }

    /// <summary>How far the middle of a range is from the nearest line of a radionuclide in it, as a share of its energy.</summary>
    private static double Score(Radionuclide one, EnergyRange range)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < one.PhotonsKev.Count; i++)
        {
            double line = one.PhotonsKev[i];
            double miss = Math.Abs(range.CentreKev - line) / line;
            if (range.Contains(line) && miss <= FarthestMiss)
            {
                best = Math.Min(best, Math.Min(FarthestMiss, miss + (i == 0 ? 0 : SecondLine)));
            }
        }

        return best;
    }

    private static double Score(EnergyRange range) => IsWide(range) ? double.PositiveInfinity : Radionuclide.Known.Where(one => one.IsInferable).Min(one => Score(one, range));

    /// <summary>Whether windows as wide as each other lie side by side: a spectrum was counted, and none of them was set about anything.</summary>
    private static bool IsSpectrum(EnergyRange[] ranges)
    {
        EnergyRange[] ordered = [.. ranges.Distinct().OrderBy(range => range.LowerKev)];
        return ordered.Length >= 5
            && ordered.Max(range => range.UpperKev - range.LowerKev) < 1.3 * ordered.Min(range => range.UpperKev - range.LowerKev)
            && ordered.Zip(ordered.Skip(1)).All(pair => Math.Abs(pair.Second.LowerKev - pair.First.UpperKev) <= 0.02 * pair.Second.LowerKev);
    }

    private static bool IsWide(EnergyRange range) => range.RelativeWidth > (range.CentreKev < HighestXRay ? WidestPeakOfXRays : WidestPeak);

    private static bool IsScatterOf(EnergyRange range, EnergyRange other)
    {
        (EnergyRange below, EnergyRange above) = range.CentreKev < other.CentreKev ? (range, other) : (other, range);
        if (range == other || below.UpperKev < above.LowerKev - (0.05 * above.LowerKev) || IsWide(other))
        {
            return false;
        }

        double width = range.UpperKev - range.LowerKev, otherWidth = other.UpperKev - other.LowerKev;
        double score = Score(range), otherScore = Score(other);
        const double near = 0.015;
        if (width * 1.25 <= otherWidth)
        {
            return !(score <= near && double.IsInfinity(otherScore));
        }

        if (otherWidth * 1.25 <= width)
        {
            return otherScore <= near && double.IsInfinity(score);
        }

        // Of two alike, both may be photopeaks, of two radionuclides.
        return !(score <= near && otherScore <= near) && (otherScore < score || (otherScore == score && range == below));
    }
}
