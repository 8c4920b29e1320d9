using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Systems.Dmsa.Explanation;

/// <summary>
/// Explains a trained network on its test kidneys: class activation of all of them, occlusion of some, pictures of the wrongly
/// called and a few rightly called ones, and how often the maps point at a true defect.
/// </summary>
internal sealed class DmsaExplainer(DmsaSystem system) : CaseExplainer
{
    /// <summary>The resolution of a DMSA SPECT, FWHM in mm: about that of a LEHR collimator at 10 to 15 cm, with a filter.</summary>
    public const double Resolution = 10;

    public static string NameOf(ProjectionAxis axis) => axis.ToString().ToLowerInvariant();

    /// <summary>The words for the maps that are no projection's.</summary>
    internal const string HottestMap = "hottest", VolumeMap = "volume", OcclusionMap = "occlusion";

    /// <inheritdoc/>
    public override IReadOnlyList<string> MapsOf(NetworkDefinition network)
    {
        ProjectionAxis?[] views = [.. system.Network(network).Inputs.Select(input => DmsaSystem.ViewOf(network, input.Name))];
        return [.. views.Length > 1 ? (string[])[HottestMap] : [], .. views.Select(view => view is { } axis ? NameOf(axis) : VolumeMap), OcclusionMap];
    }

    /// <inheritdoc/>
    public override ExplanationSection Explain(ExplanationRequest request, CancellationToken cancellation) => new TestExplanation(system, request, DefectTruth.Of(request.Definition.Data.Simulation)).Of(cancellation);
}

/// <summary>The explanation of one run's test kidneys.</summary>
internal sealed class TestExplanation
{
    // As far from a defect as one cannot tell in the image.
    private const double Tolerance = DmsaExplainer.Resolution;

    private const int MostWrong = 8;
    private const int MostAbnormal = 3;
    private const int MostNormal = 1;

    private readonly DmsaSystem _system;
    private readonly ExplanationRequest _request;
    private readonly DefectTruth _truth;
    private readonly DecisionThreshold _threshold;
    private readonly int _imageIndex;

    public TestExplanation(DmsaSystem system, ExplanationRequest request, DefectTruth truth)
    {
        _system = system;
        _request = request;
        _truth = truth;
        _threshold = request.Network.Decision.Thresholds[0];
        _imageIndex = request.Fused.InputColumns.ToList().IndexOf(DmsaSystem.Image);
    }

    private PipelineDefinition Definition => _request.Definition;

    private ExplainingModel Model => _request.Explaining;

    /// <summary>Explains the test kidneys.</summary>
    public ExplanationSection Of(CancellationToken cancellation)
    {
        ScoredCase[] pictured = Pictured(_request.Test);
        ScoredCase[] occluded = [.. pictured, .. _truth.Unknown is null ? _request.Test.Cases.Where(one => one.Label && !pictured.Contains(one)) : []];
        (int positions, int count) = Budget(occluded.Length, pictured.Length);
        HashSet<string> tried = [.. occluded.Take(count).Select(one => one.CaseId)], shown = [.. pictured.Select(one => one.CaseId)];
        int threads = Math.Max(1, _request.Threads);

        using ExplainingScorer explainer = new(Model);
        using OnnxScorer scorer = new(_request.Fused);
        Dictionary<string, ScoredCase> scored = _request.Test.Cases.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        Dictionary<string, ExplainedCase> pictures = new(StringComparer.Ordinal);
        List<Pointed> pointed = [];
        foreach (Case[] cases in _request.Cases.Read().Chunk(threads))
        {
            (ExplainedKidney Kidney, ExplainedCase? Picture)[] explained = new (ExplainedKidney, ExplainedCase?)[cases.Length];
            Parallel.For(0, cases.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, index =>
            {
                IReadOnlyList<ReadOnlyMemory<float>> inputs = _request.Fused.ValuesOf(cases[index], _request.Cases.Cases);
                ExplainedKidney kidney = Explain(explainer, cases[index], scored[cases[index].Id], inputs);
                bool isShown = shown.Contains(kidney.Scored.CaseId), isTried = tried.Contains(kidney.Scored.CaseId);
                OrganHull? hull = isShown || isTried ? kidney.Hull() : null;
                if (isTried && hull is not null)
                {
                    kidney.Occlude(hull, positions, images => [.. scorer.Score([.. images.Select(image => With(inputs, image))]).Select(answer => answer[0][0])]);
                }

                explained[index] = (kidney, isShown && hull is not null ? kidney.ForReport(hull, _threshold.IsPositive(kidney.Scored.Probability)) : null);
            });
            foreach ((ExplainedKidney kidney, ExplainedCase? picture) in explained)
            {
                if (picture is not null)
                {
                    pictures[picture.CaseId] = picture;
                }

                if (kidney is { Hottest: { } hottest, Inside: { } inside })
                {
                    pointed.Add(new Pointed(kidney.Scored, kidney.Pointings, kidney.Pointings.ToList().IndexOf(hottest), inside, kidney.OcclusionPointing));
                }
            }
        }

        return new ExplanationSection
        {
            Methods = Methods(positions, tried.Count),
            Agreements = _truth.Unknown is { } reason ? [ExplanationAgreement.Undefined("Class activation", Tolerance, reason)] : [.. Agreements(pointed)],
            Cases = [.. pictured.Select(one => pictures.GetValueOrDefault(one.CaseId)).OfType<ExplainedCase>()],
        };
    }

    /// <summary>Where the maps of one kidney point: each view's, which of them is the hottest, the same without tolerance, and occlusion's in the volume.</summary>
    private sealed record Pointed(ScoredCase Scored, IReadOnlyList<Pointing> Maps, int Hottest, Pointing Inside, Pointing? Occlusion)
    {
        public const int Volume = -1;

        public Pointing Of(int map) => map == Volume ? Occlusion! : Maps[map];

        public PointedCase Case(Pointing pointing) => new(Scored.CaseId, Scored.PatientId, pointing.Hit, pointing.Chance, pointing.Distance) { Facts = Scored.Facts };
    }

    private ExplainedKidney Explain(ExplainingScorer explainer, Case kidney, ScoredCase scored, IReadOnlyList<ReadOnlyMemory<float>> inputs)
    {
        ExplainedScore answer = explainer.Explain([inputs])[0];
        // The model that explains must answer as what was evaluated, or it would explain something else.
        if (Math.Abs(answer.Score - scored.Score) > 1e-3 * Math.Max(1, Math.Abs(scored.Score)))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The explaining model differs from the pipeline by {Math.Abs(answer.Score - scored.Score):G3}."));
        }

        ImageGeometry geometry = kidney.Images[0].Geometry!;
        ImageShape cube = geometry.Shape;
        List<(ProjectionAxis? Axis, float[] Map)> maps = [];
        for (int i = 0; i < Model.Maps.Count; i++)
        {
            ClassActivation map = Model.Maps[i];
            ProjectionAxis? axis = DmsaSystem.ViewOf(Definition.Network, map.Input);
            int[] input = [.. _request.Network.Network.ShapeOf(map.Input).Skip(1).Select(extent => (int)extent)];
            maps.Add((axis, MapSurface.Over(
                map, answer.Maps[i],
                axis is null ? new ImageShape(input[0], input[1], input[2]) : new ImageShape(input[0], input[1]),
                axis is { } view ? new MaximumIntensityProjection(view).OutputShape(cube) : cube)));
        }

        return new ExplainedKidney(scored, geometry, inputs[_imageIndex].ToArray(), _truth.LabelsOf(kidney), maps, Tolerance);
    }

    /// <summary>The wrongly called, the furthest from right first, and a few rightly called that the model is sure of.</summary>
    private ScoredCase[] Pictured(TestScores test)
    {
        ILookup<(bool Label, bool Called), ScoredCase> groups = test.Cases.ToLookup(one => (one.Label, _threshold.IsPositive(one.Probability)));
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
        long answers = Math.Max(800, 3L * _request.Network.TrainingTargets.Count * Definition.Training.Epochs / 10);
        int positions = OcclusionMap.MostPositions;
        while (positions > 3 && (long)positions * positions * positions * pictured > answers)
        {
            positions--;
        }

        return (positions, (int)Math.Min(wanted, answers / (positions * positions * positions)));
    }

    private IReadOnlyList<ReadOnlyMemory<float>> With(IReadOnlyList<ReadOnlyMemory<float>> inputs, float[] image) =>
        [.. inputs.Select((values, index) => index == _imageIndex ? image : values)];

    private IEnumerable<ExplanationAgreement> Agreements(IReadOnlyList<Pointed> cases)
    {
        string Where(int map) => DmsaSystem.ViewOf(Definition.Network, Model.Maps[map].Input) is { } axis ? $"{DmsaExplainer.NameOf(axis)} view" : "in the volume";
        string named = Definition.Evaluation.PrimaryMap is { Length: > 0 } map ? map : new DmsaExplainer(_system).MapsOf(Definition.Network)[0];
        string all = $"Class activation, {(Model.Maps.Count > 1 ? $"the hottest of {Model.Maps.Count} views" : Where(0))}";
        int[] views = [.. Enumerable.Range(0, Model.Maps.Count)];
        yield return Judged(all, cases, views, one => one.Hottest, inside: false) with { IsPrimary = named != DmsaExplainer.OcclusionMap && (Model.Maps.Count == 1 || named == DmsaExplainer.HottestMap) };
        yield return Judged($"{all}: in the defect itself", cases, views, one => one.Hottest, inside: true);
        for (int i = 0; i < Model.Maps.Count && Model.Maps.Count > 1; i++)
        {
            int view = i;
            yield return Judged($"Class activation, {Where(i)}", cases, [view], _ => view, inside: false) with { IsPrimary = DmsaSystem.ViewOf(Definition.Network, Model.Maps[i].Input) is { } axis && DmsaExplainer.NameOf(axis) == named };
        }

        yield return Judged("Occlusion, in the volume", [.. cases.Where(one => one.Occlusion is not null)], [Pointed.Volume], _ => Pointed.Volume, inside: false) with { IsPrimary = named == DmsaExplainer.OcclusionMap };
    }

    /// <summary>Maps against the same maps put on other patients' defects, on the same side and in the same view, and against the best place without the image.</summary>
    private ExplanationAgreement Judged(string name, IReadOnlyList<Pointed> cases, IReadOnlyList<int> views, Func<Pointed, int> viewOf, bool inside)
    {
        string[] patients = [.. cases.Select(one => one.Scored.PatientId)], sides = [.. cases.Select(one => one.Scored.Facts.Text(DmsaSystem.Side) ?? "")];
        PointedCase[] pointed = [.. cases.Select(one => one.Case(inside ? one.Inside : one.Of(viewOf(one))))];
        bool[,] hits = new bool[cases.Count, cases.Count];
        for (int i = 0; i < cases.Count; i++)
        {
            int view = viewOf(cases[i]);
            Pointing own = cases[i].Of(view);
            double[]? parts = own.Place < 0 ? null : own.Organ.PartsOf(own.Place);
            for (int j = 0; j < cases.Count; j++)
            {
                hits[i, j] = i == j ? pointed[i].Hit : parts is not null && sides[i] == sides[j] && cases[j].Of(view).Organ.IsAtFinding(parts, inside);
            }
        }

        (int View, double[] Parts)[] candidates = cases.Count == 0 ? [] : [.. views.SelectMany(view => cases[0].Of(view).Organ.Candidates.Select(parts => (view, parts)))];
        bool[,] blind = new bool[candidates.Length, cases.Count];
        for (int k = 0; k < candidates.Length; k++)
        {
            for (int j = 0; j < cases.Count; j++)
            {
                blind[k, j] = cases[j].Of(candidates[k].View).Organ.IsAtFinding(candidates[k].Parts, inside);
            }
        }

        return ExplanationAgreement.Of(name, inside ? 0 : Tolerance, pointed, _request.Options, cases.Count == 0 ? null : new PointingExchange(patients, sides, hits, PointingExchange.BlindHits(patients, sides, blind)));
    }

    private List<string> Methods(int positions, int tried)
    {
        ClassActivation map = Model.Maps[0];
        double voxels = map.Spacing * _system.Size / _request.Network.Network.ShapeOf(map.Input)[1];
        List<string> methods =
        [
            string.Create(CultureInfo.InvariantCulture, $"Class activation (Grad-CAM, Selvaraju et al. 2017): the last features before the network averages over the image, each weighed by how much it raises the logit of abnormal. The weights are exact derivatives, written into the ONNX model (explanation.onnx). An element of a map stands for {voxels:0.#} voxels of the image along each axis: a map is coarser than the image, and its place no finer."),
            string.Create(CultureInfo.InvariantCulture, $"Occlusion: a box slides over the kidney in {positions} x {positions} x {positions} positions, overlapping by half; what it covers is filled with what a kidney of the same outline and of even uptake would show there, in the volume and before any projection. The map is the fall of the logit, linear between the middles of the boxes. Tried on {tried} kidneys: those shown here{(_truth.Unknown is null ? ", then other abnormal ones" : "")}."),
            "The colours of a picture run from nothing (grey, the counts alone) to the highest value of its views (light yellow); the cross marks the highest place in the kidney.",
        ];
        methods.Add(_truth.Unknown is { } reason
            ? $"True defects: {reason}."
            : string.Create(CultureInfo.InvariantCulture, $"True defects, outlined in light blue, are those of the simulation, cut and projected as the image was. In a projection the outline also shows what lies behind intact cortex. Hottest is looked for in the kidney; {Tolerance:0} mm is about the resolution of the images. For other patients the place is taken as far along each side of the kidney's box, on the same side of the body."));
        return methods;
    }
}
