using System.Diagnostics;
using System.Globalization;
using MLNetScinti.AuditPower;
using MLNetScinti.Evaluation.Reporting;

// How often each audit finds a fault of stated strength, and how often it raises an alarm where there is none: see README.md.
string file = args.Length > 0 ? args[0] : "audit-base.bin";
string[] wanted = args.Length > 1 && args[1] != "all" ? args[1].Split(',') : [.. Fault.All.Select(fault => fault.Name)];
int planted = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 20, clean = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 40;
double[]? asked = args.Length > 4 ? [.. args[4].Split(',').Select(strength => double.Parse(strength, CultureInfo.InvariantCulture))] : null;
IReadOnlyList<BasePatient> people = SimulatedBase.Read(file, 320, 71);
Console.WriteLine($"{people.Count} simulated patients, {Fault.Patients} in a cohort");
foreach (Fault fault in Fault.All.Where(fault => wanted.Contains(fault.Name)))
{
    Console.WriteLine($"\n{fault.Name}: {fault.Strength}");
    List<(double Strength, double Found)> curve = clean > 0 ? [] : [(0, 0)];
    foreach (double strength in (double[])[.. clean > 0 ? [0] : Array.Empty<double>(), .. asked ?? fault.Strengths])
    {
        int cohorts = strength == 0 ? clean : planted, found = 0;
        List<double> effects = [], limits = [], ps = [], seconds = [];
        for (int cohort = 0; cohort < cohorts; cohort++)
        {
            // Clean cohorts are others than planted ones, and those of each strength others again.
            int number = cohort + ((int)Math.Round(strength * 1000) * 1000);
            List<PlantedView> views = Cohorts.Draw(people, Fault.Patients, number);
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            AuditFinding finding = fault.Run(views, strength, number);
            if (cohort == 0)
            {
                Console.WriteLine($"  {string.Join("\n  ", finding.Sentences)}");
            }

            seconds.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
            found += finding.IsFound ? 1 : 0;
            effects.Add(finding.Effect.Metric.IsDefined ? finding.Effect.Metric.Value : double.NaN);
            limits.Add(finding.FoundHalfTheTime ?? double.NaN);
            ps.Add(finding.P ?? 1);
        }

        curve.Add((strength, (double)found / Math.Max(1, cohorts)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  strength {strength:0.00}: {(strength == 0 ? "alarms" : "found")} {found} of {cohorts}; effect {effects.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average():0.000}, limit said {limits.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average():0.000}; processor seconds a cohort {seconds.DefaultIfEmpty().Average():0.0} (most {seconds.DefaultIfEmpty().Max():0.0}); p {string.Join(' ', ps.Order().Take(6).Select(p => p.ToString("0.000", CultureInfo.InvariantCulture)))}"));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  found half the time: {Half(curve)}"));
}

static string Half(List<(double Strength, double Found)> curve)
{
    for (int i = 1; i < curve.Count; i++)
    {
        if (curve[i].Found >= 0.5)
        {
            (double from, double low) = curve[i - 1];
            (double to, double high) = curve[i];
            return string.Create(CultureInfo.InvariantCulture, $"strength {from + ((to - from) * Math.Clamp((0.5 - low) / (high - low), 0, 1)):0.00}, between neighbours by the line");
        }
    }

    return "none of these strengths";
}
