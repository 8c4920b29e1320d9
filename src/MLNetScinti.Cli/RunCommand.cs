using System.CommandLine;
using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;
using MLNetScinti.Systems.WholeBody.BoneScanIndex;

namespace MLNetScinti.Cli;

/// <summary><c>scinti run FILE</c>: carries out a pipeline definition.</summary>
internal static class RunCommand
{
    private const int MostThreads = 4096;

    public static Command Create()
    {
        Argument<string> file = new("pipeline") { Description = "The YAML file that describes the pipeline." };
        Option<string?> preset = new("--preset") { Description = "A preset that the file names, such as quick." };
        Option<ulong?> seed = Seed("Another seed than the file's.");
        Option<string[]> set = Set();
        Option<string?> output = new("--output") { Description = "Another folder to write than the file's." };
        Option<bool> acceptCode = new("--accept-code") { Description = "Go on with a training that another build of this product began; the report says so." };
        Option<bool> permute = new("--permute-labels") { Description = "A control: training and validation patients exchange their labels at random before the training, test patients keep theirs. Its figures must be those of chance; it writes OUTPUT-permuted." };
        Option<int?> seeds = Times("--seeds", 2, "Train so many times on the same split, with the seed and those that follow it, and report how far the trainings differ. Each training has a folder under OUTPUT/seeds, finished ones are not trained again; OUTPUT/seeds/ensemble is the model whose answer is the mean of theirs.");
        Option<int?> folds = Times("--folds", 3, "Cross-validate by patient over so many folds, in place of the file's split: each patient is tested once, by a model that has not seen it. Each fold has a folder under OUTPUT/folds-K; OUTPUT/folds-K/ensemble is the model whose answer is the mean of theirs. Not together with --seeds.");
        Option<int> threads = Threads();
        Command command = new("run", "Runs a pipeline: reads studies, trains, evaluates and writes model and report.") { file, preset, seed, set, output, seeds, folds, permute, acceptCode, threads };
        command.Validators.Add(result =>
        {
            if (result.GetResult(seeds) is { Implicit: false } && result.GetResult(folds) is { Implicit: false })
            {
                result.AddError("--seeds and --folds are not given together: a spread over folds holds other trainings already; run one after the other.");
            }
        });
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            if (BoneScanIndexDefinition.Read(parsed.GetRequiredValue(file), parsed.GetValue(preset), parsed.GetValue(set) ?? []) is { } measurement)
            {
                return parsed.GetValue(seeds) is not null || parsed.GetValue(folds) is not null
                    ? throw new DefinitionException($"{parsed.GetRequiredValue(file)}: measurement: a measurement is trained once; run it without --seeds and --folds.")
                    : BoneScanIndexCommand.Run(measurement, parsed.GetValue(output), parsed.GetValue(seed), parsed.GetValue(threads), cancel);
            }

            PipelineDefinition definition = PipelineReader.Read(parsed.GetRequiredValue(file), ShippedSystems.All, parsed.GetValue(preset), parsed.GetValue(set));
            if (parsed.GetValue(seed) is { } other)
            {
                definition = definition with { Seed = other };
            }

            string? folder = parsed.GetValue(output);
            if (parsed.GetValue(permute))
            {
                if (definition.System.Task is SegmentationTask)
                {
                    throw new DefinitionException($"{definition.Source}: the system {definition.System.Name} draws masks, which patients cannot exchange: run it without --permute-labels.");
                }

                definition = definition with { Training = definition.Training with { PermutedLabels = true } };
                folder ??= definition.Output + "-permuted";
            }

            string words = $"scinti run {parsed.GetRequiredValue(file)}"
                + (parsed.GetValue(preset) is { } name ? $" --preset {name}" : "") + (parsed.GetValue(seed) is { } number ? $" --seed {number}" : "") + Words(parsed.GetValue(set)) + (parsed.GetValue(permute) ? " --permute-labels" : "");
            RunSettings settings = new() { Command = words, Output = folder, Threads = parsed.GetValue(threads), AcceptCode = parsed.GetValue(acceptCode) };
            return parsed.GetValue(seeds) is { } several ? Run(definition, settings with { Command = $"{words} --seeds {several}" }, Repetition.Seeds(several), cancel)
                : (parsed.GetValue(folds) ?? (definition.Split.Folds > 0 ? definition.Split.Folds : null)) is { } parts ? Run(definition, settings with { Command = $"{words} --folds {parts}" }, Repetition.Folds(parts), cancel)
                : Run(definition, settings, cancel);
        }));
        return command;
    }

    internal static Option<string[]> Set() => new("--set")
    {
        Description = "A key of the definition and another value for it: training.epochs=10, augmentation.flip=[horizontal]. May be given several times; 'scinti keys' lists the keys.",
        DefaultValueFactory = _ => [],
    };

    // What a report says of the command: what decides its figures, and no path, which may name somebody.
    internal static string Words(string[]? settings) => string.Concat((settings ?? [])
        .Where(setting => !setting.StartsWith("data.", StringComparison.Ordinal) && !setting.StartsWith("output=", StringComparison.Ordinal) && !setting.StartsWith("training.start-from", StringComparison.Ordinal))
        .Select(setting => $" --set {(setting.Any(letter => letter is ' ' or '[' or '{') ? $"\"{setting}\"" : setting)}"));

    internal static Option<int> Threads()
    {
        Option<int> threads = new("--threads") { Description = "Processors to use; results do not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        threads.Validators.Add(result =>
        {
            // The word as it was written: a value that is no number throws when it is asked for.
            if (result.Tokens is [.., var word] && !(int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given is >= 1 and <= MostThreads))
            {
                result.AddError($"--threads takes a whole number from 1 to {MostThreads}.");
            }
        });
        return threads;
    }

    internal static Option<ulong?> Seed(string description) => new("--seed")
    {
        Description = description,
        CustomParser = result =>
        {
            // As definitions hold it, and as every reader of JSON does.
            if (result.Tokens is [var token] && long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long seed))
            {
                return (ulong)seed;
            }

            result.AddError($"--seed takes a whole number from 0 to {long.MaxValue}, found '{string.Join(' ', result.Tokens)}'.");
            return null;
        },
    };

    private static Option<int?> Times(string name, int least, string description)
    {
        Option<int?> times = new(name) { Description = description };
        times.Validators.Add(result =>
        {
            if (result.Tokens is [.., var word] && !(int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given >= least && given <= 1000))
            {
                result.AddError($"{name} takes a whole number from {least} to 1000, found {word.Value}.");
            }
        });
        return times;
    }

    private static int Run(PipelineDefinition definition, RunSettings settings, Repetition repetition, CancellationToken cancel)
    {
        Guarded.UseThreads(settings.Threads);
        using ConsoleObserver observer = new();
        TrainingsOutcome outcome = new RepeatedRun(definition, settings, repetition, observer).Run(cancel);
        observer.End();
        Terminal.Line();
        Terminal.Text(ConsoleReport.Text(outcome.Report));
        Terminal.Line($"Report:  {Path.GetFullPath(outcome.HtmlFile)}");
        Terminal.Line($"Metrics: {Path.GetFullPath(outcome.MetricsFile)}");
        if (Directory.Exists(outcome.ModelFolder))
        {
            Terminal.Line($"Model:   {Path.GetFullPath(outcome.ModelFolder)}");
        }

        return outcome.LeftOut.Any(study => study.IsLoss) ? ExitCode.SomeLeftOut : ExitCode.Done;
    }

    internal static int Run(PipelineDefinition definition, RunSettings settings, CancellationToken cancel)
    {
        Guarded.UseThreads(settings.Threads);
        using ConsoleObserver observer = new();
        RunOutcome outcome = new PipelineRunner(definition, settings, observer).Run(cancel);
        observer.End();
        Terminal.Line();
        Terminal.Text(ConsoleReport.Text(outcome.Report));
        Terminal.Line($"Fused ONNX model against the pipeline: largest difference {outcome.FusedDifference:0.0E+0} in an answer.");
        Terminal.Line($"Report:  {Path.GetFullPath(outcome.HtmlFile)}");
        Terminal.Line($"Metrics: {Path.GetFullPath(outcome.MetricsFile)}");
        Terminal.Line($"Model:   {Path.GetFullPath(outcome.OnnxFile)} and {Path.GetFileName(outcome.ModelFile)}");
        return outcome.LeftOut.Any(study => study.IsLoss) ? ExitCode.SomeLeftOut : ExitCode.Done;
    }
}
