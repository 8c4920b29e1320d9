namespace Microsoft.ML.Trainers;

/// <summary>
/// Minimises a smooth convex function plus an L1 penalty by OWL-QN (Andrew and Gao, Scalable training of L1-regularized
/// log-linear models, ICML 2007); without a penalty that is L-BFGS. The first variable is a bias: it is neither penalised
/// nor kept from changing sign.
/// </summary>
internal sealed class OrthantWiseOptimizer
{
    private const double Decrease = 1e-4;
    private const int LongestSearch = 30;
    private const int LongestRun = 10_000;

    private readonly double _penalty;
    private readonly int _history;
    private readonly double _tolerance;
    private readonly bool _nonNegative;

    public OrthantWiseOptimizer(float l1Regularization, int historySize, float optimizationTolerance, bool enforceNonNegativity)
    {
        Guard.Argument(l1Regularization >= 0, nameof(l1Regularization), "Must be non-negative");
        Guard.Argument(historySize > 0, nameof(historySize), "Must be positive");
        Guard.Argument(optimizationTolerance > 0, nameof(optimizationTolerance), "Must be positive");
        _penalty = l1Regularization;
        _history = historySize;
        _tolerance = optimizationTolerance;
        _nonNegative = enforceNonNegativity;
    }

    public bool HasPenalty => _penalty > 0;

    /// <summary>The function returns its value and fills its gradient.</summary>
    public delegate double Function(ReadOnlySpan<double> point, Span<double> gradient);

    public double[] Minimize(Function function, int variables)
    {
        double[] point = new double[variables], gradient = new double[variables];
        double value = Evaluate(function, point, gradient);
        List<(double[] Step, double[] Change, double Curvature)> past = [];
        double mean = 0;
        for (int iteration = 1; iteration <= LongestRun; iteration++)
        {
            double[] descent = SteepestDescent(point, gradient);
            double[] direction = WithCurvature(descent, past);
            for (int i = 0; i < variables; i++)
            {
                // A direction that curvature turned against the descent would leave the orthant of the model.
                if (i > 0 && direction[i] * descent[i] <= 0)
                    direction[i] = 0;
            }

            double slope = Dot(direction, descent);
            if (!(slope > 0))
                break;
            double length = iteration == 1 ? 1 / Math.Sqrt(Dot(direction, direction)) : 1;
            if (Search(function, point, value, direction, descent, length) is not { } next)
                break;

            double[] step = Difference(next.Point, point), change = Difference(next.Gradient, gradient);
            double curvature = Dot(step, change);
            if (curvature > 0)
            {
                past.Add((step, change, curvature));
                if (past.Count > _history)
                    past.RemoveAt(0);
            }

            // The improvement is averaged with a memory of half at each iteration.
            mean = value - next.Value + 0.5 * mean;
            (point, gradient, value) = (next.Point, next.Gradient, next.Value);
            if (mean * 0.5 / (1 - Math.Pow(0.5, iteration)) < _tolerance)
                break;
        }
        return point;
    }

    private (double[] Point, double[] Gradient, double Value)? Search(
        Function function, double[] point, double value, double[] direction, double[] descent, double length)
    {
        double[] next = new double[point.Length], gradient = new double[point.Length];
        for (int attempt = 0; attempt < LongestSearch; attempt++, length *= 0.25)
        {
            double gain = 0;
            for (int i = 0; i < point.Length; i++)
            {
                next[i] = point[i] + length * direction[i];
                // Within one step no weight crosses zero.
                bool crosses = _nonNegative ? next[i] < 0 : _penalty > 0 && point[i] * next[i] < 0;
                if (i > 0 && crosses)
                    next[i] = 0;
                gain += descent[i] * (next[i] - point[i]);
            }
            double now = Evaluate(function, next, gradient);
            if (now <= value - Decrease * gain)
                return (next, gradient, now);
        }
        return null;
    }

    private double Evaluate(Function function, double[] point, double[] gradient)
    {
        double value = function(point, gradient);
        for (int i = 1; i < point.Length; i++)
            value += _penalty * Math.Abs(point[i]);
        return value;
    }

    private double[] SteepestDescent(double[] point, double[] gradient)
    {
        var descent = new double[point.Length];
        descent[0] = -gradient[0];
        for (int i = 1; i < point.Length; i++)
        {
            double right = gradient[i] + _penalty, left = gradient[i] - _penalty;
            descent[i] = point[i] > 0 ? -right : point[i] < 0 ? -left : right < 0 ? -right : left > 0 && !_nonNegative ? -left : 0;
        }
        return descent;
    }

    /// <summary>The two-loop recursion of L-BFGS.</summary>
    private static double[] WithCurvature(double[] descent, List<(double[] Step, double[] Change, double Curvature)> past)
    {
        var direction = (double[])descent.Clone();
        if (past.Count == 0)
            return direction;
        var factors = new double[past.Count];
        for (int k = past.Count - 1; k >= 0; k--)
        {
            factors[k] = Dot(past[k].Step, direction) / past[k].Curvature;
            AddTo(direction, -factors[k], past[k].Change);
        }
        (double[] _, double[] last, double curvature) = past[^1];
        double scale = curvature / Dot(last, last);
        for (int i = 0; i < direction.Length; i++)
            direction[i] *= scale;
        for (int k = 0; k < past.Count; k++)
            AddTo(direction, factors[k] - Dot(past[k].Change, direction) / past[k].Curvature, past[k].Step);
        return direction;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void AddTo(double[] target, double factor, double[] source)
    {
        for (int i = 0; i < target.Length; i++)
            target[i] += factor * source[i];
    }

    private static double[] Difference(double[] a, double[] b)
    {
        var difference = (double[])a.Clone();
        AddTo(difference, -1, b);
        return difference;
    }
}
