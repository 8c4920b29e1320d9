using MLNetScinti.Dicom;
using MLNetScinti.Simulation;

namespace MLNetScinti.Cli.Tests;

/// <summary>
/// Twelve patients on a coarse matrix as a hospital's folder would have them: the files' names say nothing, the patients have
/// names and numbers that must not come out again, and there is a table of labels. Beside it a small pipeline.
/// </summary>
public sealed class StudyFolder : IDisposable
{
    public const string PatientId = "KH-SECRET-4711";

    public StudyFolder()
    {
        DmsaSimulator simulator = new()
        {
            Acquisition = new SpectAcquisition { Bins = 64, Pixel = 2 * PhysicsConstants.Pixel, Views = 24, SecondsPerView = 150 },
            Subsets = 4,
            Iterations = 4,
        };
        DmsaCohort cohort = new(new DmsaCohortOptions { Patients = 12, Validation = 4, Test = 4, Seed = 5, AbnormalKidneys = 0.5 });
        Directory.CreateDirectory(Studies);
        List<string> labels = ["File,Side,Label,Age"];
        foreach (DmsaPatient patient in cohort)
        {
            string file = $"study{patient.Number:00}.dcm";
            DmsaStudy study = simulator.Simulate(patient);
            NuclearMedicineWriter.WriteReconTomo(Path.Combine(Studies, file), study.Image, DmsaCohortWriter.DescribeStudy(study, simulator, "cli tests") with
            {
                PatientId = $"{PatientId}-{patient.Number}",
                PatientName = "Geheimrat^Gundula",
                BirthDate = new DateOnly(2011, 2, 3),
            });
            foreach (MLNetScinti.Imaging.BodySide side in Enum.GetValues<MLNetScinti.Imaging.BodySide>())
            {
                labels.Add(FormattableString.Invariant($"{file},{(side == Imaging.BodySide.Left ? "L" : "R")},{(patient.Anatomy.Of(side).IsAbnormal ? "abnormal" : "normal")},{patient.Anatomy.Age:0.0}"));
            }
        }

        File.WriteAllLines(Path.Combine(Studies, "labels.csv"), labels);
        File.WriteAllText(Path.Combine(Root, "small.yaml"), Pipeline);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public string Studies => Path.Combine(Root, "studies");

    public static string Pipeline => """
        name: small
        description: A pipeline for tests.
        seed: 4
        data:
          folder: studies
        kidneys:
          size: 32
          minimum-confidence: 0.1
        split:
          train: 4
          validation: 4
          test: 4
          balanced: true
        network:
          architecture: dmsa-2.5d
          width: 0.1
        training:
          epochs: 30
          learning-rate: 0.001
          device: cpu
        augmentation:
          flip: [horizontal]
          translate-pixels: 2
        evaluation:
          paper-protocol: true
        """;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
