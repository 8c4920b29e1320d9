using System.Runtime.InteropServices;
using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of libtorch. The handle holds one reference to it, let go of by Dispose, the scope or the finalizer.</summary>
    public partial class Tensor : IDisposable
    {
        private static long s_total;
        private static long s_peak;

        private nint _handle;

        internal Tensor(nint handle)
        {
            _handle = handle;
            long total = Interlocked.Increment(ref s_total);
            if (total > s_peak)
            {
                Interlocked.Exchange(ref s_peak, Math.Max(total, Interlocked.Read(ref s_peak)));
            }

            DisposeScopeManager.Thread.Register(this);
        }

        ~Tensor() => Free();

        public static long TotalCount => Interlocked.Read(ref s_total);

        public static long PeakCount => Interlocked.Read(ref s_peak);

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public bool IsInvalid => _handle == 0;

        internal DisposeScope OwningDisposeScope { get; set; }

        public static void ResetPeakCount() => Interlocked.Exchange(ref s_peak, TotalCount);

        public void Dispose()
        {
            Dispose(true);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (_handle == 0)
            {
                return;
            }

            if (OwningDisposeScope is { } scope)
            {
                scope.MarkAsDisposed(this);
            }
            else
            {
                DisposeScopeManager.Statistics.DisposedOutsideScopeCount++;
            }

            Free();
        }

        /// <summary>Lets go of the native tensor without telling the scope.</summary>
        internal void Free()
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                NativeMethods.scinti_tensor_free(handle);
                Interlocked.Decrement(ref s_total);
                GC.SuppressFinalize(this);
            }
        }

        /// <summary>Gives the native tensor to another object; this one is as if disposed.</summary>
        internal nint MoveHandle()
        {
            nint handle = Handle;
            _handle = 0;
            Interlocked.Decrement(ref s_total);
            if (OwningDisposeScope is { } scope)
            {
                scope.MarkAsDisposed(this);
            }
            else
            {
                DisposeScopeManager.Statistics.DisposedOutsideScopeCount++;
            }

            GC.SuppressFinalize(this);
            return handle;
        }

        /// <summary>Takes the place of this object's native tensor, as set_data does.</summary>
        internal void ReplaceHandle(nint handle)
        {
            NativeMethods.scinti_tensor_free(Handle);
            _handle = handle;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            if (OwningDisposeScope is { } scope)
            {
                scope.MoveToOther(other, this);
            }
            else
            {
                other?.Attach(this);
            }

            return this;
        }

        // ---- facts ----

        public ScalarType dtype => (ScalarType)Fact(0);

        public Device device => new((DeviceType)Fact(1), (int)Fact(2));

        public DeviceType device_type => (DeviceType)Fact(1);

        public int device_index => (int)Fact(2);

        public long ndim => Fact(3);

        public long dim() => Fact(3);

        public long Dimensions => Fact(3);

        public long NumberOfElements => Fact(4);

        public long numel() => Fact(4);

        public bool is_leaf => Fact(6) != 0;

        public bool is_contiguous() => Fact(7) != 0;

        public long ElementSize => ElementSizeOf(dtype);

        public unsafe long[] shape
        {
            get
            {
                var (sizes, _) = Layout();
                return sizes;
            }
        }

        public long size(int dim)
        {
            long[] sizes = shape;
            return sizes[dim < 0 ? dim + sizes.Length : dim];
        }

        public long[] size() => shape;

        public long[] stride() => Layout().Strides;

        internal unsafe (long[] Sizes, long[] Strides) Layout()
        {
            long rank = Fact(3);
            var sizes = new long[rank];
            var strides = new long[rank];
            fixed (long* s = sizes, t = strides)
            {
                NativeMethods.Check(NativeMethods.scinti_tensor_sizes(Handle, s, t));
            }

            GC.KeepAlive(this);
            return (sizes, strides);
        }

        internal unsafe void* DataPointer()
        {
            void* data;
            NativeMethods.Check(NativeMethods.scinti_tensor_data(Handle, &data));
            GC.KeepAlive(this);
            return data;
        }

        private unsafe long Fact(int which)
        {
            long* facts = stackalloc long[8];
            NativeMethods.Check(NativeMethods.scinti_tensor_facts(Handle, facts));
            GC.KeepAlive(this);
            return facts[which];
        }

        // ---- elements ----

        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            if (device_type != DeviceType.CPU)
            {
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            }

            ValidateType(typeof(T));
            return new TensorAccessor<T>(this);
        }

        public unsafe T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
            {
                throw new ArgumentException("Number of elements in the tensor must be 1");
            }

            ValidateType(typeof(T));
            if (device_type == DeviceType.CPU)
            {
                T value = *(T*)DataPointer();
                GC.KeepAlive(this);
                return value;
            }

            using Tensor local = cpu();
            return *(T*)local.DataPointer();
        }

        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                {
                    throw new NotImplementedException("Bytes() called on non-contiguous tensor.");
                }

                if (device_type != DeviceType.CPU)
                {
                    throw new NotImplementedException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                }

                return new Span<byte>(DataPointer(), checked((int)(NumberOfElements * ElementSize)));
            }

            set
            {
                if (!is_contiguous())
                {
                    throw new NotImplementedException("SetBytes() called on non-contiguous tensor.");
                }

                if (NumberOfElements * ElementSize != value.Length)
                {
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                }

                if (device_type != DeviceType.CPU)
                {
                    using Tensor local = empty(shape, dtype);
                    local.bytes = value;
                    copy_(local);
                    return;
                }

                value.CopyTo(new Span<byte>(DataPointer(), value.Length));
            }
        }

        public override string ToString() => ToString(TensorStringStyle.Default);

        public string ToString(TensorStringStyle style) => $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            using Tensor local = is_contiguous() && device_type == DeviceType.CPU ? alias() : cpu().contiguous();
            EachPiece(local, piece => stream.Write(piece));
        }

        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            if (is_contiguous() && device_type == DeviceType.CPU)
            {
                EachPiece(this, piece => stream.ReadExactly(piece));
                return;
            }

            using Tensor local = empty(shape, dtype);
            EachPiece(local, piece => stream.ReadExactly(piece));
            using (no_grad())
            {
                copy_(local);
            }
        }

        public unsafe Tensor alias()
        {
            nint other;
            NativeMethods.Check(NativeMethods.scinti_tensor_alias(Handle, &other));
            GC.KeepAlive(this);
            return new Tensor(other);
        }

        internal double Number()
        {
            OneElement();
            using Tensor real = to_type(ScalarType.Float64).cpu();
            return real.item<double>();
        }

        internal long WholeNumber()
        {
            OneElement();
            using Tensor whole = to_type(ScalarType.Int64).cpu();
            return whole.item<long>();
        }

        internal void ValidateType(Type type)
        {
            if (TypeOf(type) is not { } expected || expected != dtype)
            {
                throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
            }
        }

        private void OneElement()
        {
            if (NumberOfElements != 1)
            {
                throw new ArgumentException("Number of elements in the tensor must be 1");
            }
        }

        private delegate void Piece(Span<byte> bytes);

        // A tensor may hold more than the 2 GiB of one span.
        private static unsafe void EachPiece(Tensor tensor, Piece body)
        {
            long rest = tensor.NumberOfElements * tensor.ElementSize;
            byte* at = (byte*)tensor.DataPointer();
            while (rest > 0)
            {
                int length = (int)Math.Min(rest, 1 << 24);
                body(new Span<byte>(at, length));
                at += length;
                rest -= length;
            }

            GC.KeepAlive(tensor);
        }
    }

    internal static long ElementSizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new NotSupportedException($"Unknown element type {type}."),
    };

    internal static ScalarType? TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.Boolean => ScalarType.Bool,
        _ => type == typeof(Half) ? ScalarType.Float16 : null,
    };

    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    public static bool is_integral(ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;
}
