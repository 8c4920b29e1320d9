using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Networks;
using MLNetScinti.Networks.Native;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>The cases, split and settings that a definition asks for.</summary>
internal static class RunCases
{
    public static CaseView Load(PipelineDefinition definition, string folder, int threads, CancellationToken stop = default)
    {
        CaseView cases = Read(definition, folder, threads, stop);
        return definition.Split.Protocol == SplitProtocol.Patients || folder != definition.Data.Folder ? cases
            : new CaseView(new CopiedCases(cases, CopiesOf(definition.Augmentation)!, definition.Split.Protocol, definition.Seed), new CaseViewOptions { Parallelism = Math.Clamp(threads, 1, 8) });
    }

    private static CaseView Read(PipelineDefinition definition, string folder, int threads, CancellationToken stop) => new(
        new FolderCases(folder, definition.System, new FolderOptions
        {
            // Whether a patient is simulated, and so whose key stands behind the pseudonym, each file says for itself.
            Labels = definition.Data.Labels,
            AssumeSpacing = definition.Data.AssumeSpacing,
            SplitColumn = definition.Split.Column,
        }.StoppedBy(stop)),
        new CaseViewOptions { Parallelism = Math.Clamp(threads, 1, 8) });

    /// <summary>Splits the cases as the definition says, and tells of the files that were left out whether or not a split comes of it.</summary>
    public static PatientSplit Split(MLContext ml, CaseView cases, PipelineDefinition definition, Action<LeftOutStudy> leftOut) => Told(cases, leftOut, () => definition.Split.Column.Length > 0 ? ml.Data.SplitByColumn(cases, definition.Split.Column) : ml.Data.SplitByPatient(cases, definition.Split.Protocol == SplitProtocol.ImagesAfterCopies ? ByImage(definition) : definition.Split.Shares is { } shares ? new PatientSplitOptions { TrainFraction = shares.Train, ValidationFraction = shares.Validation, Balanced = definition.Split.Balanced, Seed = definition.Seed } : new PatientSplitOptions
    {
        TrainPatients = definition.Split.Train,
        ValidationPatients = definition.Split.Validation,
        TestPatients = definition.Split.Test,
        Balanced = definition.Split.Balanced,
        Seed = definition.Seed,
    }));

    /// <summary>Refuses folds where one split is wanted.</summary>
    public static void MustBeOneSplit(PipelineDefinition definition)
    {
        if (definition.Split.Folds > 0)
        {
            throw new DefinitionException($"{definition.Source}: split.folds: folds are several splits, which 'scinti run' trains one after the other: give train, validation and test here, as numbers or parts of patients, or a column.");
        }
    }

    /// <summary>A split as the definition trains on it: for a control with other patients' labels, exchanged anew for each of several trainings.</summary>
    public static PatientSplit Controlled(PipelineDefinition definition, PatientSplit split, ulong seed) => definition.Training.PermutedLabels ? split.WithPermutedLabels(seed) : split;

    // Each row counts as a patient: the parts are the same, and their number is another.
    private static PatientSplitOptions ByImage(PipelineDefinition definition)
    {
        if (definition.Split.Shares is { } shares)
        {
            return new PatientSplitOptions { TrainFraction = shares.Train, ValidationFraction = shares.Validation, Seed = definition.Seed };
        }

        double all = definition.Split.Train + definition.Split.Validation + definition.Split.Test;
        return new PatientSplitOptions { TrainFraction = definition.Split.Train / all, ValidationFraction = definition.Split.Validation / all, Seed = definition.Seed };
    }

    /// <summary>Has cases split. Where that fails, there will be no report to name what was left out: the refusal says why there are so few patients.</summary>
    public static T Told<T>(CaseView cases, Action<LeftOutStudy> leftOut, Func<T> split)
    {
        try
        {
            T made = split();
            Tell();
            return made;
        }
        catch (PatientSplitException problem)
        {
            Tell();
            throw new PatientSplitException($"{problem.Message} {LeftOutStudy.Summary(cases.LeftOut, cases.StudyCount)}".TrimEnd(), problem);
        }

        void Tell()
        {
            foreach (UnusedLabelLine line in cases.UnusedLabels.Take(UnusedLabelLine.MostTold))
            {
                leftOut(new LeftOutStudy(line.Place, "LabelLine", line.Sentence));
            }

            foreach (LeftOutStudy study in cases.LeftOut)
            {
                leftOut(study);
            }
        }
    }

    /// <summary>Refuses what cannot fit before anything is read or made.</summary>
    /// <exception cref="NetworkMemoryException">The training needs more memory than there is.</exception>
    /// <exception cref="TrainingException">This computer lacks the device or the arithmetic that the definition names.</exception>
    /// <exception cref="DefinitionException">The definition starts from a bundle that is not there, does not suit, or lies where the run writes.</exception>
    public static void MustFit(PipelineDefinition definition, string output)
    {
        TrainingOptions training = TrainingOf(definition with { Training = definition.Training with { StartFrom = "" } });
        NetworkGraph network = definition.BuildNetwork();
        network.EstimateTrainingMemory(training).TrainingMustFit();
        TrainingLoop.MustCompute(training);
        if (definition.Training.StartFrom.Length > 0)
        {
            // A run that writes over what it started from could not go on after it was stopped: what it was begun with would be gone.
            if (RunFolderLock.Lies(definition.Training.StartFrom, within: output))
            {
                throw new DefinitionException($"{definition.Source}: training.start-from: {definition.Training.StartFrom} lies in {output}, which the run writes: give another output.");
            }

            try
            {
                using ModelBundle start = ModelBundle.Load(definition.Training.StartFrom);
                NetworkWeights.MustSuit(network, start.StartOf(definition.Training.Frozen, definition.Training.Fresh));
            }
            catch (Exception problem) when (problem is ModelBundleException or DirectoryNotFoundException or FileNotFoundException)
            {
                throw new DefinitionException($"{definition.Source}: training.start-from: {problem.Message}", problem);
            }
            catch (NetworkGraphException problem)
            {
                throw new DefinitionException($"{definition.Source}: training.start-from, training.frozen and training.fresh: {problem.Message}", problem);
            }
        }

        if (definition.Augmentation.Generated?.Make() is { } generation)
        {
            TensorShape[] inputs = [.. network.Inputs.Select(input => input.Shape)];
            AdversarialStep step = new([inputs.Length, inputs[0][1] / generation.Downsample, inputs[0][2] / generation.Downsample], definition.System.Task.Classes.Count + 1, generation.Networks);
            step.Networks[1].Graph.EstimateTrainingMemory(training with { BatchSize = 2 * generation.BatchSize, Optimizer = generation.Networks.Optimizer }).TrainingMustFit();
        }
    }

    /// <summary>Refuses to test on patients whom the model that the training starts from has seen.</summary>
    /// <exception cref="PatientSplitException">It was trained or validated on one of them.</exception>
    public static void StartMustNotKnow(PipelineDefinition definition, TestSet test)
    {
        if (definition.Training.StartFrom.Length > 0)
        {
            using ModelBundle start = ModelBundle.Load(definition.Training.StartFrom);
            start.Membership.MustNotKnow(test, $"{start.Card.Name}, which the training starts from");
        }
    }

    /// <summary>What decides the result of a run of the definition.</summary>
    public static RunKey Key(PipelineDefinition definition, CaseView cases) => RunKey.Of(PartsOf(definition), cases.Fingerprint(), ReproducibilityOf(definition), definition.System.GetType().Assembly);

    /// <summary>Between which processors the definition asks for one result.</summary>
    public static Reproducibility ReproducibilityOf(PipelineDefinition definition) => Enum.Parse<Reproducibility>(definition.Training.Reproducible, ignoreCase: true);

    /// <summary>What of a definition decides the result, with what the model that it starts from holds: its path alone may lead to another one tomorrow.</summary>
    public static IReadOnlyDictionary<string, string> PartsOf(PipelineDefinition definition)
    {
        if (definition.Training.StartFrom.Length == 0)
        {
            return definition.Parts();
        }

        using ModelBundle start = ModelBundle.Load(definition.Training.StartFrom);
        return new Dictionary<string, string>(definition.Parts(), StringComparer.Ordinal)
        {
            ["training.start-from.weights"] = start.Card.Files.GetValueOrDefault(ModelBundle.WeightsFile, ""),
        };
    }

    public static EvaluationOptions Options(PipelineDefinition definition, CaseView cases, string model) => new()
    {
        Level = definition.Evaluation.Confidence,
        Seed = definition.Seed,
        WithPaperProtocol = definition.Evaluation.PaperProtocol,
        Model = model,
        Mark = definition.Evaluation.Smoke ? EvaluationDefinition.NotTrained : definition.Training.PermutedLabels ? EvaluationDefinition.Permuted : definition.Split.Protocol.Mark(),
        Words = definition.System.Words.Task,
        Groupings = [.. definition.System.Groupings, .. cases.Groupings, .. definition.System.Groupings.Concat(cases.Groupings).Any(grouping => grouping.Fact == AcquisitionFacts.Camera) ? Array.Empty<Grouping>() : [Grouping.ByValue(AcquisitionFacts.Camera, AcquisitionFacts.Camera)]],
        Prevalences = definition.Evaluation.Prevalences,
        CohortPrevalence = CohortPrevalence(definition, cases),
        // Networks of two classes learn with these weighted to equal shares.
        TrainedPrevalence = definition.System.Task is BinaryTask && definition.Training.MakeLoss() is null ? 0.5 : null,
        Ceiling = definition.System.Ceiling,
    };

    // Copies that a protocol makes rows of their own are nobody's prevalence.
    private static double? CohortPrevalence(PipelineDefinition definition, CaseView cases)
    {
        if (definition.System.Task is not BinaryTask task)
        {
            return null;
        }

        Target[] targets = [.. (cases.Original ?? cases).Read(images: false).Select(one => one.Target).OfType<Target>()];
        double share = targets.Length == 0 ? 0 : (double)task.Count(targets)[0].Cases / targets.Length;
        return share is > 0 and < 1 ? share : null;
    }

    public static TrainingOptions TrainingOf(PipelineDefinition definition)
    {
        TrainingDefinition training = definition.Training;
        return new TrainingOptions
        {
            Seed = definition.Seed,
            Epochs = training.Epochs,
            BatchSize = training.BatchSize,
            Optimizer = new OptimizerOptions
            {
                Kind = Enum.Parse<OptimizerKind>(training.Optimizer, ignoreCase: true),
                LearningRate = training.LearningRate,
                Beta1 = training.Beta1,
                Beta2 = training.Beta2,
                Epsilon = training.Epsilon,
                WeightDecay = training.WeightDecay,
                Momentum = training.Momentum,
            },
            Selection = training.Validation switch
            {
                "accuracy" => Selection.Accuracy,
                "auc" => Selection.Auc,
                "dice" => Selection.Dice,
                _ => Selection.Loss,
            },
            Precision = Enum.Parse<TrainingPrecision>(training.Precision, ignoreCase: true),
            Reproducibility = ReproducibilityOf(definition),
            Device = Enum.Parse<TrainingDevice>(training.Device, ignoreCase: true),
            Lanes = training.Lanes,
            Inferer = definition.Inferer.Make(),
            Start = training.StartFrom.Length == 0 ? null : ModelBundle.Load(training.StartFrom).StartOf(training.Frozen, training.Fresh),
        };
    }

    public static TrainingCopies? CopiesOf(AugmentationDefinition definition) => definition.Copies is { } copies
        ? new TrainingCopies(copies.Factors.ToDictionary(factor => factor.Class, factor => factor.Factor, StringComparer.Ordinal), copies.Several, AugmentationOf(copies.Changes))
        : null;

    public static Imaging.Augmentation AugmentationOf(AugmentationDefinition definition)
    {
        List<Imaging.IRandomOperator> operators = [];
        if (definition.FlipHorizontal || definition.FlipVertical)
        {
            operators.Add(new Imaging.RandomFlip(definition.FlipHorizontal, definition.FlipVertical));
        }

        if (definition.Zoom > 0)
        {
            operators.Add(new Imaging.RandomZoom(definition.Zoom));
        }

        if (definition.RotateDegrees > 0)
        {
            operators.Add(new Imaging.RandomRotate(definition.RotateDegrees));
        }

        if (definition.TranslatePixels > 0)
        {
            operators.Add(new Imaging.RandomTranslate(definition.TranslatePixels));
        }

        return new Imaging.Augmentation(operators);
    }
}
