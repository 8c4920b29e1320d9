namespace FellowOakDicom.IO;

public readonly struct Endian : IEquatable<Endian>
{
    public static readonly Endian Little = new(big: false);
    public static readonly Endian Big = new(big: true);

    private readonly bool _big;

    private Endian(bool big) => _big = big;

    public static Endian LocalMachine => BitConverter.IsLittleEndian ? Little : Big;

    public static bool operator ==(Endian a, Endian b) => a._big == b._big;

    public static bool operator !=(Endian a, Endian b) => a._big != b._big;

    public bool Equals(Endian other) => this == other;

    public override bool Equals(object obj) => obj is Endian other && this == other;

    public override int GetHashCode() => _big.GetHashCode();

    public override string ToString() => _big ? "Big Endian" : "Little Endian";
}
