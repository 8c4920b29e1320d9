using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// Writes a cohort into a folder: one DICOM NM RECON TOMO file a patient, <c>labels.csv</c> with a row for each kidney, and
/// <c>cohort.json</c> with what the cohort is. A run that was stopped goes on where it was; files that are there are kept.
/// The same cohort gives the same files, bit for bit, at any number of threads.
/// </summary>
public static class DmsaCohortWriter
{
    /// <summary>The name of the table of labels.</summary>
    public const string LabelsName = CohortFolder.LabelsName;

    /// <summary>The name of the file that says what the cohort is.</summary>
    public const string CohortName = CohortFolder.CohortName;

    /// <summary>The columns of the table of labels.</summary>
    public const string Header =
        "File,PatientID,StudyInstanceUID,Set,Side,Label,Age,Sex,WeightKg,HeightCm,InjectedMBq,Defects,"
        + "LargestDefectMl,LargestDefectContrast,DefectLocations,KidneyMBq,Counts,"
        + "KidneyVariants,DefectShapes,DefectsMl,KidneyLengthMm,UptakePercent,ScanVariants,AcquiredPart,LostInjection,MotionMm,TrueLabel";

    /// <summary>Writes what is not there yet.</summary>
    /// <param name="cohort">The patients.</param>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="simulator">How the scans are done; the paper's way where null.</param>
    /// <param name="threads">Threads at most, or -1 for all.</param>
    /// <param name="progress">Is told after each patient, from any thread.</param>
    /// <param name="cancellation">Stops the work; what is written stays and is kept by the next run.</param>
    /// <exception cref="InvalidDataException">The folder holds another cohort, or files that no simulator made: nothing is written then.</exception>
    public static CohortSummary Write(
        DmsaCohort cohort, string folder, DmsaSimulator? simulator = null, int threads = -1,
        IProgress<CohortProgress>? progress = null, CancellationToken cancellation = default)
    {
        simulator ??= new DmsaSimulator();
        string description = Describe(cohort.Options, simulator);
        CohortFolder files = new(folder, cohort.Options.Seed, cohort.Count, Header, description)
        {
            // A row for each kidney.
            RowsOfEach = 2,
            FilesOf = index => [CohortFolder.IdOf(cohort.Options.Seed, index + 1) + ".dcm"],
        };
        return files.Write((index, within) => WritePatient(simulator.Simulate(cohort[index], within, cancellation), simulator, folder, description), threads, progress, cancellation);
    }

    /// <summary>The name of a patient's file.</summary>
    public static string FileOf(DmsaPatient patient) => patient.Id + ".dcm";

    /// <summary>What a scan's DICOM file says besides the pixels. The patient has no name and no birth date.</summary>
    /// <param name="study">The simulated scan.</param>
    /// <param name="simulator">How it was done.</param>
    /// <param name="uidSeed">What the identifiers are made from besides the patient.</param>
    public static NuclearMedicineStudy DescribeStudy(DmsaStudy study, DmsaSimulator simulator, string uidSeed)
    {
        DmsaPatient patient = study.Patient;
        // No date is known of a simulated patient: one a day, so that no two share an examination.
        int detectors = simulator.Acquisition.Views % simulator.Acquisition.Detectors == 0 ? simulator.Acquisition.Detectors : 1;
        DateTime scanned = new DateTime(2020, 1, 1, 11, 0, 0, DateTimeKind.Unspecified).AddDays(patient.Number % 20_000);
        return new NuclearMedicineStudy
        {
            PatientId = patient.Id,
            Sex = patient.Anatomy.Sex == Sex.Male ? PatientSex.Male : PatientSex.Female,
            AgeYears = Math.Round(patient.Anatomy.Age, 2),
            WeightKilograms = Math.Round(patient.Anatomy.Weight, 2),
            SizeMetres = Math.Round(patient.Anatomy.Height / 1000, 3),
            AcquiredAt = scanned,
            InjectedAt = scanned.AddHours(-PhysicsConstants.HoursToScan),
            StudyDescription = "DMSA renal SPECT (simulated)",
            SeriesDescription = string.Create(
                CultureInfo.InvariantCulture, $"OSEM {simulator.Subsets}s{simulator.Iterations}i, Gauss {simulator.PostFilterFwhm:0.#} mm"),
            BodyPart = "KIDNEY",
            Radionuclide = Radionuclide.Technetium99m,
            Radiopharmaceutical = "DMSA",
            InjectedMegabecquerels = Math.Round(patient.InjectedMegabecquerels, 2),
            Collimator = "LEHR",
            FrameSeconds = simulator.Acquisition.SecondsPerView * patient.AcquiredPart,
            Views = simulator.Acquisition.Views,
            ScanArc = 360,
            // The acquisition of S1: two heads in continuous rotation on an orbit that follows the body, zoom 2.
            Detectors = detectors,
            Motion = DetectorMotion.Continuous,
            Zoom = PhysicsConstants.Zoom,
            RadialPositions =
            [
                .. Enumerable.Range(0, simulator.Acquisition.Views / detectors)
                    .Select(view => Math.Round(simulator.Acquisition.RadiusAt(view, patient.Anatomy.HalfWidth, patient.Anatomy.HalfDepth), 1)),
            ],
            Reconstruction = string.Create(CultureInfo.InvariantCulture, $"OSEM {simulator.Subsets}x{simulator.Iterations}"),
            Comments = SimulatedPatient.Mark,
            UidSeed = uidSeed,
        };
    }

    private static string WritePatient(DmsaStudy study, DmsaSimulator simulator, string folder, string description)
    {
        string name = FileOf(study.Patient);
        string path = Path.Combine(folder, name);
        NuclearMedicineWriter.WriteReconTomo(path, study.Image, DescribeStudy(study, simulator, description));
        string studyUid = new DicomImageReader().ReadHeader(path).StudyUid;
        return $"{Row(study, BodySide.Left, name, studyUid)}\n{Row(study, BodySide.Right, name, studyUid)}\n";
    }

    private static string Row(DmsaStudy study, BodySide side, string file, string studyUid)
    {
        DmsaPatient patient = study.Patient;
        KidneyAnatomy kidney = patient.Anatomy.Of(side);
        CorticalDefect? largest = kidney.Defects.Count > 0 ? kidney.Defects[0] : null;
        double activity = side == BodySide.Left ? study.LeftActivity : study.RightActivity;
        return string.Join(
            ',',
            file,
            patient.Id,
            studyUid,
            patient.Set switch { CohortSet.Validation => "validation", CohortSet.Test => "test", _ => "training" },
            side == BodySide.Left ? "L" : "R",
            patient.IsCalledAbnormal(side) ? "abnormal" : "normal",
            Number(patient.Anatomy.Age, "0.00"),
            patient.Anatomy.Sex == Sex.Male ? "M" : "F",
            Number(patient.Anatomy.Weight, "0.00"),
            Number(patient.Anatomy.Height / 10, "0.0"),
            Number(patient.InjectedMegabecquerels, "0.00"),
            Number(kidney.Defects.Count, "0"),
            largest is null ? "" : Number(largest.MissingMillilitres, "0.00"),
            largest is null ? "" : Number(1 - largest.Retained, "0.00"),
            string.Join(';', kidney.Defects.Select(defect => defect.Location)),
            Number(activity, "0.000"),
            Number(study.Counts, "0"),
            Names(kidney.Variants),
            string.Join(';', kidney.Defects.Select(defect => defect.Shape)),
            string.Join(';', kidney.Defects.Select(defect => Number(defect.MissingMillilitres, "0.00"))),
            Number(kidney.Length, "0.0"),
            Number(100 * activity / (study.LeftActivity + study.RightActivity), "0.0"),
            Names(patient.ScanVariants),
            Number(patient.AcquiredPart, "0.00"),
            Number(patient.LostInjection, "0.00"),
            Number(patient.Motion?.Shift.Length ?? 0, "0.0"),
            kidney.IsAbnormal ? "abnormal" : "normal");
    }

    private static string Names<T>(T flags)
        where T : struct, Enum => flags.Equals(default(T)) ? "" : flags.ToString().Replace(", ", ";", StringComparison.Ordinal);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Describe(DmsaCohortOptions options, DmsaSimulator simulator)
    {
        SpectAcquisition scan = simulator.Acquisition;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {
              "kind": "simulated 99mTc-DMSA SPECT", "version": 3,
              "patients": {{options.Patients}}, "seed": {{options.Seed}}, "abnormalKidneys": {{options.AbnormalKidneys:r}}, "smallestDefectMl": {{options.SmallestDefectMillilitres:r}}, "falseReadings": {{options.FalseReadings:r}}, "validation": {{options.Validation}}, "test": {{options.Test}},
              "prevalence": { {{string.Join(", ", options.Prevalence.Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"\"{part.Name}\": {part.Part:r}")))}} },
              "matrix": {{scan.Bins}}, "pixelMm": {{scan.Pixel:r}}, "views": {{scan.Views}}, "detectors": {{scan.Detectors}}, "secondsPerView": {{scan.SecondsPerView:r}}, "countsPerSecondAndMBq": {{scan.Sensitivity:r}},
              "attenuationPerMm": {{scan.Attenuation:r}}, "scatter": {{(scan.Scatter ? "true" : "false")}}, "narrowAttenuationPerMm": {{scan.NarrowAttenuation:r}}, "collimator": {{(scan.Collimator is null ? "null" : "\"LEHR\"")}}, "collimatorGapMm": {{scan.Collimator?.Gap ?? 0:r}},
              "subsets": {{simulator.Subsets}}, "iterations": {{simulator.Iterations}}, "postFilterFwhmMm": {{simulator.PostFilterFwhm:r}}
            }

            """);
    }
}
