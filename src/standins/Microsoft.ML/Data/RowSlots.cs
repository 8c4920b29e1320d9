namespace Microsoft.ML.Data;

/// <summary>One row of a cursor, kept: the values of its active columns, its position and its id.</summary>
internal sealed class RowSlots
{
    private readonly ColumnSlot[] _slots;

    public RowSlots(DataViewSchema schema, bool[] active) =>
        _slots = [.. schema.Select(column => active[column.Index] ? ColumnSlot.Create(column.Type.RawType) : null)];

    public long Position { get; private set; } = -1;

    public long Batch { get; private set; }

    public DataViewRowId Id { get; private set; }

    public void Take(DataViewRow row, Delegate[] getters, ValueGetter<DataViewRowId> id)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i]?.Take(getters[i]);
        }

        DataViewRowId current = default;
        id(ref current);
        Id = current;
        Position = row.Position;
        Batch = row.Batch;
    }

    public ColumnSlot<T> Slot<T>(int column) => (ColumnSlot<T>)_slots[column];

    /// <summary>The getters over a row that <see cref="Take"/> wants.</summary>
    public static Delegate[] Getters(DataViewRow row, bool[] active) =>
        [.. row.Schema.Select(column => active[column.Index] ? row.GetterOf(column) : null)];
}
