using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Fact(5) != 0;
            set
            {
                NativeMethods.Check(NativeMethods.scinti_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        public unsafe Tensor grad
        {
            get
            {
                nint handle = Handle;
                nint found;
                NativeMethods.Check(NativeMethods.scinti_get_grads(&handle, 1, &found));
                GC.KeepAlive(this);
                return found == 0 ? null : new Tensor(found);
            }

            set
            {
                NativeMethods.Check(NativeMethods.scinti_set_grad(Handle, value is null ? 0 : value.Handle));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void backward() => Backward(null, false, false, null);

        public void backward(IList<Tensor> grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor> inputs = null) =>
            Backward(grad_tensors is { Count: > 0 } ? grad_tensors[0] : null, retain_graph || create_graph, create_graph, inputs);

        public Tensor detach() => Aten.Detach.Call(this);

        public Tensor detach_()
        {
            Aten.DetachInPlace.Apply(this);
            return this;
        }

        public void retain_grad() => Aten.RetainGrad.Apply(this);

        private unsafe void Backward(Tensor gradient, bool retain, bool create, IList<Tensor> inputs)
        {
            nint[] handles = inputs?.Select(i => i.Handle).ToArray() ?? [];
            fixed (nint* to = handles)
            {
                NativeMethods.Check(NativeMethods.scinti_backward(Handle, gradient is null ? 0 : gradient.Handle, retain ? 1 : 0, create ? 1 : 0, to, handles.Length));
            }

            GC.KeepAlive(this);
            GC.KeepAlive(gradient);
            GC.KeepAlive(inputs);
        }
    }
}
