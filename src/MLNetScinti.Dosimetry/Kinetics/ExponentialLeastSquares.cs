namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>
/// Weighted least squares of sums of exponentials, whose amplitudes enter linearly: the best of a grid of rates (amplitudes solved for each),
/// then Levenberg and Marquardt in amplitudes and logarithms of rates from the best nodes (Marquardt, J SIAM 1963;11:431), ended by Gauss-Newton
/// steps without damping for the last digits. Written here because an image has a fit in every voxel, and because the grid finds the lowest of
/// several minima wherever one starts.
/// </summary>
internal static class ExponentialLeastSquares
{
    private const int Nodes = 28;
    private const int Starts = 4;
    private const int Most = 4;

    /// <summary>The fitted amplitudes and rates, and the weighted sum of squares.</summary>
    internal sealed record Solution(double[] Amplitudes, double[] Rates, double SumOfSquares);

    /// <summary>What a shape is made of: the sign with which each amplitude carries each rate's exponential.</summary>
    public static double[][] SignsOf(ExponentialShape shape) => shape switch
    {
        ExponentialShape.Mono => [[1]],
        ExponentialShape.Bi => [[1, 0], [0, 1]],
        ExponentialShape.Uptake => [[1, -1]],
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "Not a shape of exponentials."),
    };

    /// <summary>The fastest rate that a first point can tell anything of, 1/h.</summary>
    public static double FastestRate(ReadOnlySpan<double> hours)
    {
        double first = hours[0] > 0 ? hours[0] : hours.Length > 1 ? hours[1] : 1;
        return 40 / first;
    }

    /// <summary>The least squares.</summary>
    /// <param name="hours">Times.</param>
    /// <param name="activities">Activities.</param>
    /// <param name="weights">Factors of the squared residuals.</param>
    /// <param name="signs">The shape.</param>
    /// <param name="slowest">The slowest rate that is looked for.</param>
    /// <param name="fixedRate">The first rate, where it is given.</param>
    public static Solution Solve(
        ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> weights, double[][] signs, double slowest, double? fixedRate = null)
    {
        int amplitudes = signs.Length, rates = signs[0].Length, points = hours.Length;
        double fastest = Math.Max(FastestRate(hours), 10 * slowest);
        double[] roots = new double[points];
        for (int i = 0; i < points; i++)
        {
            roots[i] = Math.Sqrt(weights[i]);
        }

        List<(double Squares, double[] Rates)> starts = [];
        foreach (double[] node in Grid(rates, slowest, fastest, fixedRate))
        {
            (double[] solved, double squares) = Amplitudes(hours, activities, roots, signs, node);
            if (solved.Length > 0)
            {
                starts.Add((squares, node));
            }
        }

        Solution? best = null;
        foreach ((_, double[] start) in starts.OrderBy(one => one.Squares).Take(Starts))
        {
            Solution solution = Descend(hours, activities, roots, signs, start, slowest, fastest, fixedRate is not null);
            if (best is null || solution.SumOfSquares < best.SumOfSquares * (1 - 1e-12))
            {
                best = solution;
            }
        }

        return best ?? new Solution(new double[amplitudes], [.. Enumerable.Repeat(fixedRate ?? slowest, rates)], double.PositiveInfinity);
    }

    /// <summary>Derivatives of the curve at a time: by amplitudes, then by the logarithms of the rates.</summary>
    public static void Derivatives(double hour, double[][] signs, ReadOnlySpan<double> amplitudes, ReadOnlySpan<double> rates, Span<double> into)
    {
        into.Clear();
        for (int k = 0; k < rates.Length; k++)
        {
            double value = Math.Exp(-rates[k] * hour), by = -hour * rates[k] * value;
            for (int j = 0; j < amplitudes.Length; j++)
            {
                into[j] += signs[j][k] * value;
                into[amplitudes.Length + k] += amplitudes[j] * signs[j][k] * by;
            }
        }
    }

    /// <summary>The curve at a time.</summary>
    public static double Value(double hour, double[][] signs, ReadOnlySpan<double> amplitudes, ReadOnlySpan<double> rates)
    {
        double sum = 0;
        for (int k = 0; k < rates.Length; k++)
        {
            double value = Math.Exp(-rates[k] * hour);
            for (int j = 0; j < amplitudes.Length; j++)
            {
                sum += amplitudes[j] * signs[j][k] * value;
            }
        }

        return sum;
    }

    private static IEnumerable<double[]> Grid(int rates, double slowest, double fastest, double? fixedRate)
    {
        double step = Math.Pow(fastest / slowest, 1.0 / (Nodes - 1));
        if (rates == 1)
        {
            // A fixed only rate leaves nothing but its amplitude.
            return fixedRate is { } only ? [[only]] : Enumerable.Range(0, Nodes).Select(i => new[] { slowest * Math.Pow(step, i) });
        }

        // Off the nodes by half a step: two rates that are alike are no pair.
        return fixedRate is { } first
            ? Enumerable.Range(0, Nodes).Select(i => new[] { first, slowest * Math.Pow(step, i + 0.5) })
            : Enumerable.Range(0, Nodes).SelectMany(i => Enumerable.Range(i, Nodes - i), (i, k) => new[] { slowest * Math.Pow(step, i), slowest * Math.Pow(step, k + 0.5) });
    }

    // One or two amplitudes by the normal equations; none where the columns are alike.
    private static (double[] Amplitudes, double SumOfSquares) Amplitudes(
        ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> roots, double[][] signs, double[] rates)
    {
        int count = signs.Length;
        double a = 0, b = 0, c = 0, p = 0, q = 0;
        for (int i = 0; i < hours.Length; i++)
        {
            double first = 0, second = 0;
            for (int k = 0; k < rates.Length; k++)
            {
                double value = Math.Exp(-rates[k] * hours[i]) * roots[i];
                first += signs[0][k] * value;
                second += count > 1 ? signs[1][k] * value : 0;
            }

            double wanted = activities[i] * roots[i];
            a += first * first;
            b += first * second;
            c += second * second;
            p += first * wanted;
            q += second * wanted;
        }

        double determinant = (a * c) - (b * b);
        double[] solved = count == 1 ? a > 0 ? [p / a] : [] : determinant > 1e-12 * a * c ? [((c * p) - (b * q)) / determinant, ((a * q) - (b * p)) / determinant] : [];
        return (solved, solved.Length == 0 ? double.PositiveInfinity : Squares(hours, activities, roots, signs, solved, rates));
    }

    private static double Squares(
        ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> roots, double[][] signs, ReadOnlySpan<double> amplitudes, ReadOnlySpan<double> rates)
    {
        double sum = 0;
        for (int i = 0; i < hours.Length; i++)
        {
            double residual = roots[i] * (activities[i] - Value(hours[i], signs, amplitudes, rates));
            sum += residual * residual;
        }

        return sum;
    }

    private static Solution Descend(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> roots, double[][] signs,
        double[] start, double slowest, double fastest, bool isFirstFixed)
    {
        int amplitudes = signs.Length, rates = start.Length, all = amplitudes + rates;
        double[] at = [.. Amplitudes(hours, activities, roots, signs, start).Amplitudes, .. start];
        double squares = Squares(hours, activities, roots, signs, at.AsSpan(0, amplitudes), at.AsSpan(amplitudes));
        double total = 0;
        for (int i = 0; i < hours.Length; i++)
        {
            total += roots[i] * activities[i] * roots[i] * activities[i];
        }

        double damping = 1e-3, before = double.PositiveInfinity;
        double[] trial = new double[all];
        Span<double> step = stackalloc double[Most];
        int polished = 0;
        for (int round = 0; round < 400; round++)
        {
            // Near the end steps are taken as long as they get smaller, though the squares do not tell them apart any more.
            bool isLast = before < 1e-4;
            if (!Step(hours, activities, roots, signs, at, amplitudes, isFirstFixed, isLast ? 0 : damping, step[..all]))
            {
                if (damping > 1e12)
                {
                    break;
                }

                damping = Math.Max(damping, 1e-9) * 10;
                continue;
            }

            double size = 0;
            for (int i = 0; i < all; i++)
            {
                bool isRate = i >= amplitudes;
                double by = isRate ? Math.Clamp(step[i], -2, 2) : step[i];
                trial[i] = isRate ? Math.Clamp(at[i] * Math.Exp(by), slowest, fastest) : at[i] + by;
                size = Math.Max(size, isRate ? Math.Abs(trial[i] - at[i]) / at[i] : Math.Abs(by) / Math.Max(Math.Abs(at[i]), 1e-300));
            }

            if (isFirstFixed)
            {
                trial[amplitudes] = at[amplitudes];
            }

            double found = Squares(hours, activities, roots, signs, trial.AsSpan(0, amplitudes), trial.AsSpan(amplitudes));
            bool isBetter = found < squares, isPolish = isLast && size < before && found <= (squares * (1 + 1e-9)) + (1e-15 * total);
            if (isBetter || isPolish)
            {
                trial.CopyTo(at, 0);
                squares = Math.Min(found, squares);
                damping /= 10;
                before = size;
                if (size < 1e-15 || (!isBetter && ++polished > 100))
                {
                    break;
                }
            }
            else if (damping > 1e12 || isLast)
            {
                break;
            }
            else
            {
                damping *= 10;
            }
        }

        return new Solution(at[..amplitudes], at[amplitudes..], squares);
    }

    // (J'J + damping diag(J'J)) step = J'r, in columns of length 1; false where it has no solution.
    private static bool Step(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> roots, double[][] signs,
        double[] at, int amplitudes, bool isFirstFixed, double damping, Span<double> step)
    {
        int all = at.Length;
        Span<double> matrix = stackalloc double[Most * Most], wanted = stackalloc double[Most], row = stackalloc double[Most], lengths = stackalloc double[Most];
        matrix.Clear();
        wanted.Clear();
        for (int i = 0; i < hours.Length; i++)
        {
            Derivatives(hours[i], signs, at.AsSpan(0, amplitudes), at.AsSpan(amplitudes), row[..all]);
            if (isFirstFixed)
            {
                row[amplitudes] = 0;
            }

            double residual = roots[i] * (activities[i] - Value(hours[i], signs, at.AsSpan(0, amplitudes), at.AsSpan(amplitudes)));
            for (int j = 0; j < all; j++)
            {
                row[j] *= roots[i];
                wanted[j] += row[j] * residual;
                for (int k = 0; k <= j; k++)
                {
                    matrix[(j * Most) + k] += row[j] * row[k];
                }
            }
        }

        for (int j = 0; j < all; j++)
        {
            lengths[j] = Math.Sqrt(matrix[(j * Most) + j]);
        }

        for (int j = 0; j < all; j++)
        {
            // A column of zeros (a fixed rate, or one that no point tells) stays where it is.
            bool isStill = !(lengths[j] > 1e-150);
            wanted[j] = isStill ? 0 : wanted[j] / lengths[j];
            for (int k = 0; k < j; k++)
            {
                matrix[(j * Most) + k] = isStill || !(lengths[k] > 1e-150) ? 0 : matrix[(j * Most) + k] / lengths[j] / lengths[k];
            }

            matrix[(j * Most) + j] = 1 + damping;
        }

        // Cholesky, forward and back.
        for (int j = 0; j < all; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                double sum = matrix[(j * Most) + k];
                for (int l = 0; l < k; l++)
                {
                    sum -= matrix[(j * Most) + l] * matrix[(k * Most) + l];
                }

                if (j == k)
                {
                    if (!(sum > 1e-15))
                    {
                        return false;
                    }

                    matrix[(j * Most) + j] = Math.Sqrt(sum);
                }
                else
                {
                    matrix[(j * Most) + k] = sum / matrix[(k * Most) + k];
                }
            }
        }

        for (int j = 0; j < all; j++)
        {
            double sum = wanted[j];
            for (int k = 0; k < j; k++)
            {
                sum -= matrix[(j * Most) + k] * step[k];
            }

            step[j] = sum / matrix[(j * Most) + j];
        }

        for (int j = all - 1; j >= 0; j--)
        {
            double sum = step[j];
            for (int k = j + 1; k < all; k++)
            {
                sum -= matrix[(k * Most) + j] * step[k];
            }

            step[j] = sum / matrix[(j * Most) + j];
        }

        for (int j = 0; j < all; j++)
        {
            step[j] = lengths[j] > 1e-150 ? step[j] / lengths[j] : 0;
        }

        return true;
    }
}
