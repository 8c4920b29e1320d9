using System.CommandLine;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti explain MODEL STUDY…</c>: where in its images a model's answer comes from.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "A model that keeps its explanation: the folder that a run wrote, or a zip of it." };
        Argument<string[]> studies = new("study") { Description = "DICOM files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        Option<string> output = new("--output") { Description = $"The folder for the pictures, one PNG a case under its pseudonym, and {StudyExplaining.Json}.", DefaultValueFactory = _ => "explanations" };
        Option<int> threads = RunCommand.Threads();
        Option<bool> assume = InspectCommand.AssumeSpacing();
        Option<bool> outside = ScoreCommand.AcceptOutside();
        Command command = new("explain", "Draws where in its images a model's answer comes from: the images, and over them what speaks for the positive class. Research use only.") { model, studies, output, threads, assume, outside };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            using ModelBundle bundle = ModelBundle.Load(parsed.GetRequiredValue(model));
            string folder = parsed.GetRequiredValue(output);
            List<LeftOutStudy> leftOut = [];
            WorkListSettings settings = new() { Threads = parsed.GetValue(threads), AssumeSpacing = parsed.GetValue(assume), AcceptOutside = parsed.GetValue(outside) };
            ExplainedStudies explained = StudyExplaining.Write(bundle, ShippedSystems.Of(bundle.Card), parsed.GetRequiredValue(studies), folder, settings, leftOut.Add, cancel);
            foreach (WorkListCase one in explained.List.Cases)
            {
                Terminal.Line($"{one.CaseId}: {one.Decision}: {Path.GetFullPath(Path.Combine(folder, explained.Pictures[one.CaseId].File))}");
                foreach (string unusual in one.Unusual)
                {
                    Terminal.Line($"  ! {unusual}");
                }
            }

            if (bundle.Card.Envelope is null)
            {
                Terminal.Error(TrainingEnvelope.Absent);
            }

            foreach (LeftOutStudy study in leftOut)
            {
                Terminal.Error($"{(study.IsRefused ? "refused" : "left out")}: {study.OnConsole()}");
            }

            Terminal.Error($"{explained.List.Cases.Count} {explained.List.Words.Cases} explained, {leftOut.Count} files left out. A map explains the model, not the patient.{(bundle.Card.Simulated ? " The model was trained on simulated patients." : "")}");
            return ExitCode.Of(explained.List.Cases.Count, leftOut);
        }));
        return command;
    }
}
