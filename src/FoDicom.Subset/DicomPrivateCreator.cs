using System.Collections.Concurrent;

namespace FellowOakDicom;

public sealed class DicomPrivateCreator : IEquatable<DicomPrivateCreator>, IComparable<DicomPrivateCreator>, IComparable
{
    private const int Remembered = 1024;
    private static readonly ConcurrentDictionary<string, DicomPrivateCreator> s_known = new(StringComparer.Ordinal);

    internal DicomPrivateCreator(string creator) => Creator = creator;

    public string Creator { get; }

    /// <summary>One object per name, up to a bound: a hostile archive must not fill the memory with invented names.</summary>
    internal static DicomPrivateCreator Of(string creator)
    {
        if (s_known.TryGetValue(creator, out DicomPrivateCreator known))
        {
            return known;
        }

        return s_known.Count < Remembered ? s_known.GetOrAdd(creator, static name => new DicomPrivateCreator(name)) : new DicomPrivateCreator(creator);
    }

    public int CompareTo(DicomPrivateCreator other) => string.CompareOrdinal(Creator, other?.Creator);

    public int CompareTo(object obj) => CompareTo(obj as DicomPrivateCreator);

    public bool Equals(DicomPrivateCreator other) => other is not null && string.Equals(Creator, other.Creator, StringComparison.Ordinal);

    public override bool Equals(object obj) => Equals(obj as DicomPrivateCreator);

    public override int GetHashCode() => Creator.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Creator;
}
