using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>A whole system as its author writes it: three classes, an anterior and a posterior view.</summary>
internal record ThreeClassSystem : SystemDefinition
{
    public static SystemEntry Entry { get; } = new("three-places", "Is the focus high, in the middle or low?", "views", section => new ThreeClassSystem { Size = section.Whole("size", 32, least: 8, most: 256) });

    public int Size { get; init; } = 32;

    public override string Name => Entry.Name;

    public override LearningTask Task { get; } = new MulticlassTask("high", "middle", "low");

    public override CaseSchema Cases => new(new CaseImageColumn("Anterior", new ImageShape(Size, Size)), new CaseImageColumn("Posterior", new ImageShape(Size, Size)));

    public override IReadOnlyCollection<ImageKind> Kinds { get; } = [ImageKind.Static];

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["size"] = Size.ToString(CultureInfo.InvariantCulture) };

    public override IReadOnlyList<string> Architectures { get; } = ["two-view"];

    public override SystemWords Words { get; } = new() { Task = new TaskWords { Case = "scan", Cases = "scans" }, Studies = "static images from the front and the back" };

    public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
    {
        PlanarImage?[] views = [study.Images[0].ToPlanarImage(DetectorView.Anterior), study.Images[0].ToPlanarImage(DetectorView.Posterior)];
        if (views.Any(view => view?.Shape != Cases.Images[0].Shape))
        {
            throw new LeaveOutException("OtherMatrix", $"expected two views of {Cases.Images[0].Shape}, found {string.Join(" and ", views.Select(view => view?.Shape.ToString() ?? "none"))}.");
        }

        Target? target = labels is null ? null : labels.Find(study.File)?.Target ?? throw new LeaveOutException("NoLabel", "the labels table does not know this file; add it.");
        return [new Case { Id = study.CaseId(), PatientId = study.PatientId, File = study.File, Images = [.. views.Select(view => new CaseImage(view!.Shape, view.Pixels))], Target = target }];
    }

    public override IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network) => ml.Transforms.NormalizeByMaximum("Anterior").Append(ml.Transforms.NormalizeByMaximum("Posterior"));

    public override NetworkGraph Network(NetworkDefinition network)
    {
        NetworkGraphBuilder graph = new();
        string Branch(string view) => graph.Flatten($"{view}Flat", graph.MaxPooling($"{view}Pool", graph.Relu($"{view}Relu", graph.Convolution($"{view}Convolution", graph.Input(view, [1, Size, Size]), filters: 4, stride: 2)), kernel: 4));
        return graph.Build(graph.Dense("classes", graph.Concatenate("both", Branch("Anterior"), Branch("Posterior")), units: 3, gain: 1), OutputActivation.Softmax);
    }
}
