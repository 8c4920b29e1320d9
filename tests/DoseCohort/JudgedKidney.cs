using System.Globalization;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Dosimetry.Uncertainty;

namespace MLNetScinti.DoseCohort;

/// <summary>A kidney's dose beside what is known of it.</summary>
internal sealed record JudgedKidney(int Patient, KnownKidney Known, OrganDoseReport Report)
{
    /// <summary>Differences, and coverage of the chain's intervals and of those that are learned: each half of the patients is judged by what the other half needs.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<JudgedKidney> kidneys)
    {
        foreach ((string how, Func<JudgedKidney, AbsorbedDose> dose, Func<JudgedKidney, double> truth) in new (string, Func<JudgedKidney, AbsorbedDose>, Func<JudgedKidney, double>)[]
        {
            ("local deposition", one => one.Report.Local, one => one.Known.LocalGray),
            ("the truth's kernel", one => one.Report.ByKernel!, one => one.Known.KernelGray),
        })
        {
            double[] percent = [.. kidneys.Select(one => 100 * ((dose(one).Gray / truth(one)) - 1))];
            double mean = percent.Average(), deviation = Math.Sqrt(percent.Sum(one => (one - mean) * (one - mean)) / (percent.Length - 1));
            string line = string.Create(CultureInfo.InvariantCulture, $"{how}, {kidneys.Count} kidneys: {mean:+0.0;-0.0} % on average, SD {deviation:0.0} %; in the EANM chain's intervals {Share([.. kidneys.Select(dose)], [.. kidneys.Select(truth)])} (u {100 * kidneys.Average(one => dose(one).StandardUncertainty / dose(one).Gray):0.0} %)");
            IReadOnlyList<(AbsorbedDose Dose, double Truth)> learned = Learned(kidneys, dose, truth);
            yield return line + (learned.Count == 0 ? "; too few to learn intervals" : $", in learned ones {Share([.. learned.Select(one => one.Dose)], [.. learned.Select(one => one.Truth)])}"
                + string.Create(CultureInfo.InvariantCulture, $" (half width {100 * learned.Average(one => (one.Dose.Upper - one.Dose.Lower) / 2 / one.Truth):0.0} % of the truth)"));
        }

        JudgedKidney[] drawn = [.. kidneys.Where(one => one.Report.LocalByDraws is not null)];
        if (drawn.Length > 0)
        {
            double[] ratios = [.. drawn.Select(one => one.Report.LocalByDraws!.StandardUncertainty / one.Report.LocalByChain.StandardUncertainty)];
            yield return string.Create(CultureInfo.InvariantCulture, $"standard uncertainty by Monte Carlo over the chain's: {ratios.Average():0.000} on average, {ratios.Min():0.000} to {ratios.Max():0.000}; in the draws' intervals {Share([.. drawn.Select(one => one.Report.LocalByDraws!)], [.. drawn.Select(one => one.Known.LocalGray)])}");
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"time-integrated activity in all {Percent(kidneys, one => one.Report.TimeIntegratedActivity / one.Known.MegabecquerelHours)}, volume {Percent(kidneys, one => one.Report.Millilitres / one.Known.Millilitres)}");
        yield return string.Create(CultureInfo.InvariantCulture, $"notes: {string.Join(", ", kidneys.SelectMany(one => one.Report.Flags).CountBy(flag => flag.Issue).OrderBy(one => one.Key).Select(one => $"{one.Value} {one.Key}"))}");
    }

    private static string Percent(IReadOnlyList<JudgedKidney> kidneys, Func<JudgedKidney, double> ratio) => string.Create(CultureInfo.InvariantCulture, $"{100 * (kidneys.Average(ratio) - 1):+0.0;-0.0} %");

    private static string Share(IReadOnlyCollection<AbsorbedDose> doses, IReadOnlyCollection<double> truths) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * IntervalCalibration.Coverage(doses, truths):0.0} %");

    // By patient: both kidneys of one share what is off.
    private static IReadOnlyList<(AbsorbedDose Dose, double Truth)> Learned(IReadOnlyList<JudgedKidney> kidneys, Func<JudgedKidney, AbsorbedDose> dose, Func<JudgedKidney, double> truth)
    {
        List<(AbsorbedDose, double)> judged = [];
        for (int half = 0; half < 2; half++)
        {
            JudgedKidney[] known = [.. kidneys.Where(one => one.Patient % 2 != half)];
            if (known.Length < 39)
            {
                return [];
            }

            IntervalCalibration calibration = IntervalCalibration.Of([.. known.Select(one => new KnownDose(dose(one).Gray, dose(one).StandardUncertainty, truth(one)))], "simulated patients");
            judged.AddRange(kidneys.Where(one => one.Patient % 2 == half).Select(one => (calibration.Interval(dose(one).Gray, dose(one).StandardUncertainty, dose(one).Method), truth(one))));
        }

        return judged;
    }
}
