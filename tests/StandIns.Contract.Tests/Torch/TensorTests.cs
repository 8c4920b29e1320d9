using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>Tensors: their elements, what is shared and what is copied, and the exceptions of wrong uses.</summary>
[Collection(TorchCollection.Name)]
public sealed class TensorTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.Torch, "torchsharp")
    {
        ["shape mismatch: [2,3] + [4]"] = () => ones(2, 3) + ones(4),
        ["shape mismatch: Conv2d(3,1,3) on 2 channels"] = () => Conv2d(3, 1, 3).call(ones(1, 2, 4, 4)),
        ["shape mismatch: Linear(5,1) on [2,4]"] = () => Linear(5, 1).call(ones(2, 4)),
        ["backward of a non-scalar"] = Backward,
        ["cross_entropy with a target of 3 for 3 classes"] = () => F.cross_entropy(zeros(1, 3), tensor([3L])),
        ["item<float>() of 2 elements"] = () => ones(2).item<float>(),
        ["ToSingle() of an int64 scalar"] = () => tensor(3L).ToSingle(),
        ["item<float>() of an int64 scalar"] = () => tensor(3L).item<float>(),
        ["data<float>() of an int64 tensor"] = () => tensor([1L, 2L]).data<float>(),
        ["use of a disposed tensor"] = Disposed,
        ["index out of range t[5] of 2"] = () => ones(2)[5],
        ["dtype promotion: float + int64"] = () => (ones(2) + ones(2, int64)).dtype.ToString(),
        ["torch.tensor(double[]) dtype, torch.tensor(int[]) dtype, from float[,]"] = () => new { d = tensor([1.0, 2.0]).dtype.ToString(), i = tensor([1, 2]).dtype.ToString(), m = tensor(new float[2, 2]).shape },
        ["torch.tensor(float[]) shares the array?"] = () => AfterAChange(array => tensor(array)),
        ["from_array shares the array?"] = () => AfterAChange(array => from_array(array)),
        ["no_grad: requires_grad of a result"] = Gradients,
        ["optimizer: Adam lr 1e-3 wd 1e-4, p = [1,-2,0.5], gradient c*p with c = [1,0.5,4], 5 steps"] = () => Steps(p => optim.Adam(p, 1e-3, weight_decay: 1e-4)),
        ["optimizer: SGD lr 0.1 momentum 0.9, 5 steps"] = () => Steps(p => optim.SGD(p, 0.1, momentum: 0.9)),
        ["zero_grad: grad after zero_grad is"] = ZeroGrad,
        ["copy_ of a wrong shape"] = () => zeros(2).copy_(ones(3)),
        ["copy_ broadcast"] = () => zeros(2, 2).copy_(ones(1)).data<float>().ToArray(),
        ["to_type, to(device), detach, clone return new objects"] = NewObjects,
    };

    static TensorTests() =>
        s_cases.Add("view [6] as [4]", Comparison.Exact, entry => TorchRecordingOf(entry, () => ones(6).view(4)));

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    [Fact]
    public void The_text_of_a_tensor_says_what_it_is()
    {
        Assert.Equal("[2x3], type = Float32, device = cpu", zeros(2, 3).ToString(TensorStringStyle.Metadata));
        Assert.Equal("[], type = Int64, device = cpu", tensor(3L).ToString(TensorStringStyle.Metadata));
    }

    [Fact]
    public void An_accessor_reads_and_writes_a_view_in_row_major_order()
    {
        Tensor matrix = tensor([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
        Tensor turned = matrix.transpose(0, 1);
        Assert.Equal([1f, 4f, 2f, 5f, 3f, 6f], turned.data<float>().ToArray());
        float[] two = new float[2];
        turned.data<float>().CopyTo(two, 0, 2);
        Assert.Equal([2f, 5f], two);
        turned.data<float>()[2, 1] = 60;
        Assert.Equal(60f, matrix[1, 2].item<float>());
        matrix.data<float>().CopyFrom([9f, 8f, 7f, 6f, 5f, 4f]);
        Assert.Equal(7f, matrix[0, 2].item<float>());
    }

    [Fact]
    public void Index_expressions_choose_views_and_gathers()
    {
        Tensor t = arange(24).reshape(2, 3, 4);
        Assert.Equal([2L, 3L, 2L], t[TensorIndex.Ellipsis, TensorIndex.Slice(0, 4, 2)].shape);
        Assert.Equal([20L, 21L, 22L, 23L], t[1, 2].data<long>().ToArray());
        Assert.Equal([3L, 1L, 4L], t[TensorIndex.Single(1), TensorIndex.Colon, TensorIndex.None].shape);
        Assert.Equal([12L, 0L], t[tensor([1L, 0L]), tensor([0L, 0L]), tensor([0L, 0L])].data<long>().ToArray());
        t[TensorIndex.Single(0), TensorIndex.Slice(1)] = zeros(2, 4, int64);
        Assert.Equal(0 + 1 + 2 + 3L, t[0].sum().item<long>());
    }

    [Fact]
    public void Bytes_are_the_elements()
    {
        Tensor t = zeros(2);
        t.bytes = BitConverter.GetBytes(1.5f).Concat(BitConverter.GetBytes(-2f)).ToArray();
        Assert.Equal([1.5f, -2f], t.data<float>().ToArray());
        Assert.Equal(8, t.bytes.Length);
    }

    [Fact]
    public void Inference_mode_records_nothing()
    {
        Linear layer = Linear(2, 1);
        using (inference_mode())
        {
            Assert.False(layer.call(ones(1, 2)).requires_grad);
        }

        Assert.True(layer.call(ones(1, 2)).requires_grad);
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_refused()
    {
        if (cuda.is_available())
        {
            Assert.True(cuda.device_count() > 0);
            return;
        }

        Assert.Equal(0, cuda.device_count());
        Assert.Throws<InvalidOperationException>(() => ones(1, device: CUDA));
    }

    private static object? TorchRecordingOf(System.Text.Json.JsonElement entry, Func<Tensor> attempt)
    {
        object? seen = TorchRecording.AsInPython(entry, () => attempt().shape);
        return seen;
    }

    private static object? Backward()
    {
        (ones(2, requires_grad: true) * 2).backward();
        return null;
    }

    private static object? Disposed()
    {
        Tensor t = ones(2);
        t.Dispose();
        return (t + 1).shape;
    }

    private static float[] AfterAChange(Func<float[], Tensor> make)
    {
        float[] array = [1, 2];
        Tensor made = make(array);
        array[0] = 9;
        return made.data<float>().ToArray();
    }

    private static object Gradients()
    {
        Tensor x = ones(2, requires_grad: true);
        bool inside;
        using (no_grad())
        {
            inside = (x * 2).requires_grad;
        }

        return new { inside, outside = (x * 2).requires_grad, isGradEnabled = is_grad_enabled() };
    }

    private static object Steps(Func<IEnumerable<Parameter>, optim.Optimizer> make)
    {
        Parameter p = new(tensor([1f, -2f, 0.5f]));
        Tensor c = tensor([1f, 0.5f, 4f]);
        using optim.Optimizer optimizer = make([p]);
        return Enumerable.Range(0, 5).Select(_ =>
        {
            optimizer.zero_grad();
            (c * p * p / 2).sum().backward();
            optimizer.step();
            return p.data<float>().ToArray();
        }).ToArray();
    }

    private static object ZeroGrad()
    {
        Parameter p = new(ones(1));
        using optim.Optimizer optimizer = optim.SGD([p], 0.1);
        bool nothing = p.grad is null;
        (p * 2).sum().backward();
        float after = p.grad!.item<float>();
        optimizer.zero_grad();
        return new { nullBeforeBackward = nothing, afterBackward = after, afterZeroGrad = p.grad is null ? "null" : p.grad.item<float>().ToString(System.Globalization.CultureInfo.InvariantCulture) };
    }

    private static object NewObjects()
    {
        Tensor t = ones(2);
        return new
        {
            sameAsTypeFloat = ReferenceEquals(t, t.to_type(float32)),
            toCpu = ReferenceEquals(t, t.cpu()),
            toDevice = ReferenceEquals(t, t.to(CPU)),
        };
    }
}
