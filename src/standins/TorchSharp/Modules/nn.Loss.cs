namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public abstract class Loss<T1, T2, TResult>(string name, Reduction reduction = Reduction.Mean) : Module<T1, T2, TResult>(name)
        {
            public Reduction reduction { get; } = reduction;
        }
    }
}
