namespace MLNetScinti.Dicom;

/// <summary>What stored pixels are worth, one by one: a Modality LUT, or a Real World Value Mapping in several pieces.</summary>
/// <param name="First">The stored value of the first entry.</param>
/// <param name="Values">The values of it and of those that follow; not a number where the file gives none.</param>
internal sealed record ValueTable(int First, double[] Values)
{
    /// <summary>The value of a stored pixel; beyond the ends that of the end (PS3.3 C.11.1.1).</summary>
    public double this[long stored] => Values[Math.Clamp(stored - First, 0, Values.Length - 1)];

    /// <summary>The same, multiplied.</summary>
    public ValueTable Times(double factor) => factor == 1 ? this : new(First, Array.ConvertAll(Values, value => value * factor));
}

/// <summary>How a frame's pixels become values.</summary>
/// <param name="Linear">Slope and intercept, where there is no table.</param>
/// <param name="Table">The table, or null.</param>
/// <param name="First">The smallest stored value for which the file says this; minus infinity for all.</param>
/// <param name="Last">The largest; infinity for all.</param>
internal sealed record PixelScale(ValueScaling Linear, ValueTable? Table = null, double First = double.NegativeInfinity, double Last = double.PositiveInfinity)
{
    public static PixelScale Identity { get; } = new(ValueScaling.Identity);

    /// <summary>Whether it holds for every value that a format can store.</summary>
    public bool Covers(PixelFormat format) => First <= format.Smallest && Last >= format.Largest;

    /// <summary>The same, multiplied.</summary>
    public PixelScale Times(double factor) => factor == 1 ? this : this with { Linear = Linear with { Slope = Linear.Slope * factor, Intercept = Linear.Intercept * factor }, Table = Table?.Times(factor) };

    /// <summary>The same, with what says so where it does not tell yet: nobody can check a factor that comes from nowhere.</summary>
    public PixelScale By(string source) => Linear.IsIdentity && Table is null || Linear.Source.Length > 0 ? this : this with { Linear = Linear with { Source = source } };

    /// <summary>Whether another says the same within a thousandth, over the stored values that both speak of.</summary>
    public bool Agrees(PixelScale other, PixelFormat format)
    {
        double from = Math.Max(format.Smallest, Math.Max(First, other.First)), to = Math.Min(format.Largest, Math.Min(Last, other.Last));
        return from > to || (Close(from, other, to) && Close(to, other, from) && (Table is null || other.Table is null || Close(Math.Round((from + to) / 2), other, to)));
    }

    private bool Close(double stored, PixelScale other, double far)
    {
        double mine = this[stored], its = other[stored];
        // Near an intercept a thousandth of the whole range is what counts.
        return Math.Abs(mine - its) <= 1e-3 * Math.Max(Math.Max(Math.Abs(mine), Math.Abs(its)), 1e-3 * Math.Abs(this[far]));
    }

    private double this[double stored] => Table is null ? (stored * Linear.Slope) + Linear.Intercept : Table[(long)stored];
}
