using System.Globalization;
using MLNetScinti.DoseCohort;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Simulation.SpectCt;

// How far doses of simulated patients are from the truth, and how many lie within their intervals: see README.md.
if (args.Length < 1)
{
    Console.Error.WriteLine("usage: DoseCohort FOLDER [PATIENTS] [SEED] [FWHM] [DRAWS]      FOLDER keeps the simulated patients");
    return 2;
}

string folder = args[0];
int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 40;
ulong seed = args.Length > 2 ? ulong.Parse(args[2], CultureInfo.InvariantCulture) : 1001;
double fwhm = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 12.5;
int draws = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 500;
Directory.CreateDirectory(folder);
SpectCtCohort cohort = ImagedPatient.Cohort(count, seed);
TimeSpan before = Environment.CpuUsage.TotalTime;
ImagedPatient[] patients = new ImagedPatient[count];
for (int i = 0; i < count; i++)
{
    patients[i] = ImagedPatient.Of(cohort, i, folder);
}

Line($"{count} patients, seed {seed}; processor seconds a patient {(Environment.CpuUsage.TotalTime - before).TotalSeconds / count:0.0} (kept ones cost next to nothing)");
OrganDosimetryOptions options = new()
{
    Method = TimeActivityMethod.Named("log-linear"),
    ActivityFwhm = fwhm,
    // Regions are drawn on CT.
    DelineationFwhm = 1,
    DelineationVoxel = 3.4,
    PointUncertainty = .03,
    CalibrationUncertainty = .035,
    Kernel = KernelTable.Named("lu177-4.42mm-soft-tissue").Resample(cohort.Options.Acquisition.Pixel, cohort.Options.Acquisition.Pixel, cohort.Options.Acquisition.Pixel),
    Draws = draws,
};
foreach (DrawnRegion drawn in DrawnRegion.All)
{
    Line($"\nregions: {drawn.Words}");
    (ImagedPatient Patient, DosimetryStudy Study)[] studies = [.. patients.Select(patient => (patient, drawn.StudyOf(patient)))];
    if (DrawnRegion.Misses.Count > 0)
    {
        Line($"  off their true places by {DrawnRegion.Misses.Average():0.0} mm on average, {DrawnRegion.Misses.Max():0.0} mm at most");
        DrawnRegion.Misses.Clear();
    }

    foreach (bool corrected in new[] { false, true })
    {
        List<JudgedKidney> judged = [];
        foreach ((ImagedPatient patient, DosimetryStudy study) in studies)
        {
            OrganDosimetry dosimetry = new(study, options with { ByTransferMatrix = corrected });
            foreach (KnownKidney known in patient.Known)
            {
                try
                {
                    judged.Add(new(patient.Number, known, dosimetry.Report(known.Name)));
                }
                catch (DosimetryException problem)
                {
                    Line($"  left out: patient {patient.Number}, {known.Name}: {problem.Message}");
                }
            }
        }

        Line($"  {(corrected ? "corrected by the transfer matrix" : "as the images show it")}:");
        foreach (string line in JudgedKidney.Lines(judged))
        {
            Line($"    {line}");
        }
    }
}

return 0;

static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
