using MLNetScinti.Dicom;

namespace MLNetScinti.Pipelines.Data;

/// <summary>How studies are loaded from a folder.</summary>
public sealed record DicomLoadOptions
{
    /// <summary>Sections of every volume: shorter ones are padded with zeros on both ends (Lin et al. 2023), longer ones are left out, with the reason.</summary>
    public int Sections { get; init; } = 128;

    /// <summary>Rows and columns of every section; null to take the first study's.</summary>
    public int? Matrix { get; init; }

    /// <summary>Files decoded at once; memory holds at most this many studies.</summary>
    public int Parallelism { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>What pseudonyms are made from; null for this user's key. Simulated patients may use a public one.</summary>
    public PseudonymKey? PseudonymKey { get; init; }
}
