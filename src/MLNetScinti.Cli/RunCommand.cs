using System.CommandLine;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti run FILE</c>: carries out a pipeline definition.</summary>
internal static class RunCommand
{
    private const int MostThreads = 4096;

    public static Command Create()
    {
        Argument<string> file = new("pipeline") { Description = "The YAML file that describes the pipeline." };
        Option<string?> preset = new("--preset") { Description = "A preset that the file names, such as quick." };
        Option<ulong?> seed = new("--seed") { Description = "Another seed than the file's." };
        Option<string?> output = new("--output") { Description = "Another folder to write than the file's." };
        Option<bool> acceptCode = new("--accept-code") { Description = "Go on with a training that another build of this product began; the report says so." };
        Option<int> threads = Threads();
        Command command = new("run", "Runs a pipeline: reads studies, trains, evaluates and writes model and report.") { file, preset, seed, output, acceptCode, threads };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            PipelineDefinition definition = PipelineReader.Read(parsed.GetRequiredValue(file), ShippedSystems.All, parsed.GetValue(preset));
            if (parsed.GetValue(seed) is { } other)
            {
                definition = definition with { Seed = other };
            }

            string words = $"scinti run {parsed.GetRequiredValue(file)}"
                + (parsed.GetValue(preset) is { } name ? $" --preset {name}" : "") + (parsed.GetValue(seed) is { } number ? $" --seed {number}" : "");
            return Run(definition, new RunSettings { Command = words, Output = parsed.GetValue(output), Threads = parsed.GetValue(threads), AcceptCode = parsed.GetValue(acceptCode) }, cancel);
        }));
        return command;
    }

    internal static Option<int> Threads()
    {
        Option<int> threads = new("--threads") { Description = "Processors to use; results do not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostThreads)
            {
                result.AddError($"--threads takes a whole number from 1 to {MostThreads}.");
            }
        });
        return threads;
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
        return outcome.LeftOut.Count > 0 ? ExitCode.SomeLeftOut : ExitCode.Done;
    }
}
