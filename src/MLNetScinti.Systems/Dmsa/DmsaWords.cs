using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>What reports of DMSA kidneys call things.</summary>
internal static class DmsaWords
{
    /// <summary>By what kidneys are grouped.</summary>
    public static IReadOnlyList<Grouping> Groupings { get; } =
    [
        Grouping.ByValue("Side", DmsaSystem.Side),
        Grouping.ByRange("Age", DmsaSystem.Age, (2, "under 2 years"), (12, "2 to 11 years"), (18, "12 to 17 years"), (double.PositiveInfinity, "18 years and over")),
        Grouping.ByRange("Volume of true defects", DmsaSystem.DefectVolume, (1, "under 1 ml"), (3, "1 to 3 ml"), (10, "3 to 10 ml"), (double.PositiveInfinity, "10 ml and over")) with { OfPositives = true },
        Grouping.ByThirds("Counts", DmsaSystem.Counts),
        Grouping.ByValue("Kidney", DmsaSystem.KidneyKind),
        Grouping.ByValue("Scan", DmsaSystem.ScanKind),
    ];

    /// <summary>The words for a system's settings.</summary>
    public static SystemWords Of(DmsaSystem system) => new()
    {
        Task = new TaskWords { Case = "kidney", Cases = "kidneys", Negative = "normal", Positive = "abnormal", Finding = "defect", Findings = "defects" },
        Studies = "reconstructed 99mTc-DMSA SPECT studies with a table of labels",
        Limits =
        [
            "Answers whether a kidney has a cortical defect; it does not say where, how many, or why.",
            "Cameras, reconstructions and doses other than those of the training data were not tested.",
        ],
        Facts =
        [
            new("Image", string.Create(CultureInfo.InvariantCulture, $"{system.Size} x {system.Size} x {system.Size} voxels {(system.Placement == KidneyPlacement.Centred ? "centred on each kidney" : "in the middle of the matrix, each kidney where it lay")}, counts")),
            new("Kidneys taken apart", string.Create(CultureInfo.InvariantCulture, $"automatically; studies below a confidence of {system.MinimumConfidence} are left out")),
            new("Split", "by patient: both kidneys of a patient are on one side"),
        ],
        Source = "Lin C, Chang YC, Chiu HY, Cheng CH, Huang HM. Clinical Radiology 2023, doi 10.1016/j.crad.2023.04.015.",
    };
}
