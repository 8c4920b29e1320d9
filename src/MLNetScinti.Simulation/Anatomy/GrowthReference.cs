namespace MLNetScinti.Simulation;

/// <summary>
/// Height and weight by age. The medians are approximate: rounded values in the manner of the WHO and CDC growth references,
/// linearly interpolated. The spreads are about those of the references. Good enough to scale anatomy, not to judge growth.
/// </summary>
public static class GrowthReference
{
    /// <summary>Relative standard deviation of height at one age.</summary>
    public const double HeightSpread = 0.042;

    /// <summary>Standard deviation of the logarithm of weight at one age and height.</summary>
    public const double WeightSpread = 0.11;

    private static readonly (double Age, double GirlHeight, double BoyHeight, double GirlWeight, double BoyWeight)[] s_medians =
    [
        (0, 49, 50, 3.2, 3.4), (0.25, 60, 61, 5.8, 6.4), (0.5, 66, 67.5, 7.3, 7.9), (1, 74, 75.5, 9.0, 9.7), (2, 86, 87.5, 11.7, 12.4),
        (3, 95, 96, 14.0, 14.4), (4, 102, 103, 16.0, 16.4), (5, 109, 110, 18.1, 18.4), (6, 115, 116, 20.2, 20.6), (7, 121, 122, 22.7, 23.0),
        (8, 127, 128, 25.6, 25.6), (9, 133, 133, 29.0, 28.6), (10, 138, 138, 32.9, 32.1), (11, 145, 143, 37.2, 36.0), (12, 151, 149, 41.8, 40.5),
        (13, 157, 156, 46.1, 45.7), (14, 160, 164, 49.8, 51.2), (15, 162, 170, 52.4, 56.4), (16, 163, 173.5, 54.2, 60.8), (17, 163, 175.5, 55.3, 64.4),
        (18, 163, 176, 56.2, 66.9),
    ];

    /// <summary>Median height in mm.</summary>
    /// <param name="age">Years; above 18 the value at 18 holds.</param>
    /// <param name="sex">Girl or boy.</param>
    public static double Height(double age, Sex sex) => 10 * Interpolate(age, row => sex == Sex.Male ? row.BoyHeight : row.GirlHeight);

    /// <summary>Median weight in kg.</summary>
    /// <param name="age">Years; above 18 the value at 18 holds.</param>
    /// <param name="sex">Girl or boy.</param>
    public static double Weight(double age, Sex sex) => Interpolate(age, row => sex == Sex.Male ? row.BoyWeight : row.GirlWeight);

    private static double Interpolate(
        double age, Func<(double Age, double GirlHeight, double BoyHeight, double GirlWeight, double BoyWeight), double> value)
    {
        int next = Array.FindIndex(s_medians, row => row.Age >= age);
        if (next <= 0)
        {
            return value(next < 0 ? s_medians[^1] : s_medians[0]);
        }

        double part = (age - s_medians[next - 1].Age) / (s_medians[next].Age - s_medians[next - 1].Age);
        return value(s_medians[next - 1]) + (part * (value(s_medians[next]) - value(s_medians[next - 1])));
    }
}
