using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace MLNetScinti.Dosimetry.Kernels;

/// <summary>Kernels for other voxels.</summary>
public static class KernelResampling
{
    private const int Gaussians = 32;

    /// <summary>
    /// A kernel for voxels of a whole multiple of the edges, exactly: the mean over all pairs of sub-voxels of source and target,
    /// S(D) = 1 / f^6 x the sum of s(f D + t - u) over t and u from 0 to f - 1 along each axis. Reaches as far as all pairs lie in the table.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="factor">How many voxels along each axis become one.</param>
    /// <exception cref="DosimetryException">The table does not reach a neighbour of the larger voxel.</exception>
    public static VoxelKernel Aggregate(this VoxelKernel kernel, int factor)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        KernelDescription fine = kernel.Description;
        int Half(int half) => (half - factor + 1) / factor;
        if (Half(fine.HalfColumns) < 1 || Half(fine.HalfRows) < 1 || Half(fine.HalfSections) < 1 || fine.HalfColumns < factor)
        {
            throw new DosimetryException(DosimetryIssue.DifferentGrids, $"Kernel '{fine.Name}' does not reach a neighbour of voxels {factor} times as large.");
        }

        // Along one axis the pairs of sub-voxels with one difference are as many as a triangle has.
        double Mean(int i, int j, int k)
        {
            double sum = 0;
            for (int c = 1 - factor; c < factor; c++)
            {
                for (int b = 1 - factor; b < factor; b++)
                {
                    for (int a = 1 - factor; a < factor; a++)
                    {
                        sum += (factor - Math.Abs(a)) * (factor - Math.Abs(b)) * (factor - Math.Abs(c)) * kernel[(factor * i) + a, (factor * j) + b, (factor * k) + c];
                    }
                }
            }

            return sum / Math.Pow(factor, 6);
        }

        return kernel.Changed(
            fine with
            {
                Name = FormattableString.Invariant($"{fine.Name}, voxels {factor} times as large"),
                ColumnSpacing = fine.ColumnSpacing * factor,
                RowSpacing = fine.RowSpacing * factor,
                SectionSpacing = fine.SectionSpacing * factor,
                HalfColumns = Half(fine.HalfColumns),
                HalfRows = Half(fine.HalfRows),
                HalfSections = Half(fine.HalfSections),
                Steps = [.. fine.Steps, $"averaged over {factor} x {factor} x {factor} sub-voxels"],
            },
            Mean);
    }

    /// <summary>
    /// A kernel for voxels of any edges, cubes or not. The table is brought to a point kernel, a sum of Gaussians of 0 or more whose means over
    /// pairs of voxels have a closed form; what the sum leaves of the table (below 2 % of each value in the tables that come with this room) is averaged
    /// over overlapping voxels. For multiples of the table's edges that is the exact mean of <see cref="Aggregate"/>. The extent in mm
    /// stays within the table's.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="columnSpacing">Edge along columns, mm.</param>
    /// <param name="rowSpacing">Edge along rows, mm.</param>
    /// <param name="sectionSpacing">Edge along sections, mm.</param>
    /// <exception cref="DosimetryException">The table does not reach a neighbour of the new voxel, or is no mean over voxels of a point kernel.</exception>
    public static VoxelKernel Resample(this VoxelKernel kernel, double columnSpacing, double rowSpacing, double sectionSpacing)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        KernelDescription table = kernel.Description;
        KernelDescription to = table with
        {
            Name = FormattableString.Invariant($"{table.Name}, for voxels of {columnSpacing:0.####} x {rowSpacing:0.####} x {sectionSpacing:0.####} mm"),
            ColumnSpacing = columnSpacing,
            RowSpacing = rowSpacing,
            SectionSpacing = sectionSpacing,
            HalfColumns = Within(table.Extent.Columns, columnSpacing),
            HalfRows = Within(table.Extent.Rows, rowSpacing),
            HalfSections = Within(table.Extent.Sections, sectionSpacing),
            Steps = [.. table.Steps, FormattableString.Invariant($"brought from voxels of {table.ColumnSpacing:0.####} x {table.RowSpacing:0.####} x {table.SectionSpacing:0.####} mm by its point kernel")],
            IsFinerThanTable = table.IsFinerThanTable || columnSpacing < table.ColumnSpacing * 0.999 || rowSpacing < table.RowSpacing * 0.999 || sectionSpacing < table.SectionSpacing * 0.999,
        };
        if (columnSpacing == table.ColumnSpacing && rowSpacing == table.RowSpacing && sectionSpacing == table.SectionSpacing)
        {
            return kernel;
        }

        to.Check();
        if (to.HalfColumns < 1 || to.HalfRows < 1 || to.HalfSections < 1)
        {
            throw new DosimetryException(DosimetryIssue.DifferentGrids, FormattableString.Invariant(
                $"Kernel '{table.Name}' reaches {table.Extent.Columns:0.#} mm, which is less than a neighbour of voxels of {columnSpacing:0.##} x {rowSpacing:0.##} x {sectionSpacing:0.##} mm: take one with a larger extent."));
        }

        PointKernel point = PointKernel.Of(kernel);
        return kernel.Changed(to, (i, j, k) =>
        {
            double smooth = point.Mean(i, j, k, columnSpacing, rowSpacing, sectionSpacing);
            return Math.Max(0, smooth + point.Left(i, j, k, columnSpacing, rowSpacing, sectionSpacing)) is > 0 and double all ? all : smooth;
        });
    }

    /// <summary>
    /// A kernel that reaches further: outside its table the photons' dose goes on by the inverse square of the distance, as the outermost values of
    /// the table do (attenuation and build-up balance over some centimetres). A model: it says so in its steps.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="reach">How far the kernel is to reach along each axis, mm.</param>
    public static VoxelKernel WithPhotonTail(this VoxelKernel kernel, double reach)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        KernelDescription table = kernel.Description;
        if (!(reach > 0) || reach > 500)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"A photon tail reaches up to 500 mm, found {reach}.");
        }

        // The outermost values along the axes, where nothing but photons comes.
        double strength = new[] { (table.HalfColumns, 0, 0), (0, table.HalfRows, 0), (0, 0, table.HalfSections) }
            .Average(at => kernel[at.Item1, at.Item2, at.Item3] * Square(at.Item1, at.Item2, at.Item3));
        double Square(int i, int j, int k) => Math.Pow(i * table.ColumnSpacing, 2) + Math.Pow(j * table.RowSpacing, 2) + Math.Pow(k * table.SectionSpacing, 2);
        int Half(int half, double spacing) => Math.Max(half, (int)Math.Ceiling((reach / spacing) - 0.5));
        return kernel.Changed(
            table with
            {
                Name = FormattableString.Invariant($"{table.Name}, photons to {reach:0.#} mm"),
                HalfColumns = Half(table.HalfColumns, table.ColumnSpacing),
                HalfRows = Half(table.HalfRows, table.RowSpacing),
                HalfSections = Half(table.HalfSections, table.SectionSpacing),
                Steps = [.. table.Steps, FormattableString.Invariant($"photons continued by the inverse square of the distance to {reach:0.#} mm (a model)")],
            },
            (i, j, k) => i <= table.HalfColumns && j <= table.HalfRows && k <= table.HalfSections ? kernel[i, j, k] : strength / Square(i, j, k));
    }

    private static int Within(double extent, double spacing) => spacing > 0 && double.IsFinite(spacing) ? (int)Math.Floor((extent / spacing) - 0.5 + 1e-9) : 0;

    /// <summary>A point kernel as a sum of isotropic Gaussians, and what it leaves of the table.</summary>
    private sealed class PointKernel
    {
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
}
