namespace Microsoft.ML.Data;

internal abstract class ColumnCache<T> : ColumnCache
{
    public abstract void Give(int row, ref T destination);
}
