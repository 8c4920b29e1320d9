using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a model says of one case of a folder.</summary>
/// <param name="Case">The case, without its images.</param>
/// <param name="Answers">The answers as columns of a table: names and values.</param>
public sealed record ScoredFolderCase(Case Case, IReadOnlyList<(string Column, string Value)> Answers)
{
    /// <summary>In what its study differs from what the model was trained on.</summary>
    public IReadOnlyList<EnvelopeFinding> Outside { get; init; } = [];

    /// <summary>All that is unusual about it, a sentence each: that, and the warnings of reading.</summary>
    public IReadOnlyList<string> Unusual => [.. Outside.Select(one => one.BesideScore), .. Case.Noticed];
}

/// <summary>What a model has drawn in one case of a folder.</summary>
/// <param name="Case">The case, with its images.</param>
/// <param name="Labels">A label for each voxel of the grid of its first image: 0, or the number of a class from 1 on.</param>
public sealed record DrawnFolderCase(Case Case, byte[] Labels)
{
    /// <summary>The probabilities behind them: of one class each voxel's, or of background and each class one after the other.</summary>
    public required float[] Probabilities { get; init; }
}

/// <summary>What a model's answers for the cases of a folder are worth, where it is known what is true of them.</summary>
/// <param name="Evaluation">The figures.</param>
/// <param name="Origin">Where the patients come from.</param>
/// <param name="Cases">Each case with its answers, and its truth among these as the column Label.</param>
public sealed record JudgedFolder(IEvaluation Evaluation, DataOrigin Origin, IReadOnlyList<ScoredFolderCase> Cases)
{
    /// <summary>Lines of the labels table that label none of the studies.</summary>
    public IReadOnlyList<UnusedLabelLine> UnusedLabels { get; init; } = [];
}

/// <summary>Scores the studies of a folder with a model.</summary>
public static class FolderScoring
{
    private const int Batch = 4;

    /// <summary>Refuses a file of answers that would take the place of what they are made from.</summary>
    /// <param name="output">The file to write. One that is not there yet may lie anywhere.</param>
    /// <param name="model">The model's folder or file.</param>
    /// <param name="studies">The folder of studies.</param>
    /// <param name="labels">The table of labels, or null.</param>
    /// <exception cref="DefinitionException">It is a file of the model, of the studies, or the table.</exception>
    public static void MustNotReplace(string output, string model, string studies, string? labels = null)
    {
        foreach ((string what, string? kept) in File.Exists(output) ? [("the model", model), ("the studies", studies), ("the labels", labels)] : Array.Empty<(string, string?)>())
        {
            if (kept is not null && RunFolderLock.Lies(output, within: kept))
            {
                throw new DefinitionException($"--output: {output} is there already and belongs to {what} ({kept}): it is not written over; give another file.");
            }
        }
    }

    /// <summary>Scores every case of a folder, lazily and in the order of the files; nothing is kept of what was scored.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files. A labels.csv or cohort.json in it is known to be no study.</param>
    /// <param name="threads">Files decoded at once, and threads of the model.</param>
    /// <param name="leftOut">Is told of files that gave no case, when the end is reached.</param>
    /// <param name="masks">The folder for the masks that the model draws, one NIfTI file a case under its pseudonym; null to keep none.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <param name="assumeSpacing">Whether volumes go on with lengths that their files do not give.</param>
    /// <param name="acceptOutside">Whether studies are scored too that cannot mean the same as those the model was trained on: it is said beside their scores.</param>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="NotAFusedModelException">The model reads other columns than a case has, or draws no masks and is asked for them.</exception>
    public static IEnumerable<ScoredFolderCase> Score(
        ModelBundle bundle, SystemDefinition system, string folder, int threads, Action<LeftOutStudy> leftOut, string? masks = null, CancellationToken cancellation = default, bool assumeSpacing = false, bool acceptOutside = false)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(leftOut);
        if (masks is not null && bundle.Model.Task is not SegmentationTask)
        {
            throw new NotAFusedModelException($"{bundle.Source}: the model answers a {bundle.Model.Task.Name} and draws no masks; ask for none.");
        }

        CaseView cases = new(Studies(bundle, system, folder, assumeSpacing, acceptOutside, cancellation), new CaseViewOptions { Keep = false, Parallelism = Math.Clamp(threads, 1, 8) });
        return Scored(bundle, cases, threads, leftOut, masks, cancellation);
    }

    /// <summary>The studies of a folder, listed and not yet read, as a model is to score them.</summary>
    /// <inheritdoc cref="Score(ModelBundle, SystemDefinition, string, int, Action{LeftOutStudy}, string?, CancellationToken, bool, bool)"/>
    public static FolderCases Studies(ModelBundle bundle, SystemDefinition system, string folder, bool assumeSpacing, bool acceptOutside, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return new FolderCases(folder, system, new FolderOptions { Labels = null, WithContent = false, AssumeSpacing = assumeSpacing, OneVoxelSize = false, Envelope = acceptOutside ? null : bundle.Card.Envelope }.StoppedBy(cancellation));
    }

    /// <summary>Scores every case of studies that were listed before, or of some of them.</summary>
    /// <inheritdoc cref="Score(ModelBundle, SystemDefinition, string, int, Action{LeftOutStudy}, string?, CancellationToken, bool, bool)"/>
    public static IEnumerable<ScoredFolderCase> Score(ModelBundle bundle, CaseSource studies, int threads, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(leftOut);
        return Scored(bundle, new CaseView(studies, new CaseViewOptions { Keep = false, Parallelism = Math.Clamp(threads, 1, 8) }), threads, leftOut, masks: null, cancellation);
    }

    /// <summary>
    /// Scores every case of a folder of which a labels table says what is true, and judges the answers by what the model decides by. No
    /// patient may be one that the model was trained or validated on.
    /// </summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="labels">The labels table; its rows name files relative to the folder.</param>
    /// <param name="threads">Files decoded at once, and threads of the model.</param>
    /// <param name="leftOut">Is told of files that gave no case, and of those that the table has no line for.</param>
    /// <param name="masks">The folder for the masks that the model draws; null to keep none.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <param name="assumeSpacing">Whether volumes go on with lengths that their files do not give.</param>
    /// <param name="acceptOutside">Whether studies are scored too that cannot mean the same as those the model was trained on: it is said beside their scores.</param>
    /// <exception cref="LabelsTableException">The labels table cannot be used.</exception>
    /// <exception cref="NoStudyException">No study of the folder has a line in the table and gives a case.</exception>
    /// <exception cref="PatientSplitException">A patient was trained or validated on; the message has the pseudonym.</exception>
    /// <exception cref="NotAFusedModelException">The model reads other columns than a case has, or draws no masks and is asked for them.</exception>
    public static JudgedFolder Judge(
        ModelBundle bundle, SystemDefinition system, string folder, string labels, int threads, Action<LeftOutStudy> leftOut, string? masks = null, CancellationToken cancellation = default, bool assumeSpacing = false, bool acceptOutside = false)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(leftOut);
        LearningTask task = bundle.Model.Task;
        if (masks is not null && task is not SegmentationTask)
        {
            throw new NotAFusedModelException($"{bundle.Source}: the model answers a {task.Name} and draws no masks; ask for none.");
        }

        // A table within the folder is none of its studies.
        string table = Path.GetFullPath(labels), within = Path.GetRelativePath(folder, table).Replace('\\', '/');
        using CaseView cases = new(new FolderCases(folder, system, new FolderOptions { Labels = within.StartsWith("../", StringComparison.Ordinal) ? table : within, AssumeSpacing = assumeSpacing, OneVoxelSize = false, Envelope = acceptOutside ? null : bundle.Card.Envelope }.StoppedBy(cancellation)),
            new CaseViewOptions { Parallelism = Math.Clamp(threads, 1, 8) });
        cases.Settle();
        foreach (LeftOutStudy study in cases.LeftOut)
        {
            leftOut(study);
        }

        IReadOnlyList<Func<Case>> known = cases.Deferred();
        if (known.Count == 0)
        {
            throw new NoStudyException($"{folder}: no study has a line in {labels} and gives a case. {LeftOutStudy.Summary(cases.LeftOut, cases.StudyCount)}".TrimEnd());
        }

        bundle.Membership.MustNotKnow(cases, bundle.Card.Name);
        using OnnxScorer scorer = new(bundle.Model, threads);
        IEnumerable<AnsweredCase> Answered() => AnswerReading.Read(scorer, cases, task, LearningTask.LabelColumn, CaseSchema.CaseId, CaseSchema.PatientId, cancellation);
        List<ScoredFolderCase> scored = [];
        List<AnsweredCase> kept = [];
        foreach ((Func<Case> read, AnsweredCase answered) in known.Zip(Answered()))
        {
            Case one = read();
            List<(string Column, string Value)> columns = [];
            if (task is not SegmentationTask)
            {
                columns.Add(("Label", task.Describe(answered.Truth)));
                kept.Add(answered);
            }

            scored.Add(new ScoredFolderCase(one with { Images = [] }, [.. columns, .. Columns(task, one, answered.Answers, masks)]) { Outside = Outside(bundle, one) });
        }

        EvaluationOptions options = new() { Model = bundle.Card.Name, Words = system.Words.Task, Groupings = [.. system.Groupings, .. cases.Groupings], Ceiling = system.Ceiling };
        // Masks are answered anew, so that they need not be held.
        return new JudgedFolder(task.EvaluateEach(task is SegmentationTask ? Answered() : kept, [bundle.Decision], options), cases.Origin, scored) { UnusedLabels = cases.UnusedLabels };
    }

    /// <summary>Every case of a folder with its images, and the model's answers as they are.</summary>
    internal static IEnumerable<(Case Case, IReadOnlyList<float[]> Answers, CaseSchema Schema)> Answers(ModelBundle bundle, SystemDefinition system, string folder, WorkListSettings settings, Action<LeftOutStudy> leftOut, CancellationToken cancellation)
    {
        CaseView cases = new(new FolderCases(folder, system, new FolderOptions { Labels = null, WithContent = false, AssumeSpacing = settings.AssumeSpacing, OneVoxelSize = false, Envelope = settings.AcceptOutside ? null : bundle.Card.Envelope }.StoppedBy(cancellation)),
            new CaseViewOptions { Keep = false, Parallelism = Math.Clamp(settings.Threads, 1, 8) });
        return Answered(bundle, cases, settings.Threads, leftOut, cancellation).Select(one => (one.Case, one.Answers, cases.Cases));
    }

    /// <summary>The columns that the answers of a task make in a table, and whether they hold numbers.</summary>
    public static IEnumerable<(string Name, bool IsNumber)> AnswerColumns(LearningTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return ScoresTable.Columns(task);
    }

    private static IReadOnlyList<EnvelopeFinding> Outside(ModelBundle bundle, Case one) => bundle.Card.Envelope?.Compare(one.Acquired) ?? [];

    // The columns of a table, and the mask beside it.
    private static IEnumerable<(string Column, string Value)> Columns(LearningTask task, Case one, IReadOnlyList<float[]> answers, string? masks)
    {
        foreach ((string Column, string Value) column in ScoresTable.Columns(task, answers))
        {
            yield return column;
        }

        if (masks is not null)
        {
            // The answer lies on the grid of the case's first image.
            string name = $"{one.Id}.nii.gz";
            AtomicFile.Write(Path.Combine(masks, name), NiftiLabels.Encode(Array.ConvertAll(answers[^1], label => (byte)label), one.Images[0].Place, "MLNetScinti, research use only"));
            yield return ("Mask", name);
        }
    }

    /// <summary>Draws masks in every case of a folder, lazily and in the order of the files.</summary>
    /// <param name="bundle">A model that draws masks.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="threads">Files decoded at once, and threads of the model.</param>
    /// <param name="leftOut">Is told of files that gave no case, when the end is reached.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <param name="acceptOutside">Whether masks are drawn too in studies that cannot mean the same as those the model was trained on.</param>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="NotAFusedModelException">The model draws no masks, or reads other columns than a case has.</exception>
    public static IEnumerable<DrawnFolderCase> Draw(ModelBundle bundle, SystemDefinition system, string folder, int threads, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default, bool acceptOutside = false)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(leftOut);
        if (bundle.Model.Task is not SegmentationTask)
        {
            throw new NotAFusedModelException($"{bundle.Source}: the model answers a {bundle.Model.Task.Name} and draws no masks; take one that does.");
        }

        CaseView cases = new(new FolderCases(folder, system, new FolderOptions { Labels = null, WithContent = false, OneVoxelSize = false, Envelope = acceptOutside ? null : bundle.Card.Envelope }.StoppedBy(cancellation)), new CaseViewOptions { Keep = false, Parallelism = Math.Clamp(threads, 1, 8) });
        return Answered(bundle, cases, threads, leftOut, cancellation).Select(one => new DrawnFolderCase(one.Case, Array.ConvertAll(one.Answers[^1], label => (byte)label)) { Probabilities = one.Answers[0] });
    }

    private static IEnumerable<ScoredFolderCase> Scored(ModelBundle bundle, CaseView cases, int threads, Action<LeftOutStudy> leftOut, string? masks, CancellationToken cancellation) =>
        Answered(bundle, cases, threads, leftOut, cancellation).Select(one => new ScoredFolderCase(one.Case with { Images = [] }, [.. Columns(bundle.Model.Task, one.Case, one.Answers, masks)]) { Outside = Outside(bundle, one.Case) });

    private static IEnumerable<(Case Case, IReadOnlyList<float[]> Answers)> Answered(ModelBundle bundle, CaseView cases, int threads, Action<LeftOutStudy> leftOut, CancellationToken cancellation)
    {
        using (cases)
        using (OnnxScorer scorer = new(bundle.Model, threads))
        {
            foreach (Case[] some in cases.Read().Chunk(Batch))
            {
                cancellation.ThrowIfCancellationRequested();
                IReadOnlyList<IReadOnlyList<float[]>> answers = scorer.Score([.. some.Select(one => bundle.Model.ValuesOf(one, cases.Cases))]);
                for (int i = 0; i < some.Length; i++)
                {
                    yield return (some[i], answers[i]);
                }
            }

            foreach (LeftOutStudy study in cases.LeftOut)
            {
                leftOut(study);
            }
        }
    }
}

/// <summary>Every scored case on a line of a CSV file, for who wants to compute something else. Pseudonyms only; of masks there is no table.</summary>
internal static class ScoresTable
{
    public static void Write(string path, LearningTask task, IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test) =>
        Write(path, task, [("validation", validation), ("test", test)]);

    /// <summary>Writes the cases of several sets.</summary>
    public static void Write(string path, LearningTask task, IEnumerable<(string Name, IEnumerable<AnsweredCase> Cases)> sets)
    {
        if (task is SegmentationTask)
        {
            return;
        }

        using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).ToText();
        foreach ((string name, IEnumerable<AnsweredCase> set) in sets)
        {
            // By pseudonym: the order in which the files lie in their folder is that of their names.
            foreach (AnsweredCase one in set.OrderBy(one => one.CaseId, StringComparer.Ordinal))
            {
                using SepWriter.Row row = writer.NewRow();
                row["Set"].Set(name);
                row["CaseId"].Set(PlainText.Cell(one.CaseId));
                row["PatientID"].Set(PlainText.Cell(one.PatientId));
                row["Label"].Set(PlainText.Cell(task.Describe(one.Truth)));
                foreach ((string column, string value) in Columns(task, one.Answers))
                {
                    row[PlainText.Cell(column)].Set(PlainText.Cell(value));
                }
            }
        }

        AtomicFile.Write(path, writer.ToString());
    }

    /// <summary>The answers for a case as columns of a table.</summary>
    public static IEnumerable<(string Column, string Value)> Columns(LearningTask task, IReadOnlyList<float[]> answers)
    {
        if (task is SegmentationTask)
        {
            // A mask is no line of a table: its extent is.
            foreach ((string name, int index) in task.Classes.Select((name, index) => (name, index)))
            {
                yield return ($"Voxels.{name}", answers[^1].Count(label => label.Equals(index + 1f)).ToString(CultureInfo.InvariantCulture));
            }

            yield break;
        }

        for (int i = 0; i < task.Answers.Count; i++)
        {
            AnswerColumn answer = task.Answers[i];
            float[] values = answers[i];
            if (answer.Name == AnswerColumn.PredictedLabel)
            {
                yield return (answer.Name, task.Describe(Called(task, values)));
            }
            else if (values.Length == 1)
            {
                yield return (answer.Name, values[0].ToString("R", CultureInfo.InvariantCulture));
            }
            else
            {
                for (int c = 0; c < values.Length; c++)
                {
                    yield return ($"{answer.Name}.{task.Classes[c]}", values[c].ToString("R", CultureInfo.InvariantCulture));
                }
            }
        }
    }

    /// <summary>Their names, and whether they hold numbers.</summary>
    public static IEnumerable<(string Name, bool IsNumber)> Columns(LearningTask task) => task is SegmentationTask
        ? task.Classes.Select(name => ($"Voxels.{name}", true))
        : task.Answers.SelectMany(answer => answer.Name == AnswerColumn.PredictedLabel ? [(answer.Name, false)]
            : answer.Length <= 1 ? [(answer.Name, true)]
            : task.Classes.Select(name => ($"{answer.Name}.{name}", true)));

    public static Target Called(LearningTask task, float[] label) => task is MultiLabelTask or OneOrTwoTask
        ? new FindingsTarget(Array.ConvertAll(label, value => value > 0))
        : new ClassTarget((int)label[0]);
}
