using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Data;

/// <summary>The rows of a view that belong to some patients.</summary>
[TypeFormatterSource(typeof(IDataView))]
internal sealed class PatientSetView(IDataView source, string patientColumn, IReadOnlySet<string> patients) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        DataViewSchema.Column patient = Schema[patientColumn];
        DataViewSchema.Column[] read = needed.Any(column => column.Index == patient.Index) ? needed : [.. needed, patient];
        return new Cursor(this, source.GetRowCursor(read), needed, patient, patients);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly PatientSetView _view;
        private readonly DataViewRowCursor _input;
        private readonly HashSet<int> _active;
        private readonly ValueGetter<ReadOnlyMemory<char>> _patient;
        private readonly IReadOnlySet<string> _patients;
        private long _position = -1;

        public Cursor(PatientSetView view, DataViewRowCursor input, IEnumerable<DataViewSchema.Column> needed, DataViewSchema.Column patient, IReadOnlySet<string> patients)
        {
            _view = view;
            _input = input;
            _active = [.. needed.Select(column => column.Index)];
            _patient = input.GetGetter<ReadOnlyMemory<char>>(patient);
            _patients = patients;
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _position;

        public override long Batch => _input.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _active.Contains(column.Index)
            ? _input.GetGetter<TValue>(column)
            : throw new InvalidOperationException($"The column '{column.Name}' was not asked for when this cursor was made.");

        public override bool MoveNext()
        {
            ReadOnlyMemory<char> patient = default;
            while (_input.MoveNext())
            {
                _patient(ref patient);
                if (_patients.Contains(patient.ToString()))
                {
                    _position++;
                    return true;
                }
            }

            _position = -1;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
