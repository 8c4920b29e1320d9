using MLNetScinti.Dicom;
using MLNetScinti.Simulation;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Testing;

namespace MLNetScinti.Pipelines.Tests;

/// <summary>
/// Twelve simulated patients on a coarse matrix, written once for all tests of a collection. Nobody writes into the folder;
/// who needs other files copies it.
/// </summary>
public sealed class SmallCohort : IDisposable
{
    public const int Patients = 12;

    public SmallCohort()
    {
        Cohort = new DmsaCohort(new DmsaCohortOptions { Patients = Patients, Validation = 4, Test = 4, Seed = 5, AbnormalKidneys = 0.5 });
        DmsaCohortWriter.Write(Cohort, Folder, Simulator);
    }

    public static DmsaSimulator Simulator { get; } = new()
    {
        Acquisition = new SpectAcquisition { Bins = 64, Pixel = 2 * PhysicsConstants.Pixel, Views = 24, SecondsPerView = 150 },
        Subsets = 4,
        Iterations = 4,
    };

    public static PseudonymKey Key { get; } = new(TestSecret.Of("small cohort"));

    public static DmsaSystem System { get; } = new() { Size = 32, MinimumConfidence = 0.1, Sections = 96 };

    /// <summary>The kidneys of a folder of such patients.</summary>
    public static CaseView Load(string folder, int parallelism = 2, string? labels = "labels.csv", DmsaSystem? system = null) =>
        new(new FolderCases(folder, system ?? System, new FolderOptions { Labels = labels, PseudonymKey = Key }), new CaseViewOptions { Parallelism = parallelism });

    public string Folder { get; } = Directory.CreateTempSubdirectory("scinti-cohort-").FullName;

    public DmsaCohort Cohort { get; }

    /// <summary>The studies' files, in order.</summary>
    public IReadOnlyList<string> Files => [.. Directory.GetFiles(Folder, "*.dcm").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public void CopyTo(string folder, int patients = Patients)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Files.Take(patients))
        {
            File.Copy(Path.Combine(Folder, file), Path.Combine(folder, file));
        }

        File.Copy(Path.Combine(Folder, "labels.csv"), Path.Combine(folder, "labels.csv"));
        File.Copy(Path.Combine(Folder, "cohort.json"), Path.Combine(folder, "cohort.json"));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
