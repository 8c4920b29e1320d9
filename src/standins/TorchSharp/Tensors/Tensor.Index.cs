using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => Indexed(indices, null);
            set => Indexed(indices, value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => Aten.Index.Call(this, Arg.Optionals(indices));
            set => Aten.IndexPut.Apply(this, Arg.Optionals(indices), value, false);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Write([i1], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => Chosen([i1, i2]);
            set => Write([i1, i2], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => Chosen([i1, i2, i3]);
            set => Write([i1, i2, i3], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => Chosen([i1, i2, i3, i4]);
            set => Write([i1, i2, i3, i4], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => Chosen(indices);
            set => Write(indices, value);
        }

        private Tensor Chosen(ReadOnlySpan<long> indices)
        {
            Tensor at = select(0, indices[0]);
            foreach (long index in indices[1..])
            {
                Tensor outer = at;
                at = outer.select(0, index);
                outer.Dispose();
            }

            return at;
        }

        private void Write(ReadOnlySpan<long> indices, Tensor value)
        {
            using Tensor at = Chosen(indices);
            at.copy_(value);
        }

        // Selects, slices and new axes are views, one after the other; what is left for tensors goes to aten::index.
        private Tensor Indexed(TensorIndex[] indices, Tensor written)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor view = alias();
            var gathered = new List<Tensor>();
            long used = indices.Sum(i => i.What switch
            {
                TensorIndex.Form.Single or TensorIndex.Form.Slice => 1L,
                TensorIndex.Form.Tensor => i.Mask.dtype == ScalarType.Bool ? Math.Max(1, i.Mask.dim()) : 1,
                _ => 0,
            });
            long axis = 0;
            foreach (TensorIndex index in indices)
            {
                switch (index.What)
                {
                    case TensorIndex.Form.Single:
                        view = view.select(axis, index.Start.Value);
                        break;
                    case TensorIndex.Form.Slice:
                        view = Aten.Slice.Call(view, axis, index.Start, index.Stop, index.Step ?? 1);
                        axis++;
                        break;
                    case TensorIndex.Form.Ellipsis:
                        axis += dim() - used;
                        break;
                    case TensorIndex.Form.Null:
                        view = view.unsqueeze(axis);
                        axis++;
                        break;
                    default:
                        Tensor mask = index.What == TensorIndex.Form.Bool ? tensor(index.Start != 0) : index.Mask;
                        if (index.What == TensorIndex.Form.Bool)
                        {
                            view = view.unsqueeze(axis);
                            mask = mask.unsqueeze(0);
                        }

                        while (gathered.Count < axis)
                        {
                            gathered.Add(null);
                        }

                        gathered.Add(mask);
                        axis += mask.dtype == ScalarType.Bool ? mask.dim() : 1;
                        break;
                }
            }

            Tensor[] places = gathered.ToArray();
            if (written is not null)
            {
                if (places.Length == 0)
                {
                    view.copy_(written);
                }
                else
                {
                    Aten.IndexPut.Apply(view, Arg.Optionals(places), written, false);
                }

                return null;
            }

            return (places.Length == 0 ? view : Aten.Index.Call(view, Arg.Optionals(places))).MoveToOuterDisposeScope();
        }
    }
}
