using MathNet.Numerics.LinearAlgebra;

namespace MLNetScinti.Dosimetry.Kernels;

/// <summary>Least squares with unknowns of 0 or more (Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23).</summary>
internal static class NonNegativeLeastSquares
{
    /// <summary>The unknowns that bring matrix x unknowns nearest to what is wanted.</summary>
    public static double[] Solve(Matrix<double> matrix, Vector<double> wanted)
    {
        int unknowns = matrix.ColumnCount;
        bool[] isFree = new bool[unknowns];
        Vector<double> x = Vector<double>.Build.Dense(unknowns);
        double tolerance = 1e-12 * matrix.Enumerate().Max(Math.Abs) * Math.Max(1, wanted.AbsoluteMaximum()) * matrix.RowCount;
        for (int round = 0; round < 10 * unknowns; round++)
        {
            Vector<double> slope = matrix.TransposeThisAndMultiply(wanted - (matrix * x));
            int next = -1;
            for (int i = 0; i < unknowns; i++)
            {
                next = !isFree[i] && slope[i] > tolerance && (next < 0 || slope[i] > slope[next]) ? i : next;
            }

            if (next < 0)
            {
                break;
            }

            isFree[next] = true;
            while (true)
            {
                int[] free = [.. Enumerable.Range(0, unknowns).Where(i => isFree[i])];
                Vector<double> solved = Matrix<double>.Build.DenseOfColumnVectors(free.Select(i => matrix.Column(i))).QR().Solve(wanted);
                int[] negative = [.. Enumerable.Range(0, free.Length).Where(i => !(solved[i] > 0))];
                if (negative.Length == 0)
                {
                    x.Clear();
                    for (int i = 0; i < free.Length; i++)
                    {
                        x[free[i]] = solved[i];
                    }

                    break;
                }

                // As far towards the solution as all stay 0 or more; what reaches 0 is held there.
                double part = negative.Min(i => x[free[i]] - solved[i] > 0 ? x[free[i]] / (x[free[i]] - solved[i]) : 0);
                for (int i = 0; i < free.Length; i++)
                {
                    x[free[i]] += part * (solved[i] - x[free[i]]);
                }

                foreach (int i in negative)
                {
                    if (x[free[i]] <= 1e-15 * Math.Abs(solved[i]) || part == 0)
                    {
                        x[free[i]] = 0;
                        isFree[free[i]] = false;
                    }
                }

                if (!isFree.Any(one => one))
                {
                    break;
                }
            }
        }

        return x.ToArray();
    }
}
