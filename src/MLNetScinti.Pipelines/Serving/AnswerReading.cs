using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>Reads rows and answers them, a few at a time.</summary>
internal static class AnswerReading
{
    private const int Batch = 8;

    /// <summary>The answers for rows of known truth, in order.</summary>
    /// <exception cref="NotAFusedModelException">The model reads a column that the rows do not have.</exception>
    public static IEnumerable<AnsweredCase> Read(
        OnnxScorer scorer, IDataView rows, LearningTask task, string labelColumn, string caseColumn, string patientColumn, CancellationToken cancellation) =>
        Read([scorer], rows, task, labelColumn, caseColumn, patientColumn, cancellation).Select(answers => answers[0]);

    /// <summary>The answers of several models for the same rows, in order: each row is read once.</summary>
    public static IEnumerable<IReadOnlyList<AnsweredCase>> Read(
        IReadOnlyList<OnnxScorer> scorers, IDataView rows, LearningTask task, string labelColumn, string caseColumn, string patientColumn, CancellationToken cancellation)
    {
        RowColumns columns = new(rows.Schema, scorers, labelColumn, caseColumn, patientColumn);
        using DataViewRowCursor cursor = rows.GetRowCursor(columns.Needed);
        Func<Dictionary<string, ReadOnlyMemory<float>>> values = columns.Values(cursor);
        Func<AnsweredCase> read = columns.Cases(cursor, task);
        List<AnsweredCase> cases = [];
        List<Dictionary<string, ReadOnlyMemory<float>>> inputs = [];
        bool more = true;
        while (more)
        {
            cancellation.ThrowIfCancellationRequested();
            more = cursor.MoveNext();
            if (more)
            {
                cases.Add(read());
                inputs.Add(values());
            }

            if (inputs.Count == Batch || (!more && inputs.Count > 0))
            {
                IReadOnlyList<IReadOnlyList<float[]>>[] answers =
                    [.. scorers.Select(scorer => scorer.Score([.. inputs.Select(row => scorer.Model.InputColumns.Select(name => row[name]).ToArray())]))];
                for (int i = 0; i < cases.Count; i++)
                {
                    yield return [.. answers.Select(model => cases[i] with { Answers = model[i] })];
                }

                cases.Clear();
                inputs.Clear();
            }
        }
    }

    /// <summary>The columns of rows that are judged: who, what is true, what is known, what models read.</summary>
    private sealed class RowColumns
    {
        private readonly string[] _inputs;
        private readonly DataViewSchema.Column _label, _patient;
        private readonly DataViewSchema.Column? _case;
        private readonly DataViewSchema.Column[] _facts;
        private readonly DataViewSchema.Column? _spacing;
        private readonly DataViewSchema _schema;

        public RowColumns(DataViewSchema schema, IReadOnlyList<OnnxScorer> scorers, string labelColumn, string caseColumn, string patientColumn)
        {
            _schema = schema;
            _inputs = [.. scorers.SelectMany(scorer => scorer.Model.InputColumns).Distinct(StringComparer.Ordinal)];
            foreach (string column in _inputs.Where(column => schema.GetColumnOrNull(column) is null))
            {
                throw new NotAFusedModelException($"The model reads the column {column}; there are {string.Join(", ", schema.Where(there => !there.IsHidden).Select(there => there.Name))}.");
            }

            _label = Find(labelColumn);
            _patient = Find(patientColumn);
            _case = schema.GetColumnOrNull(caseColumn);
            _spacing = schema.GetColumnOrNull(CaseSchema.Spacing);
            _facts = [.. schema.Where(column => !column.IsHidden && (column.Annotations.Schema.GetColumnOrNull(StreamingColumn.FactAnnotation) is not null))];
        }

        public IEnumerable<DataViewSchema.Column> Needed =>
            [.. new[] { _case, _spacing }.OfType<DataViewSchema.Column>().Append(_patient).Append(_label).Concat(_facts).Concat(_inputs.Select(name => _schema[name])).DistinctBy(column => column.Index)];

        public Func<Dictionary<string, ReadOnlyMemory<float>>> Values(DataViewRow row)
        {
            Func<ReadOnlyMemory<float>>[] readers = [.. _inputs.Select(name => RowReading.Values(row, _schema[name]))];
            return () => _inputs.Zip(readers).ToDictionary(pair => pair.First, pair => pair.Second(), StringComparer.Ordinal);
        }

        public Func<AnsweredCase> Cases(DataViewRow row, LearningTask task)
        {
            Func<string> patient = RowReading.Text(row, _patient);
            Func<string> name = _case is { } there ? RowReading.Text(row, there) : () => $"row {row.Position}";
            Func<ReadOnlyMemory<float>> distances = _spacing is { } column ? RowReading.Values(row, column) : () => default;
            double[] Spacing() => Array.ConvertAll(distances().ToArray(), one => (double)one);

            Func<Target> truth = task.TargetReader(row, _label);
            (string Name, Func<Fact?> Read)[] facts = [.. _facts.Select(column => (column.Name, RowReading.Fact(row, column)))];
            return () => new AnsweredCase(name(), patient(),
                new Facts(facts.Select(fact => (fact.Name, Value: fact.Read())).Where(fact => fact.Value is not null).Select(fact => KeyValuePair.Create(fact.Name, fact.Value!.Value))),
                truth(), [], Spacing());
        }

        private DataViewSchema.Column Find(string name) => _schema.GetColumnOrNull(name)
            ?? throw new ColumnException($"There is no column '{name}'; there are {string.Join(", ", _schema.Where(there => !there.IsHidden).Select(there => there.Name))}.");
    }
}
