using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;

namespace MLNetScinti.Systems.Dmsa.Explanation;

/// <summary>One kidney with its maps at the pixels of its images, and what they point at.</summary>
internal sealed class ExplainedKidney
{
    private readonly float[] _image;
    private readonly byte[]? _truth;
    private readonly double _tolerance;

    public ExplainedKidney(ScoredCase scored, ImageGeometry geometry, float[] image, byte[]? truth, IReadOnlyList<(ProjectionAxis? Axis, float[] Map)> maps, double tolerance)
    {
        (Scored, Geometry, _image, _truth, Maps, _tolerance) = (scored, geometry, image, truth, maps, tolerance);
        if (scored.Label && truth is not null && Array.Exists(truth, label => label >= FindingTruth.FirstFinding))
        {
            Pointings = [.. maps.Select(map => Point(map.Axis, map.Map, tolerance))];
            // The elements of all maps are parts of one logit, so that they can be compared.
            Hottest = Pointings.MaxBy(pointing => pointing.Heat);
            (ProjectionAxis? Axis, float[] Map) hottest = maps[Pointings.ToList().IndexOf(Hottest!)];
            Inside = Point(hottest.Axis, hottest.Map, 0);
        }
    }

    public ScoredCase Scored { get; }

    public ImageGeometry Geometry { get; }

    /// <summary>The class activation maps: in a projection, or null for the volume.</summary>
    public IReadOnlyList<(ProjectionAxis? Axis, float[] Map)> Maps { get; }

    /// <summary>Where each map points; none where there is no defect to point at.</summary>
    public IReadOnlyList<Pointing> Pointings { get; } = [];

    public OcclusionMap? Occlusion { get; private set; }

    public Pointing? OcclusionPointing { get; private set; }

    /// <summary>The pointing of the map that is hottest of all; null where there is no defect to point at.</summary>
    public Pointing? Hottest { get; }

    /// <summary>The same without a tolerance: in the defect itself.</summary>
    public Pointing? Inside { get; }

    /// <summary>Tries what filling in parts of the kidney does to the score.</summary>
    public void Occlude(OrganHull hull, int positions, Func<IReadOnlyList<float[]>, IReadOnlyList<float>> score)
    {
        Occlusion = OcclusionMap.Of(_image, Geometry.Shape, hull.Mask, hull.Whole, positions, score);
        OcclusionPointing = Pointings.Count > 0 ? Point(null, Occlusion.Fall, _tolerance) : null;
    }

    /// <summary>The kidney as it is found in its image; null for an empty one.</summary>
    public OrganHull? Hull() => OrganHull.Of(_image, Geometry, DmsaExplainer.Resolution);

    /// <summary>The kidney for the report.</summary>
    public ExplainedCase ForReport(OrganHull hull, bool calledAbnormal)
    {
        ImageShape shape = Geometry.Shape;
        byte[] labels = _truth ?? [.. hull.Mask.Select(inside => inside ? (byte)1 : (byte)0)];
        (ProjectionAxis Axis, float[] Map)[] activation = [.. Maps.SelectMany(map => map.Axis is { } axis ? [(axis, map.Map)] : Projections(map.Map))];
        string finding = ActivationFinding();
        List<string> findings = [finding];
        List<CasePicture> pictures =
        [
            new CasePicture(Scored.CaseId, ExplanationPictures.Draw(_image, shape, hull.Box, activation, labels),
                $"Class activation: {Views(activation)}", $"Kidney {Scored.CaseId}, class activation over the {Views(activation)} projections. {finding}"),
        ];
        if (Occlusion is not null)
        {
            string occluded = OcclusionFinding();
            (ProjectionAxis Axis, float[] Map)[] falls = Projections(Occlusion.Fall);
            pictures.Add(new CasePicture(Scored.CaseId, ExplanationPictures.Draw(_image, shape, hull.Box, falls, labels),
                $"Occlusion: {Views(falls)}", $"Kidney {Scored.CaseId}, occlusion sensitivity over the {Views(falls)} projections. {occluded}"));
            findings.Add(occluded);
        }

        if (_truth is not null && !Scored.Label)
        {
            findings.Add("There is no defect in this kidney: what is hot is what the model took for one.");
        }

        return new ExplainedCase(Scored.CaseId, Scored.Label ? "abnormal" : "normal", calledAbnormal ? "abnormal" : "normal", Scored.Probability, pictures, findings);
    }

    private static string Views((ProjectionAxis Axis, float[] Map)[] views) => string.Join(", ", views.Select(view => DmsaExplainer.NameOf(view.Axis)));

    private string ActivationFinding()
    {
        if (Maps.All(map => map.Map.Max() <= 0))
        {
            return "Class activation: nothing in the kidney speaks for abnormal.";
        }

        if (Pointings.Count == 0)
        {
            return Maps.Count > 1
                ? $"Class activation is highest in the {DmsaExplainer.NameOf(Maps.MaxBy(map => map.Map.Max()).Axis!.Value)} view."
                : "Class activation is marked where it is highest.";
        }

        ProjectionAxis? axis = Maps[Pointings.ToList().IndexOf(Hottest!)].Axis;
        string where = Maps.Count > 1 ? $" in the {DmsaExplainer.NameOf(axis!.Value)} view" : "";
        return $"Class activation is highest{where} {Place(Hottest!)}.";
    }

    private string OcclusionFinding()
    {
        float most = Occlusion!.Fall.Max();
        if (most <= 0)
        {
            return "Occlusion: no part, filled in, makes the kidney look more normal.";
        }

        string place = OcclusionPointing is { } pointing ? $", most {Place(pointing)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Occlusion: filling in a part lowers the logit of {Occlusion.Score:0.00} by up to {most:0.00}{place}.");
    }

    private static string Place(Pointing pointing) => pointing.Distance switch
    {
        null => "outside the kidney",
        0 => "in a true defect",
        double distance => string.Create(CultureInfo.InvariantCulture, $"{distance:0} mm from the nearest true defect"),
    };

    private (ProjectionAxis Axis, float[] Map)[] Projections(float[] volume)
    {
        ImageShape shape = Geometry.Shape;
        float[] transverse = new float[shape.PlaneLength], sagittal = new float[shape.Sections * shape.Rows], coronal = new float[shape.Sections * shape.Columns];
        MaximumIntensityProjections.Project(volume, shape, transverse, sagittal, coronal);
        return [(ProjectionAxis.Transverse, transverse), (ProjectionAxis.Sagittal, sagittal), (ProjectionAxis.Coronal, coronal)];
    }

    private Pointing Point(ProjectionAxis? axis, float[] map, double tolerance)
    {
        ImageGeometry geometry = Geometry;
        return axis is { } view
            ? Pointing.At(map, FindingTruth.Project(_truth, geometry.Shape, view), new MaximumIntensityProjection(view).OutputShape(geometry.Shape), FindingTruth.Spacing(geometry, view), tolerance)
            : Pointing.At(map, _truth, geometry.Shape, [geometry.SectionSpacing, geometry.RowSpacing, geometry.ColumnSpacing], tolerance);
    }
}
