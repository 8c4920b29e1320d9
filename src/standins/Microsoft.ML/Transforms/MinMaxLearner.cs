using System.Numerics;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Learns the smallest and largest value of each slot; NaN does not count.</summary>
internal abstract class MinMaxLearner
{
    public static MinMaxLearner Create(DataViewRow row, DataViewSchema.Column column) =>
        column.Type.ItemType().RawType == typeof(double) ? new Typed<double>(row, column) : new Typed<float>(row, column);

    public abstract void Learn();

    public abstract AffineScale Scale(bool fixZero);

    private sealed class Typed<T> : MinMaxLearner
        where T : struct, IFloatingPointIeee754<T>
    {
        private readonly ValueGetter<T> _scalar;
        private readonly ValueGetter<VBuffer<T>> _vector;
        private readonly T[] _least;
        private readonly T[] _most;
        private VBuffer<T> _read;

        public Typed(DataViewRow row, DataViewSchema.Column column)
        {
            int size = 1;
            if (column.Type is VectorDataViewType vector)
            {
                _vector = row.GetGetter<VBuffer<T>>(column);
                size = vector.Size;
            }
            else
            {
                _scalar = row.GetGetter<T>(column);
            }

            _least = [.. Enumerable.Repeat(T.PositiveInfinity, size)];
            _most = [.. Enumerable.Repeat(T.NegativeInfinity, size)];
        }

        public override void Learn()
        {
            if (_scalar is not null)
            {
                T value = default;
                _scalar(ref value);
                Take(0, value);
                return;
            }

            _vector(ref _read);
            Guard.State(_read.Length == _least.Length, $"Normalizer expected {_least.Length} slots but got {_read.Length}");
            foreach (KeyValuePair<int, T> item in _read.Items(all: true))
            {
                Take(item.Key, item.Value);
            }
        }

        public override AffineScale Scale(bool fixZero)
        {
            double[] scales = new double[_least.Length];
            double[] offsets = new double[_least.Length];
            for (int i = 0; i < scales.Length; i++)
            {
                // A slot that never changes, or that no number was seen in, says nothing.
                if (!(_least[i] < _most[i]))
                {
                    continue;
                }

                T range = fixZero ? T.Max(T.Abs(_least[i]), T.Abs(_most[i])) : _most[i] - _least[i];
                scales[i] = double.CreateChecked(T.One / range);
                offsets[i] = fixZero ? 0 : double.CreateChecked(_least[i]);
            }

            return new AffineScale(typeof(T) == typeof(double), scales, fixZero ? null : offsets);
        }

        private void Take(int slot, T value)
        {
            if (value < _least[slot])
            {
                _least[slot] = value;
            }

            if (value > _most[slot])
            {
                _most[slot] = value;
            }
        }
    }
}
