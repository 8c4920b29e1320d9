using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.Abs.Call(this);
        public Tensor abs_() => InPlace(Aten.AbsInPlace, this);
        public Tensor ceil() => Aten.Ceil.Call(this);
        public Tensor ceil_() => InPlace(Aten.CeilInPlace, this);
        public Tensor cos() => Aten.Cos.Call(this);
        public Tensor cos_() => InPlace(Aten.CosInPlace, this);
        public Tensor exp() => Aten.Exp.Call(this);
        public Tensor exp_() => InPlace(Aten.ExpInPlace, this);
        public Tensor expm1() => Aten.Expm1.Call(this);
        public Tensor expm1_() => InPlace(Aten.Expm1InPlace, this);
        public Tensor floor() => Aten.Floor.Call(this);
        public Tensor floor_() => InPlace(Aten.FloorInPlace, this);
        public Tensor log() => Aten.Log.Call(this);
        public Tensor log_() => InPlace(Aten.LogInPlace, this);
        public Tensor log10() => Aten.Log10.Call(this);
        public Tensor log10_() => InPlace(Aten.Log10InPlace, this);
        public Tensor log1p() => Aten.Log1p.Call(this);
        public Tensor log1p_() => InPlace(Aten.Log1pInPlace, this);
        public Tensor log2() => Aten.Log2.Call(this);
        public Tensor log2_() => InPlace(Aten.Log2InPlace, this);
        public Tensor logical_not() => Aten.LogicalNot.Call(this);
        public Tensor logical_not_() => InPlace(Aten.LogicalNotInPlace, this);
        public Tensor neg() => Aten.Neg.Call(this);
        public Tensor neg_() => InPlace(Aten.NegInPlace, this);
        public Tensor reciprocal() => Aten.Reciprocal.Call(this);
        public Tensor reciprocal_() => InPlace(Aten.ReciprocalInPlace, this);
        public Tensor relu() => Aten.Relu.Call(this);
        public Tensor relu_() => InPlace(Aten.ReluInPlace, this);
        public Tensor round() => Aten.Round.Call(this);
        public Tensor round_() => InPlace(Aten.RoundInPlace, this);
        public Tensor rsqrt() => Aten.Rsqrt.Call(this);
        public Tensor rsqrt_() => InPlace(Aten.RsqrtInPlace, this);
        public Tensor sigmoid() => Aten.Sigmoid.Call(this);
        public Tensor sigmoid_() => InPlace(Aten.SigmoidInPlace, this);
        public Tensor sign() => Aten.Sign.Call(this);
        public Tensor sign_() => InPlace(Aten.SignInPlace, this);
        public Tensor sin() => Aten.Sin.Call(this);
        public Tensor sin_() => InPlace(Aten.SinInPlace, this);
        public Tensor sqrt() => Aten.Sqrt.Call(this);
        public Tensor sqrt_() => InPlace(Aten.SqrtInPlace, this);
        public Tensor square() => Aten.Square.Call(this);
        public Tensor square_() => InPlace(Aten.SquareInPlace, this);
        public Tensor tan() => Aten.Tan.Call(this);
        public Tensor tan_() => InPlace(Aten.TanInPlace, this);
        public Tensor tanh() => Aten.Tanh.Call(this);
        public Tensor tanh_() => InPlace(Aten.TanhInPlace, this);
        public Tensor isnan() => Aten.Isnan.Call(this);
        public Tensor isinf() => Aten.Isinf.Call(this);
        public Tensor isfinite() => Aten.Isfinite.Call(this);

        public Tensor add(Tensor target) => Aten.Add.Call(this, target, 1L);
        public Tensor add(Tensor target, Scalar alpha) => Aten.Add.Call(this, target, alpha);
        public Tensor add(Scalar scalar) => Aten.AddScalar.Call(this, scalar, 1L);
        public Tensor add(Scalar scalar, Scalar alpha) => Aten.AddScalar.Call(this, scalar, alpha);
        public Tensor add_(Tensor target) => InPlace(Aten.AddInPlace, this, target, 1L);
        public Tensor add_(Tensor target, Scalar alpha) => InPlace(Aten.AddInPlace, this, target, alpha);
        public Tensor add_(Scalar scalar) => InPlace(Aten.AddScalarInPlace, this, scalar, 1L);
        public Tensor add_(Scalar scalar, Scalar alpha) => InPlace(Aten.AddScalarInPlace, this, scalar, alpha);

        public Tensor sub(Tensor target) => Aten.Sub.Call(this, target, 1L);
        public Tensor sub(Tensor target, Scalar alpha) => Aten.Sub.Call(this, target, alpha);
        public Tensor sub(Scalar scalar) => Aten.SubScalar.Call(this, scalar, 1L);
        public Tensor sub(Scalar scalar, Scalar alpha) => Aten.SubScalar.Call(this, scalar, alpha);
        public Tensor sub_(Tensor target) => InPlace(Aten.SubInPlace, this, target, 1L);
        public Tensor sub_(Tensor target, Scalar alpha) => InPlace(Aten.SubInPlace, this, target, alpha);
        public Tensor sub_(Scalar scalar) => InPlace(Aten.SubScalarInPlace, this, scalar, 1L);
        public Tensor sub_(Scalar scalar, Scalar alpha) => InPlace(Aten.SubScalarInPlace, this, scalar, alpha);

        public Tensor mul(Tensor target) => Aten.Mul.Call(this, target);
        public Tensor mul(Scalar target) => Aten.MulScalar.Call(this, target);
        public Tensor mul_(Tensor target) => InPlace(Aten.MulInPlace, this, target);
        public Tensor mul_(Scalar target) => InPlace(Aten.MulScalarInPlace, this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Aten.Div.Call(this, target, Rounding(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Aten.DivScalar.Call(this, target, Rounding(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => InPlace(Aten.DivInPlace, this, target, Rounding(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => InPlace(Aten.DivScalarInPlace, this, target, Rounding(rounding_mode));

        public Tensor pow(Tensor exponent) => Aten.Pow.Call(this, exponent);
        public Tensor pow(Scalar exponent) => Aten.PowScalar.Call(this, exponent);
        public Tensor pow_(Tensor exponent) => InPlace(Aten.PowInPlace, this, exponent);
        public Tensor pow_(Scalar exponent) => InPlace(Aten.PowScalarInPlace, this, exponent);

        public Tensor eq(Tensor target) => Aten.Eq.Call(this, target);
        public Tensor eq(Scalar target) => Aten.EqScalar.Call(this, target);
        public Tensor ne(Tensor target) => Aten.Ne.Call(this, target);
        public Tensor ne(Scalar target) => Aten.NeScalar.Call(this, target);
        public Tensor lt(Tensor target) => Aten.Lt.Call(this, target);
        public Tensor lt(Scalar target) => Aten.LtScalar.Call(this, target);
        public Tensor le(Tensor target) => Aten.Le.Call(this, target);
        public Tensor le(Scalar target) => Aten.LeScalar.Call(this, target);
        public Tensor gt(Tensor target) => Aten.Gt.Call(this, target);
        public Tensor gt(Scalar target) => Aten.GtScalar.Call(this, target);
        public Tensor ge(Tensor target) => Aten.Ge.Call(this, target);
        public Tensor ge(Scalar target) => Aten.GeScalar.Call(this, target);
        public Tensor logical_and(Tensor other) => Aten.LogicalAnd.Call(this, other);
        public Tensor logical_or(Tensor other) => Aten.LogicalOr.Call(this, other);
        public Tensor logical_xor(Tensor other) => Aten.LogicalXor.Call(this, other);
        public Tensor maximum(Tensor other) => Aten.Maximum.Call(this, other);
        public Tensor minimum(Tensor other) => Aten.Minimum.Call(this, other);
        public Tensor matmul(Tensor other) => Aten.Matmul.Call(this, other);
        public Tensor mm(Tensor other) => Aten.Mm.Call(this, other);
        public Tensor bmm(Tensor other) => Aten.Bmm.Call(this, other);
        public Tensor remainder(Tensor other) => Aten.Remainder.Call(this, other);
        public Tensor remainder(Scalar other) => Aten.RemainderScalar.Call(this, other);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value = null) => Aten.Addcmul.Call(this, tensor1, tensor2, value ?? 1L);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value = null) => InPlace(Aten.AddcmulInPlace, this, tensor1, tensor2, value ?? 1L);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value = null) => Aten.Addcdiv.Call(this, tensor1, tensor2, value ?? 1L);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value = null) => InPlace(Aten.AddcdivInPlace, this, tensor1, tensor2, value ?? 1L);

        internal Tensor InPlace(Operator op, params ReadOnlySpan<Arg> arguments)
        {
            op.Apply(arguments);
            return this;
        }

        private static string Rounding(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
    }
}
