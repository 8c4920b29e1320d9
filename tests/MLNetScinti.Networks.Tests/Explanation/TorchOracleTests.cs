using System.Text.Json;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Networks.Tests.Explanation;

/// <summary>Grad-CAM as PyTorch gives it, with hooks on the last features and autograd through the whole network.</summary>
public sealed class TorchOracleTests
{
    private const string Script = """
        import json, sys, torch
        import torch.nn.functional as F
        told = json.load(open(sys.argv[1]))
        graph = json.loads(told['graph'])
        weights = {w['name']: torch.tensor(w['values'], dtype=torch.float64).reshape(w['shape']) for w in told['weights']}
        values = {}
        for i, x in zip(graph['inputs'], told['inputs']):
            values[i['name']] = torch.tensor(x, dtype=torch.float64).reshape([-1] + i['shape'])
        pooled = []
        for layer in graph['layers']:
            name, kind = layer['name'], layer['kind']
            x = [values[v] for v in layer['takes']]
            rank = x[0].dim() - 2
            w = lambda key: weights.get(name + '.' + key)
            if kind == 'Convolution':
                y = (F.conv2d if rank == 2 else F.conv3d)(x[0], w('weight'), w('bias'), stride=layer['stride'], padding=layer['padding'])
            elif kind == 'BatchNormalization':
                y = F.batch_norm(x[0], w('running_mean'), w('running_var'), w('weight'), w('bias'), eps=layer['epsilon'])
            elif kind == 'Relu':
                y = torch.relu(x[0])
            elif kind == 'MaxPooling':
                y = (F.max_pool2d if rank == 2 else F.max_pool3d)(x[0], layer['kernel'], layer['stride'], layer['padding'])
            elif kind == 'Sum':
                y = sum(x[1:], x[0])
            elif kind == 'GlobalAveragePooling':
                x[0].requires_grad_() if x[0].is_leaf else x[0].retain_grad()
                pooled.append(x[0])
                y = x[0].flatten(2).mean(2)
            elif kind == 'Concatenate':
                y = torch.cat(x, 1)
            elif kind == 'Dense':
                y = F.linear(x[0], w('weight'), w('bias'))
            elif kind == 'Dropout':
                y = x[0]
            else:
                raise ValueError(kind)
            values[name] = y if y.requires_grad else y.requires_grad_()
        values[graph['output']].sum().backward()
        maps = []
        for a in pooled:
            alpha = a.grad.flatten(2).mean(2).reshape(list(a.shape[:2]) + [1] * (a.dim() - 2))
            maps.append((alpha * a).sum(1).detach().flatten().tolist())
        print(json.dumps({'output': values[graph['output']].detach().flatten().tolist(), 'maps': maps}))
        """;

    [PeerFact("python:torch")]
    public void PyTorchFindsTheSameMaps()
    {
        ResidualNetworkOptions options = new() { Sections = 24, Rows = 20, Columns = 33, WidthMultiplier = 0.125 };
        foreach (NetworkGraph graph in (NetworkGraph[])[ResidualNetworks.Planar(options), ResidualNetworks.ThreeView(options), ResidualNetworks.Volumetric(options)])
        {
            const int batch = 2;
            NetworkWeights weights = Samples.Trained(graph, 31);
            float[][] inputs = Samples.Batch(graph, batch, 32);
            using JsonDocument peer = Ask(graph, weights, inputs);
            using OnnxRun signed = new(graph.ToExplainingOnnx(weights, new ExplanationOptions { Rectified = false }));
            using OnnxRun kept = new(graph.ToExplainingOnnx(weights));
            float[][] found = signed.RunAll(graph, inputs, batch), positive = kept.RunAll(graph, inputs, batch);

            Near(peer.RootElement.GetProperty("output"), found[0]);
            JsonElement[] maps = [.. peer.RootElement.GetProperty("maps").EnumerateArray()];
            Assert.Equal(found.Length - 1, maps.Length);
            for (int map = 0; map < maps.Length; map++)
            {
                Near(maps[map], found[map + 1]);
                Assert.Contains(found[map + 1], value => Math.Abs(value) > 1e-3);
                Assert.All(found[map + 1].Zip(positive[map + 1]), pair => Assert.Equal(Math.Max(0, pair.First), pair.Second, 1e-6));
            }
        }
    }

    private static void Near(JsonElement expected, float[] found)
    {
        double[] values = [.. expected.EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(values.Length, found.Length);
        Assert.All(values.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    private static JsonDocument Ask(NetworkGraph graph, NetworkWeights weights, float[][] inputs)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(new
            {
                graph = graph.Json,
                weights = weights.Select(weight => new { name = weight.Name, shape = weight.Shape.ToArray(), values = weight.Values }),
                inputs,
            }));
            (int code, string output, string error) = Peer.Run(Peer.Python, "-c", Script, file);
            Assert.True(code == 0, error);
            return JsonDocument.Parse(output);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
