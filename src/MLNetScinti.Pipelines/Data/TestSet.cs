using MLNetScinti.Imaging;
using Microsoft.ML;

namespace MLNetScinti.Pipelines.Data;

/// <summary>The patients that nothing is chosen on. Only a <see cref="PatientSplit"/> makes one.</summary>
[TypeFormatterSource(typeof(IDataView))]
public sealed class TestSet : IDataView
{
    private readonly IDataView _view;

    internal TestSet(IDataView view, IReadOnlySet<string> patients)
    {
        _view = view;
        Patients = patients;
    }

    /// <summary>The pseudonyms of the set's patients.</summary>
    public IReadOnlySet<string> Patients { get; }

    /// <inheritdoc/>
    public bool CanShuffle => _view.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => _view.Schema;

    /// <inheritdoc/>
    public long? GetRowCount() => _view.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        _view.GetRowCursor(columnsNeeded, rand);

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        _view.GetRowCursorSet(columnsNeeded, n, rand);
}
