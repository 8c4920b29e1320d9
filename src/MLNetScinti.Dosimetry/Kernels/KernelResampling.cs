namespace MLNetScinti.Dosimetry.Kernels;

/// <summary>Kernels for other voxels.</summary>
public static class KernelResampling
{
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

    /// <summary>
    /// Dose of a uniform sphere to itself by the kernel's point kernel, mGy/(MBq s): without the steps of voxels, so that a kernel can be held against published
    /// spheres of any size. Spheres much wider than the table's extent lack photons.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="grams">The sphere's mass at the kernel's density, g.</param>
    /// <exception cref="DosimetryException">The table is no mean over voxels of a point kernel.</exception>
    public static double SphereSelfDose(this VoxelKernel kernel, double grams)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grams);
        return PointKernel.Of(kernel).Sphere(grams / kernel.Description.Density);
    }

    private static int Within(double extent, double spacing) => spacing > 0 && double.IsFinite(spacing) ? (int)Math.Floor((extent / spacing) - 0.5 + 1e-9) : 0;
}
