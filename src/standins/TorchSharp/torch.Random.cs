using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.scinti_manual_seed(seed));
        return Generator.Default;
    }

    public static Tensor get_rng_state() => Generator.Default.get_state();

    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public static int get_num_threads() => NativeMethods.scinti_get_threads();

    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.scinti_set_threads(num));

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);
    }

    /// <summary>A generator of random numbers of the CPU.</summary>
    public unsafe class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device device = null)
            : this(Create((long)seed, true))
        {
        }

        private Generator(nint handle) => _handle = handle;

        ~Generator() => Dispose(false);

        public static Generator Default { get; } = new(Create(0, false));

        public Device device { get; } = CPU;

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Generator invalid -- empty handle.");

        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.scinti_generator_seed(Handle, 0, &seed));
            return this;
        }

        public long seed() => Seed(2);

        public long initial_seed() => Seed(1);

        public Tensor get_state()
        {
            nint state;
            NativeMethods.Check(NativeMethods.scinti_generator_state(Handle, &state, 0));
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            nint state = value.Handle;
            NativeMethods.Check(NativeMethods.scinti_generator_state(Handle, &state, 1));
            GC.KeepAlive(value);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _handle, 0) is var handle && handle != 0)
            {
                NativeMethods.scinti_generator_free(handle);
            }
        }

        private long Seed(int what)
        {
            long seed;
            NativeMethods.Check(NativeMethods.scinti_generator_seed(Handle, what, &seed));
            return seed;
        }

        private static nint Create(long seed, bool fresh)
        {
            nint handle;
            NativeMethods.Check(NativeMethods.scinti_generator(seed, fresh ? 1 : 0, &handle));
            return handle;
        }
    }

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static bool is_cudnn_available() => NativeMethods.scinti_cuda_cudnn() != 0;

        public static int device_count() => NativeMethods.scinti_cuda_devices();

        public static void manual_seed(long seed) => torch.manual_seed(seed);

        public static void manual_seed_all(long seed) => torch.manual_seed(seed);

        public static void synchronize(Device device = null)
        {
            InitializeDeviceType(DeviceType.CUDA);
            NativeMethods.Check(NativeMethods.scinti_cuda_synchronize(device?.index ?? 0));
        }
    }
}
