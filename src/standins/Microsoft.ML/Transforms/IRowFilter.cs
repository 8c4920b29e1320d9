namespace Microsoft.ML.Transforms;

/// <summary>Which rows of a view stay.</summary>
internal interface IRowFilter
{
    IEnumerable<DataViewSchema.Column> Needed { get; }

    /// <summary>Whether the row on which a cursor stands stays; made anew for each cursor.</summary>
    Func<bool> Over(DataViewRow row);
}
