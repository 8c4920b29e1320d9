using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines.Starting;

/// <summary>How many examinations of a folder suit a system, and why the others do not.</summary>
/// <param name="System">The system.</param>
/// <param name="Studies">Those that suit, with the images that the system would use.</param>
/// <param name="WhyNot">Why the others do not, each reason once, the commonest first.</param>
public sealed record SystemFit(SystemEntry System, IReadOnlyList<(SurveyedStudy Study, IReadOnlyList<SurveyedSeries> Images)> Studies, string WhyNot)
{
    /// <summary>Every system with what suits it, the one that most studies suit first.</summary>
    public static IReadOnlyList<SystemFit> Of(FolderSurvey survey, IReadOnlyList<SystemEntry> systems)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(systems);
        return [.. systems.Where(system => system.Start is not null).Select(system =>
        {
            (SurveyedStudy Study, StudyFit Fit)[] fits = [.. survey.Studies.Select(study => (study, system.Start!.Fit(study)))];
            return new SystemFit(system, [.. fits.Where(one => one.Fit.Images.Count > 0).Select(one => (one.Study, one.Fit.Images))],
                FolderSurvey.Counted(fits.Where(one => one.Fit.Images.Count == 0).Select(one => one.Fit.WhyNot)));
        }).OrderByDescending(fit => fit.Studies.Count)];
    }

    /// <summary>For example "brain: 40 of 44 studies; 4 no reconstructed sections".</summary>
    public string Line(int all) => string.Create(CultureInfo.InvariantCulture, $"{System.Name}: {Studies.Count} of {all} studies suit it{(WhyNot.Length > 0 ? $"; not: {WhyNot}" : "")}");
}

/// <summary>
/// A pipeline definition for a folder of studies, with comments, and the labels table beside it that somebody has to fill in: a line for each case,
/// by accession number and UIDs, without names.
/// </summary>
/// <param name="Yaml">The definition.</param>
/// <param name="Labels">The labels table, CSV.</param>
/// <param name="Lines">Lines of the table.</param>
/// <param name="Expected">What a label may be.</param>
/// <param name="Remarks">What to know before filling it in: each a sentence.</param>
public sealed record StartingDefinition(string Yaml, string Labels, int Lines, string Expected, IReadOnlyList<string> Remarks)
{
    /// <summary>Makes both.</summary>
    /// <param name="survey">The folder.</param>
    /// <param name="fit">The system with what suits it.</param>
    /// <param name="name">The definition's name.</param>
    /// <param name="folder">The folder as the definition names it: from where the definition lies.</param>
    /// <param name="labels">The labels table as the definition names it.</param>
    /// <exception cref="NoStudyException">Nothing suits the system.</exception>
    public static StartingDefinition Of(FolderSurvey survey, SystemFit fit, string name, string folder, string labels)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(fit);
        SystemEntry entry = fit.System;
        if (entry.Start is not { } start || fit.Studies.Count == 0)
        {
            throw new NoStudyException($"{survey.Folder}: no study suits the system {entry.Name} ({entry.Description}): {fit.WhyNot}.");
        }

        string yaml = Write(survey, fit, start, name, folder, labels);
        // What is written must be read: system and labels are those of the text itself.
        PipelineDefinition definition = PipelineReader.Read(DefinitionSection.OfText($"{name}.yaml", yaml), $"{name}.yaml", [entry], preset: null);
        bool byImage = definition.System.Boundary is null;
        LabelsLayout layout = definition.System.Labels;
        string?[] parts = layout.PartColumn is null ? [null] : [.. layout.Parts?.Values.Distinct(StringComparer.Ordinal) ?? []];
        bool several = byImage && fit.Studies.Any(one => one.Images.Count > 1);
        // Where nothing else tells which image is meant, its file does.
        bool byFile = fit.Studies.Any(one => one.Study.StudyUid.Length == 0 || (byImage && one.Images.CountBy(image => image.SeriesUid, StringComparer.Ordinal).Any(series => series.Value > 1)));
        int lines = 0;
        using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).ToText();
        foreach ((SurveyedStudy study, IReadOnlyList<SurveyedSeries> images) in fit.Studies)
        {
            foreach (SurveyedSeries image in byImage ? images : images.Take(1))
            {
                foreach (string? part in parts)
                {
                    List<(string Column, string Value)> cells = [("AccessionNumber", PlainText.Cell(study.Accession)), ("StudyInstanceUID", PlainText.Cell(study.StudyUid))];
                    if (several)
                    {
                        cells.AddRange([("SeriesInstanceUID", PlainText.Cell(image.SeriesUid)), ("Image", PlainText.Cell(image.SizeText))]);
                    }

                    if (byFile)
                    {
                        // As it is, so that the file is found again.
                        cells.Add(("File", image.File));
                    }

                    if (part is not null)
                    {
                        cells.Add((layout.PartColumn!, part));
                    }

                    cells.AddRange([("Date", study.Day is { } day ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : ""), ("Label", "")]);
                    using SepWriter.Row row = writer.NewRow();
                    foreach ((string column, string value) in cells)
                    {
                        row[column].Set(value);
                    }

                    lines++;
                }
            }
        }

        List<string> remarks = [];
        if (several)
        {
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{fit.Studies.Count(one => one.Images.Count > 1)} studies have several images that suit, such as with and without attenuation correction: label one of each, and leave the lines of the others empty."));
        }

        if (byFile)
        {
            remarks.Add("Some images have no UID of their own, so the table names them by file: names of files may hold names of patients.");
        }

        int patients = fit.Studies.Select(one => one.Study.Patient).Distinct(StringComparer.Ordinal).Count();
        if (patients < FewPatients)
        {
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{patients} patients are few: a test set of some {Math.Max(1, patients * 3 / 20)} of them leaves wide intervals; 'split: {{ folds: 5 }}' tests every patient once."));
        }

        return new StartingDefinition(yaml, writer.ToString(), lines, layout.Task.Expected, remarks);
    }

    /// <summary>Below so many patients a single split tests too few of them to say much.</summary>
    private const int FewPatients = 100;

    private static string Write(FolderSurvey survey, SystemFit fit, SystemStart start, string name, string folder, string labels)
    {
        StringBuilder text = new();
        void Line(string line = "") => text.Append(line).Append('\n');
        Line($"# {fit.System.Description}");
        Line("#");
        Line("# What was found in the folder when this was written:");
        foreach (string line in survey.Lines(withDays: false))
        {
            Line($"#   {PlainText.OneLine(line).Trim()}");
        }

        Line("#");
        Line($"# Fill in the column Label of {PlainText.OneLine(labels)}, then: scinti run {name}.yaml");
        Line("# Any key can be set on the command line too (--set training.epochs=10); scinti keys lists them all.");
        Line($"name: {name}");
        Line($"description: {Quoted(fit.System.Description)}");
        Line("seed: 1                     # decides every random choice: the same seed, the same result");
        Line($"system: {fit.System.Name}");
        Line();
        Line("data:                       # relative paths start at this file's folder");
        Line($"  folder: {Quoted(folder)}");
        Line($"  labels: {Quoted(labels)}");
        Line();
        Line("split:                      # patients; all studies of one stay together");
        Line("  train: 0.7                # or numbers of patients, or 'column: NAME' of the labels table (train, validation, test),");
        Line("  validation: 0.15          # or 'folds: 5', which tests every patient once");
        Line("  test: 0.15");
        Line();
        foreach (string line in start.Write(new StartContext(survey, fit, name)).ReplaceLineEndings("\n").TrimEnd().Split('\n'))
        {
            Line(line.TrimEnd());
        }

        return text.ToString();
    }

    // As YAML takes any text.
    private static string Quoted(string text) => $"\"{PlainText.OneLine(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

/// <summary>What a system's part of a starting definition is written from.</summary>
/// <param name="Survey">The folder.</param>
/// <param name="Fit">What of it suits the system.</param>
/// <param name="Name">The definition's name.</param>
public sealed record StartContext(FolderSurvey Survey, SystemFit Fit, string Name)
{
    /// <summary>The middle of a length of the images that suit, mm; null where no file gives it.</summary>
    /// <param name="axis">0 between columns, 1 between rows, 2 between sections.</param>
    public double? MedianSpacing(int axis) =>
        Fit.Studies.SelectMany(one => one.Images).Where(image => image.Spacing.Count > axis).Select(image => image.Spacing[axis]).Order().ToArray() is { Length: > 0 } lengths ? lengths[lengths.Length / 2] : null;

    /// <summary>Whether some image that suits shows a radionuclide.</summary>
    public bool HasNuclide(string symbol) => Fit.Studies.SelectMany(one => one.Images).Any(image => image.Nuclides.Contains(symbol, StringComparer.Ordinal));
}

/// <summary>How a system takes up a folder of studies that nobody has described yet.</summary>
/// <param name="Fit">What of an examination it would use.</param>
/// <param name="Write">The sections of a definition that are the system's to fill: its own, network, training, augmentation, evaluation, output and presets; YAML with comments.</param>
public sealed record SystemStart(Func<SurveyedStudy, StudyFit> Fit, Func<StartContext, string> Write);
