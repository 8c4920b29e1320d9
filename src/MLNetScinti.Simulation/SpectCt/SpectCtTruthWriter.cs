using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>
/// Writes the truth about a cohort into a folder: masks of kidneys and cysts on the CT's grid, on the SPECT's, and the CT's on the SPECT's; the tissue of each of the SPECT's
/// voxels; and tables of what each tissue holds at each visit with its time-integrated activity, of tissues, and of excluded candidates. Nothing is scanned for it.
/// </summary>
public static class SpectCtTruthWriter
{
    /// <summary>The table of activities.</summary>
    public const string ActivitiesName = "activities.csv";

    /// <summary>The columns of the table of activities; the integral runs from the injection on for ever.</summary>
    public const string ActivitiesHeader = "PatientID,Visit,Cycle,Hours,Tissue,Ml,BqPerMl,MBq,MBqHourPerMl,MBqHour";

    /// <summary>The table of tissues.</summary>
    public const string TissuesName = "tissues.csv";

    /// <summary>The table of excluded candidates.</summary>
    public const string ExcludedName = "excluded.csv";

    /// <summary>The table of kinetics.</summary>
    public const string KineticsName = "kinetics.csv";

    private const string TissuesHeader = "Label,Tissue", ExcludedHeader = "Candidate,Reason";
    private const string KineticsHeader = "PatientID,Organ,Share,EffectiveHalfLifeHours,FastPart,FastHalfLifeHours";

    /// <summary>What names of maps end with, behind the patient's number and the visit.</summary>
    public const string CtEnding = "-CT.nii.gz", SpectEnding = "-SPECT.nii.gz", CtOnSpectEnding = "-CT-on-SPECT.nii.gz", TissuesEnding = "-tissues.nii.gz";

    /// <summary>Writes maps and tables.</summary>
    /// <param name="cohort">The patients.</param>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="threads">Threads at most, or -1 for all; the files do not depend on it.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InvalidDataException">The folder holds files of somebody else: nothing is written then.</exception>
    /// <returns>The full path of the table of activities.</returns>
    public static string Write(SpectCtCohort cohort, string folder, int threads = -1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        bool IsMap(string name) => Enumerable.Range(1, 40).Any(visit => new[] { CtEnding, SpectEnding, CtOnSpectEnding, TissuesEnding }
            .Any(ending => CohortFolder.NumberOf(name, string.Create(CultureInfo.InvariantCulture, $"-V{visit}{ending}"), cohort.Options.Seed, cohort.Count) > 0));
        CohortFolder.CheckTruth(folder, name => name is ActivitiesName or TissuesName or ExcludedName or KineticsName || IsMap(name),
            (ActivitiesName, ActivitiesHeader), (TissuesName, TissuesHeader), (ExcludedName, ExcludedHeader), (KineticsName, KineticsHeader));
        Directory.CreateDirectory(folder);
        (string Activities, string Kinetics)[] rows = new (string, string)[cohort.Count];
        SpectCtAcquisition acquisition = cohort.Options.Acquisition;
        Parallel.For(0, cohort.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
        {
            SpectCtPatient patient = cohort[i];
            StringBuilder lines = new();
            foreach (SpectCtScan scan in cohort.Simulator.TruthOf(patient))
            {
                void Map(string ending, byte[] labels, ImageGeometry grid)
                {
                    if (labels.Length > 0)
                    {
                        NiftiLabels.Save(Path.Combine(folder, $"{patient.Id}-{SpectCtPatient.NameOf(scan.Visit)}{ending}"), labels, grid, "simulated truth");
                    }
                }

                ImageGeometry spect = acquisition.SpectGrid(patient.ScanMiddle);
                Map(CtEnding, scan.CtMask, acquisition.CtGrid(patient.Scanner, patient.ScanMiddle));
                Map(SpectEnding, scan.SpectMask, spect);
                Map(CtOnSpectEnding, scan.CtMaskOnSpect, spect);
                Map(TissuesEnding, scan.SpectTissues, spect);
                foreach (TissueActivity one in scan.Tissues)
                {
                    lines.Append(CultureInfo.InvariantCulture, $"{patient.Id},{scan.Visit!.Number},{scan.Visit.Cycle},{scan.Visit.Hours:0.###},{one.Tissue},{one.Millilitres:0.00},{one.BecquerelPerMillilitre:0.0},{one.Millilitres * one.BecquerelPerMillilitre / 1e6:0.0000},{one.IntegralPerMillilitre:0.000000},{one.Millilitres * one.IntegralPerMillilitre:0.0000}\n");
                }
            }

            rows[i] = (lines.ToString(), patient.Visits.Count == 0 ? "" : string.Concat(patient.Kinetics.OrderBy(organ => organ.Key).Select(organ =>
                string.Create(CultureInfo.InvariantCulture, $"{patient.Id},{organ.Key},{organ.Value.Share:g8},{organ.Value.HalfLife:0.0000},{organ.Value.FastPart:0.####},{organ.Value.FastHalfLife:0.####}\n"))));
        });

        string path = Path.GetFullPath(Path.Combine(folder, ActivitiesName));
        AtomicFile.Write(Path.Combine(folder, TissuesName), TissuesHeader + "\n" + string.Concat(Enum.GetValues<Tissue>().Select(tissue => string.Create(CultureInfo.InvariantCulture, $"{(int)tissue},{tissue}\n"))));
        AtomicFile.Write(Path.Combine(folder, ExcludedName), ExcludedHeader + "\n" + string.Concat(cohort.Excluded.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Candidate},{one.Reason}\n"))));
        AtomicFile.Write(Path.Combine(folder, KineticsName), KineticsHeader + "\n" + string.Concat(rows.Select(row => row.Kinetics)));
        AtomicFile.Write(path, ActivitiesHeader + "\n" + string.Concat(rows.Select(row => row.Activities)));
        return path;
    }
}
