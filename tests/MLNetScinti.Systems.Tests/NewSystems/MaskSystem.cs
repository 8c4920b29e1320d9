using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>A whole system of masks as its author writes it: draws a blob's outline on the anterior view.</summary>
internal record MaskSystem : SystemDefinition
{
    private static readonly ImageShape s_shape = new(16, 16);

    public static SystemEntry Entry { get; } = new("outline", "Where is the blob?", "outline", _ => new MaskSystem());

    public override string Name => Entry.Name;

    public override LearningTask Task { get; } = new SegmentationTask(s_shape, "blob");

    public override CaseSchema Cases { get; } = new(new CaseImageColumn("Image", s_shape));

    public override IReadOnlyCollection<ImageKind> Kinds { get; } = [ImageKind.Static];

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public override IReadOnlyList<string> Architectures { get; } = ["two-layers", "whole-only"];

    public override SystemWords Words { get; } = new() { Task = new TaskWords { Case = "view", Cases = "views" }, Studies = "static images" };

    public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
    {
        PlanarImage view = study.Images[0].ToPlanarImage(DetectorView.Anterior) ?? throw new LeaveOutException("NoView", "expected an anterior view, found none.");
        CaseImage image = new(view.Shape, view.Pixels);
        Target? target = labels is null ? null : (labels.Find(study.File) ?? throw new LeaveOutException("NoLabel", "the labels table does not know this file; add it.")).Mask(image, Task.Classes.Count);
        return [new Case { Id = study.CaseId(), PatientId = study.PatientId, File = study.File, Images = [image], Target = target }];
    }

    public override IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network) => ml.Transforms.NormalizeByMaximum("Image");

    public override NetworkGraph Network(NetworkDefinition network)
    {
        NetworkGraphBuilder graph = new();
        IReadOnlyList<int> extents = network.Architecture == "two-layers" ? network.Window ?? s_shape.ToArray() : s_shape.ToArray();
        string value = graph.Input("Image", [1, .. extents.Select(extent => (long)extent)]);
        value = graph.Relu("relu1", graph.BatchNormalization("norm1", graph.Convolution("convolution1", value, filters: 8)));
        return graph.Build(graph.Convolution("answer", graph.Relu("relu2", graph.Convolution("convolution2", value, filters: 8)), 1, kernel: 1));
    }
}
