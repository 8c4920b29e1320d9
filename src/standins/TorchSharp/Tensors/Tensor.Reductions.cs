using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Aten.Sum.Call(this, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Aten.SumDim.Call(this, dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1, dim2], keepdim, type);
        public Tensor mean() => Aten.Mean.Call(this, Arg.None);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Aten.MeanDim.Call(this, dimensions, keepdim, type);
        public Tensor std(bool unbiased = true) => Aten.Std.Call(this, unbiased);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false) => Aten.StdDim.Call(this, dimensions, unbiased, keepdim);
        public Tensor var(bool unbiased = true) => Aten.Var.Call(this, unbiased);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false) => Aten.VarDim.Call(this, dimensions, unbiased, keepdim);
        public Tensor prod(ScalarType? dtype = null) => Aten.Prod.Call(this, dtype);

        public Tensor max() => Aten.Max.Call(this);
        public Tensor max(Tensor other) => Aten.MaxOther.Call(this, other);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Aten.MaxDim.CallPair(this, dim, keepdim);
        public Tensor min() => Aten.Min.Call(this);
        public Tensor min(Tensor other) => Aten.MinOther.Call(this, other);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Aten.MinDim.CallPair(this, dim, keepdim);
        public Tensor amax(params long[] dims) => Aten.Amax.Call(this, dims, false);
        public Tensor amax(long[] dims, bool keepdim = false, Tensor @out = null) => Aten.Amax.Call(this, dims, keepdim);
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor @out = null) => Aten.Amax.Call(this, dims.ToArray(), keepdim);
        public Tensor amin(params long[] dims) => Aten.Amin.Call(this, dims, false);
        public Tensor amin(long[] dims, bool keepdim = false, Tensor @out = null) => Aten.Amin.Call(this, dims, keepdim);
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor @out = null) => Aten.Amin.Call(this, dims.ToArray(), keepdim);
        public Tensor argmax() => Aten.Argmax.Call(this, Arg.None, false);
        public Tensor argmax(long dim, bool keepdim = false) => Aten.Argmax.Call(this, dim, keepdim);
        public Tensor argmin() => Aten.Argmin.Call(this, Arg.None, false);
        public Tensor argmin(long dim, bool keepdim = false) => Aten.Argmin.Call(this, dim, keepdim);

        public Tensor all() => Aten.All.Call(this);
        public Tensor any() => Aten.Any.Call(this);
        public Tensor median() => Aten.Median.Call(this);
        public Tensor norm(float p = 2.0f) => Aten.Norm.Call(this, (double)p);
        public Tensor cumsum(long dim, ScalarType? type = null) => Aten.Cumsum.Call(this, dim, type);
        public (Tensor values, Tensor indexes) cummax(long dim) => Aten.Cummax.CallPair(this, dim);
        public (Tensor values, Tensor indexes) cummin(long dim) => Aten.Cummin.CallPair(this, dim);
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Aten.Topk.CallPair(this, k, dim, largest, sorted);
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false) => Aten.Sort.CallPair(this, dim, descending);
        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => Aten.Kthvalue.CallPair(this, k, dim ?? -1, keepdim);
        public (Tensor values, Tensor indices) mode(long dim = -1L, bool keepdim = false) => Aten.Mode.CallPair(this, dim, keepdim);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.Quantile.Call(this, q, dim, keepdim, "linear");
        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) => Aten.NanToNum.Call(this, nan, posinf, neginf);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.Softmax.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.LogSoftmax.Call(this, dim, dtype);
        public Tensor clamp(Scalar min = null, Scalar max = null) => Aten.Clamp.Call(this, min, max);
        public Tensor clamp(Tensor min = null, Tensor max = null) => Aten.ClampTensor.Call(this, min, max);
        public Tensor clamp_(Scalar min = null, Scalar max = null) => InPlace(Aten.ClampInPlace, this, min, max);
        public Tensor clip(Scalar min = null, Scalar max = null) => clamp(min, max);
        public Tensor leaky_relu(Scalar negative_slope) => Aten.LeakyRelu.Call(this, negative_slope);
        public Tensor elu() => Aten.Elu.Call(this, 1L, 1L, 1L);
        public Tensor gelu() => Aten.Gelu.Call(this, "none");
        public Tensor silu() => Aten.Silu.Call(this);
        public Tensor prelu(Tensor weight) => Aten.Prelu.Call(this, weight);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => Aten.Allclose.CallBits(this, target, rtol, atol, equal_nan) != 0;
        public bool equal(Tensor target) => Aten.Equal.CallBits(this, target) != 0;

        public Tensor uniform_(double from, double to, Generator generator = null) => InPlace(Aten.UniformInPlace, this, from, to, generator);
        public Tensor normal_(double mean = 0.0, double stddev = 1.0, Generator generator = null) => InPlace(Aten.NormalInPlace, this, mean, stddev, generator);
        public Tensor bernoulli_(double p = 0.5, Generator generator = null) => InPlace(Aten.BernoulliInPlace, this, p, generator);
        public Tensor bernoulli(Generator generator = null) => Aten.Bernoulli.Call(this, generator);
        public Tensor erfinv_() => InPlace(Aten.ErfinvInPlace, this);
    }

    public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);
    public static Tensor mean(Tensor input) => input.mean();
    public static Tensor max(Tensor input) => input.max();
    public static (Tensor values, Tensor indexes) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);
    public static Tensor min(Tensor input) => input.min();
    public static Tensor amax(Tensor input, params long[] dims) => input.amax(dims);
    public static Tensor argmax(Tensor input) => input.argmax();
    public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);
    public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
    public static Tensor clamp(Tensor input, Scalar min = null, Scalar max = null) => input.clamp(min, max);
    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => tensor.allclose(target, rtol, atol, equal_nan);
}
