using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Systems.SpectCtKidney;

/// <summary>What the paper of kidneys in SPECT/CT did and found, what is decided otherwise here, and what reports call things.</summary>
internal static class SpectCtKidneyPaper
{
    /// <summary>How the paper trained.</summary>
    public static PublishedTraining Training { get; } = new("100 epochs of gradient descent on a Dice loss, the full network on 128 x 128 x 128 voxels", definition =>
        definition.Training is { Epochs: 100, Optimizer: "sgd" } && definition.Network.Width.Equals(1) && definition.System is SpectCtKidneySystem { Size: 128 });

    /// <summary>By what studies are grouped.</summary>
    public static IReadOnlyList<Grouping> Groupings { get; } =
    [
        Grouping.ByValue("Drawn on", SpectCtKidneySystem.DrawnOn),
        Grouping.ByRange("Kidneys displaced between CT and SPECT", SpectCtKidneySystem.Displacement, (8, "under 8 mm"), (double.PositiveInfinity, "8 mm and more")),
        Grouping.ByRange("Dice of the CT's own truth on the SPECT's: what the CT alone cannot pass", SpectCtKidneySystem.CtDice, (0.7, "under 0.7"), (0.85, "0.7 to 0.85"), (double.PositiveInfinity, "0.85 and over")),
        Grouping.ByValue("Tracer", SpectCtKidneySystem.Tracer),
        Grouping.ByValue("Sex", "Sex"),
    ];

    /// <summary>What reports call things.</summary>
    public static SystemWords WordsOf(SpectCtKidneySystem system) => new()
    {
        Task = new TaskWords { Case = "study", Cases = "studies", Finding = "kidney", Findings = "kidneys" },
        Studies = system.WithSpect ? "examinations of a reconstructed SPECT in Bq/ml and a CT in the same coordinates, with a table of masks" : "CT series, with a table of masks",
        Limits =
        [
            "Draws both kidneys as one label; sides are told apart by the middle of the body, so joined kidneys are cut there.",
            "Scanners, tracers and times other than those of the training data were not tested.",
            "Where SPECT and CT part, the truth is what was drawn on the SPECT; a mask from the CT alone cannot agree with it, however good it is.",
        ],
        Facts =
        [
            new("Grid", string.Create(CultureInfo.InvariantCulture, $"{system.Size} voxels along each edge of the SPECT's field{(system.WithSpect ? "" : string.Create(CultureInfo.InvariantCulture, $"; where there is no SPECT, of {SpectCtKidneySystem.FieldWithoutSpect} mm around the middle of the CT, as long as the CT"))}")),
            new("CT", string.Create(CultureInfo.InvariantCulture, $"smoothed as far as the voxels are larger than its own, air outside; {SpectCtKidneySystem.WindowLow} to {SpectCtKidneySystem.WindowHigh} Hounsfield units become 0 to 1")),
            .. system.WithSpect ? (KeyValuePair<string, string>[])[new("SPECT", "Bq/ml, divided by the largest value of the study")] : [],
            new("Activity concentration", "the mean of the SPECT over the voxels of a mask, side by side"),
        ],
        Source = "A deep learning study of kidney segmentation in 177Lu-DOTATATE SPECT/CT with 3D U-Nets, Sahlgrenska University Hospital, Gothenburg.",
    };

    /// <summary>What a definition decides otherwise than the paper.</summary>
    public static IReadOnlyList<PaperDecision> DecisionsOf(SpectCtKidneySystem system, PipelineDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return [.. All(system, definition)];
    }

    private static IEnumerable<PaperDecision> All(SpectCtKidneySystem system, PipelineDefinition definition)
    {
        if (definition.Data.Simulation is not null)
        {
            yield return new("Patients", "216 of 265 studies of one hospital, kidneys drawn by a technologist; 55, 53 and 161 to train, 15 to test. Several studies of a patient may be on both sides.", "Simulated patients; the truth is the simulation's. All studies of a patient are on one side.");
            yield return new("Exclusions", "87 excluded, of which 6, 6 and 65: that is 77.", "Candidates with one kidney, joined kidneys or a kidney that the scan cuts, counted in the cohort's description.");
        }

        yield return new("Steps up", "Not said, and not counted among the 19 convolutions.", "Transposed convolutions of 2 x 2 x 2 that halve the channels before each concatenation: 1,409,536 weights more.");
        yield return new("Normalisation", "Not said.", Text($"The CT's {SpectCtKidneySystem.WindowLow} to {SpectCtKidneySystem.WindowHigh} Hounsfield units become 0 to 1{(system.WithSpect ? "; the SPECT is divided by its maximum" : "")}."));
        if (system.Size != 128 || !definition.Network.Width.Equals(1))
        {
            yield return new("Size", "All filters (32 in the first layer), on 128 x 128 x 128 voxels.", Text($"{definition.Network.Width} of the filters, on {system.Size} voxels along each edge."));
        }

        if (definition.Inferer.Slides)
        {
            yield return new("Patches", "The whole volume at once.", $"Trained on one window a study and epoch, drawn by the seed, every second one around a kidney; put together from {definition.Inferer.Make()}.");
        }

        TrainingDefinition training = definition.Training;
        yield return new("Loss", "Dice; the printed equation has a product of the sums of squares where the text's reference has their sum.", (training.MakeLoss() as DiceLoss)?.Form switch { DiceForm.Product => "The product, as printed.", DiceForm.Plain => "Sums instead of sums of squares.", _ => "The sum of the sums of squares." });
        yield return new("Training", "100 epochs (the third network 55 or 56: its table has one more than its text) of stochastic gradient descent; rate, batch and augmentation are not said.",
            Text($"{training.Epochs} epochs, batches of {training.BatchSize}, {training.Optimizer} with a rate of {training.LearningRate}{(training.Optimizer == "sgd" ? Text($" and a momentum of {training.Momentum}") : "")}."));
        yield return new("Kept epoch", "The last one, though the first network's test Dice was best at epoch 37 and the third's at 50.", $"The one with the best validation {training.Validation}.");
        yield return new("Figures", "Test Dice .728, .773 and .774 of the three networks; activity of the first +4.06 ± 7.26 % right and +3.91 ± 6.43 % left, of the second -9.56 ± 12.72 and -1.63 ± 9.90, of the third -12.83 ± 10.76 and -4.93 ± 11.78 (from its appendix; the means in its figure 10 are single patients').",
            "With intervals by patient, side by side, with equivalence within 5 %.");
        yield return new("Test of the activity", "Called Wilcoxon's signed-rank test; the printed p values (.094, .036, .716) are those of paired t-tests. Wilcoxon's exact ones are .121, .048 and .679.", "Both, named; corrected for the number of sides.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
