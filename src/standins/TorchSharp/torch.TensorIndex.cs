namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place of an index expression.</summary>
    public struct TensorIndex
    {
        internal enum Form
        {
            None, Single, Slice, Ellipsis, Null, Bool, Tensor,
        }

        internal Form What { get; private init; }
        internal long? Start { get; private init; }
        internal long? Stop { get; private init; }
        internal long? Step { get; private init; }
        internal Tensor Mask { get; private init; }

        public static TensorIndex Ellipsis => new() { What = Form.Ellipsis };
        public static TensorIndex Null => new() { What = Form.Null };
        public static TensorIndex None => Null;
        public static TensorIndex Colon => Slice();

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new() { What = Form.Slice, Start = start, Stop = stop, Step = step };
        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);
        public static TensorIndex Slice(Range range) => Slice(Place(range.Start), range.End.Equals(Index.End) ? null : Place(range.End));
        public static TensorIndex Single(long index) => new() { What = Form.Single, Start = index };
        public static TensorIndex Bool(bool value) => new() { What = Form.Bool, Start = value ? 1 : 0 };
        public static TensorIndex Tensor(Tensor tensor) => new() { What = Form.Tensor, Mask = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Tensor tensor) => Tensor(tensor);
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(Place(index));

        private static long Place(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
