using System.CommandLine;
using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.WholeBody.BoneScanIndex;
using MLNetScinti.Systems.WholeBody.Input;

namespace MLNetScinti.Cli;

/// <summary><c>scinti bsi MODEL FOLDER</c>: the bone scan index of the scans of a folder. A model is trained by <c>scinti run pipelines/bone-scan-index.yaml</c>.</summary>
internal static class BoneScanIndexCommand
{
    private static readonly ImageKind[] s_kinds = [ImageKind.WholeBody, ImageKind.Static];

    public static Command Create()
    {
        Argument<string> model = new("model") { Description = $"The file {BoneScanIndexRun.ModelName} that 'scinti run pipelines/bone-scan-index.yaml' wrote." };
        Argument<string> folder = new("folder") { Description = "A folder of DICOM files, or one file." };
        Option<string?> output = new("--output") { Description = "A folder for the tables of scans and lesions, JSON, and a page with outline, regions and lesions drawn; pseudonyms stand for patients." };
        Option<int> threads = RunCommand.Threads();
        Command command = new("bsi", "Measures which part of the skeleton is involved in whole-body bone scans. Research use only.") { model, folder, output, threads };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            BoneScanIndexModel measure = BoneScanIndexModel.Load(parsed.GetRequiredValue(model));
            Guarded.UseThreads(parsed.GetValue(threads));
            DicomReadOptions reading = new DicomReadOptions { Kinds = s_kinds }.StoppedBy(cancel);
            StudyIndex index = StudyIndex.Build(parsed.GetRequiredValue(folder), new StudyIndexOptions { Reading = reading, Ignored = new HashSet<string>(["labels.csv", "cohort.json"], StringComparer.Ordinal) }, cancel: cancel);
            DicomImageReader reader = new(reading);
            List<(string Case, BoneScanResult Result)> scans = [];
            int leftOut = index.LeftOut.Count, lost = index.LeftOut.Count(file => file.IsLoss);
            bool simulated = index.Studies.Count > 0 && index.Studies.All(study => study.Patient.IsSimulated);
            foreach (SkippedFile skipped in index.LeftOut)
            {
                Terminal.Error($"left out: {skipped.File}: {skipped.Sentence}");
            }

            // Pseudonyms in the order of the files, or pictures of the first files alone, would tell whose is whose.
            foreach (Study study in parsed.GetValue(output) is null ? index.Studies : [.. index.Studies.OrderBy(NameOf, StringComparer.Ordinal)])
            {
                cancel.ThrowIfCancellationRequested();
                string file = study.Series[0].Files[0].File;
                try
                {
                    BoneScanResult result = measure.Measure(WholeBodyScan.Of([.. study.Series.Where(series => series.Sections is null).SelectMany(series => series.ReadAll(reader))]));
                    string name = NameOf(study);
                    scans.Add((name, scans.Count < BoneScanReport.MostPictures ? result : result.WithoutImages()));
                    Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{(parsed.GetValue(output) is null ? file : name)}: index {result.Index:0.00}, {result.Lesions.Count()} lesions"));
                    foreach (string warning in result.Warnings)
                    {
                        Terminal.Line($"  ! {warning}");
                    }
                }
                catch (Exception problem) when (problem is DicomReadException or LeaveOutException)
                {
                    leftOut++;
                    lost++;
                    Terminal.Error($"left out: {file}: {PlainText.OneLine(problem is DicomReadException unread ? unread.Sentence : problem.Message)}");
                }
            }

            if (scans.Count > 0 && parsed.GetValue(output) is { } target)
            {
                BoneScanReport.Write(target, scans, simulated ? DataOrigin.Simulated : DataOrigin.Real);
                Terminal.Line($"Report:  {Path.GetFullPath(Path.Combine(target, BoneScanReport.HtmlName))}");
            }

            Terminal.Error($"{scans.Count} scans measured, {leftOut} left out. The model was trained on simulated patients.");
            return scans.Count == 0 ? ExitCode.NothingUsable : lost > 0 ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }

    private static string NameOf(Study study) => $"{study.Patient.Pseudonym}-{study.Id}";

    /// <summary>Trains and tests, as a definition says.</summary>
    public static int Run(BoneScanIndexDefinition definition, string? output, ulong? seed, int threads, CancellationToken cancel)
    {
        Guarded.UseThreads(threads);
        definition = definition with { Output = output ?? definition.Output, Train = seed is { } number ? definition.Train with { Seed = number } : definition.Train };
        using ConsoleObserver observer = new();
        BoneScanIndexEvaluation evaluation = new BoneScanIndexRun(definition, threads, observer).Run(cancel);
        observer.End();
        Terminal.Line();
        foreach ((string name, string value) in BoneScanReport.Lines(evaluation))
        {
            Terminal.Line($"{(definition.Smoke ? "[not trained] " : "")}{name}: {value}");
        }

        Terminal.Line($"Report:  {Path.GetFullPath(Path.Combine(definition.Output, BoneScanReport.HtmlName))}");
        Terminal.Line($"Model:   {Path.GetFullPath(Path.Combine(definition.Output, BoneScanIndexRun.ModelName))}");
        return evaluation.LeftOut > 0 ? ExitCode.SomeLeftOut : ExitCode.Done;
    }
}
