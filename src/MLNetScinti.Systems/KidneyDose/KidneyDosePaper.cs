using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Systems.KidneyDose;

/// <summary>What Jackson et al. 2018 did and found, what is decided otherwise here, and what reports call things.</summary>
internal static class KidneyDosePaper
{
    /// <summary>How the paper trained.</summary>
    public static PublishedTraining Training { get; } = new("300 epochs of a Dice loss over three classes, the full network on 128 x 128 x 64 voxels", definition =>
        definition.Training.Epochs == 300 && definition.Network.Width.Equals(1) && definition.System is KidneyDoseSystem { Size: 128 });

    /// <summary>By what studies are grouped.</summary>
    public static IReadOnlyList<Grouping> Groupings { get; } =
    [
        Grouping.ByRange("Cysts", KidneyDoseSystem.CystMl, (1, "under 1 ml"), (30, "1 to 30 ml"), (double.PositiveInfinity, "30 ml and over")),
        Grouping.ByValue("Scanner", KidneyDoseSystem.Scanner),
        Grouping.ByValue("Sex", "Sex"),
    ];

    /// <summary>What reports call things.</summary>
    public static SystemWords WordsOf(KidneyDoseSystem system) => new()
    {
        Task = new TaskWords { Case = "CT", Cases = "CTs", Finding = "kidney", Findings = "kidneys" },
        Studies = "CT series of the abdomen, with a table of masks of left (1) and right (2) kidney",
        Limits =
        [
            string.Create(CultureInfo.InvariantCulture, $"Sees {KidneyField.Across} x {KidneyField.Across} x {KidneyField.Along} mm in the middle of body and CT: a kidney beyond that is cut or missed."),
            "Scanners and patients other than those of the training data were not tested; cysts, joined or transplanted kidneys are rare in them.",
            "Masks are of the network's grid; on the CT's own grid they come out larger unless a threshold is fitted.",
        ],
        Facts =
        [
            new("Grid", string.Create(CultureInfo.InvariantCulture, $"{system.Size} x {system.Size} x {system.Size / 2} voxels of {KidneyField.Across / system.Size:0.##} x {KidneyField.Across / system.Size:0.##} x {2 * KidneyField.Along / system.Size:0.##} mm")),
            new("CT", string.Create(CultureInfo.InvariantCulture, $"smoothed as far as the voxels are larger than its own, air outside; {KidneyDoseSystem.WindowLow} to {KidneyDoseSystem.WindowHigh} Hounsfield units become 0 to 1")),
            new("Coordinates", system.Coordinates ? "the index of each voxel as three channels" : "none"),
        ],
        Source = "Jackson P, Hardcastle N, Dawe N, Kron T, Hofman MS, Hicks RJ. Deep learning renal segmentation for fully automated radiation dose estimation in unsealed source therapy. Frontiers in Oncology 2018;8:215.",
    };

    /// <summary>What a definition decides otherwise than the paper.</summary>
    public static IReadOnlyList<PaperDecision> DecisionsOf(KidneyDoseSystem system, PipelineDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return [.. All(system, definition)];
    }

    private static IEnumerable<PaperDecision> All(KidneyDoseSystem system, PipelineDefinition definition)
    {
        if (definition.Data.Simulation is not null)
        {
            yield return new("Patients", "89 patients to train, 24 others with 177Lu-PSMA-617 to test, kidneys drawn by an expert.", "Simulated patients; the truth is the simulation's.");
        }

        yield return new("Split", "712 sets of 89 patients, each changed seven times, 640 to train and 72 to score: copies of a patient may be on both sides, and .93 is no test figure.",
            Text($"{definition.Split}, each on one side."));
        yield return new("Place of the field", "Rigid registration of bony anatomy to a reference patient, then 334 x 334 x 320 mm.", "The same field in the middle of the body and of the CT, without a registration.");
        yield return new("Network", "21 convolutions; widths and the order of concatenations are not printed.", "Those of the public lung network that the paper adapts.");
        yield return new("Coordinates", "Not mentioned; the lung network has the index of each voxel as three further channels.", system.Coordinates ? "As the lung network." : "None.");
        yield return new("Normalisation", "Not said.", Text($"{KidneyDoseSystem.WindowLow} to {KidneyDoseSystem.WindowHigh} Hounsfield units become 0 to 1."));
        if (system.Size != 128 || !definition.Network.Width.Equals(1))
        {
            yield return new("Size", "All filters (32 in the first layer), on 128 x 128 x 64 voxels.", Text($"{definition.Network.Width} of the filters, on {system.Size} x {system.Size} x {system.Size / 2} voxels."));
        }

        TrainingDefinition training = definition.Training;
        yield return new("Training", "300 epochs of a Dice loss; optimiser, rate and batch are not said (the lung network: Adam, batches of 1).",
            Text($"{training.Epochs} epochs, batches of {training.BatchSize}, {training.Optimizer} with a rate of {training.LearningRate}."));
        yield return new("Augmentation", "Seven copies of each patient by noise, edge enhancement, Gaussian smoothing, a shift of all Hounsfield units, translation and rotation in the plane; how much of each is in a supplement that was not at hand.",
            definition.Augmentation.WholeCase.Count == 0 ? "None." : $"Drawn anew for each epoch, the amounts are ours: {definition.Augmentation.WholeCaseWords}.");
        yield return new("Kept epoch", "Not said.", $"The one with the best validation {training.Validation}.");
        yield return new("Figures", "Dice .91 ± .05 right and .86 ± .18 left (.89 ± .08 without one patient of .11), mean distance 2.0 ± 1.0 and 4.0 ± 7.5 mm, volume +7 %, dose +3.0 ± 4.5 % right and -3.6 ± 5.7 % left; .66 in three cystic patients.",
            "With intervals by patient, side by side, with equivalence within 5 %.");
        yield return new("No difference", "Called so with p = .03 and .01; its means and deviations with n = 24 give p = .0034 right and .0051 left.", "A difference is small enough where two one-sided tests say so.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
