namespace Microsoft.ML.Data;

internal abstract class ColumnSlot<T> : ColumnSlot
{
    /// <summary>Hands the value over: vectors are copied, as every getter does.</summary>
    public abstract void Give(ref T destination);
}
