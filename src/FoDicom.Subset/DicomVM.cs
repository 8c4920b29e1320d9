using System.Globalization;

namespace FellowOakDicom;

public sealed class DicomVM
{
    public static readonly DicomVM VM_1 = new(1, 1, 1);
    public static readonly DicomVM VM_1_n = new(1, int.MaxValue, 1);

    public DicomVM(int minimum, int maximum, int multiplicity)
    {
        Minimum = minimum;
        Maximum = maximum;
        Multiplicity = multiplicity;
    }

    public int Minimum { get; }

    public int Maximum { get; }

    public int Multiplicity { get; }

    public override string ToString()
    {
        string last = Maximum != int.MaxValue ? Maximum.ToString(CultureInfo.InvariantCulture)
            : Multiplicity > 1 ? Multiplicity.ToString(CultureInfo.InvariantCulture) + "n" : "n";
        return Minimum == Maximum ? last : Minimum.ToString(CultureInfo.InvariantCulture) + "-" + last;
    }

    public static DicomVM Parse(string s)
    {
        if (s is "1")
        {
            return VM_1;
        }

        if (s is "1-n")
        {
            return VM_1_n;
        }

        int dash = s.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            int exactly = int.Parse(s, CultureInfo.InvariantCulture);
            return new DicomVM(exactly, exactly, exactly);
        }

        int minimum = int.Parse(s.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture);
        string most = s[(dash + 1)..];
        if (!most.EndsWith('n'))
        {
            return new DicomVM(minimum, int.Parse(most, CultureInfo.InvariantCulture), 1);
        }

        int step = most.Length == 1 ? 1 : int.Parse(most.AsSpan(0, most.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return new DicomVM(minimum, int.MaxValue, step);
    }
}
