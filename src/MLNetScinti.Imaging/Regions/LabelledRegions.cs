namespace MLNetScinti.Imaging;

/// <summary>Which voxels are neighbours.</summary>
public enum Connectivity
{
    /// <summary>Those that share a face: 6 in a volume, 4 in a planar image.</summary>
    Faces,

    /// <summary>Those that share a face, an edge or a corner: 26 in a volume, 8 in a planar image.</summary>
    Corners,
}

/// <summary>A connected region of a mask.</summary>
/// <param name="Label">Its number in the label image, from 1.</param>
/// <param name="Voxels">Number of voxels.</param>
/// <param name="Column">Mean column index.</param>
/// <param name="Row">Mean row index.</param>
/// <param name="Section">Mean section index.</param>
/// <param name="Box">The smallest box around it.</param>
public sealed record Region(int Label, int Voxels, double Column, double Row, double Section, IndexBox Box);

/// <summary>The connected regions of a mask, the largest first; among equals the one that begins first.</summary>
public sealed class LabelledRegions
{
    private LabelledRegions(ImageShape shape, int[] labels, Region[] regions) => (Shape, Labels, Regions) = (shape, labels, regions);

    /// <summary>The shape of the label image.</summary>
    public ImageShape Shape { get; }

    /// <summary>For each voxel the number of its region, from 1; 0 outside the mask.</summary>
    public int[] Labels { get; }

    /// <summary>The regions; region with label n is at index n - 1.</summary>
    public IReadOnlyList<Region> Regions { get; }

    /// <summary>Finds the connected regions of a mask.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="connectivity">Which voxels are neighbours.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of the shape.</exception>
    public static LabelledRegions Find(ReadOnlySpan<bool> mask, ImageShape shape, Connectivity connectivity = Connectivity.Faces)
    {
        if (mask.Length != shape.Length)
        {
            throw new ArgumentException($"A mask of {shape} holds {shape.Length} values, found {mask.Length}.", nameof(mask));
        }

        using RunRegions runs = new(shape);
        for (int line = 0; line < shape.Sections * shape.Rows; line++)
        {
            runs.AddLine(mask.Slice(line * shape.Columns, shape.Columns));
        }

        Region[] regions = runs.Join(connectivity, static _ => true);
        int[] labels = new int[mask.Length];
        foreach (RunRegions.Run run in runs.Runs)
        {
            labels.AsSpan((run.Line * shape.Columns) + run.First, run.End - run.First).Fill(run.Label);
        }

        return new(shape, labels, regions);
    }

    /// <summary>The mask of one region.</summary>
    public bool[] MaskOf(int label) => Array.ConvertAll(Labels, each => each == label);
}
