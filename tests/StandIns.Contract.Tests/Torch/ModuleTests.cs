using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>What a module registers, and how its weights are kept in a file.</summary>
[Collection(TorchCollection.Name)]
public sealed class ModuleTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.Torch, "torchsharp")
    {
        ["state_dict keys: Net (fields, named Sequential, parameter, buffer)"] = () => new Net().state_dict().Select(e => $"{e.Key} {string.Join('x', e.Value.shape)} {e.Value.dtype}"),
        ["state_dict keys: Net2 (Sequential without names)"] = () => new Net2().state_dict().Keys,
        ["state_dict keys: module without RegisterComponents()"] = () => new Unregistered().state_dict().Keys,
        ["state_dict keys: ModuleList"] = () => new Listed().state_dict().Keys,
        ["named_parameters, named_buffers, named_children, named_modules of Net"] = Names,
        ["requires_grad of parameters, training flag, eval()"] = Training,
        ["save: .dat bytes of Linear(2,1), weight [1.5, -2], bias [0.25]"] = () => Saved(Known()),
        ["save: .dat bytes of BatchNorm1d(1) after eval"] = SavedNorm,
        ["load: round trip"] = RoundTrip,
        ["load: file of another architecture (Linear(3,1))"] = () => Load(Linear(3, 1), Bytes(Known())),
        ["load: more parameters expected than in the file (Net2)"] = () => Load(new Net2(), Bytes(Known())),
        ["load: missing file"] = () => Linear(2, 1).load("no-such.dat"),
        ["load: truncated file"] = () => Load(Linear(2, 1), Bytes(Known())[..20]),
        ["load: garbage"] = () => Load(Linear(2, 1), [0xFF, 0x06, 0x12, 0x34, 0x56, 0x78]),
        ["load_state_dict: missing key, unexpected key"] = MissingKeys,
        ["load_state_dict strict: missing key"] = () => Linear(2, 1).load_state_dict(new() { ["weight"] = zeros(1, 2) }),
        ["load_state_dict: wrong shape"] = () => Linear(2, 1).load_state_dict(new() { ["weight"] = zeros(1, 3), ["bias"] = zeros(1) }),
        ["load: dtype differs (double module, float file)"] = () => Load(Linear(2, 1, dtype: float64), Bytes(Known())),
        ["Sequential: Count, children names, append"] = Appended,
        ["manual_seed(1): randn(5), rand(5), Linear(3,2) weight"] = Seeded,
    };

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    [Fact]
    public void A_stream_holds_the_same_bytes_as_a_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            Module layer = Known();
            layer.save(path);
            Assert.Equal(File.ReadAllBytes(path), Bytes(layer));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_skipped_name_is_neither_written_nor_missed()
    {
        Linear layer = Known();
        Linear other = Linear(2, 1);
        float[] before = other.bias!.data<float>().ToArray();
        using MemoryStream stream = new(Bytes(layer));
        Dictionary<string, bool> loaded = [];
        other.load(stream, strict: false, skip: ["bias"], loadedParameters: loaded);
        Assert.Equal([1.5f, -2f], other.weight!.data<float>().ToArray());
        Assert.Equal(before, other.bias!.data<float>().ToArray());
        Assert.True(loaded["weight"]);
        Assert.False(loaded["bias"]);
    }

    private static object Names()
    {
        Net net = new();
        return new
        {
            p = net.named_parameters().Select(e => e.name),
            b = net.named_buffers().Select(e => e.name),
            c = net.named_children().Select(e => e.name),
            m = net.named_modules().Select(e => e.name),
            name = net.GetName(),
            paramCount = net.parameters().Sum(p => p.numel()),
        };
    }

    private static object Training()
    {
        Net net = new();
        bool atStart = net.training;
        net.eval();
        return new { allRequireGrad = net.parameters().All(p => p.requires_grad), trainingAtStart = atStart, afterEval = net.training, childAfterEval = net.children().First().training };
    }

    private static Linear Known()
    {
        Linear layer = Linear(2, 1);
        using (no_grad())
        {
            layer.weight!.copy_(tensor([1.5f, -2f], [1, 2]));
            layer.bias!.copy_(tensor([0.25f]));
        }

        return layer;
    }

    private static byte[] Bytes(Module module)
    {
        using MemoryStream stream = new();
        module.save(stream);
        return stream.ToArray();
    }

    private static object Saved(Module module) => new { length = Bytes(module).Length, hex = Convert.ToHexString(Bytes(module)), keys = module.state_dict().Keys };

    private static object SavedNorm()
    {
        BatchNorm1d norm = BatchNorm1d(1);
        norm.eval();
        return new { length = Bytes(norm).Length, hex = Convert.ToHexString(Bytes(norm)), keys = norm.state_dict().Select(e => $"{e.Key} {e.Value.dtype}") };
    }

    private static string Load(Module module, byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        module.load(stream);
        return "no exception";
    }

    private static object RoundTrip()
    {
        Linear other = Linear(2, 1);
        Load(other, Bytes(Known()));
        return other.state_dict().Select(e => new { e.Key, v = new { e.Value.shape, dtype = e.Value.dtype.ToString(), data = e.Value.data<float>().ToArray() } });
    }

    private static object MissingKeys()
    {
        var (missing, unexpected) = Linear(2, 1).load_state_dict(new() { ["weight"] = zeros(1, 2), ["other"] = zeros(1) }, strict: false);
        return new { missing_keys = missing, unexpected };
    }

    private static object Appended()
    {
        Sequential some = Sequential(Linear(2, 2));
        some.append(ReLU());
        return new { children = some.named_children().Select(e => e.name), len = some.Count };
    }

    private static object Seeded()
    {
        manual_seed(1);
        float[] normal = randn(5).data<float>().ToArray();
        manual_seed(1);
        float[] uniform = rand(5).data<float>().ToArray();
        manual_seed(1);
        Linear layer = Linear(3, 2);
        return new { randn = normal, rand = uniform, weight = layer.weight!.data<float>().ToArray(), bias = layer.bias!.data<float>().ToArray() };
    }
}
