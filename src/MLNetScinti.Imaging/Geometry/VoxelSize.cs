using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>The distances of neighbouring voxels, mm: between sections, rows and columns.</summary>
/// <param name="Section">Between sections.</param>
/// <param name="Row">Between rows.</param>
/// <param name="Column">Between columns.</param>
public sealed record VoxelSize(double Section, double Row, double Column)
{
    // Nearer than this, two cameras' voxels are one: over a matrix of 128 that moves an edge by less than half a voxel.
    private const double Alike = 0.003;

    /// <summary>The voxels of a geometry.</summary>
    public static VoxelSize Of(ImageGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        return new(geometry.SectionSpacing, geometry.RowSpacing, geometry.ColumnSpacing);
    }

    /// <summary>Whether two voxels are one size.</summary>
    public bool IsLike(VoxelSize other)
    {
        ArgumentNullException.ThrowIfNull(other);
        static bool Like(double one, double other) => Math.Abs(one - other) <= Alike * one;
        return Like(Section, other.Section) && Like(Row, other.Row) && Like(Column, other.Column);
    }

    /// <summary>Reads "1.748", or sections, rows and columns as "3.5 x 1.75 x 1.75"; false where it is neither, or no length.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VoxelSize? voxel)
    {
        ArgumentNullException.ThrowIfNull(text);
        double[] values = [.. text.Split('x', StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is >= 0.01 and <= 1000 ? value : double.NaN)];
        voxel = values.Any(double.IsNaN) ? null : values switch
        {
            [double all] => new(all, all, all),
            [double section, double row, double column] => new(section, row, column),
            _ => null,
        };
        return voxel is not null;
    }

    /// <summary>What <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
        string[] texts = [Text(Section), Text(Row), Text(Column)];
        return texts.Distinct(StringComparer.Ordinal).Count() == 1 ? texts[0] : string.Join(" x ", texts);
    }
}
