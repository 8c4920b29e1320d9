using System.Globalization;

namespace MLNetScinti.Dicom;

/// <summary>
/// Which radionuclides energy windows were set for. Only windows about a photopeak tell: a wide one is none (bremsstrahlung, a
/// whole spectrum), and one beside a photopeak estimates the scatter in it (double and triple energy window corrections), unless
/// it is set about a photopeak itself: of two radionuclides imaged together each has its own.
/// </summary>
/// <param name="Ranges">The intervals that are set about a photopeak.</param>
/// <param name="Radionuclides">The radionuclides whose photopeaks they are; empty where nobody knows.</param>
/// <param name="Note">What could not be decided, with all that it may be; empty where all was.</param>
internal sealed record Photopeaks(IReadOnlyList<EnergyRange> Ranges, IReadOnlyList<Radionuclide> Radionuclides, string Note)
{
    // Photopeak windows are 10 to 30 % wide, and wider where crystals resolve less; those of scatter may be narrower.
    private const double WidestPeak = 0.35;
    private const double WidestPeakOfXRays = 0.5;
    private const double HighestXRay = 45;
    private const double NarrowestPeak = 0.07;

    // How far a photopeak may lie from the middle of its window.
    private const double FarthestMiss = 0.035;

    // Energies that lie closer together than this are not told apart by the middle of a window, and a window that misses a photopeak by less was set for it.
    private const double Resolution = 0.0075;

    // The same where one candidate has no middle of its own.
    private const double Band = 0.03;

    // What a line that is not the first choice of its radionuclide costs.
    private const double SecondLine = 0.005;

    // Windows that end where another one begins, and are so much narrower, are what triple energy window corrections set.
    private const double SharedEdge = 0.004;
    private const double NarrowBeside = 0.7;

    // Thallium is imaged by all X-rays of mercury, from K-alpha-2 to K-beta: its windows are centred anywhere between them.
    private static readonly EnergyRange s_mercury = new(69, 80.5);

    private const double PositronKev = 511;

    private static readonly string[] s_scatter = ["scat", "sct", "tew", "dew", "compton", "bkg", "backgr", "streu", "lower", "upper", "dispers"];

    /// <summary>What some windows were set for.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="named">What the file names otherwise: a window about a photopeak of that is no scatter window.</param>
    public static Photopeaks Of(IEnumerable<EnergyWindow> windows, IReadOnlyCollection<Radionuclide>? named = null)
    {
        named ??= [];
        EnergyRange[] all =
        [
            .. windows
                .Where(window => !IsCalledScatter(window))
                .SelectMany(window => window.Ranges)
                .Where(IsRange)
                .Distinct(),
        ];
        EnergyRange[] others = [.. windows.SelectMany(window => window.Ranges).Where(IsRange)];
        List<string> notes = [];
        EnergyRange[] peaks = IsSpectrum(others) ? [] : [.. all.Where(range => !IsWide(range) && (IsSetFor(named, range) || !IsScatter(range, others, named, notes)))];
        if (peaks.Length == 0)
        {
            return new([], [], string.Join(' ', notes));
        }

        // Each window has those radionuclides that its middle cannot tell apart; one that explains most of the windows comes first.
        List<Radionuclide> found = [];
        List<EnergyRange> left = [.. peaks];
        bool hasPositrons = left.RemoveAll(range => Score(range) == double.PositiveInfinity && Miss(PositronKev, range) <= FarthestMiss) > 0;
        while (left.Count > 0)
        {
            var candidates = Radionuclide.Known
                .Where(one => one.IsInferable)
                .Select(one => (One: one, Fits: Fits(one, left, Resolution)))
                .Where(candidate => candidate.Fits.Length > 0)
                .OrderByDescending(candidate => candidate.Fits.Length)
                .ThenBy(candidate => candidate.Fits.Average(range => Score(candidate.One, range)))
                .ToArray();
            if (candidates.Length == 0)
            {
                break;
            }

            var best = candidates[0];
            Radionuclide[] rivals = [.. candidates.Where(other => other.Fits.SequenceEqual(best.Fits)).Select(rival => rival.One)];
            // A transmission source stands beside patients who were given something else.
            string source = rivals is [{ Symbol: "Sm-153" }] && peaks.Length > best.Fits.Length ? "Gd-153" : "";
            if (rivals.Length > 1 || source.Length > 0)
            {
                string[] symbols = [.. rivals.Select(rival => rival.Symbol).Append(source).Where(symbol => symbol.Length > 0).Order(StringComparer.Ordinal)];
                notes.Add($"The energy windows fit {string.Join(", ", symbols[..^1])} and {symbols[^1]} alike, and the file names no radionuclide.");
            }
            else
            {
                found.Add(best.One);
            }

            // What was found also explains a window that was set for it a little aside.
            EnergyRange[] explained = rivals.Length == 1 ? Fits(best.One, left, 2 * Resolution) : best.Fits;
            left.RemoveAll(explained.Contains);
        }

        if (hasPositrons)
        {
            notes.Add("An energy window is set for 511 keV, which every positron emitter has, and the file names no radionuclide.");
        }

        // Of flood sources and markers, which patients are not given.
        return new(peaks, found.Count > 1 ? [.. found.Where(one => one != Radionuclide.Cobalt57)] : found, string.Join(' ', notes));
    }

    /// <summary>Windows that are set about photopeaks of something that nobody named, and of what they may be.</summary>
    /// <param name="stated">What the file names.</param>
    public IEnumerable<(EnergyRange Range, string Symbols)> Unnamed(IReadOnlyCollection<Radionuclide> stated)
    {
        foreach (EnergyRange range in Ranges)
        {
            if (IsSetForAPeak(range) && !stated.Any(one => one.PhotonsKev.Any(range.Contains) || Score(one, range) <= FarthestMiss))
            {
                Radionuclide[] fits = [.. Nearest(range).Where(one => one != Radionuclide.Cobalt57)];
                if (fits.Length > 0)
                {
                    yield return (range, string.Join(" or ", fits.Select(one => one.Symbol)));
                }
            }
        }
    }

    /// <summary>The ranges that a radionuclide explains as well as any other does; of those about one line, the one that hits it, and those with the same middle.</summary>
    private static EnergyRange[] Fits(Radionuclide one, List<EnergyRange> ranges, double tolerance)
    {
        EnergyRange[] fits = [.. ranges.Where(range => Score(one, range) is double score && score <= FarthestMiss && score - Score(range) <= (IsInBand(range) ? Band : Score(range) > Resolution ? tolerance : Resolution)).OrderBy(range => Score(one, range)).ThenBy(range => range.CentreKev)];
        List<EnergyRange> own = [];
        foreach (EnergyRange range in fits)
        {
            if (!own.Exists(better => Line(one, better) == Line(one, range) && Math.Abs(better.CentreKev - range.CentreKev) > 2 * Resolution * range.CentreKev))
            {
                own.Add(range);
            }
        }

        return [.. own.OrderBy(ranges.IndexOf)];
    }

    private static IEnumerable<Radionuclide> Nearest(EnergyRange range) => Radionuclide.Known.Where(one => one.IsInferable && Score(one, range) - Score(range) <= (IsInBand(range) ? Band : Resolution));

    // Whoever has a line within the band fits as well as thallium, whose windows may have any middle there.
    private static bool IsInBand(EnergyRange range) => s_mercury.Contains(range.CentreKev);

    private static double Line(Radionuclide one, EnergyRange range) => one.PhotonsKev.MinBy(line => Miss(line, range));

    /// <summary>Whether a window's name says that it is one for scatter.</summary>
    public static bool IsCalledScatter(EnergyWindow window) => s_scatter.Any(word => window.Name.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a range is one: two energies, the lower one first.</summary>
    public static bool IsRange(EnergyRange range) => range.LowerKev > 0 && range.UpperKev > range.LowerKev;

    private static double Miss(double line, EnergyRange range) => Math.Abs(range.CentreKev - line) / line;

    /// <summary>How far the middle of a range is from the nearest line of a radionuclide in it, as a share of its energy.</summary>
    private static double Score(Radionuclide one, EnergyRange range)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < one.PhotonsKev.Count; i++)
        {
            double line = one.PhotonsKev[i];
            bool isBand = i == 0 && one == Radionuclide.Thallium201 && range.UpperKev > s_mercury.LowerKev && range.LowerKev < s_mercury.UpperKev;
            double miss = isBand ? Miss(Math.Clamp(range.CentreKev, s_mercury.LowerKev, s_mercury.UpperKev), range) : Miss(line, range);
            if ((isBand || range.Contains(line)) && miss <= FarthestMiss)
            {
                best = Math.Min(best, Math.Min(FarthestMiss, miss + (i == 0 ? 0 : SecondLine)));
            }
        }

        return best;
    }

    private static double Score(EnergyRange range) => IsWide(range) ? double.PositiveInfinity : Radionuclide.Known.Where(one => one.IsInferable).Min(one => Score(one, range));

    /// <summary>Whether a range is as wide as those of photopeaks are, and its middle is one of a radionuclide that may be guessed.</summary>
    private static bool IsSetForAPeak(EnergyRange range) => IsSetFor(Radionuclide.Known.Where(one => one.IsInferable), range);

    /// <summary>The same of some radionuclides.</summary>
    private static bool IsSetFor(IEnumerable<Radionuclide> some, EnergyRange range) =>
        !IsWide(range) && range.RelativeWidth >= NarrowestPeak
        && some.Any(one => one.PhotonsKev.Any(line => range.Contains(line) && Miss(line, range) <= Resolution) || Score(one, range) == 0);

    /// <summary>Whether windows as wide as each other lie side by side: a spectrum was counted, and none of them was set about anything.</summary>
    private static bool IsSpectrum(EnergyRange[] ranges)
    {
        EnergyRange[] ordered = [.. ranges.Distinct().OrderBy(range => range.LowerKev)];
        return ordered.Length >= 5
            && ordered.Max(range => range.UpperKev - range.LowerKev) < 1.3 * ordered.Min(range => range.UpperKev - range.LowerKev)
            && ordered.Zip(ordered.Skip(1)).All(pair => Math.Abs(pair.Second.LowerKev - pair.First.UpperKev) <= 0.02 * pair.Second.LowerKev);
    }

    private static bool IsWide(EnergyRange range) => range.RelativeWidth > (range.CentreKev < HighestXRay ? WidestPeakOfXRays : WidestPeak);

    private static bool IsScatter(EnergyRange range, EnergyRange[] others, IReadOnlyCollection<Radionuclide> named, List<string> notes)
    {
        if (IsFlank(range, others) || IsBehindScatter(range, others))
        {
            return true;
        }

        foreach (EnergyRange other in others.Where(other => other != range && !IsWide(other) && (Score(other) <= FarthestMiss || IsSetFor(named, other)) && IsBeside(range, other)))
        {
            double width = range.UpperKev - range.LowerKev, otherWidth = other.UpperKev - other.LowerKev;
            bool isNarrowBeside = width <= NarrowBeside * otherWidth && SharesEdge(range, other);
            if (isNarrowBeside && IsSetForAPeak(range) && IsSetForAPeak(other))
            {
                // One on each side is a correction; a single one may be either.
                bool hasPartner = others.Any(third => third != range && SharesEdge(third, other) && third.CentreKev < other.CentreKev != range.CentreKev < other.CentreKev && third.UpperKev - third.LowerKev <= NarrowBeside * otherWidth);
                if (!hasPartner)
                {
                    notes.Add(string.Create(CultureInfo.InvariantCulture, $"The energy window of {range.LowerKev:0.#} to {range.UpperKev:0.#} keV begins or ends where that of a photopeak does: taken for its scatter, and it may be the window of a second radionuclide ({string.Join(" or ", Nearest(range).Select(one => one.Symbol))})."));
                }

                return true;
            }

            if (IsSetForAPeak(range))
            {
                continue;
            }

            if (IsSetForAPeak(other) || IsSetFor(named, other) || IsScatterOf(range, width, other, otherWidth))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a window is one of two that lie on both sides of a third, which is at least as wide: the three of a triple energy window
    /// correction, however wide its outer ones are. Two photopeaks with a scatter window between them are none, since that one is narrower, or set about nothing.
    /// </summary>
    private static bool IsFlank(EnergyRange range, EnergyRange[] others) => others.Any(middle => middle != range && Width(middle) >= 0.98 * Width(range) && IsNextTo(range, middle)
        && others.Any(third => third != range && third != middle && Width(middle) >= 0.98 * Width(third) && IsNextTo(third, middle) && third.CentreKev < middle.CentreKev != range.CentreKev < middle.CentreKev
            && (IsSetForAPeak(middle) || !IsSetForAPeak(range) || !IsSetForAPeak(third))));

    /// <summary>Whether a window ends where a scatter window begins, on the other side of which the photopeak is: two of them below it estimate how scatter rises.</summary>
    private static bool IsBehindScatter(EnergyRange range, EnergyRange[] others) => others.Any(scatter => scatter != range && IsNextTo(range, scatter)
        && others.Any(peak => peak != range && peak != scatter && IsSetForAPeak(peak) && IsNextTo(scatter, peak) && Width(scatter) <= NarrowBeside * Width(peak) && Width(range) <= NarrowBeside * Width(peak)
            && range.CentreKev < scatter.CentreKev == scatter.CentreKev < peak.CentreKev));

    private static double Width(EnergyRange range) => range.UpperKev - range.LowerKev;

    private static bool IsNextTo(EnergyRange range, EnergyRange other)
    {
        (EnergyRange below, EnergyRange above) = range.CentreKev < other.CentreKev ? (range, other) : (other, range);
        return Math.Abs(above.LowerKev - below.UpperKev) <= 0.03 * above.LowerKev;
    }

    /// <summary>Which of two windows side by side estimates the other's scatter, where neither is set about a photopeak for certain.</summary>
    private static bool IsScatterOf(EnergyRange range, double width, EnergyRange other, double otherWidth)
    {
        double score = Score(range), otherScore = Score(other);
        if (width * 1.25 <= otherWidth)
        {
            return true;
        }

        if (otherWidth * 1.25 <= width)
        {
            return double.IsInfinity(score);
        }

        // Of two alike, scatter is counted below.
        return SharesEdge(range, other) ? range.CentreKev < other.CentreKev || double.IsInfinity(score) : otherScore < score || (otherScore == score && range.CentreKev < other.CentreKev);
    }

    private static bool IsBeside(EnergyRange range, EnergyRange other)
    {
        (EnergyRange below, EnergyRange above) = range.CentreKev < other.CentreKev ? (range, other) : (other, range);
        return below.UpperKev >= above.LowerKev - (0.05 * above.LowerKev);
    }

    private static bool SharesEdge(EnergyRange range, EnergyRange other) =>
        Math.Abs(range.UpperKev - other.LowerKev) <= SharedEdge * other.LowerKev || Math.Abs(range.LowerKev - other.UpperKev) <= SharedEdge * other.UpperKev;
}
