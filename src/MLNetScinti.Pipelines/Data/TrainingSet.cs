using MLNetScinti.Imaging;
using Microsoft.ML;

namespace MLNetScinti.Pipelines.Data;

/// <summary>The patients that a network is trained on. Only a <see cref="PatientSplit"/> makes one, and only this set is augmented.</summary>
[TypeFormatterSource(typeof(IDataView))]
public sealed class TrainingSet : IDataView
{
    private readonly IDataView _view;

    internal TrainingSet(IDataView view, IReadOnlySet<string> patients, ValidationSet validation)
    {
        _view = view;
        Patients = patients;
        Validation = validation;
    }

    /// <summary>The validation set of the same split: a trainer at the end of a chain finds it here.</summary>
    public ValidationSet Validation { get; }

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
