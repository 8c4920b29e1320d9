using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>
/// Explains a trained network on its test kidneys: class activation of all of them, occlusion of some, pictures of the wrongly
/// called and a few rightly called ones, and how often the maps point at a true defect.
/// </summary>
internal sealed class TestExplanation(PipelineDefinition definition, KidneyDataView kidneys, ConvolutionalNetworkTransformer network, FusedModel fused, IDefectTruth truth)
{
    /// <summary>The resolution of a DMSA SPECT, FWHM in mm: about that of a LEHR collimator at 10 to 15 cm, with a filter.</summary>
    public const double Resolution = 10;

    // As far from a defect as one cannot tell in the image.
    private const double Tolerance = Resolution;

    private const int MostWrong = 8;
    private const int MostAbnormal = 3;
    private const int MostNormal = 1;
    private const string ImageColumn = "Image";

    private readonly int _imageIndex = fused.InputColumns.ToList().IndexOf(ImageColumn);

    public static string NameOf(ProjectionAxis axis) => axis.ToString().ToLowerInvariant();

    /// <summary>Explains the test kidneys.</summary>
    /// <param name="model">The explaining form of the network.</param>
    /// <param name="set">The test kidneys.</param>
    /// <param name="test">Their scores.</param>
    /// <param name="threads">Kidneys at once; the result does not depend on it.</param>
    /// <param name="cancellationToken">Stops between kidneys.</param>
    public ExplanationSection Of(ExplainingModel model, TestSet set, TestScores test, int threads, CancellationToken cancellationToken)
    {
        ScoredCase[] pictured = Pictured(test);
        ScoredCase[] occluded = [.. pictured, .. truth.Unknown is null ? test.Cases.Where(one => one.Label && !pictured.Contains(one)) : []];
        (int positions, int count) = Budget(occluded.Length, pictured.Length);
        HashSet<string> tried = [.. occluded.Take(count).Select(one => one.CaseId)], shown = [.. pictured.Select(one => one.CaseId)];

        using ExplainingScorer explainer = new(model);
        using FusedScorer scorer = new(fused);
        Dictionary<string, ScoredCase> scored = test.Cases.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        Dictionary<string, ExplainedCase> pictures = new(StringComparer.Ordinal);
        List<(PointedCase[] Maps, PointedCase Hottest, PointedCase Inside, PointedCase? Occlusion)> pointed = [];
        foreach ((string CaseId, ReadOnlyMemory<float>[] Inputs)[] rows in Rows(set).Chunk(Math.Max(1, threads)))
        {
            (ExplainedKidney Kidney, ExplainedCase? Picture)[] explained = new (ExplainedKidney, ExplainedCase?)[rows.Length];
            Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken }, index =>
            {
                ExplainedKidney kidney = Explain(explainer, model, scored[rows[index].CaseId], rows[index].Inputs);
                bool isShown = shown.Contains(kidney.Scored.CaseId), isTried = tried.Contains(kidney.Scored.CaseId);
                OrganHull? hull = isShown || isTried ? kidney.Hull() : null;
                if (isTried && hull is not null)
                {
                    kidney.Occlude(hull, positions, images => [.. scorer.Score([.. images.Select(image => With(rows[index].Inputs, image))]).Select(answer => answer.Score)]);
                }

                explained[index] = (kidney, isShown && hull is not null ? kidney.ForReport(hull, network.Threshold.IsPositive(kidney.Scored.Probability)) : null);
            });
            foreach ((ExplainedKidney kidney, ExplainedCase? picture) in explained)
            {
                if (picture is not null)
                {
                    pictures[picture.CaseId] = picture;
                }

                if (kidney is { Hottest: { } hottest, Inside: { } inside })
                {
                    pointed.Add(([.. kidney.Pointings.Select(kidney.Pointed)], kidney.Pointed(hottest), kidney.Pointed(inside), kidney.OcclusionPointing is { } place ? kidney.Pointed(place) : null));
                }
            }
        }

        return new ExplanationSection
        {
            Methods = Methods(model, positions, tried.Count),
            Agreements = truth.Unknown is { } reason
                ? [ExplanationAgreement.Undefined("Class activation", Tolerance, reason)]
                : [.. Agreements(model, pointed)],
            Cases = [.. pictured.Select(one => pictures.GetValueOrDefault(one.CaseId)).OfType<ExplainedCase>()],
        };
    }

    private ExplainedKidney Explain(ExplainingScorer explainer, ExplainingModel model, ScoredCase scored, ReadOnlyMemory<float>[] inputs)
    {
        ExplainedScore answer = explainer.Explain([inputs])[0];
        // The model that explains must answer as what was evaluated, or it would explain something else.
        if (Math.Abs(answer.Score - scored.Score) > 1e-3 * Math.Max(1, Math.Abs(scored.Score)))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The explaining model differs from the pipeline by {Math.Abs(answer.Score - scored.Score):G3}."));
        }

        KidneyFacts facts = kidneys.FactsOf(scored.CaseId) ?? throw new InvalidOperationException($"The kidney {scored.CaseId} was scored and is not known.");
        ImageShape cube = facts.Geometry.Shape;
        List<(ProjectionAxis? Axis, float[] Map)> maps = [];
        for (int i = 0; i < model.Maps.Count; i++)
        {
            ClassActivation map = model.Maps[i];
            ProjectionAxis? axis = NetworkCatalog.ViewOf(definition.Network, map.Input);
            int[] input = [.. network.Network.ShapeOf(map.Input).Skip(1).Select(extent => (int)extent)];
            maps.Add((axis, MapSurface.Over(
                map, answer.Maps[i],
                axis is null ? new ImageShape(input[0], input[1], input[2]) : new ImageShape(input[0], input[1]),
                axis is { } view ? new MaximumIntensityProjection(view).OutputShape(cube) : cube)));
        }

        return new ExplainedKidney(scored, facts, inputs[_imageIndex].ToArray(), truth.LabelsOf(facts), maps, Tolerance);
    }

    /// <summary>The wrongly called, the furthest from right first, and a few rightly called that the model is sure of.</summary>
    private ScoredCase[] Pictured(TestScores test)
    {
        ILookup<(bool Label, bool Called), ScoredCase> groups = test.Cases.ToLookup(one => (one.Label, network.Threshold.IsPositive(one.Probability)));
        IEnumerable<ScoredCase> wrong = groups[(true, false)].Concat(groups[(false, true)])
            .OrderByDescending(one => Math.Abs(one.Probability - (one.Label ? 1 : 0))).ThenBy(one => one.CaseId, StringComparer.Ordinal);
        IEnumerable<ScoredCase> Sure(bool label) => groups[(label, label)].OrderBy(one => Math.Abs(one.Probability - (label ? 1 : 0))).ThenBy(one => one.CaseId, StringComparer.Ordinal);
        return [.. wrong.Take(MostWrong), .. Sure(true).Take(MostAbnormal), .. Sure(false).Take(MostNormal)];
    }

    /// <summary>
    /// How finely, and how many kidneys are occluded: as much as a tenth of the training's work allows (a step there costs
    /// about three answers), so that a run is not held up by its explanation. Without a clock, so that two runs do the same.
    /// </summary>
    private (int Positions, int Kidneys) Budget(int wanted, int pictured)
    {
        long answers = Math.Max(800, 3L * network.TrainingCases * definition.Training.Epochs / 10);
        int positions = OcclusionMap.MostPositions;
        while (positions > 3 && (long)positions * positions * positions * pictured > answers)
        {
            positions--;
        }

        return (positions, (int)Math.Min(wanted, answers / (positions * positions * positions)));
    }

    private IReadOnlyList<ReadOnlyMemory<float>> With(ReadOnlyMemory<float>[] inputs, float[] image) =>
        [.. inputs.Select((values, index) => index == _imageIndex ? image : values)];

    private IEnumerable<(string CaseId, ReadOnlyMemory<float>[] Inputs)> Rows(IDataView set)
    {
        DataViewSchema.Column[] columns = [.. fused.InputColumns.Select(name => set.Schema[name])];
        using DataViewRowCursor cursor = set.GetRowCursor([.. columns, set.Schema["CaseId"]]);
        Func<string> caseId = RowReading.Text(cursor, set.Schema["CaseId"]);
        Func<ReadOnlyMemory<float>>[] readers = [.. columns.Select(column => RowReading.Values(cursor, column))];
        while (cursor.MoveNext())
        {
            yield return (caseId(), [.. readers.Select(read => read())]);
        }
    }

    private IEnumerable<ExplanationAgreement> Agreements(ExplainingModel model, IReadOnlyList<(PointedCase[] Maps, PointedCase Hottest, PointedCase Inside, PointedCase? Occlusion)> cases)
    {
        EvaluationOptions options = new() { Level = definition.Evaluation.Confidence, Words = DmsaReport.Words, Groupings = [DmsaReport.DefectVolumes] };
        string Where(int map) => NetworkCatalog.ViewOf(definition.Network, model.Maps[map].Input) is { } axis ? $"{NameOf(axis)} view" : "in the volume";
        string all = $"Class activation, {(model.Maps.Count > 1 ? $"the hottest of {model.Maps.Count} views" : Where(0))}";
        yield return ExplanationAgreement.Of(all, Tolerance, cases.Select(one => one.Hottest), options);
        yield return ExplanationAgreement.Of($"{all}: in the defect itself", 0, cases.Select(one => one.Inside), options);
        for (int i = 0; i < model.Maps.Count && model.Maps.Count > 1; i++)
        {
            int map = i;
            yield return ExplanationAgreement.Of($"Class activation, {Where(i)}", Tolerance, cases.Select(one => one.Maps[map]), options);
        }

        yield return ExplanationAgreement.Of("Occlusion, in the volume", Tolerance, cases.Select(one => one.Occlusion).OfType<PointedCase>(), options);
    }

    private List<string> Methods(ExplainingModel model, int positions, int tried)
    {
        ClassActivation map = model.Maps[0];
        double voxels = map.Spacing * definition.Kidneys.Size / network.Network.ShapeOf(map.Input)[1];
        List<string> methods =
        [
            string.Create(CultureInfo.InvariantCulture, $"Class activation (Grad-CAM, Selvaraju et al. 2017): the last features before the network averages over the image, each weighed by how much it raises the logit of abnormal. The weights are exact derivatives, written into the ONNX model (explanation.onnx). An element of a map stands for {voxels:0.#} voxels of the image along each axis: a map is coarser than the image, and its place no finer."),
            string.Create(CultureInfo.InvariantCulture, $"Occlusion: a box slides over the kidney in {positions} x {positions} x {positions} positions, overlapping by half; what it covers is filled with what a kidney of the same outline and of even uptake would show there, in the volume and before any projection. The map is the fall of the logit, linear between the middles of the boxes. Tried on {tried} kidneys: those shown here{(truth.Unknown is null ? ", then other abnormal ones" : "")}."),
            "The colours of a picture run from nothing (grey, the counts alone) to the highest value of its views (light yellow); the cross marks the highest place in the kidney.",
        ];
        methods.Add(truth.Unknown is { } reason
            ? $"True defects: {reason}."
            : string.Create(CultureInfo.InvariantCulture, $"True defects, outlined in light blue, are those of the simulation, cut and projected as the image was. In a projection the outline also shows what lies behind intact cortex. Hottest is looked for in the kidney; {Tolerance:0} mm is about the resolution of the images."));
        return methods;
    }
}
