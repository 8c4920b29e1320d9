using MLNetScinti.Dosimetry.Kinetics;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Kinetics;

/// <summary>Patient 4 of the SNMMI 177Lu dosimetry challenge (DOI 10.7302/864r-tb45): four SPECT/CT, from activities to gray.</summary>
public sealed class RealPatientTests
{
    private static readonly double[] s_hours = [3.741111, 27.725278, 103.094167, 123.983611];

    public static TheoryData<string, double[], double[], double, double, double, double, double> Regions => new()
    {
        { "left kidney", [98.561432, 73.599408, 25.39568, 19.04661], [108.74206751, .01408142600, .84542913], 7593.752576, .0098487150, .999997767, 49.224, 233.61 },
        { "liver", [378.4744, 347.404416, 192.66408, 173.225408], [426.69829538, .00747619672, .65755972], 56425.334755, 41.884754304, .998733429, 92.714, 2037.4 },
    };

    [Theory]
    [MemberData(nameof(Regions))]
    public void Uptake_form_by_unweighted_least_squares(string name, double[] activities, double[] parameters, double integral, double squares, double determination, double halfLife, double volume)
    {
        TimeActivityFit fit = TimeActivityMethod.Named("uptake").Fit(TimeActivityCurve.Of(Nuclide.Lutetium177, s_hours, activities));
        // The published fit stopped some 3e-7 before the minimum, and its activities had more digits than were printed.
        Assert.All(fit.Parameters.Zip(parameters), pair => Assert.Equal(1, pair.First.Value / pair.Second, 5e-7));
        Assert.Equal(1, fit.TimeIntegratedActivity / integral, 5e-7);
        Assert.Equal(fit.Parameters[0].Value * ((1 / fit.Parameters[1].Value) - (1 / fit.Parameters[2].Value)), fit.TimeIntegratedActivity, 1e-12 * integral);
        Assert.Equal(1, fit.SumOfSquares / squares, 3e-6);
        Assert.Equal(determination, fit.Determination, 2e-8);
        Assert.Equal(halfLife, fit.EffectiveHalfLife!.Value, 5e-4);
        // The uptake rests on the first image alone: that has to be said.
        Assert.False(fit.Parameters[2].IsIdentified);
        Assert.Contains("3.74 h", fit.Parameters[2].NotIdentified, StringComparison.Ordinal);
        Assert.True(fit.Has(DosimetryIssue.NotIdentified), name);
        Assert.True(fit.Parameters[0].IsIdentified && fit.Parameters[1].IsIdentified);
        double[] local = name == "liver" ? [2.27173, 1.0331, 2.347016] : [2.66634, 1.0282, 2.741417];
        double dose = Nuclide.Lutetium177.LocalDose(fit.TimeIntegratedActivity, volume * 1.04);
        // The published volumes are rounded.
        Assert.Equal(1, dose / local[0], 5e-5);
        Assert.Equal(local[1], local[2] / dose, 1e-4);
    }

    [Fact]
    public void Other_conventions_differ_by_what_is_known()
    {
        TimeActivityCurve[] curves =
        [
            TimeActivityCurve.Of(Nuclide.Lutetium177, s_hours, (double[])Regions.First()[1]),
            TimeActivityCurve.Of(Nuclide.Lutetium177, s_hours, (double[])Regions.Skip(1).First()[1]),
        ];
        (TimeActivityMethod Method, int Points, double[] Percent, double Tolerance)[] known =
        [
            (new LogLinear(), 4, [.78, 3.52], .005), (new LeastSquares(ExponentialShape.Mono), 4, [2.00, 5.03], .005),
            (new LeastSquares(ExponentialShape.Mono), 3, [3.00, 4.98], .005), (SingleTimePoint.Haenscheid(103.09), 4, [-.5, 1.6], .05),
            (SingleTimePoint.Haenscheid(27.73), 4, [-22.5, -50.7], .05),
        ];
        foreach ((TimeActivityMethod method, int points, double[] percent, double tolerance) in known)
        {
            for (int i = 0; i < 2; i++)
            {
                double reference = new LeastSquares(ExponentialShape.Uptake).Fit(curves[i]).TimeIntegratedActivity;
                double other = method.Fit(new TimeActivityCurve(curves[i].Nuclide, curves[i].Points.Take(points))).TimeIntegratedActivity;
                Assert.Equal(percent[i], 100 * ((other / reference) - 1), tolerance);
            }
        }
    }
}
