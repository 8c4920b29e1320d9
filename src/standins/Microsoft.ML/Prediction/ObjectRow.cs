namespace Microsoft.ML.Data;

/// <summary>An object as a row; each object shown is the next row.</summary>
internal sealed class ObjectRow<TRow> : DataViewRow
    where TRow : class
{
    private readonly MemberBinding[] _members;
    private TRow _current;
    private long _position = -1;

    public ObjectRow(SchemaDefinition definition)
    {
        _members = MemberBinding.Of(typeof(TRow), SchemaDefinition.Direction.Read, definition);
        Schema = DataViewSchema.Of(_members.Select(member => member.Column));
    }

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema { get; }

    public void Show(TRow row)
    {
        _current = row;
        _position++;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Guard.Argument(column.Index < Schema.Count, nameof(column));
        return true;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
        return _members[column.Index].CreateReader(() => _current) as ValueGetter<TValue> ?? throw ViewExtensions.WrongGetter<TValue>(column);
    }
}
