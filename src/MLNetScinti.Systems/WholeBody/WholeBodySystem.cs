using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.WholeBody.Networks;
using MLNetScinti.Systems.WholeBody.Simulation;

namespace MLNetScinti.Systems.WholeBody;

/// <summary>Which classes a whole-body scan is told apart by.</summary>
public enum WholeBodyClasses
{
    /// <summary>Normal, metastatic, arthritic, or both of the latter (Lin et al. 2021, dSPIC).</summary>
    Dspic,

    /// <summary>Normal, bone metastasis, arthritis or thyroid carcinoma, one of them (Lin et al. 2021, Dscint).</summary>
    Dscint,
}

/// <summary>Which views make a case.</summary>
public enum WholeBodyViews
{
    /// <summary>Each view is a case of its own; both of a patient stay together in a split.</summary>
    Each,

    /// <summary>The anterior view alone.</summary>
    Anterior,

    /// <summary>The posterior view alone.</summary>
    Posterior,

    /// <summary>Both views are one case, the posterior one mirrored.</summary>
    Both,
}

/// <summary>
/// Whole-body scans of several diseases: dSPIC and Dscint (Lin et al. 2021), and all networks that they were compared with. A view comes
/// to one matrix by the millimetres of its pixels; every view is smoothed as asked for and mapped to 0 to 1.
/// </summary>
public sealed record WholeBodySystem : SystemDefinition
{
    /// <summary>Columns of the views' counts.</summary>
    internal const string Scan = "Scan", AnteriorScan = "AnteriorScan", PosteriorScan = "PosteriorScan";

    /// <summary>Facts of a scan.</summary>
    internal const string Direction = "View", Sex = "Sex", Age = "Age", Origin = "ViewOrigin", ViewConfidence = "ViewConfidence", Radionuclide = "Radionuclide", Counts = "Counts", Lesions = "Lesions", LargestLesion = "LargestLesion", Site = "Site";

    internal const string Normal = "normal", Metastasis = "metastasis", Arthritis = "arthritis", Thyroid = "thyroid";

    // What all settings have in common stands apart: two systems are the same where their settings are.
    private static readonly string[] s_sizes = ["1024x256", "512x128", "256x64"], s_classes = ["dspic", "dscint"], s_heads = ["softmax", "sigmoid"], s_views = ["each", "anterior", "posterior", "both"];
    private static readonly string[] s_missing = ["leave-out", "mirror"], s_smoothing = ["none", "gaussian"], s_attention = ["woo2018", "as-printed"];
    private static readonly MultiLabelTask s_words = new(Normal, Metastasis, Arthritis, Thyroid);
    private static readonly LearningTask[] s_tasks =
    [
        new OneOrTwoTask(Normal, Metastasis, Arthritis), new MultiLabelTask(Normal, Metastasis, Arthritis),
        new MulticlassTask(Normal, Metastasis, Arthritis, Thyroid), new MultiLabelTask(Normal, Metastasis, Arthritis, Thyroid),
    ];

    private static readonly BaselineDefinition s_ofEach = CountsOf(Scan), s_ofBoth = CountsOf(AnteriorScan, PosteriorScan);

    private static readonly ImageKind[] s_kinds = [ImageKind.WholeBody, ImageKind.Static];
    private static readonly string[] s_architectures = [.. WholeBodyNetworks.All.Select(network => network.Name)];

    /// <summary>The system as definitions ask for it.</summary>
    public static SystemEntry Entry { get; } = new("whole-body", "Whole-body scans: normal, metastases, arthritis, both, or thyroid carcinoma?", "scans", Read) { Start = WholeBodyStart.Start, KeyWords = WholeBodyStart.KeyWords };

    /// <summary>Rows of a view, head to feet.</summary>
    public int Rows { get; init; } = 1024;

    /// <summary>Columns of a view: a quarter of the rows.</summary>
    public int Columns => Rows / 4;

    /// <summary>Which classes there are.</summary>
    public WholeBodyClasses Classes { get; init; } = WholeBodyClasses.Dscint;

    /// <summary>How a network's answers are read.</summary>
    public ClassHead Head { get; init; }

    /// <summary>Which views make a case.</summary>
    public WholeBodyViews Views { get; init; }

    /// <summary>Whether a view that is not there is taken from the other one, mirrored. It is flagged in every row.</summary>
    public bool MirrorsMissingViews { get; init; }

    /// <summary>Whether views are smoothed by a Gaussian of 3 pixels and a deviation of 1/3, as Dscint's paper does: nearly nothing.</summary>
    public bool Smooths { get; init; }

    /// <summary>The form of attention modules.</summary>
    public AttentionForm Attention { get; init; } = AttentionForm.Woo2018;

    /// <inheritdoc/>
    public override string Name => Entry.Name;

    /// <inheritdoc/>
    public override string Section => Entry.Section;

    /// <inheritdoc/>
    public override LearningTask Task => s_tasks[(2 * (int)Classes) + (int)Head];

    /// <inheritdoc/>
    public override CaseSchema Cases => new(
        Views == WholeBodyViews.Both ? [new(AnteriorScan, new ImageShape(Rows, Columns)), new(PosteriorScan, new ImageShape(Rows, Columns))] : [new(Scan, new ImageShape(Rows, Columns))],
        [],
        [
            new FactColumn(Direction, IsNumber: false), new FactColumn(Origin, IsNumber: false), new FactColumn(ViewConfidence, IsNumber: true), new FactColumn(Sex, IsNumber: false), new FactColumn(Age, IsNumber: true),
            new FactColumn(Radionuclide, IsNumber: false), new FactColumn(Counts, IsNumber: true),
            new FactColumn(Lesions, IsNumber: true, FromLabels: true), new FactColumn(LargestLesion, IsNumber: true, FromLabels: true), new FactColumn(Site, IsNumber: false, FromLabels: true),
        ]);

    /// <inheritdoc/>
    public override IReadOnlyCollection<ImageKind> Kinds => s_kinds;

    /// <inheritdoc/>
    public override StudyBoundary? Boundary => StudyBoundary.Examination;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(CohortSettings, StringComparer.Ordinal)
    {
        ["size"] = SizeWord,
        ["head"] = s_heads[(int)Head],
        ["smoothing"] = s_smoothing[Smooths ? 1 : 0],
        ["attention"] = s_attention[(int)Attention],
    };

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> CohortSettings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["classes"] = s_classes[(int)Classes],
        ["views"] = s_views[(int)Views],
        ["missing-view"] = s_missing[MirrorsMissingViews ? 1 : 0],
    };

    /// <inheritdoc/>
    public override PublishedTraining PublishedTraining => WholeBodyDecisions.Training(Classes);

    /// <inheritdoc/>
    public override LabelsLayout Labels => new(s_words, null, null, "Age", "Lesions", "LargestLesionMl");

    /// <inheritdoc/>
    public override IReadOnlyList<string> Architectures => s_architectures;

    /// <inheritdoc/>
    public override SystemWords Words => WholeBodyWords.Of(this);

    /// <inheritdoc/>
    public override IReadOnlyList<Grouping> Groupings => WholeBodyWords.Groupings;

    /// <inheritdoc/>
    public override CohortSimulator Simulator => Classes == WholeBodyClasses.Dspic ? WholeBodyCohortSimulator.Dspic : WholeBodyCohortSimulator.Dscint;

    /// <inheritdoc/>
    public override BaselineDefinition Baseline => Views == WholeBodyViews.Both ? s_ofBoth : s_ofEach;

    internal string SizeWord => string.Create(CultureInfo.InvariantCulture, $"{Rows}x{Columns}");

    /// <inheritdoc/>
    public override IReadOnlyList<PaperDecision> DecisionsAgainstThePaper(PipelineDefinition definition) => WholeBodyDecisions.Of(this, definition);

    /// <inheritdoc/>
    public override void Check(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        bool takesBoth = network.Architecture == WholeBodyNetworks.TwoViews;
        if (takesBoth != (Views == WholeBodyViews.Both))
        {
            throw DefinitionException.Of("architecture", takesBoth
                ? $"{network.Architecture} takes both views of a scan: expected scans.views: both, found {s_views[(int)Views]}."
                : $"{network.Architecture} takes one view: expected scans.views: each, anterior or posterior, found both; or ask for {WholeBodyNetworks.TwoViews}.");
        }

        try
        {
            _ = Network(network);
        }
        catch (NetworkGraphException problem)
        {
            throw DefinitionException.Of("architecture", $"{network.Architecture} cannot take views of {Rows / network.Downsample} x {Columns / network.Downsample}: {problem.Message} Ask for a larger scans.size.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels) => WholeBodyCases.Of(this, study, labels);

    /// <summary>What a labels table says of a scan, as the task asks it.</summary>
    /// <exception cref="LeaveOutException">The task has no such answer.</exception>
    internal Target TargetOf(Target read)
    {
        string text = s_words.Describe(read);
        try
        {
            return Task.Parse(text);
        }
        catch (FormatException problem)
        {
            throw new LeaveOutException("OtherClass", $"it is labelled {text}, which scans.classes: {s_classes[(int)Classes]} does not hold: {problem.Message}");
        }
    }

    /// <inheritdoc/>
    public override IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(network);
        if (Views != WholeBodyViews.Both)
        {
            return Steps(ml, network, "Image", Scan, mirrored: false);
        }

        // A side of the body is then on the same side in both, so that both views can share weights.
        return Steps(ml, network, "Anterior", AnteriorScan, mirrored: false).Append(Steps(ml, network, "Posterior", PosteriorScan, mirrored: true));
    }

    /// <inheritdoc/>
    public override NetworkGraph Network(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return WholeBodyNetworks.Create(network.Architecture, new WholeBodyNetworkOptions
        {
            Rows = Rows / network.Downsample,
            Columns = Columns / network.Downsample,
            Classes = Task.Classes.Count,
            Head = Head,
            Attention = Attention,
            Width = network.Width,
        });
    }

    private static BaselineDefinition CountsOf(params string[] views) =>
        new("logistic regression on counts by body part: shares, brightest places, unlike sides", ml => new RegionCountingEstimator(ml.Transforms, "Features", views));

    private IEstimator<ITransformer> Steps(MLContext ml, NetworkDefinition network, string output, string input, bool mirrored)
    {
        // The counts stay in their column: reports read them again.
        List<IImageOperator> operators = [];
        if (Smooths)
        {
            operators.Add(new Smooth(1.0 / 3));
        }

        for (int factor = 2; factor <= network.Downsample; factor *= 2)
        {
            // Halving by linear interpolation is the mean of the four pixels that become one: nothing is skipped.
            operators.Add(new Resample(new ImageShape(Rows / factor, Columns / factor)));
        }

        if (mirrored)
        {
            operators.Add(new Flip(horizontal: true, vertical: false));
        }

        operators.Add(new NormalizeMinMax());
        IEstimator<ITransformer> chain = ml.Transforms.ApplyImageOperator(output, operators[0], input);
        return operators.Skip(1).Aggregate(chain, (steps, next) => steps.Append(ml.Transforms.ApplyImageOperator(output, next)));
    }

    private static WholeBodySystem Read(DefinitionSection scans)
    {
        int Index(string key, string[] words, int otherwise = 0) => Array.IndexOf(words, scans.Choice(key, words, words[otherwise]));
        return new WholeBodySystem
        {
            Rows = 1024 >> Index("size", s_sizes),
            Classes = (WholeBodyClasses)Index("classes", s_classes, 1),
            Head = (ClassHead)Index("head", s_heads),
            Views = (WholeBodyViews)Index("views", s_views),
            MirrorsMissingViews = Index("missing-view", s_missing) == 1,
            Smooths = Index("smoothing", s_smoothing) == 1,
            Attention = (AttentionForm)Index("attention", s_attention),
        };
    }
}
