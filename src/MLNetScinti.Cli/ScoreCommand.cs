using System.CommandLine;
using System.Globalization;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Cli;

/// <summary><c>scinti score MODEL FOLDER</c>: what a model says about the kidneys of a folder.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "A fused model: the model.onnx of a run." };
        Argument<string> folder = new("folder") { Description = "A folder of DICOM files." };
        Option<string?> output = new("--output") { Description = "A CSV file to write; without it the lines go to the console." };
        Option<int> threads = RunCommand.Threads();
        Command command = new("score", "Scores the kidneys of a folder of DMSA SPECT studies with a model. Research use only.") { model, folder, output, threads };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            FusedModel fused;
            try
            {
                fused = FusedModel.Load(parsed.GetRequiredValue(model));
            }
            catch (NotAFusedModelException problem)
            {
                Console.Error.WriteLine($"scinti: {problem.Message}");
                return ExitCode.WrongUsage;
            }

            string? file = parsed.GetValue(output);
            List<LeftOutStudy> leftOut = [];
            int scored = 0;
            StreamWriter? writer = file is null ? null : new StreamWriter(file + ".part");
            TextWriter lines = writer ?? Console.Out;
            using (writer)
            {
                lines.WriteLine("File,CaseId,Side,Probability,PredictedLabel,SeparationConfidence");
                foreach (ScoredKidney kidney in FolderScoring.Score(fused, parsed.GetRequiredValue(folder), parsed.GetValue(threads), leftOut.Add))
                {
                    cancel.ThrowIfCancellationRequested();
                    lines.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"\"{kidney.File.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{kidney.CaseId},{kidney.Side},{kidney.Probability:R},{(kidney.IsAbnormal ? "abnormal" : "normal")},{kidney.SeparationConfidence:F2}"));
                    scored++;
                }
            }

            if (file is not null)
            {
                File.Move(file + ".part", file, overwrite: true);
            }

            foreach (LeftOutStudy study in leftOut)
            {
                Console.Error.WriteLine($"left out: {study}");
            }

            Console.Error.WriteLine($"{scored} kidneys scored, {leftOut.Count} files left out.");
            return scored == 0 ? ExitCode.NothingUsable : leftOut.Count > 0 ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }
}
