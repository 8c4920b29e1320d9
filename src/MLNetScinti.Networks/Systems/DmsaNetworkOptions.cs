namespace MLNetScinti.Networks;

/// <summary>Sizes of the DMSA networks. The defaults are the paper's: 128 sections of 128 x 128, full width.</summary>
public sealed record DmsaNetworkOptions
{
    /// <summary>Sections of the volume: rows of the sagittal and coronal projections.</summary>
    public int Sections { get; init; } = 128;

    /// <summary>Rows of a section.</summary>
    public int Rows { get; init; } = 128;

    /// <summary>Columns of a section.</summary>
    public int Columns { get; init; } = 128;

    /// <summary>A factor on the number of filters and units of every layer: 1 is the paper's network, 0.25 a small one for demonstrations.</summary>
    public double WidthMultiplier { get; init; } = 1;
}
