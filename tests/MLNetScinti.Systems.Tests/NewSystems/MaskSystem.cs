using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>Draws a blob's outline on the anterior view.</summary>
internal sealed record MaskSystem : SystemDefinition
{
    public override string Name => "outline";

    public override LearningTask Task { get; } = new SegmentationTask(new ImageShape(16, 16), "blob");

    public override CaseSchema Cases { get; } = new(new CaseImageColumn("Image", new ImageShape(16, 16)));

    public override IReadOnlyCollection<ImageKind> Kinds { get; } = [ImageKind.Static];

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public override IReadOnlyList<string> Architectures { get; } = ["two-layers"];

    public override SystemWords Words { get; } = new() { Task = new TaskWords(), Studies = "static images" };

    public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
    {
        PlanarImage view = study.Images[0].ToPlanarImage(DetectorView.Anterior) ?? throw new LeaveOutException("NoView", "expected an anterior view, found none.");
        return [new Case { Id = study.CaseId(), PatientId = study.PatientId, File = study.File, Images = [new CaseImage(view.Shape, view.Pixels)] }];
    }

    public override IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network) => ml.Transforms.NormalizeByMaximum("Image");

    public override NetworkGraph Network(NetworkDefinition network) => throw new NotSupportedException("This system scores only.");
}
