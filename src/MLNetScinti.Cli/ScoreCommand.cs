using System.CommandLine;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;
using nietras.SeparatedValues;

namespace MLNetScinti.Cli;

/// <summary><c>scinti score MODEL FOLDER</c>: what a model says about the studies of a folder, and with a table of labels what that is worth.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "A model: the folder that a run wrote, or a zip of it." };
        Argument<string?> given = new("folder") { Description = "A folder of DICOM files, or one file.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> output = new("--output") { Description = "A CSV file to write, in which pseudonyms stand for the names of files (scinti who resolves them); without it the lines go to the console." };
        Option<string?> masks = new("--masks") { Description = "A folder for the masks of a model that draws them: one NIfTI file a case." };
        Option<string?> labels = new("--labels") { Description = "A table of what is true, as pipelines read it: the studies that it has lines for are scored, and the model's figures printed. Patients that the model was trained or validated on are refused." };
        Option<int> threads = RunCommand.Threads();
        Option<bool> assume = InspectCommand.AssumeSpacing();
        Option<bool> outside = AcceptOutside();
        Option<string?> report = new("--report") { Description = "Write a work list into this folder: worklist.html with pictures and maps, worklist.json and worklist.csv; without a name, into the folder worklist.", Arity = ArgumentArity.ZeroOrOne };
        Option<string[]> prevalence = Prevalence();
        ArchiveOptions archive = new();
        Command command = new("score", "Scores the studies of a folder with a model. Research use only.") { model, given, output, masks, labels, threads, assume, outside, report, prevalence };
        archive.AddTo(command);
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            using ModelBundle bundle = ModelBundle.Load(parsed.GetRequiredValue(model));
            SystemDefinition system = ShippedSystems.Of(bundle.Card);
            string? file = parsed.GetValue(output);
            if (archive.Folder(parsed) is { } large)
            {
                return parsed.GetValue(given) is null && parsed.GetValue(labels) is null && parsed.GetValue(masks) is null && parsed.GetResult(report) is null && parsed.GetResult(prevalence) is null && file is not null
                    ? archive.Score(parsed, bundle, system, large, file, parsed.GetValue(threads), parsed.GetValue(assume), parsed.GetValue(outside), cancel)
                    : throw new DefinitionException("--archive: it takes the place of the folder, and --output names the folder for its parts: add --output DIR, and leave out --labels, --masks, --report and --prevalence.");
            }

            string folder = parsed.GetValue(given) ?? throw new DefinitionException("a folder of studies is missing: expected 'scinti score MODEL FOLDER', or --archive FOLDER for one of any size.");
            if (file is not null)
            {
                FolderScoring.MustNotReplace(file, parsed.GetRequiredValue(model), folder, parsed.GetValue(labels));
            }

            if (parsed.GetResult(report) is not null)
            {
                return parsed.GetValue(labels) is null && file is null && parsed.GetValue(masks) is null
                    ? Report(bundle, system, parsed.GetRequiredValue(model), folder, parsed.GetValue(report) ?? "worklist", SettingsOf(bundle, parsed.GetValue(prevalence), parsed.GetValue(threads), parsed.GetValue(assume), parsed.GetValue(outside)), cancel)
                    : throw new DefinitionException("--report: a work list is of studies whose truth is not known, and has its own table: leave out --labels, --output and --masks.");
            }

            if (parsed.GetResult(prevalence) is not null)
            {
                throw new DefinitionException("--prevalence: a risk stands in a work list: add --report.");
            }

            return Score(bundle, system, new(folder, file, parsed.GetValue(labels), parsed.GetValue(masks), parsed.GetValue(threads), parsed.GetValue(assume), parsed.GetValue(outside)), cancel);
        }));
        return command;
    }

    /// <summary>What is scored, and into which table.</summary>
    /// <param name="Folder">The folder of studies.</param>
    /// <param name="File">The table to write; null for the console.</param>
    /// <param name="Labels">A table of what is true; null where nobody knows.</param>
    /// <param name="Masks">A folder for masks; null for none.</param>
    /// <param name="Threads">Threads to compute with.</param>
    /// <param name="AssumeSpacing">Whether volumes go on with lengths that their files do not give.</param>
    /// <param name="AcceptOutside">Whether studies are scored too that lie outside of what the model was trained on.</param>
    internal sealed record Request(string Folder, string? File, string? Labels, string? Masks, int Threads, bool AssumeSpacing = false, bool AcceptOutside = false)
    {
        /// <summary>Whether the figures are printed where labels are there.</summary>
        public bool Figures { get; init; } = true;
    }

    /// <summary>Scores the studies of a folder, and says what was left out.</summary>
    internal static int Score(ModelBundle bundle, SystemDefinition system, Request request, CancellationToken cancel)
    {
        string? file = request.File;
        List<LeftOutStudy> leftOut = [];
        Dictionary<string, string> unusual = new(StringComparer.Ordinal);
        int scored = 0;
        JudgedFolder? judged = request.Labels is { } table
            ? FolderScoring.Judge(bundle, system, request.Folder, table, request.Threads, leftOut.Add, request.Masks, cancel, request.AssumeSpacing, request.AcceptOutside)
            : null;
        void Write(TextWriter text)
        {
            using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).To(text, leaveOpen: true);
            IEnumerable<ScoredFolderCase> cases = judged?.Cases ?? FolderScoring.Score(bundle, system, request.Folder, request.Threads, leftOut.Add, request.Masks, cancel, request.AssumeSpacing, request.AcceptOutside);
            // What is written is in the order of the pseudonyms: that of the files' names, laid beside a list of these, would tell whose row is whose.
            foreach (ScoredFolderCase one in file is null ? cases : [.. cases.Select(one => one with { Case = one.Case with { Images = [] } }).OrderBy(one => one.Case.Id, StringComparer.Ordinal)])
            {
#pragma warning disable MA0040 // The overload with a token is for asynchronous writing.
                using SepWriter.Row row = writer.NewRow();
#pragma warning restore MA0040
                // Names of files may be names of patients: they are shown, and not written.
                row["File"].Set(PlainText.Cell(file is null ? one.Case.File : one.Case.FileId));
                row["CaseId"].Set(PlainText.Cell(one.Case.Id));
                if (judged is not null)
                {
                    // A change plan counts patients, not cases.
                    row["PatientID"].Set(PlainText.Cell(one.Case.PatientId));
                }

                foreach (FactColumn fact in system.Cases.Facts.Where(fact => !fact.FromLabels))
                {
                    row[PlainText.Cell(fact.Name)].Set(PlainText.Cell(one.Case.Facts[fact.Name]?.ToString() ?? ""));
                }

                foreach ((string column, string value) in one.Answers)
                {
                    row[PlainText.Cell(column)].Set(PlainText.Cell(value));
                }

                row["Unusual"].Set(PlainText.Cell(string.Join(" ", one.Unusual)));
                if (one.Outside.Count > 0)
                {
                    unusual[JobChild.Current is null ? one.Case.File : one.Case.FileId] = string.Join(" ", one.Outside.Select(found => found.BesideScore));
                }

                scored++;
            }
        }

        if (file is null)
        {
            Write(Terminal.Output);
        }
        else
        {
            AtomicFile.WriteText(file, Write);
        }

        if (judged is not null && request.Figures)
        {
            // Where the table goes to the console, the figures must not stand in it.
            string figures = ConsoleReport.Text(judged.Evaluation, judged.Origin);
            if (file is null)
            {
                Terminal.ErrorText(figures);
            }
            else
            {
                Terminal.Text(figures);
            }
        }

        foreach (UnusedLabelLine line in judged?.UnusedLabels.Take(JobChild.Current is null ? UnusedLabelLine.MostTold : 0) ?? [])
        {
            Terminal.Error($"no study: {line.OnConsole()}");
        }

        if (bundle.Card.Envelope is null)
        {
            Terminal.Error(TrainingEnvelope.Absent);
        }

        foreach ((string study, string what) in unusual.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Terminal.Error($"unusual: {PlainText.OneLine(study)}: {what}");
        }

        foreach (LeftOutStudy study in leftOut)
        {
            Terminal.Error($"{(study.IsRefused ? "refused" : "left out")}: {JobChild.Shown(study)}");
        }

        Terminal.Error($"{scored} {system.Words.Task.Cases} scored, {leftOut.Count} files left out.{(bundle.Card.Simulated ? " The model was trained on simulated patients." : "")}");
        return ExitCode.Of(scored, leftOut);
    }

    /// <summary>How common classes are where the studies come from.</summary>
    internal static Option<string[]> Prevalence() =>
        new("--prevalence") { Description = "With --report: how common it is where the studies come from, such as 0.3; of several classes NAME=0.3, once for each. The work list then has the calibrated risk." };

    /// <summary>Writes a work list, and says what it holds.</summary>
    internal static int Report(ModelBundle bundle, SystemDefinition system, string model, string folder, string output, WorkListSettings settings, CancellationToken cancel)
    {
        foreach (string name in (string[])[WorkListMaking.Html, WorkListMaking.Json, WorkListMaking.Table])
        {
            FolderScoring.MustNotReplace(Path.Combine(output, name), model, folder);
        }

        List<LeftOutStudy> leftOut = [];
        using PictureSpool pictures = new(PrivateFolder.NewName());
        WorkList list = WorkListMaking.Of(bundle, system, folder, settings, pictures, leftOut.Add, cancel);
        if (bundle.Card.Envelope is null)
        {
            Terminal.Error(TrainingEnvelope.Absent);
        }

        foreach (LeftOutStudy study in leftOut)
        {
            Terminal.Error($"{(study.IsRefused ? "refused" : "left out")}: {JobChild.Shown(study)}");
        }

        if (list.Cases.Count + list.Refused.Count > 0)
        {
            WorkListMaking.Write(list, output);
            Terminal.Line($"Work list: {Path.GetFullPath(Path.Combine(output, WorkListMaking.Html))}");
        }

        Terminal.Error($"{list.Cases.Count} {system.Words.Task.Cases} scored, {list.Cases.Count(one => one.Unusual.Count > 0)} of them unusual, {list.Refused.Count} studies refused, {leftOut.Count(study => !study.IsRefused)} files left out.{(list.TrainedOnSimulated ? " The model was trained on simulated patients." : "")}");
        return ExitCode.Of(list.Cases.Count, leftOut);
    }

    internal static WorkListSettings SettingsOf(ModelBundle bundle, string[]? prevalences, int threads, bool assumeSpacing, bool acceptOutside)
    {
        Dictionary<string, double> stated = new(StringComparer.Ordinal);
        foreach (string text in prevalences ?? [])
        {
            string[] parts = text.Split('=', 2);
            string name = parts.Length == 2 ? parts[0] : bundle.Model.Task is BinaryTask ? bundle.Model.Task.Classes[1]
                : throw new DefinitionException($"--prevalence: the model answers for {string.Join(", ", bundle.Model.Task.Classes)}: expected NAME=PART, such as {bundle.Model.Task.Classes[^1]}=0.3, found '{PlainText.Short(text)}'.");
            stated[name] = double.TryParse(parts[^1], System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out double value) ? value
                : throw new DefinitionException($"--prevalence: expected a part between 0 and 1, such as 0.3, found '{PlainText.Short(text)}'.");
        }

        return new WorkListSettings { Prevalences = stated, Threads = threads, AssumeSpacing = assumeSpacing, AcceptOutside = acceptOutside };
    }

    /// <summary>Whether studies are taken that cannot mean the same as those a model was trained on.</summary>
    internal static Option<bool> AcceptOutside() =>
        new("--accept-outside") { Description = "Score studies too that cannot mean the same as those the model was trained on (another radionuclide, agent, part of the body, view or kind of image): said beside each score." };
}
