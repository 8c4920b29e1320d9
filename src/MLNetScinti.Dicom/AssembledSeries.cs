using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>The sections of a CT or PET series in the order in which they lie in the patient.</summary>
public sealed record AssembledSeries
{
    internal AssembledSeries()
    {
    }

    /// <summary>Series Instance UID.</summary>
    public required string SeriesUid { get; init; }

    /// <summary>What the sections are.</summary>
    public required ImageKind Kind { get; init; }

    /// <summary>The sections' headers, from the first along the normal to the last.</summary>
    public required IReadOnlyList<ImageHeader> Sections { get; init; }

    /// <summary>Where the sections are; with sections missing, the places of those included.</summary>
    public required ImageGeometry Geometry { get; init; }

    /// <summary>Positions in <see cref="Geometry"/>, from 0, for which there is no file.</summary>
    public required IReadOnlyList<int> MissingSections { get; init; }

    /// <summary>Files of the series that are left out, and why.</summary>
    public required IReadOnlyList<SkippedFile> LeftOut { get; init; }

    /// <summary>What a careful reader would want to know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether every section is there.</summary>
    public bool IsComplete => MissingSections.Count == 0;

    /// <summary>Reads the pixels of all sections.</summary>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <exception cref="InvalidOperationException">Sections are missing: a volume with made-up sections would look like a measured one.</exception>
    /// <exception cref="DicomReadException">A file cannot be read.</exception>
    public Volume ReadVolume(DicomImageReader? reader = null)
    {
        if (!IsComplete)
        {
            throw new InvalidOperationException($"Series {SeriesUid}: {MissingSections.Count} of {Geometry.Sections} sections are missing, the first at position {MissingSections[0] + 1}: fetch the whole series.");
        }

        reader ??= new DicomImageReader();
        int pixels = Geometry.Rows * Geometry.Columns;
        float[] voxels = new float[Geometry.Sections * pixels];
        for (int i = 0; i < Sections.Count; i++)
        {
            reader.Read(Sections[i].File).Frame(0).CopyTo(voxels.AsSpan(i * pixels, pixels));
        }

        return new Volume(Geometry, voxels);
    }
}
