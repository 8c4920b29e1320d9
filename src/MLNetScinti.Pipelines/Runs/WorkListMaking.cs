using System.Globalization;
using System.Numerics.Tensors;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Serving;
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

    private static readonly ProjectionAxis[] s_axes = [ProjectionAxis.Transverse, ProjectionAxis.Sagittal, ProjectionAxis.Coronal];

    /// <summary>Scores every case of a folder and draws it. Pictures are held in memory.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="settings">How.</param>
    /// <param name="leftOut">Is told of files that gave no case.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <exception cref="Definitions.DefinitionException">A prevalence is of no class of the model, or not between 0 and 1.</exception>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="NotAFusedModelException">The model reads other columns than a case has.</exception>
    public static WorkList Of(ModelBundle bundle, SystemDefinition system, string folder, WorkListSettings settings, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(leftOut);
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

        using ExplainingScorer? explainer = ExplainerOf(bundle, out ExplainingModel? maps);
        List<LeftOutStudy> without = [];
        List<WorkListCase> cases = [];
        bool simulated = false, real = false;
        foreach ((Case one, IReadOnlyList<float[]> answers, CaseSchema schema) in FolderScoring.Answers(bundle, system, folder, settings, without.Add, cancellation))
        {
            simulated |= one.Acquired.IsSimulated;
            real |= !one.Acquired.IsSimulated;
            cases.Add(new WorkListCase
            {
                CaseId = one.Id,
                PatientId = one.PatientId,
                FileId = one.FileId,
                Facts = [.. system.Cases.Facts.Where(fact => !fact.FromLabels).Select(fact => KeyValuePair.Create(fact.Name, Told(one.Facts, fact.Name)))],
                Decision = task is SegmentationTask ? Drawn(task, one, answers[^1]) : task.Describe(ScoresTable.Called(task, answers[^1])),
                Answers = [.. AnswersOf(bundle, answers, settings)],
                Volumes = task is SegmentationTask ? [.. Volumes(task, one, answers[^1])] : [],
                Unusual = [.. (bundle.Card.Envelope?.Compare(one.Acquired) ?? []).Select(found => found.BesideScore), .. one.Noticed],
                Pictures = Pictures(bundle, system, one, answers, explainer?.Explain([InputsOf(bundle, maps!, one, schema)])[0], maps),
            });
        }

        foreach (LeftOutStudy study in without)
        {
            leftOut(study);
        }

        return new WorkList
        {
            Title = $"What {bundle.Card.Name} says of {cases.Count} {(cases.Count == 1 ? system.Words.Task.Case : system.Words.Task.Cases)}",
            Model = bundle.Card.Name,
            RunKey = bundle.Card.RunKey,
            Question = Question(system, task),
            Origin = (simulated, real) switch { (true, true) => DataOrigin.Mixed, (true, false) => DataOrigin.Simulated, (false, true) => DataOrigin.Real, _ => DataOrigin.Unstated },
            TrainedOnSimulated = bundle.Card.Simulated,
            Words = system.Words.Task,
            Meaning = [.. Meaning(bundle, settings, maps is not null)],
            TrainedOn = [.. TrainedOn(bundle.Card.Envelope)],
            Limits = bundle.Card.Limits,
            // By pseudonym: the order of the files' names, laid beside a list of these, would tell whose is whose.
            Cases = [.. cases.OrderBy(one => one.CaseId, StringComparer.Ordinal)],
            Refused = LeftOutStudy.Written(without.Where(study => study.IsRefused)),
            LeftOut = LeftOutStudy.Written(without.Where(study => study.IsLoss)),
        };
    }

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

    private static IEnumerable<KeyValuePair<string, double>> Volumes(LearningTask task, Case one, float[] labels) => task.Classes.Select((name, index) =>
        KeyValuePair.Create(name, Math.Round(labels.Count(label => label.Equals(index + 1f)) * one.Images[0].Place.VoxelVolume / 1000, 1)));

    private static string Drawn(LearningTask task, Case one, float[] labels) =>
        $"drew {string.Join(", ", Volumes(task, one, labels).Select(volume => string.Create(CultureInfo.InvariantCulture, $"{volume.Key} {volume.Value:0.0} ml")))}";

    private static ExplainingScorer? ExplainerOf(ModelBundle bundle, out ExplainingModel? model)
    {
        model = null;
        if (bundle.Model.Task is not BinaryTask || !bundle.Card.Files.ContainsKey(ModelBundle.ExplanationFile))
        {
            return null;
        }

        try
        {
            model = ExplainingModel.Load(Path.Combine(bundle.Folder, ModelBundle.ExplanationFile));
            return new ExplainingScorer(model);
        }
        catch (NotAFusedModelException)
        {
            // One of an earlier version: the list says that there are no maps.
            model = null;
            return null;
        }
    }

    private static IReadOnlyList<ReadOnlyMemory<float>> InputsOf(ModelBundle bundle, ExplainingModel maps, Case one, CaseSchema schema)
    {
        Dictionary<string, ReadOnlyMemory<float>> values = bundle.Model.InputColumns.Zip(bundle.Model.ValuesOf(one, schema)).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return [.. maps.InputColumns.Select(name => values[name])];
    }

    private static IReadOnlyList<WorkListPanel> Pictures(ModelBundle bundle, SystemDefinition system, Case one, IReadOnlyList<float[]> answers, ExplainedScore? explained, ExplainingModel? maps)
    {
        CaseImage first = one.Images[0];
        string architecture = bundle.Card.Network.Split(',')[0];
        List<WorkListPanel> panels = [];
        if (!first.Shape.IsVolume)
        {
            for (int i = 0; i < one.Images.Count; i++)
            {
                CaseImage image = one.Images[i];
                // Inputs that are images themselves stand in the images' order.
                float[]? map = explained is not null && maps!.Placed.Count == one.Images.Count && maps.Placed[i].Input.Count == 2
                    ? MapSurface.Over(maps.Placed[i].Map, explained.Maps[i], maps.Placed[i].InputShape, image.Shape) : null;
                map ??= i == 0 && bundle.Model.Task is SegmentationTask ? answers[^1] : null;
                panels.Add(Panel(Words(bundle, i), image.Values.Span, image.Shape, map, bundle.Model.Task, image.Place, image.FromBehind ? Turned(image.Place.RowDirection) : image.Place.RowDirection, image.Place.ColumnDirection, image.Place.ColumnSpacing, image.Place.RowSpacing));
            }

            return panels;
        }

        ImageGeometry place = first.Place;
        float[]? volumeMap = bundle.Model.Task is SegmentationTask ? answers[^1] : explained is not null && maps!.Placed is [{ Input.Count: 3 } whole] ? MapSurface.Over(whole.Map, explained.Maps[0], whole.InputShape, first.Shape) : null;
        foreach (ProjectionAxis axis in s_axes)
        {
            MaximumIntensityProjection project = new(axis);
            ImageShape plane = project.OutputShape(first.Shape);
            float[]? map = volumeMap is null ? null : project.Apply(volumeMap, first.Shape);
            for (int i = 0; map is null && explained is not null && i < maps!.Placed.Count; i++)
            {
                map = maps.Placed[i].Input.Count == 2 && system.ProjectionOf(architecture, maps.Placed[i].Map.Input) == axis ? MapSurface.Over(maps.Placed[i].Map, explained.Maps[i], maps.Placed[i].InputShape, plane) : null;
            }

            (Point3 across, Point3 down, double acrossMm, double downMm) = axis switch
            {
                ProjectionAxis.Transverse => (place.RowDirection, place.ColumnDirection, place.ColumnSpacing, place.RowSpacing),
                ProjectionAxis.Sagittal => (place.ColumnDirection, place.SectionDirection, place.RowSpacing, place.SectionSpacing),
                _ => (place.RowDirection, place.SectionDirection, place.ColumnSpacing, place.SectionSpacing),
            };
            panels.Add(Panel($"{axis.ToString().ToLowerInvariant()} maximum intensity projection", project.Apply(first.Values.Span, first.Shape), plane, map, bundle.Model.Task, first.Geometry, across, down, acrossMm, downMm));
        }

        return panels;
    }

    private static string Words(ModelBundle bundle, int image) => bundle.Card.Envelope?.Grid.ElementAtOrDefault(image)?.Image ?? "image";

    private static WorkListPanel Panel(string name, ReadOnlySpan<float> values, ImageShape plane, float[]? map, LearningTask task, ImageGeometry? known, Point3 across, Point3 down, double acrossMm, double downMm)
    {
        float most = Math.Max(TensorPrimitives.Max(values), 1e-6f);
        float hottest = map is null ? 0 : TensorPrimitives.Max<float>(map);
        string Letter(Point3 direction) => known is null ? "" : LetterOf(direction);
        return new WorkListPanel(
            name,
            PngEncoder.Encode(PngImage.Draw(values, plane, ColourMap.InverseGrey, 0, most)),
            map is null ? null : PngEncoder.Encode(ExplanationPictures.Overlay(values, map, plane, most, hottest)),
            plane.Columns * acrossMm, plane.Rows * downMm,
            Letter(Turned(across)), Letter(across), Letter(Turned(down)), Letter(down))
        {
            MapWords = task is SegmentationTask ? "what the model drew" : $"what speaks for {task.Classes[^1]}",
        };
    }

    private static Point3 Turned(Point3 direction) => new(-direction.X, -direction.Y, -direction.Z);

    // Towards the patient's left, back and head coordinates grow (DICOM PS3.3 C.7.6.2.1.1).
    private static string LetterOf(Point3 direction)
    {
        (double x, double y, double z) = (Math.Abs(direction.X), Math.Abs(direction.Y), Math.Abs(direction.Z));
        return x >= y && x >= z ? (direction.X > 0 ? "L" : "R") : y >= z ? (direction.Y > 0 ? "P" : "A") : direction.Z > 0 ? "H" : "F";
    }
}
