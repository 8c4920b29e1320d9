using Microsoft.ML;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>
/// What a row-to-row transformer does, apart from ML.NET's plumbing: which columns it reads, which it adds, and how.
/// </summary>
internal interface IRowMapping
{
    /// <summary>The names of the columns that are read.</summary>
    IReadOnlyList<string> Inputs { get; }

    /// <summary>The columns that are added to a schema. Throws where an input is missing or of another type.</summary>
    IReadOnlyList<DataViewSchema.DetachedColumn> OutputsFor(DataViewSchema input);

    /// <summary>Makes the getters (each a <see cref="ValueGetter{TValue}"/>) of the added columns over a row, in their order.</summary>
    IReadOnlyList<Delegate> MakeGetters(DataViewRow row);
}
