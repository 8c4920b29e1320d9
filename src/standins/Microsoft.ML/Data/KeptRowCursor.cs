namespace Microsoft.ML.Data;

/// <summary>A cursor that shows rows which were taken out of another cursor.</summary>
internal abstract class KeptRowCursor(DataViewSchema schema, bool[] active) : DataViewRowCursor
{
    public override DataViewSchema Schema { get; } = schema;

    /// <summary>The row it stands on, null before the first and after the last.</summary>
    protected RowSlots Current { get; set; }

    protected bool[] Active { get; } = active;

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Guard.Argument(column.Index < Active.Length, nameof(column));
        return Active[column.Index];
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
    {
        Guard.State(Current is not null, RootCursor.NotNow);
        value = Current.Id;
    };

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
        if (typeof(TValue) != column.Type.RawType)
        {
            throw ViewExtensions.WrongGetter<TValue>(column);
        }

        int index = column.Index;
        return (ref TValue value) =>
        {
            Guard.State(Current is not null, RootCursor.NotNow);
            Current.Slot<TValue>(index).Give(ref value);
        };
    }
}
