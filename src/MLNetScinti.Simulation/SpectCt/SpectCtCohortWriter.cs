using System.Globalization;
using System.Text;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>Which labels masks of a cohort have.</summary>
public enum KidneyLabels
{
    /// <summary>1 in both kidneys (S4).</summary>
    Kidney,

    /// <summary>1 in the left kidney, 2 in the right one (S5).</summary>
    Sides,
}

/// <summary>
/// Writes a cohort into a folder: for each visit a CT series in a folder of its own, a SPECT in Bq/ml in the CT's examination and coordinates, and the mask that a reader
/// would draw (on the CT, or on the SPECT where both part), <c>labels.csv</c> with a row for each visit, and <c>cohort.json</c> with every number that it rests on.
/// </summary>
public static class SpectCtCohortWriter
{
    /// <summary>The columns of the table of labels; lists of both sides as left;right.</summary>
    public const string Header =
        "File,PatientID,StudyInstanceUID,Label,Visit,Cycle,HoursToScan,CtFile,SpectFile,DrawnOn,Age,Sex,WeightKg,HeightCm,Tracer,InjectedMBq,Scanner,Contrast,ArmsDown,KidneyMl,CystMl,Cysts,"
        + "Dilated,Truncated,Kidneys,DisplacementMm,BreathingSdMm,CtSpectDice,KidneyMBq,Counts,CalibrationBqPerMlPerCount";

    /// <summary>The folder of the masks that the table names.</summary>
    public const string MasksName = "masks";

    /// <summary>More visits than any cohort has.</summary>
    private const int MostVisits = 40;

    /// <summary>Writes what is not there yet.</summary>
    /// <param name="cohort">The patients.</param>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="labels">Which labels masks have.</param>
    /// <param name="threads">Threads at most, or -1 for all.</param>
    /// <param name="progress">Is told after each patient, from any thread.</param>
    /// <param name="cancellation">Stops the work; what is written stays and is kept by the next run.</param>
    /// <exception cref="InvalidDataException">The folder holds another cohort, or files that no simulator made: nothing is written then.</exception>
    public static CohortSummary Write(SpectCtCohort cohort, string folder, KidneyLabels labels = KidneyLabels.Sides, int threads = -1, IProgress<CohortProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        string description = Describe(cohort, labels);
        CohortFolder files = new(folder, cohort.Options.Seed, cohort.Count, Header, description)
        {
            Endings = [.. Enumerable.Range(1, MostVisits).SelectMany(visit => new[] { SpectEnding(visit), $"-V{visit}-CT/{ComputedTomographyWriter.FileOf(1)}" })],
            RowsOf = index => Math.Max(1, cohort[index].Visits.Count),
            FilesOf = index => FilesOf(cohort, cohort[index]),
        };
        return files.Write((index, _) => WritePatient(cohort, cohort[index], folder, description, labels, cancellation), threads, progress, cancellation);
    }

    /// <summary>The name of a visit's SPECT.</summary>
    public static string SpectFile(SpectCtPatient patient, int visit)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return patient.Id + SpectEnding(visit);
    }

    /// <summary>The folder of a visit's CT.</summary>
    public static string CtFolder(SpectCtPatient patient, int visit)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return string.Create(CultureInfo.InvariantCulture, $"{patient.Id}-V{visit}-CT");
    }

    /// <summary>The mask of a visit, which the table names as its label.</summary>
    public static string MaskFile(SpectCtPatient patient, int visit)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return string.Create(CultureInfo.InvariantCulture, $"{MasksName}/{patient.Id}-V{visit}.nii.gz");
    }

    /// <summary>What the DICOM files of a visit say besides pixels and CT. The patient has no name and no birth date.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="visit">The visit; null where only a CT is done.</param>
    /// <param name="acquisition">How the SPECT is done.</param>
    /// <param name="uidSeed">What the identifiers are made from besides the patient.</param>
    public static NuclearMedicineStudy DescribeStudy(SpectCtPatient patient, SpectCtVisit? visit, SpectCtAcquisition acquisition, string uidSeed)
    {
        ArgumentNullException.ThrowIfNull(patient);
        ArgumentNullException.ThrowIfNull(acquisition);
        // No date is known of a simulated patient: one a day, so that no two share an examination.
        DateTime injected = new DateTime(2020, 1, 1, 9, 0, 0, DateTimeKind.Unspecified).AddDays((patient.Number % 20_000) + (56 * ((visit?.Cycle ?? 1) - 1)));
        return new NuclearMedicineStudy
        {
            PatientId = patient.Id,
            Sex = patient.Sex == Sex.Male ? PatientSex.Male : PatientSex.Female,
            AgeYears = Math.Round(patient.Age, 2),
            WeightKilograms = Math.Round(patient.Weight, 1),
            SizeMetres = Math.Round(patient.Height / 1000, 3),
            AcquiredAt = injected.AddHours(Math.Round(visit?.Hours ?? 0, 3)),
            InjectedAt = visit is null ? null : injected,
            StudyDescription = visit is null ? "CT abdomen (simulated)" : "Lutetium-177 SPECT/CT (simulated)",
            SeriesDescription = visit is null ? "CT" : "SPECT",
            BodyPart = "ABDOMEN",
            Radionuclide = Radionuclide.Lutetium177,
            Radiopharmaceutical = patient.Tracer == LutetiumTracer.Dotatate ? "DOTATATE" : "PSMA-617",
            InjectedMegabecquerels = Math.Round(patient.InjectedMegabecquerels, 1),
            EnergyWindow = new EnergyWindow(1, "Lu-177 208 keV", [new EnergyRange(187.6, 229.2)]),
            Collimator = "MEGP",
            Views = acquisition.Views,
            Detectors = 2,
            Reconstruction = string.Create(CultureInfo.InvariantCulture, $"OSEM {acquisition.Iterations}x{acquisition.Subsets}"),
            Unit = ImageUnit.BecquerelPerMillilitre,
            Examination = string.Create(CultureInfo.InvariantCulture, $"visit {visit?.Number ?? 1}"),
            Space = acquisition.CtAtEachVisit ? "" : "all visits",
            Comments = SimulatedPatient.Mark,
            UidSeed = uidSeed,
        };
    }

    private static string SpectEnding(int visit) => string.Create(CultureInfo.InvariantCulture, $"-V{visit}-SPECT.dcm");

    private static IReadOnlyList<string> FilesOf(SpectCtCohort cohort, SpectCtPatient patient)
    {
        SpectCtAcquisition acquisition = cohort.Options.Acquisition;
        int sections = acquisition.CtGrid(patient.Scanner, patient.ScanMiddle).Sections;
        List<string> files = [];
        for (int visit = 1; visit <= Math.Max(1, patient.Visits.Count); visit++)
        {
            if (visit == 1 || acquisition.CtAtEachVisit)
            {
                files.AddRange(Enumerable.Range(1, sections).Select(section => $"{CtFolder(patient, visit)}/{ComputedTomographyWriter.FileOf(section)}"));
            }

            if (patient.Visits.Count > 0)
            {
                files.Add(SpectFile(patient, visit));
            }

            files.Add(MaskFile(patient, visit));
        }

        return files;
    }

    private static string WritePatient(SpectCtCohort cohort, SpectCtPatient patient, string folder, string description, KidneyLabels labels, CancellationToken cancellation)
    {
        SpectCtAcquisition acquisition = cohort.Options.Acquisition;
        StringBuilder rows = new();
        Directory.CreateDirectory(Path.Combine(folder, MasksName));
        string ctFile = "";
        foreach (SpectCtScan scan in cohort.Simulator.Simulate(patient, cancellation))
        {
            int visit = scan.Visit?.Number ?? 1;
            NuclearMedicineStudy study = DescribeStudy(patient, scan.Visit, acquisition, description);
            if (scan.Ct is { } ct)
            {
                ComputedTomographyFacts facts = new()
                {
                    Kilovolts = patient.Scanner.Kilovolts,
                    MilliampereSeconds = patient.Scanner.MilliampereSeconds,
                    Diameter = patient.Scanner.Field,
                    Kernel = string.Create(CultureInfo.InvariantCulture, $"SOFT {patient.Scanner.KernelFwhm:0.0}"),
                    Contrast = patient.Scanner.Contrast ? "Iodine" : "",
                    Scanner = patient.Scanner.Name,
                };
                // The CT goes before the SPECT, and shares its examination.
                IReadOnlyList<string> sections = ComputedTomographyWriter.Write(Path.Combine(folder, CtFolder(patient, visit)), ct, study with { SeriesNumber = 2, SeriesDescription = "CT", AcquiredAt = study.AcquiredAt.AddMinutes(-5) }, facts);
                ctFile = $"{CtFolder(patient, visit)}/{sections[0]}";
            }

            if (scan.Spect is { } spect)
            {
                SpectAcquisition camera = acquisition.Camera(cohort.Options.Parameters, 1);
                NuclearMedicineWriter.WriteReconTomo(Path.Combine(folder, SpectFile(patient, visit)), spect, study with { FrameSeconds = camera.SecondsPerView, CountsAccumulated = scan.Counts });
            }

            (byte[] mask, ImageGeometry grid) = Drawn(patient, scan, acquisition);
            NiftiLabels.Save(Path.Combine(folder, MaskFile(patient, visit)), Labelled(mask, labels), grid, "simulated truth");
            rows.Append(Row(patient, scan, ctFile, new DicomImageReader().ReadHeader(Path.Combine(folder, scan.Spect is null ? ctFile : SpectFile(patient, visit))).StudyUid)).Append('\n');
        }

        return rows.ToString();
    }

    /// <summary>What a reader draws: on the CT where there is nothing else; else on the SPECT's grid, the kidneys of the CT or, where they part, those of the SPECT.</summary>
    private static (byte[] Mask, ImageGeometry Grid) Drawn(SpectCtPatient patient, SpectCtScan scan, SpectCtAcquisition acquisition) => scan.Visit is null
        ? (scan.CtMask, acquisition.CtGrid(patient.Scanner, patient.ScanMiddle))
        : (scan.Visit.IsDrawnOnSpect ? scan.SpectMask : scan.CtMaskOnSpect, acquisition.SpectGrid(patient.ScanMiddle));

    private static byte[] Labelled(byte[] mask, KidneyLabels labels) => [.. mask.Select(label => label switch
    {
        SpectCtTruth.Left => (byte)1,
        SpectCtTruth.Right => labels == KidneyLabels.Sides ? (byte)2 : (byte)1,
        _ => (byte)0,
    })];

    private static string Row(SpectCtPatient patient, SpectCtScan scan, string ctFile, string studyUid)
    {
        int visit = scan.Visit?.Number ?? 1;
        string spect = scan.Spect is null ? "" : SpectFile(patient, visit);
        string Sides(Func<BodySide, string> of) => $"{of(BodySide.Left)};{of(BodySide.Right)}";
        bool Has(BodySide side) => patient.Anatomy.Of(side) is not null;
        return string.Join(
            ',',
            spect.Length > 0 ? spect : ctFile,
            patient.Id,
            studyUid,
            MaskFile(patient, visit),
            Number(visit, "0"),
            Number(scan.Visit?.Cycle ?? 1, "0"),
            scan.Visit is { } at ? Number(at.Hours, "0.###") : "",
            ctFile,
            spect,
            scan.Visit is not { IsDrawnOnSpect: true } ? "CT" : "SPECT",
            Number(patient.Age, "0.00"),
            patient.Sex == Sex.Male ? "M" : "F",
            Number(patient.Weight, "0.0"),
            Number(patient.Height / 10, "0.0"),
            scan.Visit is null ? "" : patient.Tracer == LutetiumTracer.Dotatate ? "Lu-177 DOTATATE" : "Lu-177 PSMA-617",
            scan.Visit is null ? "" : Number(patient.InjectedMegabecquerels, "0.0"),
            patient.Scanner.Name,
            patient.Scanner.Contrast ? "1" : "0",
            patient.Anatomy.ArmsDown ? "1" : "0",
            Sides(side => Has(side) ? Number(AbdomenGenerator.TissueMillilitres(patient.Anatomy.Of(side)!), "0.0") : ""),
            Sides(side => Number(patient.Anatomy.Cysts.Where(cyst => cyst.Side == side).Sum(cyst => cyst.Millilitres), "0.0")),
            Sides(side => Number(patient.Anatomy.Cysts.Count(cyst => cyst.Side == side), "0")),
            string.Concat(patient.Anatomy.Dilated.Select(Letter)),
            string.Concat(patient.Truncated.Select(Letter)),
            patient.Anatomy.IsHorseshoe ? "joined" : Has(BodySide.Left) && Has(BodySide.Right) ? "two" : "one",
            scan.Visit is { } moved ? Sides(side => Number(moved.DisplacementOf(side).Length, "0.0")) : "",
            Sides(side => Number(side == BodySide.Left ? patient.Breathing.Left : patient.Breathing.Right, "0.0")),
            scan.Visit is null ? "" : Sides(side => Dice(scan, side)),
            scan.Visit is null ? "" : Sides(side => Number(scan.Tissues.Where(one => one.Tissue is not (Tissue.LeftCyst or Tissue.RightCyst) && Tissues.SideOf(one.Tissue) == side).Sum(one => one.Millilitres * one.BecquerelPerMillilitre) / 1e6, "0.000")),
            scan.Spect is null ? "" : Number(scan.Counts, "0"),
            scan.Spect is null ? "" : Number(scan.Calibration, "0.000000"));
    }

    private static string Dice(SpectCtScan scan, BodySide side)
    {
        double dice = SpectCtTruth.Dice(scan.CtMaskOnSpect, scan.SpectMask, side == BodySide.Left ? SpectCtTruth.Left : SpectCtTruth.Right);
        return double.IsFinite(dice) ? Number(dice, "0.0000") : "";
    }

    private static string Letter(BodySide side) => side == BodySide.Left ? "L" : "R";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Describe(SpectCtCohort cohort, KidneyLabels labels)
    {
        SpectCtCohortOptions options = cohort.Options;
        SpectCtAcquisition one = options.Acquisition;
        string Flag(bool value) => value ? "true" : "false";
        string Scanner(CtScanner scanner) => string.Create(CultureInfo.InvariantCulture,
            $"{{ \"name\": \"{scanner.Name}\", \"matrix\": {scanner.Matrix}, \"fieldMm\": {scanner.Field:r}, \"sectionMm\": {scanner.Section:r}, \"mAs\": {scanner.MilliampereSeconds:r}, \"kernelFwhmMm\": {scanner.KernelFwhm:r}, \"contrast\": {Flag(scanner.Contrast)}, \"kV\": {scanner.Kilovolts:r} }}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {
              "kind": "simulated SPECT/CT with 177Lu", "version": 1, "cohort": "{{options.Name}}",
              "patients": {{options.Patients}}, "seed": {{options.Seed}}, "tracer": "{{options.Tracer}}", "hours": [{{string.Join(", ", options.Hours.Select(hours => hours.ToString("r", CultureInfo.InvariantCulture)))}}],
              "secondCycles": {{options.SecondCycles:r}}, "labels": "{{labels}}", "exclusions": {{Flag(options.Exclusions)}},
              "candidates": {{options.Patients + cohort.Excluded.Count}}, "excluded": { {{string.Join(", ", cohort.Excluded.GroupBy(excluded => excluded.Reason, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => string.Create(CultureInfo.InvariantCulture, $"\"{group.Key}\": {group.Count()}")))}} },
              "acquisition": { "name": "{{one.Name}}", "matrix": {{one.Matrix}}, "fieldMm": {{one.Field:r}}, "lengthMm": {{one.Length:r}}, "views": {{one.Views}}, "subsets": {{one.Subsets}}, "iterations": {{one.Iterations}}, "oversampling": {{one.Oversampling}}, "ctMatrix": {{one.CtMatrix}}, "ctSectionMm": {{one.CtSection:r}}, "ctAtEachVisit": {{Flag(one.CtAtEachVisit)}}, "scatter": {{Flag(one.Scatter)}} },
              "scanners": [{{string.Join(", ", options.Scanners.Select(Scanner))}}],
              "parameters": { {{string.Join(", ", options.Parameters.Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"\"{part.Name}\": {part.Value:r}")))}} }
            }

            """);
    }
}
