using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Notebooks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Systems;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Testing;

namespace MLNetScinti.Hostile.Tests.Mutation;

/// <summary>Images: headers, pixels, what is said of them, and how they are drawn.</summary>
internal sealed class DicomInput : InputKind
{
    // Small enough for thousands of them.
    private const int Largest = 200_000;

    private readonly DicomImageReader _reader = new(new DicomReadOptions { PseudonymKey = new PseudonymKey(TestSecret.Of("hostile")), ExternalCodec = ExternalCodec.None });

    public override string Name => "DICOM";

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Made(), .. Real()];

    public override void Read(string file)
    {
        _reader.ReadHeader(file);
        ScintigraphyImage image = _reader.Read(file);
        ImageDescription.Of(image, withIdentity: true);
        ImageRendering.Draw(image);
    }

    public override bool IsRefusal(Exception problem) => problem is DicomReadException;

    private static IEnumerable<byte[]> Made()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("seed.dcm");
        NuclearMedicineStudy study = new() { PatientId = "SIM-1", PatientName = "Muster^Kind", Radionuclide = Radionuclide.Technetium99m, FrameSeconds = 5, Views = 3 };
        NuclearMedicineWriter.WriteReconTomo(file, new Volume(ImageGeometry.Axial(8, 8, 6, 4, 4)), study);
        yield return System.IO.File.ReadAllBytes(file);
        PlanarImage view = new(16, 12, 4, 4, [.. Enumerable.Range(0, 192).Select(i => (float)i)]);
        NuclearMedicineWriter.WriteStatic(file, view, view, study);
        yield return System.IO.File.ReadAllBytes(file);
        NuclearMedicineWriter.WriteWholeBody(file, view, view, study);
        yield return System.IO.File.ReadAllBytes(file);
        NuclearMedicineWriter.WriteTomo(file, [view, view, view], study);
        yield return System.IO.File.ReadAllBytes(file);
    }

    private static IEnumerable<byte[]> Real() => TestData.Root is { } root
        ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(file => new FileInfo(file).Length <= Largest && System.IO.File.ReadAllBytes(file) is { Length: > 132 } bytes && bytes.AsSpan(128, 4).SequenceEqual("DICM"u8))
            .Select(System.IO.File.ReadAllBytes)
        : [];
}

/// <summary>Pipeline definitions, with and without a preset.</summary>
internal sealed class DefinitionInput : InputKind
{
    public override string Name => "YAML";

    public override bool IsText => true;

    public override IReadOnlyList<byte[]> Seeds { get; } =
        [.. Directory.GetFiles(Path.Combine(TestData.Repository, "pipelines"), "*.yaml").Order(StringComparer.Ordinal).Select(System.IO.File.ReadAllBytes)];

    public override void Read(string file)
    {
        PipelineDefinition definition = PipelineReader.Read(file, ShippedSystems.All);
        definition.Hash();
        PipelineReader.Read(file, ShippedSystems.All, "quick");
    }

    public override bool IsRefusal(Exception problem) => problem is DefinitionException;
}

/// <summary>Tables of labels.</summary>
internal sealed class LabelsInput : InputKind
{
    public override string Name => "CSV";

    public override bool IsText => true;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "File,Side,Label,Age,Group.Camera\na.dcm,L,normal,3.5,one\na.dcm,R,abnormal,3.5,one\n\"b, b.dcm\",left,normal,,\"two \"\"2\"\"\"\n",
            "File;Label;Side;LargestDefectMl;Counts\nx/y.dcm;abnormal;Right;1e3;1000000\nx/y.dcm;normal;Left;0;5\n",
            "Label,Side,File\r\nnormal,L,c.dcm\r\nabnormal,R,c.dcm\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public override void Read(string file)
    {
        LabelsTable table = LabelsTable.Read(file, new DmsaSystem().Labels);
        _ = table.Groups;
        if (table.Find("a.dcm", "L") is { } row)
        {
            _ = (row.Number("Age"), row.Groups.ToString());
        }
    }

    public override bool IsRefusal(Exception problem) => problem is LabelsTableException;
}

/// <summary>Models, and what they answer.</summary>
internal sealed class ModelInput : InputKind
{
    public override string Name => "ONNX";

    public override IReadOnlyList<byte[]> Seeds { get; } = [Model()];

    public override void Read(string file)
    {
        FusedModel model = FusedModel.Load(file);
        // What would take gigabytes of zeros is opened, and not asked.
        long values = model.InputColumns.Sum(column => model.DimensionsOf(column).Aggregate(1L, (product, extent) => product * extent));
        if (values <= 1 << 20)
        {
            using OnnxScorer scorer = new(model);
            scorer.Score([[.. model.InputColumns.Select(column => (ReadOnlyMemory<float>)new float[model.DimensionsOf(column).Aggregate(1, (product, extent) => product * extent)])]]);
        }
    }

    public override bool IsRefusal(Exception problem) => problem is NotAFusedModelException or InvalidDataException or OutOfMemoryException;

    internal static byte[] Model()
    {
        OnnxGraphBuilder graph = new("small") { Documentation = "for tests" };
        graph.Metadata["scinti.task"] = "binary-classification";
        graph.Metadata["scinti.classes"] = "[\"normal\",\"abnormal\"]";
        string image = graph.Input("Image", [4, 4, 4]), beside = graph.Input("Beside", [1]);
        string flat = graph.Node("Flatten", [image], new NodeAttribute("axis", 1));
        float[] weights = [.. Enumerable.Range(0, 64).Select(i => (i % 7) - 3f)];
        string score = graph.Node("Add", [graph.Node("MatMul", [flat, graph.Initialiser("weights", weights.AsSpan(), [64, 1])]), beside]);
        string probability = graph.Node("Sigmoid", [score]);
        graph.Output(score, "Score", [1]);
        graph.Output(probability, "Probability", [1]);
        graph.Output(graph.Node("GreaterOrEqual", [probability, graph.Constant([0.5f], [])]), "PredictedLabel", [1], OnnxElement.Boolean);
        return graph.Build();
    }
}

/// <summary>Checkpoints of an unfinished training: damaged, or forged with the right check sum.</summary>
internal sealed class CheckpointInput : InputKind
{
    private readonly TrainingOptions _options = new() { Epochs = 2, BatchSize = 2, Seed = 3, Device = TrainingDevice.Cpu, Lanes = 1, ReaderThreads = 1 };
    private readonly NetworkGraph _graph;
    private readonly TemporaryFolder _folder = new();

    public CheckpointInput()
    {
        NetworkGraphBuilder network = new();
        string value = network.GlobalAveragePooling("average", network.BatchNormalization("norm", network.Convolution("conv", network.Input("Image", [1, 4, 4]), 2, 3)));
        _graph = network.Build(network.Dense("score", value, 1), OutputActivation.Sigmoid);
        string whole = _folder.File("whole");
        Train(whole);
        Seeds = [System.IO.File.ReadAllBytes(whole)];
    }

    public override string Name => "checkpoint";

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override byte[] Damaged(Random random)
    {
        byte[] whole = Seeds[0];
        if (random.Next(4) == 0)
        {
            return Damage.Apply(random, whole, Seeds, isText: false);
        }

        // A header that somebody made up, with its length and the sum of all.
        int start = 12, length = BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(8));
        byte[] header = Damage.Apply(random, whole[start..(start + length)], Seeds, isText: random.Next(4) != 0);
        byte[] values = random.Next(4) == 0 ? Damage.Apply(random, whole[(start + length)..^32], Seeds, isText: false) : whole[(start + length)..^32];
        byte[] told = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(told, random.Next(20) == 0 ? random.Next() : header.Length);
        byte[] body = [.. whole[..8], .. told, .. header, .. values];
        return [.. body, .. SHA256.HashData(body)];
    }

    public override void Read(string file) => Train(file);

    public override bool IsRefusal(Exception problem) => problem is CheckpointException;

    public override void Dispose() => _folder.Dispose();

    private void Train(string file) => TrainingLoop.Run(_graph, new Cases(), new Cases(), _options with { CheckpointPath = file });

    private sealed class Cases : ITrainingSamples
    {
        public int Count => 4;

        public IReadOnlyList<TensorShape> InputShapes { get; } = [[1, 4, 4]];

        public TensorShape TargetShape { get; } = [1];

        public string Description => "made";

        public void ReadTarget(int index, Span<float> target) => target[0] = index % 2;

        public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
        {
            ReadTarget(index, target.Span);
            inputs[0].Span.Fill(index);
        }
    }
}

/// <summary>Notebooks: read, written again, and made a page of. No cell is run.</summary>
internal sealed class NotebookInput : InputKind
{
    public override string Name => "notebook";

    public override bool IsText => true;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. Directory.GetFiles(Path.Combine(TestData.Repository, "notebooks"), "*.ipynb").Order(StringComparer.Ordinal).Select(System.IO.File.ReadAllBytes),
        """
        {"cells":[{"cell_type":"markdown","metadata":{},"source":["# A heading\n","\n","| a | b |\n","|---|---|\n","| *1* | [2](x) |\n"]},
        {"cell_type":"code","execution_count":1,"metadata":{"tags":["parameters"],"dotnet_interactive":{"language":"csharp"}},"source":["int n = 1;\n","n"],
        "outputs":[{"data":{"text/plain":"1","text/html":"<b>1</b>","image/png":"iVBORw0KGgo="},"execution_count":1,"metadata":{},"output_type":"execute_result"},
        {"name":"stdout","output_type":"stream","text":["a\n"]},{"ename":"E","evalue":"v","output_type":"error","traceback":["t"]}]}],
        "metadata":{"kernelspec":{"display_name":".NET (C#)","language":"C#","name":".net-csharp"}},"nbformat":4,"nbformat_minor":5}
        """u8.ToArray(),
    ];

    public override void Read(string file)
    {
        NotebookDocument notebook = NotebookDocument.Read(file);
        notebook.ToJson();
        NotebookPage.Text(notebook, "damaged");
        notebook.Fail(new CellFailure(1, null, "ProcessEnded", "it ended", []));
        notebook.ToJson();
    }

    public override bool IsRefusal(Exception problem) => problem is NotebookException;
}

/// <summary>What lies beside a model: card (sealed by whoever forged it), patients of the split, weights.</summary>
internal sealed class BundleInput : InputKind
{
    private const string Card = """
        {
          "form": 1, "name": "small", "system": "dmsa", "settings": { "size": "32", "minimum-confidence": "0.1" }, "task": "binary-classification", "classes": ["normal", "abnormal"],
          "inputs": [{ "name": "Image", "dimensions": [4, 4, 4] }, { "name": "Beside", "dimensions": [] }], "outputs": ["Score", "Probability", "PredictedLabel"],
          "thresholds": [{ "value": 0.5, "protocol": "Youden", "rule": "at least 0.5" }], "network": "small", "simulated": true, "intendedUse": "tests", "limits": ["none"], "runKey": "",
          "files": { "model.onnx": "@MODEL", "split.json": "@SPLIT", "weights.safetensors": "@WEIGHTS" },
          "seal": "0000000000000000000000000000000000000000000000000000000000000000"
        }
        """;

    private const string Split = """{ "patients": [ { "patientId": "P-1", "side": "Train", "contents": ["ab", "cd"] }, { "patientId": "P-2", "side": "Test", "contents": [] } ], "salt": "ab", "images": [ { "hash": "ef", "side": "Train" } ], "instances": [], "others": [ { "patients": [], "salt": "cd", "images": [], "instances": [] } ] }""";

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _weights;

    public BundleInput()
    {
        new NetworkWeights([new NetworkWeight("a", [2, 2], [1, 2, 3, 4]), new NetworkWeight("b", [3], [5, 6, 7])]).Save(_folder.File("weights.safetensors"));
        _weights = System.IO.File.ReadAllBytes(_folder.File("weights.safetensors"));
        System.IO.File.WriteAllBytes(_folder.File("model.onnx"), ModelInput.Model());
    }

    public override string Name => "bundle";

    public override IReadOnlyList<byte[]> Seeds { get; } = [Encoding.UTF8.GetBytes(Card), Encoding.UTF8.GetBytes(Split)];

    /// <summary>Three parts, one of them damaged, one after the other with their lengths before them.</summary>
    public override byte[] Damaged(Random random)
    {
        byte[] card = Seeds[0], split = Seeds[1], weights = _weights;
        switch (random.Next(3))
        {
            case 0:
                card = Damage.Apply(random, card, Seeds, isText: true);
                break;
            case 1:
                split = Damage.Apply(random, split, Seeds, isText: true);
                break;
            default:
                weights = Damage.Apply(random, weights, [_weights], isText: random.Next(2) == 0);
                break;
        }

        byte[] lengths = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, card.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths.AsSpan(4), split.Length);
        return [.. lengths, .. card, .. split, .. weights];
    }

    public override void Read(string file)
    {
        byte[] all = System.IO.File.ReadAllBytes(file);
        int card = BinaryPrimitives.ReadInt32LittleEndian(all), split = BinaryPrimitives.ReadInt32LittleEndian(all.AsSpan(4));
        System.IO.File.WriteAllBytes(_folder.File("split.json"), all[(8 + card)..(8 + card + split)]);
        System.IO.File.WriteAllBytes(_folder.File("weights.safetensors"), all[(8 + card + split)..]);
        string text = Encoding.UTF8.GetString(all, 8, card)
            .Replace("@MODEL", Sum("model.onnx"), StringComparison.Ordinal).Replace("@SPLIT", Sum("split.json"), StringComparison.Ordinal).Replace("@WEIGHTS", Sum("weights.safetensors"), StringComparison.Ordinal);
        string open = new('0', 64), seal = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        System.IO.File.WriteAllText(_folder.File("card.json"), text.Replace(open, seal, StringComparison.Ordinal));

        using ModelBundle bundle = ModelBundle.Load(_folder.Path);
        ShippedSystems.Of(bundle.Card);
        bundle.StartOf(["*"]);
    }

    public override bool IsRefusal(Exception problem) => problem is ModelBundleException or NotAFusedModelException or DefinitionException or InvalidDataException;

    public override void Dispose() => _folder.Dispose();

    private string Sum(string name) => Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(_folder.File(name))));
}
