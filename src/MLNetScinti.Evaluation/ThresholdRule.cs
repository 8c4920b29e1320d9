using System.Globalization;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// How a threshold is chosen on validation data. Between two neighbouring scores every threshold calls the validation cases alike; the rules that
/// take the middle of such a range, in log-odds, leave new cases as much room on one side as on the other. A threshold at a positive
/// case's own score leaves none below it, and misses more of new positive cases than it seemed to.
/// </summary>
public sealed record ThresholdRule
{
    private const string Middle = "middle-of-best", Highest = "highest-of-best", Sensitivity = "sensitivity", Specificity = "specificity";

    private readonly string _name;
    private readonly double _target;

    private ThresholdRule(string name, double target, string words) => (_name, _target, Words) = (name, target, words);

    /// <summary>The middle of the widest range of thresholds with the largest Youden index (sensitivity + specificity - 1).</summary>
    public static ThresholdRule MiddleOfBest { get; } = new(Middle, 0, "The middle, in log-odds, of the widest range of thresholds with the largest Youden index on the validation set.");

    /// <summary>The highest threshold with the largest Youden index, which is a score of the validation set, whatever the data support: see <see cref="DecisionThreshold.FitYouden"/>.</summary>
    public static ThresholdRule HighestOfBest { get; } = new(Highest, 0, $"Largest Youden index on the validation set. {DecisionThreshold.TieRule}");

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public static string Expected => $"{Middle}, {Highest}, '{Sensitivity} 0.95' or '{Specificity} 0.9' (a share above 0, at most 1)";

    /// <summary>How it was chosen, for the report.</summary>
    public string Words { get; }

    /// <summary>The fewest false alarms with at least this sensitivity on the validation set.</summary>
    /// <param name="least">Above 0, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static ThresholdRule AtSensitivity(double least) =>
        new(Sensitivity, MustBeShare(least), string.Create(CultureInfo.InvariantCulture, $"The fewest false alarms with a sensitivity of at least {least:0.###} on the validation set; the middle, in log-odds, of the thresholds that give it."));

    /// <summary>The largest sensitivity with at least this specificity on the validation set.</summary>
    /// <param name="least">Above 0, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static ThresholdRule AtSpecificity(double least) =>
        new(Specificity, MustBeShare(least), string.Create(CultureInfo.InvariantCulture, $"The largest sensitivity with a specificity of at least {least:0.###} on the validation set; the middle, in log-odds, of the thresholds that give it."));

    /// <summary>Reads "middle-of-best", "highest-of-best", "sensitivity 0.95" or "specificity 0.9".</summary>
    /// <exception cref="FormatException">It is none of these; the message says what is expected.</exception>
    public static ThresholdRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double target = words.Length == 2 && double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and <= 1 ? value : double.NaN;
        return (words, target) switch
        {
            ([Middle], _) => MiddleOfBest,
            ([Highest], _) => HighestOfBest,
            ([Sensitivity, _], > 0) => AtSensitivity(target),
            ([Specificity, _], > 0) => AtSpecificity(target),
            _ => throw new FormatException($"expected {Expected}, found '{text}'"),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => _target > 0 ? string.Create(CultureInfo.InvariantCulture, $"{_name} {_target:0.######}") : _name;

    /// <summary>The threshold on a curve whose best Youden index is above 0.</summary>
    internal float Choose(RocCurve curve)
    {
        // The first point has no score for a threshold.
        IReadOnlyList<RocPoint> points = curve.Points;
        switch (_name)
        {
            case Sensitivity:
                int first = Enumerable.Range(1, points.Count - 1).First(at => points[at].Sensitivity >= _target);
                return MiddleOf(points, first, first);
            case Specificity:
                // Where even the highest score calls too many, nothing is called.
                int last = Enumerable.Range(0, points.Count).Last(at => points[at].Specificity >= _target);
                return MiddleOf(points, last, last);
            default:
                long best = curve.BestYouden.YoudenNumerator;
                (int From, int To) widest = (0, 0);
                double width = double.NegativeInfinity;
                for (int from = 1; from < points.Count; from++)
                {
                    int to = from;
                    while (points[from].YoudenNumerator == best && to + 1 < points.Count && points[to + 1].YoudenNumerator == best)
                    {
                        to++;
                    }

                    double own = LogOdds(Upper(points, from)) - LogOdds(Lower(points, to));
                    if (points[from].YoudenNumerator == best && own > width)
                    {
                        (widest, width) = ((from, to), own);
                    }

                    from = to;
                }

                return MiddleOf(points, widest.From, widest.To);
        }
    }

    // A threshold calls as point k does from just above the next lower score up to its own.
    private static double Upper(IReadOnlyList<RocPoint> points, int at) => at == 0 ? 1 : points[at].Threshold;

    private static double Lower(IReadOnlyList<RocPoint> points, int at) => at + 1 < points.Count ? points[at + 1].Threshold : 0;

    private static float MiddleOf(IReadOnlyList<RocPoint> points, int from, int to)
    {
        float upper = (float)Upper(points, from), lower = (float)Lower(points, to);
        float middle = (float)(1 / (1 + Math.Exp(-(LogOdds(upper) + LogOdds(lower)) / 2)));
        // Neighbouring numbers may have no third one between them.
        return middle > lower && middle <= upper ? middle : upper;
    }

    // Probabilities of 0 and 1 have no finite log-odds; the nearest numbers of single precision do.
    private static double LogOdds(double probability)
    {
        double p = Math.Clamp(probability, 1e-7, 1 - 1e-7);
        return Math.Log(p / (1 - p));
    }

    private static double MustBeShare(double least) => least is > 0 and <= 1
        ? least
        : throw new ArgumentOutOfRangeException(nameof(least), least, "A sensitivity or specificity to reach is above 0 and at most 1.");
}
