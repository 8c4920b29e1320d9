namespace Microsoft.ML.Data;

/// <summary>Fills objects of a class from the columns of a row.</summary>
internal sealed class RowWriter<TRow>
    where TRow : class
{
    private readonly (MemberBinding Member, DataViewSchema.Column Column)[] _bound;

    public RowWriter(DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition, SchemaDefinition.Direction direction = SchemaDefinition.Direction.Write)
    {
        List<(MemberBinding, DataViewSchema.Column)> bound = [];
        foreach (MemberBinding member in MemberBinding.Of(typeof(TRow), direction, definition))
        {
            if (schema.GetColumnOrNull(member.ColumnName) is not { } column)
            {
                if (ignoreMissingColumns)
                {
                    continue;
                }

                throw new ArgumentOutOfRangeException("Schema", $"Could not find  column '{member.ColumnName}'");
            }

            if (!Fits(column.Type, member.ColumnType))
            {
                throw new InvalidOperationException($"Can't bind the IDataView column '{column.Name}' of type '{column.Type}' to field or property '{member.Member.Name}' of type '{member.MemberType}'.");
            }

            bound.Add((member, column));
        }

        _bound = [.. bound];
    }

    public IEnumerable<DataViewSchema.Column> Columns => _bound.Select(one => one.Column);

    public Action<TRow> Over(DataViewRow row)
    {
        Action<TRow>[] writers = [.. _bound.Select(one => one.Member.CreateWriter<TRow>(row, one.Column))];
        return target =>
        {
            foreach (Action<TRow> writer in writers)
            {
                writer(target);
            }
        };
    }

    private static bool Fits(DataViewType column, DataViewType member) =>
        column is VectorDataViewType == member is VectorDataViewType
        && column.ItemType().RawType == member.ItemType().RawType
        && (column is PrimitiveDataViewType or VectorDataViewType || column.Equals(member));
}
