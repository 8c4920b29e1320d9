using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.Input;

/// <summary>What an image says of the view that it shows.</summary>
/// <param name="Likeness">How much it is like a whole-body scan at all, seen from either side: a correlation, 1 at most.</param>
/// <param name="Evidence">Natural logarithm of the odds that it is the anterior view.</param>
/// <param name="Crown">Row in which the crown is, or would be where it is cut off.</param>
/// <param name="Length">Rows from the crown to the toes, or to where they would be.</param>
public sealed record ViewReading(double Likeness, double Evidence, double Crown, double Length);

/// <summary>
/// How anterior and posterior views differ: mean patterns of counts, on a grid along and beside the axis of head and trunk, both sides folded into one, of 99mTc
/// bone scans and of 131I scans. From the front face, sternum and bladder stand out, from behind the spine all the way, kidneys and the shoulder blades. The
/// patterns were measured on simulated scans (<see cref="Fit"/>); a real scan is among the tests.
/// </summary>
internal sealed class ViewTemplate
{
    /// <summary>Places along the axis, from the crown to the thighs.</summary>
    public const int Levels = 48;

    /// <summary>Places beside the axis.</summary>
    public const int Bands = 6;

    // The least and the largest length of a body, mm, and the step of the search.
    private const double Shortest = 1300, Longest = 2050, LengthStep = 25;

    // Where scans differ from those that were measured: simulation is no clinic.
    private const double Doubt = 1.5, MostEvidence = 14;

    private const int Size = Levels * Bands;
    private readonly Pattern[] _patterns;

    private ViewTemplate(params Pattern[] patterns) => _patterns = patterns;

    /// <summary>The patterns that come with the product.</summary>
    public static ViewTemplate Shipped { get; } = Load();

    /// <summary>Reads a view.</summary>
    /// <param name="view">Counts, the background low.</param>
    /// <param name="outline">Where the body is.</param>
    /// <param name="iodine">Whether it was scanned with 131I; null where nobody knows.</param>
    public MeasuredView Measure(PlanarImage view, BodyOutline outline, bool? iodine = null)
    {
        Sampler sampler = new(view, outline);
        Found?[] found = new Found?[_patterns.Length];
        for (int i = 0; i < _patterns.Length; i++)
        {
            if (iodine is null || iodine == (i == 1))
            {
                (double likeness, double crown, double length) = Register(sampler, _patterns[i].Common);
                found[i] = new Found(likeness, crown, length, sampler.Pattern(crown, length));
            }
        }

        int best = Enumerable.Range(0, found.Length).Where(i => found[i] is not null).MaxBy(i => found[i]!.Likeness);
        Found one = found[best]!;
        return new MeasuredView(new ViewReading(one.Likeness, _patterns[best].Evidence(one.Pattern), one.Crown, one.Length), found);
    }

    /// <summary>
    /// The natural logarithm of the odds that the first of two views of one scan is the anterior one and the second the posterior one. What both have in common, such
    /// as how much an organ took up, says nothing then: the difference of two views tells more than each of them.
    /// </summary>
    public double Compare(MeasuredView first, MeasuredView second)
    {
        (double Likeness, double Evidence) best = (double.NegativeInfinity, 0);
        for (int i = 0; i < _patterns.Length; i++)
        {
            if (first.Found[i] is { } one && second.Found[i] is { } other && one.Likeness + other.Likeness > best.Likeness)
            {
                best = (one.Likeness + other.Likeness, _patterns[i].PairEvidence(one.Pattern, other.Pattern));
            }
        }

        return best.Evidence;
    }

    /// <summary>Measures patterns on scans whose views are known.</summary>
    /// <param name="scans">Both views, the anterior one first, with the row of the crown and the rows of the body's length; those of 99mTc and of 131I.</param>
    public static ViewTemplate Fit(IReadOnlyList<(PlanarImage Anterior, PlanarImage Posterior, bool IsIodine, double Crown, double Length)> scans)
    {
        Pattern[] patterns = new Pattern[2];
        for (int tracer = 0; tracer < 2; tracer++)
        {
            (Sampler Sampler, double Crown, double Length)[] own = [.. scans.Where(scan => scan.IsIodine == (tracer == 1)).SelectMany(scan => new[] { scan.Anterior, scan.Posterior }.Select(view =>
                (new Sampler(view, BodyOutline.Find(view) ?? throw new ArgumentException("A scan shows no body.", nameof(scans))), scan.Crown, scan.Length)))];
            Pattern pattern = Pattern.Of([.. own.Select(one => one.Sampler.Pattern(one.Crown, one.Length))]);
            // Once more where the pattern itself finds the body, as it will have to.
            patterns[tracer] = Pattern.Of([.. own.Select(one =>
            {
                (_, double crown, double length) = Register(one.Sampler, pattern.Common);
                return one.Sampler.Pattern(crown, length);
            })]);
        }

        return new ViewTemplate(patterns);
    }

    /// <summary>The patterns as a table: tracer, level, band, means from the front and from behind, spread; and the spread of the answer.</summary>
    public string ToText()
    {
        StringBuilder text = new("Tracer,Level,Band,Anterior,Posterior,Spread,PairSpread\n");
        for (int tracer = 0; tracer < _patterns.Length; tracer++)
        {
            Pattern pattern = _patterns[tracer];
            text.Append(CultureInfo.InvariantCulture, $"{tracer},-1,-1,0,0,{pattern.Deviation:0.0000},{pattern.PairDeviation:0.0000}\n");
            for (int i = 0; i < Size; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{tracer},{i / Bands},{i % Bands},{pattern.Anterior[i]:0.000},{pattern.Posterior[i]:0.000},{pattern.Spread[i]:0.000},{pattern.PairSpread[i]:0.000}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    public static ViewTemplate Parse(string text)
    {
        Pattern[] patterns = [new(), new()];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            double[] cells = [.. line.Split(',').Select(cell => double.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture))];
            Pattern pattern = patterns[(int)cells[0]];
            if (cells[1] < 0)
            {
                (pattern.Deviation, pattern.PairDeviation) = (cells[5], cells[6]);
                continue;
            }

            int at = ((int)cells[1] * Bands) + (int)cells[2];
            (pattern.Anterior[at], pattern.Posterior[at], pattern.Spread[at], pattern.PairSpread[at]) = (cells[3], cells[4], cells[5], cells[6]);
        }

        Array.ForEach(patterns, pattern => pattern.Ready());
        return new ViewTemplate(patterns);
    }

    private static ViewTemplate Load()
    {
        using Stream stream = typeof(ViewTemplate).Assembly.GetManifestResourceStream("MLNetScinti.Systems.WholeBody.Input.view-patterns.csv")
            ?? throw new InvalidOperationException("The table of view patterns is not in this build of MLNetScinti.Systems.");
        using StreamReader reader = new(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Where head and trunk are most like a pattern.</summary>
    private static (double Likeness, double Crown, double Length) Register(Sampler sampler, double[] common)
    {
        (double Likeness, double Crown, double Length) best = (-2, 0, 0);
        void Try(double crown, double length)
        {
            double[] found = sampler.Pattern(crown, length);
            double likeness = 0;
            for (int i = 0; i < Size; i++)
            {
                likeness += found[i] * common[i];
            }

            likeness /= Size;
            if (likeness > best.Likeness)
            {
                best = (likeness, crown, length);
            }
        }

        double row = sampler.RowSpacing;
        for (double length = Shortest; length <= Longest; length += LengthStep)
        {
            for (double from = -160; from <= 420; from += 18)
            {
                Try(sampler.Top + (from / row), length / row);
            }
        }

        (_, double coarse, double around) = best;
        for (int i = -3; i <= 3; i++)
        {
            for (int j = -2; j <= 2; j++)
            {
                Try(coarse + (i * 5 / row), around + (j * 8 / row));
            }
        }

        return best;
    }

    /// <summary>Where a tracer's pattern found the body, and what is there.</summary>
    internal sealed record Found(double Likeness, double Crown, double Length, double[] Pattern);

    /// <summary>A view that was measured.</summary>
    /// <param name="Reading">What it says.</param>
    /// <param name="Found">The same for each tracer that it may be of.</param>
    internal sealed record MeasuredView(ViewReading Reading, Found?[] Found);

    /// <summary>Reads patterns off a view: logarithms of counts relative to their mean over the body, smooth, standardized.</summary>
    private sealed class Sampler
    {
        private const double Smoothing = 6, Floor = .15;
        private readonly float[] _values;
        private readonly PlanarImage _view;
        private readonly BodyOutline _outline;

        public Sampler(PlanarImage view, BodyOutline outline)
        {
            (_view, _outline) = (view, outline);
            _values = [.. view.Pixels];
            GaussianFilter.Apply(_values, new ImageShape(1, view.Rows, view.Columns), 0, Smoothing / view.RowSpacing, Smoothing / view.ColumnSpacing);
            double sum = 0;
            int count = 0;
            for (int i = 0; i < _values.Length; i++)
            {
                if (outline.Mask[i])
                {
                    sum += _values[i];
                    count++;
                }
            }

            float mean = (float)(sum / Math.Max(1, count)), floor = (float)Floor * mean;
            for (int i = 0; i < _values.Length; i++)
            {
                _values[i] = MathF.Log((Math.Max(0, _values[i]) + floor) / (mean + floor));
            }
        }

        public double RowSpacing => _view.RowSpacing;

        public int Top => _outline.Top;

        public double[] Pattern(double crown, double length)
        {
            double[] pattern = new double[Size];
            double outside = Math.Log(Floor / (1 + Floor)), mean = 0;
            for (int level = 0; level < Levels; level++)
            {
                double row = crown + ((.015 + (level * .545 / (Levels - 1))) * length), axis = _outline.AxisAt(row);
                int r = (int)Math.Round(row);
                for (int band = 0; band < Bands; band++)
                {
                    double aside = (band + .25) * .017 * length * _view.RowSpacing / _view.ColumnSpacing;
                    int left = (int)Math.Round(axis - aside), right = (int)Math.Round(axis + aside);
                    double a = r >= 0 && r < _view.Rows && left >= 0 && left < _view.Columns ? _values[(r * _view.Columns) + left] : outside;
                    double b = r >= 0 && r < _view.Rows && right >= 0 && right < _view.Columns ? _values[(r * _view.Columns) + right] : outside;
                    pattern[(level * Bands) + band] = (a + b) / 2;
                    mean += (a + b) / 2;
                }
            }

            mean /= Size;
            double square = 0;
            for (int i = 0; i < Size; i++)
            {
                pattern[i] -= mean;
                square += pattern[i] * pattern[i];
            }

            double scale = square > 0 ? 1 / Math.Sqrt(square / Size) : 0;
            for (int i = 0; i < Size; i++)
            {
                pattern[i] *= scale;
            }

            return pattern;
        }
    }

    /// <summary>Means and spread of one tracer's scans.</summary>
    private sealed class Pattern
    {
        // Added to the variance of each place: places that happen to vary little must not decide alone.
        private const double LeastVariance = .04;

        private readonly double[] _weights = new double[Size], _pairWeights = new double[Size];
        private double _offset;

        public double[] Anterior { get; } = new double[Size];

        public double[] Posterior { get; } = new double[Size];

        public double[] Spread { get; } = new double[Size];

        /// <summary>Spread of the difference of both views of a scan.</summary>
        public double[] PairSpread { get; } = new double[Size];

        /// <summary>The mean of both, standardized.</summary>
        public double[] Common { get; private set; } = [];

        /// <summary>Spread of the answer, which is 1 for a mean anterior and -1 for a mean posterior view.</summary>
        public double Deviation { get; set; }

        /// <summary>The same of the difference of two views.</summary>
        public double PairDeviation { get; set; }

        /// <summary>The pattern of anterior and posterior views in turn.</summary>
        public static Pattern Of(IReadOnlyList<double[]> views)
        {
            Pattern pattern = new();
            int scans = views.Count / 2;
            for (int i = 0; i < Size; i++)
            {
                double a = 0, p = 0, square = 0, pairSquare = 0;
                for (int scan = 0; scan < scans; scan++)
                {
                    (a, p) = (a + (views[2 * scan][i] / scans), p + (views[(2 * scan) + 1][i] / scans));
                }

                for (int scan = 0; scan < scans; scan++)
                {
                    double da = views[2 * scan][i] - a, dp = views[(2 * scan) + 1][i] - p;
                    (square, pairSquare) = (square + (da * da) + (dp * dp), pairSquare + ((da - dp) * (da - dp)));
                }

                (pattern.Anterior[i], pattern.Posterior[i], pattern.Spread[i], pattern.PairSpread[i]) = (a, p, Math.Sqrt(square / (2 * scans)), Math.Sqrt(pairSquare / scans));
            }

            pattern.Ready();
            double miss = 0, pairMiss = 0;
            for (int scan = 0; scan < scans; scan++)
            {
                (double[] a, double[] p) = (views[2 * scan], views[(2 * scan) + 1]);
                miss += Square(pattern.Answer(a) - 1) + Square(pattern.Answer(p) + 1);
                pairMiss += Square(pattern.PairAnswer(a, p) - 1);
            }

            (pattern.Deviation, pattern.PairDeviation) = (Math.Sqrt(miss / (2 * scans)), Math.Sqrt(pairMiss / scans));
            return pattern;
        }

        public void Ready()
        {
            Common = new double[Size];
            double scale = 0, pairScale = 0;
            for (int i = 0; i < Size; i++)
            {
                double half = (Anterior[i] - Posterior[i]) / 2;
                _weights[i] = half / ((Spread[i] * Spread[i]) + LeastVariance);
                _pairWeights[i] = half / ((PairSpread[i] * PairSpread[i]) + LeastVariance);
                (scale, pairScale) = (scale + (_weights[i] * half), pairScale + (2 * _pairWeights[i] * half));
                Common[i] = (Anterior[i] + Posterior[i]) / 2;
            }

            _offset = 0;
            for (int i = 0; i < Size; i++)
            {
                (_weights[i], _pairWeights[i]) = (_weights[i] / scale, _pairWeights[i] / pairScale);
                _offset += _weights[i] * Common[i];
            }

            double norm = Math.Sqrt(Common.Sum(Square) / Size);
            Common = Array.ConvertAll(Common, value => value / norm);
        }

        /// <summary>Two normal distributions of one spread about 1 and -1.</summary>
        public double Evidence(double[] view) => Odds(Answer(view), Deviation);

        public double PairEvidence(double[] first, double[] second) => Odds(PairAnswer(first, second), PairDeviation);

        private static double Odds(double answer, double deviation) => Math.Clamp(2 * answer / (Doubt * Doubt * deviation * deviation), -MostEvidence, MostEvidence);

        private static double Square(double value) => value * value;

        private double Answer(double[] view)
        {
            double answer = -_offset;
            for (int i = 0; i < Size; i++)
            {
                answer += _weights[i] * view[i];
            }

            return answer;
        }

        private double PairAnswer(double[] first, double[] second)
        {
            double answer = 0;
            for (int i = 0; i < Size; i++)
            {
                answer += _pairWeights[i] * (first[i] - second[i]);
            }

            return answer;
        }
    }
}
