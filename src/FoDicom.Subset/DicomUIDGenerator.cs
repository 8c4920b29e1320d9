using System.Collections.Concurrent;

namespace FellowOakDicom;

/// <summary>Gives one new identifier to each old one, and remembers it.</summary>
public class DicomUIDGenerator
{
    private readonly ConcurrentDictionary<string, DicomUID> _replaced = new(StringComparer.Ordinal);

    public static DicomUID GenerateDerivedFromUUID() => DicomUID.Generate();

    public DicomUID Generate(DicomUID sourceUid)
    {
        ArgumentNullException.ThrowIfNull(sourceUid);
        return _replaced.GetOrAdd(sourceUid.UID, static _ => GenerateDerivedFromUUID());
    }
}
