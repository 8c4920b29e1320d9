using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>
/// Writes a cohort into a folder: DICOM NM WHOLE BODY files, both views of a patient in one or each in its own, <c>labels.csv</c> with a row for each
/// patient, and <c>cohort.json</c> with what the cohort is and every number that it rests on.
/// </summary>
public static class WholeBodyCohortWriter
{
    /// <summary>The columns of the table of labels.</summary>
    public const string Header =
        "File,PatientID,StudyInstanceUID,Label,Age,Sex,WeightKg,HeightCm,Tracer,Primary,InjectedMBq,HoursToScan,AnteriorCounts,PosteriorCounts,AnteriorMaximum,PosteriorMaximum,"
        + "MissingView,Lesions,LargestLesionMl,LesionsMl,Site,LesionSites,Joints,JointSites,OtherFindings,Posture,TrueLabel";

    /// <summary>Writes what is not there yet.</summary>
    /// <param name="cohort">The patients.</param>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="simulator">How the scans are done; as the papers did where null.</param>
    /// <param name="threads">Threads at most, or -1 for all.</param>
    /// <param name="progress">Is told after each patient, from any thread.</param>
    /// <param name="cancellation">Stops the work; what is written stays and is kept by the next run.</param>
    /// <exception cref="InvalidDataException">The folder holds another cohort, or files that no simulator made: nothing is written then.</exception>
    public static CohortSummary Write(
        WholeBodyCohort cohort, string folder, WholeBodySimulator? simulator = null, int threads = -1,
        IProgress<CohortProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        simulator ??= new WholeBodySimulator();
        string description = Describe(cohort.Options, simulator);
        CohortFolder files = new(folder, cohort.Options.Seed, cohort.Count, Header, description)
        {
            Endings = [".dcm", "-A.dcm", "-P.dcm"],
            FilesOf = index => FilesOf(cohort[index], cohort.Options.SeparateFiles),
        };
        return files.Write((index, _) => WritePatient(simulator.Simulate(cohort[index], cancellation: cancellation), simulator, folder, description, cohort.Options.SeparateFiles), threads, progress, cancellation);
    }

    /// <summary>The names of a patient's files, the one that stands in the table of labels first.</summary>
    public static IReadOnlyList<string> FilesOf(WholeBodyPatient patient, bool separate)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return separate ? [.. ViewsOf(patient).Select(view => $"{patient.Id}-{(view == WholeBodyView.Anterior ? "A" : "P")}.dcm")] : [patient.Id + ".dcm"];
    }

    /// <summary>What a patient is labelled, in words of a table: findings joined by "+".</summary>
    public static string LabelOf(WholeBodyClass kind) => kind switch
    {
        WholeBodyClass.Normal => "normal",
        WholeBodyClass.Metastatic => "metastasis",
        WholeBodyClass.Arthritic => "arthritis",
        WholeBodyClass.MetastaticArthritic => "metastasis+arthritis",
        _ => "thyroid",
    };

    /// <summary>What a scan's DICOM file says besides the pixels. The patient has no name and no birth date.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="uidSeed">What the identifiers are made from besides the patient.</param>
    public static NuclearMedicineStudy DescribeStudy(WholeBodyPatient patient, string uidSeed)
    {
        ArgumentNullException.ThrowIfNull(patient);
        bool iodine = patient.Tracer == WholeBodyTracer.Iodine131;
        // No date is known of a simulated patient: one a day, so that no two share an examination.
        DateTime scanned = new DateTime(2020, 1, 1, 11, 0, 0, DateTimeKind.Unspecified).AddDays(patient.Number % 20_000);
        return new NuclearMedicineStudy
        {
            PatientId = patient.Id,
            Sex = patient.Sex == Sex.Male ? PatientSex.Male : PatientSex.Female,
            AgeYears = Math.Round(patient.Age, 2),
            WeightKilograms = Math.Round(patient.Weight, 1),
            SizeMetres = Math.Round(patient.Height / 100, 3),
            AcquiredAt = scanned,
            InjectedAt = scanned.AddHours(-Math.Round(patient.HoursToScan, 2)),
            StudyDescription = iodine ? "Iodine-131 whole body (simulated)" : "Bone scan whole body (simulated)",
            SeriesDescription = "Whole body",
            BodyPart = "WHOLEBODY",
            Radionuclide = iodine ? Radionuclide.Iodine131 : Radionuclide.Technetium99m,
            Radiopharmaceutical = iodine ? "Sodium iodide I-131" : "MDP",
            InjectedMegabecquerels = Math.Round(patient.InjectedMegabecquerels, 1),
            // S3: 20 % about 140 keV, 10 % about 364 keV.
            EnergyWindow = iodine ? new EnergyWindow(1, "I-131", [new EnergyRange(346.3, 382.7)]) : EnergyWindow.Technetium99m,
            Collimator = iodine ? "HEGP" : "LEHR",
            // About 10 cm a minute, 5 with 131I.
            FrameSeconds = iodine ? 2777 : 1388,
            RadialPosition = 150,
            Comments = SimulatedPatient.Mark,
            UidSeed = uidSeed,
        };
    }

    private static IEnumerable<WholeBodyView> ViewsOf(WholeBodyPatient patient) => Enum.GetValues<WholeBodyView>().Where(view => view != patient.Missing);

    private static string WritePatient(WholeBodyStudy study, WholeBodySimulator simulator, string folder, string description, bool separate)
    {
        WholeBodyPatient patient = study.Patient;
        NuclearMedicineStudy said = DescribeStudy(patient, description);
        IReadOnlyList<string> files = FilesOf(patient, separate);
        (DetectorView, PlanarImage)[] views = [.. ViewsOf(patient).Select(view => (view == WholeBodyView.Anterior ? DetectorView.Anterior : DetectorView.Posterior, study.Of(view)))];
        for (int i = 0; i < files.Count; i++)
        {
            NuclearMedicineWriter.WriteWholeBody(Path.Combine(folder, files[i]), separate ? [views[i]] : views, said with { InstanceNumber = i + 1 });
        }

        return Row(study, files[0], new DicomImageReader().ReadHeader(Path.Combine(folder, files[0])).StudyUid) + "\n";
    }

    private static string Row(WholeBodyStudy study, string file, string studyUid)
    {
        WholeBodyPatient patient = study.Patient;
        WholeBodyFinding[] lesions = [.. study.Truth.Findings.Where(finding => finding.Kind == FindingKind.Metastasis)];
        // A trace of degeneration is no arthritis.
        WholeBodyFinding[] joints = patient.Class is WholeBodyClass.Arthritic or WholeBodyClass.MetastaticArthritic ? [.. study.Truth.Findings.Where(finding => finding.Kind == FindingKind.Arthritis)] : [];
        string Counts(WholeBodyView view, Func<float[], double> what) => view == patient.Missing ? "" : Number(what(study.Of(view).Pixels), "0");
        return string.Join(
            ',',
            file,
            patient.Id,
            studyUid,
            LabelOf(patient.ReadAs),
            Number(patient.Age, "0.00"),
            patient.Sex == Sex.Male ? "M" : "F",
            Number(patient.Weight, "0.0"),
            Number(patient.Height, "0.0"),
            patient.Tracer == WholeBodyTracer.Mdp ? "Tc-99m MDP" : "I-131",
            patient.Primary == PrimaryTumour.None ? "" : patient.Primary.ToString(),
            Number(patient.InjectedMegabecquerels, "0.0"),
            Number(patient.HoursToScan, "0.00"),
            Counts(WholeBodyView.Anterior, pixels => pixels.Sum(count => (double)count)),
            Counts(WholeBodyView.Posterior, pixels => pixels.Sum(count => (double)count)),
            Counts(WholeBodyView.Anterior, pixels => pixels.Max()),
            Counts(WholeBodyView.Posterior, pixels => pixels.Max()),
            patient.Missing?.ToString() ?? "",
            Number(lesions.Length, "0"),
            lesions.Length == 0 ? "" : Number(lesions.Max(lesion => lesion.Millilitres), "0.00"),
            string.Join(';', lesions.Select(lesion => Number(lesion.Millilitres, "0.00"))),
            SiteOf(lesions.Length > 0 ? lesions : joints),
            string.Join(';', lesions.Select(lesion => lesion.Part)),
            Number(joints.Length, "0"),
            string.Join(';', joints.Select(joint => joint.Part)),
            string.Join(';', study.Truth.Findings.Where(finding => finding.Kind is not (FindingKind.Metastasis or FindingKind.Arthritis)).Select(finding => finding.Kind).Distinct()),
            PostureOf(patient.Posture),
            LabelOf(patient.Class));
    }

    /// <summary>The group of regions in which most of the findings are: "spine", "ribs and sternum", ...</summary>
    private static string SiteOf(WholeBodyFinding[] findings) => findings.Length == 0 ? "" : findings.GroupBy(finding => finding.Region switch
    {
        BodyRegion.Cranium or BodyRegion.Face or BodyRegion.Mandible => "skull",
        BodyRegion.CervicalSpine or BodyRegion.ThoracicSpine or BodyRegion.LumbarSpine or BodyRegion.Sacrum => "spine",
        BodyRegion.Ribs or BodyRegion.Manubrium or BodyRegion.SternalBody => "ribs and sternum",
        BodyRegion.Clavicle or BodyRegion.Scapula or BodyRegion.HumeralHead or BodyRegion.HumeralShaft or BodyRegion.Elbow or BodyRegion.Radius or BodyRegion.Ulna or BodyRegion.Hand => "shoulder and arm",
        BodyRegion.Ilium or BodyRegion.SacroiliacJoint or BodyRegion.PubisIschium or BodyRegion.Hip => "pelvis",
        _ => "leg",
    }, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).First().Key;

    private static string PostureOf(BodyPosture posture) => string.Join(';', new[]
    {
        posture.Crown < 0 ? "crown cut" : "", posture.CutFeet > 0 ? "feet cut" : "", posture.ArmsOnBelly ? "arms on belly" : "", posture.HeadTurn != 0 ? "head turned" : "",
        posture.UpperArm.Left > 90 ? "arms raised" : "", posture.Scoliosis != 0 ? "scoliosis" : "", posture.MissingLimb != MissingLimb.None ? "limb missing" : "",
    }.Where(word => word.Length > 0));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Describe(WholeBodyCohortOptions options, WholeBodySimulator simulator)
    {
        string Pairs(IEnumerable<(string Name, double Value)> pairs) => string.Join(", ", pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"\"{pair.Name}\": {pair.Value:r}")));
        string Scan(PlanarAcquisition scan, string collimator) => string.Create(CultureInfo.InvariantCulture,
            $"{{ \"columns\": {scan.Columns}, \"rows\": {scan.Rows}, \"pixelMm\": {scan.Pixel:r}, \"collimator\": {(scan.Collimator is null ? "null" : $"\"{collimator}\"")}, \"attenuationPerMm\": {scan.Attenuation:r}, \"narrowAttenuationPerMm\": {scan.NarrowAttenuation:r}, \"scatter\": {(scan.Scatter ? "true" : "false")}, \"posteriorGapMm\": {scan.PosteriorGap:r}, \"anteriorGapMm\": {scan.AnteriorGap:r} }}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {
              "kind": "simulated whole-body scans", "version": 1, "cohort": "{{options.Name}}",
              "patients": {{options.Patients}}, "seed": {{options.Seed}}, "separateFiles": {{(options.SeparateFiles ? "true" : "false")}}, "crossedTracers": {{options.CrossedTracers:r}}, "falseReadings": {{options.FalseReadings:r}},
              "classes": { {{Pairs(options.Classes.OrderBy(one => one.Key).Select(one => (LabelOf(one.Key), one.Value)))}} },
              "lostViews": { {{Pairs(options.LostViews.OrderBy(one => one.Key).Select(one => (LabelOf(one.Key), one.Value)))}} },
              "prevalence": { {{Pairs(options.Prevalence.Parts.Select(part => (part.Name, part.Value)))}} },
              "technetium": {{Scan(simulator.Technetium, "LEHR")}},
              "iodine": {{Scan(simulator.Iodine, "HEGP")}},
              "backgroundCounts": {{simulator.Background:r}}
            }

            """);
    }
}
