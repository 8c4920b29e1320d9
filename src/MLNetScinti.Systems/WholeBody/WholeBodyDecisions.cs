using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems.WholeBody.Networks;

namespace MLNetScinti.Systems.WholeBody;

/// <summary>What a definition decides otherwise than the papers of dSPIC and Dscint, or where they leave it open: read off the definition, so that it is true of the run.</summary>
internal static class WholeBodyDecisions
{
    private const string LaterWork = "Later work that splits by patient reports accuracies of about .75 to .85.";

    private static readonly PublishedTraining s_dspic = new("300 epochs, batches of 8, the full network and matrix", definition =>
        definition.Training is { Epochs: 300, BatchSize: 8 or 16 } && definition.Network is { Width: 1, Downsample: 1 } && definition.System is WholeBodySystem { Rows: 1024 });

    private static readonly PublishedTraining s_dscint = new("300 epochs, batches of 4, the full network and matrix", definition =>
        definition.Training is { Epochs: 300, BatchSize: 4 } && definition.Network is { Width: 1, Downsample: 1 } && definition.System is WholeBodySystem { Rows: 1024 });

    /// <summary>The training of the paper whose classes are asked for.</summary>
    public static PublishedTraining Training(WholeBodyClasses classes) => classes == WholeBodyClasses.Dspic ? s_dspic : s_dscint;

    public static IReadOnlyList<PaperDecision> Of(WholeBodySystem system, PipelineDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return [.. Data(system, definition), .. Model(system, definition), .. Judging(system, definition)];
    }

    private static IEnumerable<PaperDecision> Data(WholeBodySystem system, PipelineDefinition definition)
    {
        bool dspic = system.Classes == WholeBodyClasses.Dspic;
        if (definition.Data.Simulation is not null)
        {
            yield return new("Patients", dspic ? "384 patients, 768 images, annotated by three physicians." : "600 patients, 1078 images, annotated by three physicians.", "Simulated patients; the truth is the simulation's.");
        }

        SplitDefinition split = definition.Split;
        yield return new("Split", dspic
                ? "7:3 of the images, after they were multiplied: copies of one image, and both views of a patient, may be on both sides. Figures from such a split are too good."
                : "7:3 so that a patient's images stay together, after they were multiplied: the test set holds copies, and looks six times as large as it is.",
            Text($"{split.Train}, {split.Validation} and {split.Test} patients, all views of a patient on one side; what is tested was not multiplied."));
        if (definition.Augmentation.Generated is { } generated)
        {
            yield return new("Generated images", dspic ? "DCGAN without its settings, on images that were split afterwards: what is tested was learnt from, or made." : "None.",
                Text($"Of training patients alone, by one generator that is told the class, on {system.Rows / definition.Network.Downsample / generated.Downsample} x {system.Columns / definition.Network.Downsample / generated.Downsample} pixels; neither validated nor tested."));
        }

        if (!dspic)
        {
            yield return new("Missing views", "The mirror image of the other view, not marked. Metastases lack 26 % of their views and thyroid carcinomas 1 %: a mirrored view gives away the class.",
                system.MirrorsMissingViews ? "The mirror image of the other view, marked in every row and reported as a group." : "A view that is not there makes no case.");
        }
    }

    private static IEnumerable<PaperDecision> Model(WholeBodySystem system, PipelineDefinition definition)
    {
        NetworkDefinition network = definition.Network;
        string name = network.Architecture;
        if (name.StartsWith("dspic", StringComparison.Ordinal) && !name.EndsWith("as-printed", StringComparison.Ordinal))
        {
            yield return new("First fully connected layer", "It sees all 418,048 values of the maps: 1.7 billion weights, which need 27.7 GB to train with Adam.", "The maps are averaged to 6 x 6 before it.");
        }

        if (name is WholeBodyNetworks.TwoViews)
        {
            yield return new("Network", "Each view by itself.", "Both views go through the same convolutions, the posterior one mirrored, and are joined before the fully connected layers: ours.");
        }

        if (name.Contains("-am", StringComparison.Ordinal) || name.StartsWith("dscint", StringComparison.Ordinal))
        {
            yield return new("Attention", "The spatial map multiplies the module's input; a channel reduction is not given.",
                system.Attention == AttentionForm.Woo2018 ? "As in Woo et al. 2018, where it multiplies what the channel map has refined; reduction 16." : "As printed; reduction 16.");
        }

        if (network is not { Width: 1, Downsample: 1 } || system.Rows != 1024)
        {
            yield return new("Size", "All filters, on 1024 x 256 pixels.",
                Text($"{network.Width} of the filters, on {system.Rows / network.Downsample} x {system.Columns / network.Downsample} pixels of {WholeBodyCases.PixelOf1024 * 1024 / system.Rows * network.Downsample:0.##} mm."));
        }

        TrainingDefinition training = definition.Training;
        bool asPaper = system.Classes == WholeBodyClasses.Dspic
            ? training is { Epochs: 300, BatchSize: 8 or 16, Optimizer: "adam", LearningRate: 1e-4, WeightDecay: 0 }
            : training is { Epochs: 300, BatchSize: 4, Optimizer: "adam", LearningRate: 1e-3, WeightDecay: 1e-4 };
        if (!asPaper)
        {
            yield return new("Training", system.Classes == WholeBodyClasses.Dspic ? "300 epochs, batches of 8 or 16, Adam with a rate of 0.0001." : "300 epochs, batches of 4, a rate of 0.001, weight decay 0.0001; the optimiser is not named.",
                Text($"{training.Epochs} epochs, batches of {training.BatchSize}, {training.Optimizer} with a rate of {training.LearningRate}{(training.WeightDecay > 0 ? Text($", weight decay {training.WeightDecay}") : "")}."));
        }

        yield return new("Class weights", "None are named.", "Each class's cases count as much as those of any other.");
    }

    private static IEnumerable<PaperDecision> Judging(WholeBodySystem system, PipelineDefinition definition)
    {
        if (system.Classes == WholeBodyClasses.Dspic)
        {
            yield return new("Two diseases", "Read from the two most probable classes, without a rule: .79 and .15 is both, and so is .94 and .05.",
                system.Head == ClassHead.Softmax ? "The second class counts from a probability that was fitted on validation patients; normal goes with no other." : "Each class has a sigmoid and a threshold of its own, fitted on validation patients.");
            yield return new("Figures", "dSPIC-AM: accuracy .7747, F1 .7860, AUC .9272 on D_2; accuracy .6910 on D_1, whose F1 of .7230 cannot be.", $"With intervals, by image and by patient. {LaterWork}");
        }
        else
        {
            yield return new("Ten runs", "One trained network is run ten times on the test set, which gives the same figures ten times.", "Several trainings: scinti run --seeds.");
            yield return new("Figures", "Dscint: accuracy .9801 and AUC .9985 on multiplied test images, accuracy .8519 on the original data.", $"With intervals, by image and by patient. {LaterWork}");
        }

        yield return new("Kept epoch", "Not named.", $"The one with the best validation {definition.Training.Validation}.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
