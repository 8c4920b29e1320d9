namespace MLNetScinti.Dicom;

/// <summary>How counts were fitted into the unsigned 16-bit pixels of a Nuclear Medicine image.</summary>
/// <param name="Factor">A stored value is round(count x Factor); 1 where whole counts fit as they are.</param>
/// <remarks>
/// The NM IOD has no Rescale Slope (PS3.3 A.5), so the factor is recorded as a Real World Value Mapping in the unit
/// {counts}, which the reader applies, and in words in the Image Comments. The rule: whole numbers up to 65535 are
/// stored as they are; anything else is scaled so that the largest value becomes 65535. Negative values, which no
/// detector gives, are stored as 0.
/// </remarks>
public readonly record struct CountScaling(double Factor)
{
    /// <summary>The largest value of an unsigned 16-bit pixel.</summary>
    public const int MaximumStored = ushort.MaxValue;

    /// <summary>Whether the counts are stored as they are.</summary>
    public bool IsIdentity => Factor == 1;

    /// <summary>The scaling that the rule gives for some counts.</summary>
    /// <exception cref="ArgumentException">A count is not a finite number.</exception>
    public static CountScaling For(params IReadOnlyList<float[]> images)
    {
        float largest = 0;
        bool whole = true;
        foreach (float[] counts in images)
        {
            foreach (float count in counts)
            {
                if (!float.IsFinite(count))
                {
                    throw new ArgumentException($"The image to write holds {count}, expected finite counts: check how it was computed.", nameof(images));
                }

                if (count > 0)
                {
                    largest = Math.Max(largest, count);
                    whole &= count == MathF.Truncate(count);
                }
            }
        }

        return largest == 0 || (whole && largest <= MaximumStored) ? new CountScaling(1) : new CountScaling(MaximumStored / (double)largest);
    }

    /// <summary>The stored value of a count.</summary>
    public ushort Store(float count) => (ushort)Math.Clamp(Math.Round(count * Factor, MidpointRounding.ToEven), 0, MaximumStored);
}
