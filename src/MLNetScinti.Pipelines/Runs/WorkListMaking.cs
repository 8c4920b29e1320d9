using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>How a work list is made.</summary>
public sealed record WorkListSettings
{
    /// <summary>How common classes are where the studies come from, between 0 and 1, by their names.</summary>
    public IReadOnlyDictionary<string, double> Prevalences { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Files decoded at once, and threads of the model.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether volumes go on with lengths that their files do not give.</summary>
    public bool AssumeSpacing { get; init; }

    /// <summary>Whether studies are scored too that cannot mean the same as those the model was trained on.</summary>
    public bool AcceptOutside { get; init; }
}

/// <summary>Makes a work list of the studies of a folder: scores, decisions, risks, pictures, maps, and what is unusual.</summary>
public static class WorkListMaking
{
    /// <summary>The names of the files of a work list.</summary>
    public const string Html = "worklist.html", Json = "worklist.json", Table = "worklist.csv";

    /// <summary>Scores every case of a folder and draws it.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="settings">How.</param>
    /// <param name="pictures">Where the pictures wait until the list is written: they are not held in memory.</param>
    /// <param name="leftOut">Is told of files that gave no case.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <exception cref="Definitions.DefinitionException">A prevalence is of no class of the model, or not between 0 and 1.</exception>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="Serving.NotAFusedModelException">The model reads other columns than a case has.</exception>
    public static WorkList Of(ModelBundle bundle, SystemDefinition system, string folder, WorkListSettings settings, PictureSpool pictures, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(leftOut);
        MustKnow(bundle, settings);
        using BundleExplainer? explainer = BundleExplainer.OrNone(bundle);
        List<LeftOutStudy> without = [];
        List<WorkListCase> cases = [];
        OriginsSeen origins = new();
        foreach ((Case one, IReadOnlyList<float[]> answers, CaseSchema schema) in FolderScoring.Answers(bundle, system, folder, settings, without.Add, cancellation))
        {
            origins.Add(one);
            cases.Add(CaseOf(bundle, system, settings, one, answers) with
            {
                Pictures = [.. CasePlane.Of(bundle, system, one, answers, explainer?.Explain(one, schema), explainer?.Model).Select(plane => Panel(plane, bundle.Model.Task, pictures))],
            });
        }

        foreach (LeftOutStudy study in without)
        {
            leftOut(study);
        }

        return Of(bundle, system, settings, cases, without, origins.Origin, explainer is not null);
    }

    /// <summary>Refuses prevalences that no class of the model can have.</summary>
    internal static void MustKnow(ModelBundle bundle, WorkListSettings settings)
    {
        LearningTask task = bundle.Model.Task;
        foreach ((string name, double prevalence) in settings.Prevalences)
        {
            if (!task.Classes.Contains(name, StringComparer.Ordinal) || task is SegmentationTask)
            {
                throw new Definitions.DefinitionException($"--prevalence: the model knows no class '{name}' that could be common or rare; expected one of {string.Join(", ", task.Classes)}.");
            }

            if (!(prevalence is > 0 and < 1))
            {
                throw new Definitions.DefinitionException(string.Create(CultureInfo.InvariantCulture, $"--prevalence: expected a part between 0 and 1, found {prevalence} for {name}."));
            }
        }
    }

    /// <summary>What the model says of a case, without its pictures.</summary>
    internal static WorkListCase CaseOf(ModelBundle bundle, SystemDefinition system, WorkListSettings settings, Case one, IReadOnlyList<float[]> answers)
    {
        LearningTask task = bundle.Model.Task;
        return new WorkListCase
        {
            CaseId = one.Id,
            PatientId = one.PatientId,
            FileId = one.FileId,
            Facts = [.. system.Cases.Facts.Where(fact => !fact.FromLabels).Select(fact => KeyValuePair.Create(fact.Name, Told(one.Facts, fact.Name)))],
            Decision = task is SegmentationTask ? Drawn(task, one, answers[^1]) : task.Describe(ScoresTable.Called(task, answers[^1])),
            Answers = [.. AnswersOf(bundle, answers, settings)],
            Volumes = task is SegmentationTask ? [.. Volumes(task, one, answers[^1])] : [],
            Unusual = [.. (bundle.Card.Envelope?.Compare(one.Acquired) ?? []).Select(found => found.BesideScore), .. one.Noticed],
        };
    }

    /// <summary>The list of some cases.</summary>
    internal static WorkList Of(ModelBundle bundle, SystemDefinition system, WorkListSettings settings, IReadOnlyList<WorkListCase> cases, IReadOnlyList<LeftOutStudy> without, DataOrigin origin, bool hasMaps) => new()
    {
        Title = $"What {bundle.Card.Name} says of {cases.Count} {(cases.Count == 1 ? system.Words.Task.Case : system.Words.Task.Cases)}",
        Model = bundle.Card.Name,
        RunKey = bundle.Card.RunKey,
        Question = Question(system, bundle.Model.Task),
        Origin = origin,
        TrainedOnSimulated = bundle.Card.Simulated,
        Words = system.Words.Task,
        Meaning = [.. Meaning(bundle, settings, hasMaps)],
        TrainedOn = [.. TrainedOn(bundle.Card.Envelope)],
        Limits = bundle.Card.Limits,
        // By pseudonym: the order of the files' names, laid beside a list of these, would tell whose is whose.
        Cases = [.. cases.OrderBy(one => one.CaseId, StringComparer.Ordinal)],
        Refused = LeftOutStudy.Written(without.Where(study => study.IsRefused)),
        LeftOut = LeftOutStudy.Written(without.Where(study => study.IsLoss)),
    };

    /// <summary>Writes a work list as page, JSON and table into a folder; each file appears whole or not at all.</summary>
    public static void Write(WorkList list, string folder)
    {
        ArgumentNullException.ThrowIfNull(list);
        Directory.CreateDirectory(folder);
        Evaluation.Html.WorkListHtml.Write(list, Path.Combine(folder, Html));
        WorkListJson.Write(list, Path.Combine(folder, Json));
        AtomicFile.WriteText(Path.Combine(folder, Table), text =>
        {
            using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).To(text, leaveOpen: true);
            foreach (WorkListCase one in list.Cases)
            {
#pragma warning disable MA0040 // The overload with a token is for asynchronous writing.
                using SepWriter.Row row = writer.NewRow();
#pragma warning restore MA0040
                foreach ((string column, string value) in Columns(one))
                {
                    row[PlainText.Cell(column)].Set(PlainText.Cell(value));
                }
            }
        });
    }

    private static IEnumerable<(string Column, string Value)> Columns(WorkListCase one)
    {
        yield return ("File", one.FileId);
        yield return ("CaseId", one.CaseId);
        yield return ("PatientID", one.PatientId);
        foreach ((string name, string value) in one.Facts)
        {
            yield return (name, value);
        }

        yield return ("Decision", one.Decision);
        foreach (WorkListAnswer answer in one.Answers)
        {
            yield return ($"Probability.{answer.Name}", Text(answer.Probability));
            yield return ($"Threshold.{answer.Name}", Text(answer.Threshold));
            yield return ($"Prevalence.{answer.Name}", Text(answer.Prevalence));
            yield return ($"Risk.{answer.Name}", Text(answer.Risk));
        }

        foreach ((string name, double millilitres) in one.Volumes)
        {
            yield return ($"Millilitres.{name}", Text(millilitres));
        }

        yield return ("Unusual", string.Join(" ", one.Unusual));
        static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
    }

    private static string Told(Evaluation.Facts facts, string name) =>
        facts.Number(name) is { } number ? double.IsFinite(number) ? number.ToString("0.##", CultureInfo.InvariantCulture) : "" : facts.Text(name) ?? "";

    private static string Question(SystemDefinition system, LearningTask task) => task is SegmentationTask
        ? $"For each of the {system.Words.Task.Cases}: which voxels are {string.Join(" or ", task.Classes)}? The model draws masks; it calls nobody ill."
        : $"For each of the {system.Words.Task.Cases}: {string.Join(task is MultiLabelTask or OneOrTwoTask ? ", and " : " or ", task.Classes)}?";

    private static IEnumerable<string> Meaning(ModelBundle bundle, WorkListSettings settings, bool hasMaps)
    {
        foreach (BundleThreshold threshold in bundle.Card.Thresholds.DistinctBy(one => one.Rule))
        {
            yield return $"Threshold: {threshold.Rule}";
        }

        if (settings.Prevalences.Count > 0)
        {
            yield return bundle.Card.Calibration is not { } calibration
                ? "Risk: the model does not say how common each class was where its probabilities were made, so that no risk can be given."
                : $"Risk: the probability{(calibration.Temperature is { } temperature ? string.Create(CultureInfo.InvariantCulture, $", calibrated on validation patients (temperature {temperature:0.00}),") : ", which could not be calibrated on validation patients,")} where a class is as common as was stated; it holds as long as those with and without it look as they did in training.";
        }

        if (bundle.Model.Task is not SegmentationTask)
        {
            yield return hasMaps
                ? $"Maps show what speaks for {bundle.Model.Task.Classes[^1]}, also where it is not called. They explain the model, not the patient: a map can be hot where nothing is wrong."
                : "This model keeps no maps of what its answers come from.";
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> TrainedOn(TrainingEnvelope? envelope)
    {
        if (envelope is null)
        {
            yield break;
        }

        yield return new("Patients", envelope.Patients.ToString(CultureInfo.InvariantCulture));
        if (envelope.AgeYears is { } ages)
        {
            yield return new("Ages", $"{ages} years");
        }

        foreach (EnvelopeImages images in envelope.Images)
        {
            string of = envelope.Images.Count > 1 ? $" ({images.Kind})" : "";
            (string Name, string Value)[] facts =
            [
                ("Kind of image", images.Kind), ("Radionuclide", string.Join(", ", images.Radionuclides)), ("Radiopharmaceutical", string.Join(", ", images.Agents)), ("Part of the body", string.Join(", ", images.BodyParts)),
                ("View", string.Join(", ", images.Views)), ("Collimator", string.Join(", ", images.Collimators)), ("Camera", string.Join(", ", images.Cameras)),
                ("Pixel", images.PixelMillimetres is { } pixel ? $"{pixel} mm" : ""), ("Sections", images.SectionMillimetres is { } section ? $"{section} mm apart" : ""),
                ("Columns", images.Columns?.ToString() ?? ""), ("Rows", images.Rows?.ToString() ?? ""), ("Counts", images.Counts?.ToString() ?? ""),
            ];
            foreach ((string name, string value) in facts.Where(fact => fact.Value.Length > 0))
            {
                yield return new(name + of, value);
            }
        }

        foreach (EnvelopeGrid grid in envelope.Grid)
        {
            yield return new($"Grid of {grid.Image}", $"{string.Join(" x ", grid.Shape)} of {string.Join(" x ", grid.Millimetres)} mm");
        }
    }

    // A line for each class; of two classes for the positive one.
    private static IEnumerable<WorkListAnswer> AnswersOf(ModelBundle bundle, IReadOnlyList<float[]> answers, WorkListSettings settings)
    {
        LearningTask task = bundle.Model.Task;
        if (task is SegmentationTask)
        {
            yield break;
        }

        int column = task.Answers.ToList().FindIndex(answer => answer.Name == AnswerColumn.Probability);
        float[] probabilities = answers[Math.Max(column, 0)], called = answers[^1];
        for (int place = 0; place < probabilities.Length; place++)
        {
            string name = task is BinaryTask ? task.Classes[1] : task.Classes[place];
            // A call is a flag for each class, or the place of one.
            bool isCalled = task is MulticlassTask ? (int)called[0] == place : called[place] > 0;
            double? threshold = bundle.Card.Thresholds.Count == probabilities.Length ? bundle.Card.Thresholds[place].Value : null;
            double? prevalence = settings.Prevalences.TryGetValue(name, out double stated) ? stated : null;
            double probability = Math.Clamp(probabilities[place], 0, 1);
            yield return new(name, probability, threshold, isCalled, prevalence, prevalence is { } common ? bundle.Card.Calibration?.Risk(place, probability, common) : null);
        }
    }

    // Where it is not known how large a voxel is there are no millilitres, only voxels.
    private static IEnumerable<KeyValuePair<string, double>> Volumes(LearningTask task, Case one, float[] labels)
    {
        double? voxel = one.Images[0].Geometry?.VoxelVolume;
        return task.Classes.Where(_ => voxel is not null).Select((name, index) => KeyValuePair.Create(name, Math.Round(Drawn(labels, index) * (voxel ?? 0) / 1000, 1)));
    }

    private static string Drawn(LearningTask task, Case one, float[] labels)
    {
        IEnumerable<string> parts = one.Images[0].Geometry is null
            ? task.Classes.Select((name, index) => string.Create(CultureInfo.InvariantCulture, $"{name} {Drawn(labels, index)} voxels"))
            : Volumes(task, one, labels).Select(volume => string.Create(CultureInfo.InvariantCulture, $"{volume.Key} {volume.Value:0.0} ml"));
        return $"drew {string.Join(", ", parts)}";
    }

    private static int Drawn(float[] labels, int index) => labels.Count(label => label.Equals(index + 1f));

    private static WorkListPanel Panel(CasePlane plane, LearningTask task, PictureSpool pictures) => new(
        plane.Name,
        pictures.Keep(PngEncoder.Encode(plane.Grey())),
        plane.Overlaid() is { } map ? pictures.Keep(PngEncoder.Encode(map)) : null,
        plane.WidthMillimetres, plane.HeightMillimetres, plane.Left, plane.Right, plane.Top, plane.Bottom)
    {
        MapWords = task is SegmentationTask ? "what the model drew" : $"what speaks for {task.Classes[^1]}",
    };
}

/// <summary>Where some cases come from, as their files say.</summary>
internal sealed class OriginsSeen
{
    private bool _simulated, _real;

    public DataOrigin Origin => (_simulated, _real) switch { (true, true) => DataOrigin.Mixed, (true, false) => DataOrigin.Simulated, (false, true) => DataOrigin.Real, _ => DataOrigin.Unstated };

    public void Add(Case one)
    {
        _simulated |= one.Acquired.IsSimulated;
        _real |= !one.Acquired.IsSimulated;
    }
}
