using System.Runtime.InteropServices;
using MLNetScinti.Networks;
using MLNetScinti.Systems.WholeBody.Networks;
using MLNetScinti.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>
/// The networks that torchvision has too give the same values there, layer by layer, with the same weights. Both sides make
/// the weights by one formula, in the order in which the layers stand.
/// </summary>
public sealed class TorchvisionTests
{
    private const int Rows = 96, Columns = 64;

    private const string Script = """
        import sys, numpy, torch, torchvision
        name, folder = sys.argv[1:]
        torch.set_num_threads(1)
        make = {'resnet-18': torchvision.models.resnet18, 'densenet-121': torchvision.models.densenet121, 'vgg-16': torchvision.models.vgg16}[name]
        net = make(num_classes=4)
        if name == 'vgg-16':
            net.features[0] = torch.nn.Conv2d(1, 64, 3, padding=1)
        elif name == 'resnet-18':
            net.conv1 = torch.nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
        else:
            net.features.conv0 = torch.nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
        number = 0
        for key, value in net.state_dict().items():
            if key.endswith('num_batches_tracked'):
                continue
            i = numpy.arange(value.numel(), dtype=numpy.uint64) + numpy.uint64(7919 * number)
            u = ((i * numpy.uint64(2654435761)) % numpy.uint64(1 << 32)).astype(numpy.float64) / 2147483648.0 - 1
            if value.dim() > 1:
                w = u * numpy.sqrt(6.0 * value.shape[0] / value.numel())
            elif key.endswith('running_var'):
                w = 1 + .5 * u
            elif key.endswith('weight'):
                w = 1 + .1 * u
            else:
                w = .1 * u
            value.copy_(torch.from_numpy(w.astype(numpy.float32)).reshape(value.shape))
            number += 1
        net.eval()
        kept = {}
        for key, module in net.named_modules():
            module.register_forward_hook(lambda m, i, o, key=key: kept.setdefault(key, []).append(o.detach().clone()))
        image = torch.from_numpy(numpy.fromfile(folder + '/image', dtype=numpy.float32)).reshape(1, 1, 96, 64)
        with torch.no_grad():
            kept[''] = [net(image)]
        worst = 0.0
        for line in open(folder + '/layers'):
            key, use, file = line.split()
            theirs = kept['' if key == 'answer' else key][int(use)].numpy().ravel()
            ours = numpy.fromfile(folder + '/' + file, dtype=numpy.float32)
            assert ours.size == theirs.size, (key, ours.size, theirs.size)
            assert theirs.std() > 0, key
            difference = float(numpy.abs(ours - theirs).max() / max(1, numpy.abs(theirs).max()))
            print(key, difference)
            worst = max(worst, difference)
        print('worst', worst)
        sys.exit(0 if worst < 1e-4 else 1)
        """;

    /// <summary>Where a value of ours is found in torchvision: the module, and which use of it counts.</summary>
    private static (string Ours, string Theirs, int Use)[] Layers(string name)
    {
        string[] blocks = ["1", "2", "3", "4"];
        return name switch
        {
            "resnet-18" =>
            [
                ("conv1", "conv1", 0), ("relu1", "relu", 0), ("pool1", "maxpool", 0),
                .. blocks.SelectMany(stage => new[] { ($"stage{stage}_block1_relu2", $"layer{stage}.0", 0), ($"stage{stage}_block2_relu2", $"layer{stage}.1", 0) }),
                ("features", "avgpool", 0), ("classes", "answer", 0),
            ],
            "densenet-121" =>
            [
                ("conv1", "features.conv0", 0), ("pool1", "features.pool0", 0),
                ("block1_layer6_out", "features.denseblock1", 0), ("block1_pool", "features.transition1", 0),
                ("block2_layer12_out", "features.denseblock2", 0), ("block2_pool", "features.transition2", 0),
                ("block3_layer24_out", "features.denseblock3", 0), ("block3_pool", "features.transition3", 0),
                ("block4_layer16_out", "features.denseblock4", 0), ("norm5", "features.norm5", 0), ("classes", "answer", 0),
            ],
            _ =>
            [
                ("stage1_conv1", "features.0", 0), ("stage1_pool", "features.4", 0), ("stage2_pool", "features.9", 0), ("stage3_pool", "features.16", 0),
                ("stage4_pool", "features.23", 0), ("stage5_conv3", "features.28", 0), ("average", "avgpool", 0), ("fc1", "classifier.0", 0), ("classes", "answer", 0),
            ],
        };
    }

    [PeerFact("python:torchvision")]
    public void ResNet18AgreesLayerByLayer() => LayersAgree("resnet-18");

    [PeerFact("python:torchvision")]
    public void DenseNet121AgreesLayerByLayer() => LayersAgree("densenet-121");

    [PeerFact("python:torchvision")]
    public void Vgg16AgreesLayerByLayer() => LayersAgree("vgg-16");

    private static void LayersAgree(string name)
    {
        NetworkGraph graph = WholeBodyNetworks.Create(name, new WholeBodyNetworkOptions { Rows = Rows, Columns = Columns });
        NetworkWeights weights = Formula(graph);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("torchvision-");
        try
        {
            float[] image = Values(Rows * Columns, 0, u => (u + 1) / 2);
            Write("image", image);
            List<string> lines = [];
            foreach ((string ours, string theirs, int use) in Layers(name))
            {
                NetworkGraph part = new(graph.Inputs, [.. graph.Layers.TakeWhile(layer => layer.Name != ours), graph.Layers.First(layer => layer.Name == ours)], ours);
                HashSet<string> names = [.. part.Weights().Select(weight => weight.Name)];
                using TorchNetwork network = new(part, new NetworkWeights(weights.Where(weight => names.Contains(weight.Name))));
                network.eval();
                using IDisposable still = no_grad();
                using DisposeScope scope = NewDisposeScope();
                Write(ours, network.forward([tensor(image, [1, 1, Rows, Columns])]).data<float>().ToArray());
                lines.Add($"{theirs} {use} {ours}");
            }

            File.WriteAllLines(Path.Combine(folder.FullName, "layers"), lines);
            (int code, string output, string error) = Peer.Run(Peer.Python, "-c", Script, name, folder.FullName);
            Assert.True(code == 0, output + error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        void Write(string file, float[] values) => File.WriteAllBytes(Path.Combine(folder.FullName, file), MemoryMarshal.AsBytes<float>(values));
    }

    private static NetworkWeights Formula(NetworkGraph graph) => new(graph.Weights().Select((weight, number) =>
    {
        TensorShape shape = weight.Definition.Shape;
        double reach = Math.Sqrt(6.0 * shape[0] / shape.ElementCount);
        Func<double, double> form = shape.Count > 1 ? u => u * reach
            : weight.Name.EndsWith("running_var", StringComparison.Ordinal) ? u => 1 + (0.5 * u)
            : weight.Name.EndsWith(".weight", StringComparison.Ordinal) ? u => 1 + (0.1 * u)
            : u => 0.1 * u;
        return new NetworkWeight(weight.Name, shape, Values(shape.ElementCount, number, form));
    }));

    private static float[] Values(long count, int number, Func<double, double> form)
    {
        float[] values = new float[count];
        for (int at = 0; at < values.Length; at++)
        {
            uint whole = unchecked((uint)(((ulong)at + (7919UL * (ulong)number)) * 2654435761UL));
            values[at] = (float)form((whole / 2147483648.0) - 1);
        }

        return values;
    }
}
