using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MLNetScinti.Dosimetry.Uncertainty;

namespace MLNetScinti.Dosimetry.Kernels;

/// <summary>A point kernel as a sum of isotropic Gaussians, and what it leaves of the table.</summary>
internal sealed class PointKernel
{
    private const int Gaussians = 32;
    private readonly double[] _deviations;
    private readonly double[] _weights;
    private readonly VoxelKernel _table;
    private readonly double[] _left;

    private PointKernel(VoxelKernel table, double[] deviations, double[] weights)
    {
        (_table, _deviations, _weights) = (table, deviations, weights);
        KernelDescription of = table.Description;
        _left = new double[(of.HalfColumns + 1) * (of.HalfRows + 1) * (of.HalfSections + 1)];
        foreach ((int i, int j, int k) in Indices(of))
        {
            _left[Place(i, j, k)] = table[i, j, k] - Mean(i, j, k, of.ColumnSpacing, of.RowSpacing, of.SectionSpacing);
        }
    }

    public static PointKernel Of(VoxelKernel table)
    {
        KernelDescription of = table.Description;
        double least = Math.Min(of.ColumnSpacing, Math.Min(of.RowSpacing, of.SectionSpacing)), most = Math.Max(of.ColumnSpacing, Math.Max(of.RowSpacing, of.SectionSpacing));
        double[] deviations = [.. Enumerable.Range(0, Gaussians).Select(n => 0.01 * least * Math.Pow(800 * most / least, n / (Gaussians - 1.0)))];
        // Every value counts by its relative difference; one of several permutations is enough where voxels are cubes.
        (int I, int J, int K)[] indices = [.. Indices(of).Where(at => table[at.I, at.J, at.K] > 0 && (!of.IsIsotropic || (at.I <= at.J && at.J <= at.K)))];
        Matrix<double> matrix = Matrix<double>.Build.Dense(indices.Length, Gaussians, (row, n) =>
            Product(indices[row].I, indices[row].J, indices[row].K, of.ColumnSpacing, of.RowSpacing, of.SectionSpacing, deviations[n])
            / table[indices[row].I, indices[row].J, indices[row].K]);
        double[] weights = NonNegativeLeastSquares.Solve(matrix, Vector<double>.Build.Dense(indices.Length, 1));
        Vector<double> found = matrix * Vector<double>.Build.Dense(weights);
        int worst = (found - 1).AbsoluteMaximumIndex();
        return Math.Abs(found[worst] - 1) <= 0.05 ? new PointKernel(table, deviations, weights) : throw new DosimetryException(
            DosimetryIssue.DifferentGrids, FormattableString.Invariant(
                $"Kernel '{of.Name}' is no mean over voxels of a point kernel (its value at {indices[worst]} is off by {100 * Math.Abs(found[worst] - 1):0.#} %): it cannot be brought to other voxels."));
    }

    /// <summary>Dose of a uniform sphere to itself, mGy/(MBq s): each Gaussian's share that stays, over the sphere's volume.</summary>
    /// <param name="millilitres">The sphere's volume, ml.</param>
    public double Sphere(double millilitres)
    {
        double sum = 0;
        for (int n = 0; n < _weights.Length; n++)
        {
            sum += _weights[n] > 0 ? _weights[n] * new BlurredSphere(millilitres, _deviations[n] * Math.Sqrt(8 * Math.Log(2))).ShareIn(millilitres) : 0;
        }

        return sum / (1000 * millilitres);
    }

    /// <summary>The sum's mean over a source and a target voxel.</summary>
    public double Mean(int i, int j, int k, double columnSpacing, double rowSpacing, double sectionSpacing)
    {
        double sum = 0;
        for (int n = 0; n < _weights.Length; n++)
        {
            sum += _weights[n] > 0 ? _weights[n] * Product(i, j, k, columnSpacing, rowSpacing, sectionSpacing, _deviations[n]) : 0;
        }

        return sum;
    }

    /// <summary>What the sum leaves of the table, averaged over the table's voxels that source and target cover; 0 for voxels finer than the table's.</summary>
    public double Left(int i, int j, int k, double columnSpacing, double rowSpacing, double sectionSpacing)
    {
        KernelDescription of = _table.Description;
        (int From, double[] Shares)? columns = Shares(i, columnSpacing / of.ColumnSpacing), rows = Shares(j, rowSpacing / of.RowSpacing), sections = Shares(k, sectionSpacing / of.SectionSpacing);
        if (columns is not { } x || rows is not { } y || sections is not { } z)
        {
            return 0;
        }

        double sum = 0;
        for (int c = 0; c < z.Shares.Length; c++)
        {
            for (int b = 0; b < y.Shares.Length; b++)
            {
                for (int a = 0; a < x.Shares.Length; a++)
                {
                    (int p, int q, int r) = (Math.Abs(x.From + a), Math.Abs(y.From + b), Math.Abs(z.From + c));
                    if (p <= of.HalfColumns && q <= of.HalfRows && r <= of.HalfSections)
                    {
                        sum += x.Shares[a] * y.Shares[b] * z.Shares[c] * _left[Place(p, q, r)];
                    }
                }
            }
        }

        return sum;
    }

    // The triangle of a larger voxel's pairs over the table's differences; none where the voxel is smaller.
    private static (int From, double[] Shares)? Shares(int index, double ratio)
    {
        if (ratio < 0.999)
        {
            return null;
        }

        int first = (int)Math.Ceiling(((index - 1) * ratio) + 1e-9), last = (int)Math.Floor(((index + 1) * ratio) - 1e-9);
        double[] shares = [.. Enumerable.Range(first, last - first + 1).Select(d => 1 - Math.Abs((d / ratio) - index))];
        double all = shares.Sum();
        return (first, [.. shares.Select(share => share / all)]);
    }

    private static IEnumerable<(int I, int J, int K)> Indices(KernelDescription of) =>
        Enumerable.Range(0, of.HalfSections + 1).SelectMany(k => Enumerable.Range(0, of.HalfRows + 1).SelectMany(j => Enumerable.Range(0, of.HalfColumns + 1).Select(i => (i, j, k))));

    private int Place(int i, int j, int k) => (((k * (_table.Description.HalfRows + 1)) + j) * (_table.Description.HalfColumns + 1)) + i;

    private static double Product(int i, int j, int k, double columnSpacing, double rowSpacing, double sectionSpacing, double deviation) =>
        Mean(i, columnSpacing, deviation) * Mean(j, rowSpacing, deviation) * Mean(k, sectionSpacing, deviation);

    // A Gaussian's mean over pairs of points of two intervals that are so many edges apart, 1/mm: the second difference of its second integral.
    private static double Mean(int index, double edge, double deviation)
    {
        return (Twice((index + 1) * edge) - (2 * Twice(index * edge)) + Twice((index - 1) * edge)) / (edge * edge);

        double Twice(double x)
        {
            double z = x / deviation;
            return (0.5 * x * SpecialFunctions.Erf(z / Constants.Sqrt2)) + (deviation * Math.Exp(-0.5 * z * z) / Constants.Sqrt2Pi);
        }
    }
}
