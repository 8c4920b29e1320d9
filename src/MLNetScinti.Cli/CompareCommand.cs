using System.CommandLine;
using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti compare FILES</c>: trains several models, or takes them where they are there, and sets them side by side.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        Argument<string[]> files = new("pipelines") { Description = "The YAML files of the models; one file may list several networks (compare.networks).", Arity = ArgumentArity.OneOrMore };
        Option<string?> preset = new("--preset") { Description = "A preset that every file names, such as quick." };
        Option<ulong?> seed = RunCommand.Seed("Another seed than the files'.");
        Option<string[]> set = RunCommand.Set();
        Option<string?> output = new("--output") { Description = "The folder of the comparison's report; artifacts/comparison, or with the preset's name behind it." };
        Option<string?> testFolder = new("--test-folder") { Description = "Test on all patients of this folder (with its labels table) instead of the files' test patients." };
        Option<bool> noBaseline = new("--no-baseline") { Description = "Leave out the baseline of hand-made measures." };
        Option<bool> retrain = new("--retrain") { Description = "Train models anew that are there already." };
        Option<int> threads = RunCommand.Threads();
        Command command = new("compare", "Trains several pipelines (or takes their models where they are there) and sets them side by side in one report.")
        {
            files, preset, seed, set, output, testFolder, noBaseline, retrain, threads,
        };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string[] given = parsed.GetRequiredValue(files);
            string? name = parsed.GetValue(preset);
            List<PipelineDefinition> definitions = [];
            foreach (string file in given)
            {
                IReadOnlyList<PipelineDefinition> read = PipelineReader.ReadAll(file, ShippedSystems.All, name, parsed.GetValue(set));
                definitions.AddRange(parsed.GetValue(seed) is { } other ? read.Select(definition => definition with { Seed = other }) : read);
            }

            ComparisonSettings settings = new()
            {
                Command = Words(given, name, parsed.GetValue(seed), parsed.GetValue(set), parsed.GetValue(testFolder), parsed.GetValue(noBaseline)),
                Output = parsed.GetValue(output) ?? Path.Combine("artifacts", name is null ? "comparison" : $"comparison-{name}"),
                Preset = name,
                Threads = parsed.GetValue(threads),
                WithBaseline = !parsed.GetValue(noBaseline),
                Retrain = parsed.GetValue(retrain),
                TestFolder = parsed.GetValue(testFolder),
            };
            return Run(definitions, settings, cancel);
        }));
        return command;
    }

    // What decides the figures; where they are written and with how many threads does not.
    private static string Words(string[] files, string? preset, ulong? seed, string[]? settings, string? testFolder, bool noBaseline) =>
        $"scinti compare {string.Join(' ', files)}{(preset is null ? "" : $" --preset {preset}")}{(seed is null ? "" : string.Create(CultureInfo.InvariantCulture, $" --seed {seed}"))}{RunCommand.Words(settings)}"
        + $"{(testFolder is null ? "" : $" --test-folder {testFolder}")}{(noBaseline ? " --no-baseline" : "")}";

    private static int Run(IReadOnlyList<PipelineDefinition> definitions, ComparisonSettings settings, CancellationToken cancel)
    {
        using ConsoleObserver observer = new();
        Guarded.UseThreads(settings.Threads);
        ComparisonOutcome outcome = new ComparisonRunner(definitions, settings, observer).Run(cancel);
        observer.End();
        Terminal.Line();
        Terminal.Text(ConsoleReport.Text(outcome.Report));
        Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"Report:  {Path.GetFullPath(outcome.HtmlFile)}"));
        Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"Metrics: {Path.GetFullPath(outcome.MetricsFile)}"));
        return outcome.LeftOut.Any(study => study.IsLoss) ? ExitCode.SomeLeftOut : ExitCode.Done;
    }
}
