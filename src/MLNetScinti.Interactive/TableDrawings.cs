using System.Globalization;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Interactive;

/// <summary>The head of a view: a line for each column with its type and its first values, images as small pictures.</summary>
internal static class ViewDrawing
{
    private const int MostRows = 4;
    private const int MostNumbers = 6;
    private const int PictureSize = 96;

    public static string Text(IDataView view) =>
        $"Columns: {string.Join(", ", Columns(view).Select(column => $"{column.Name} ({column.Type})"))}";

    public static Markup Html(IDataView view)
    {
        DataViewSchema.Column[] columns = Columns(view);
        // One line a column: views have many columns, and a page is narrow.
        List<Markup>[] values = [.. columns.Select(_ => new List<Markup>())];
        int rows = 0;
        using (DataViewRowCursor cursor = view.GetRowCursor(columns))
        {
            Func<Markup>[] cells = [.. columns.Select(column => Cell(cursor, column))];
            for (; rows < MostRows && cursor.MoveNext(); rows++)
            {
                for (int i = 0; i < cells.Length; i++)
                {
                    values[i].Add(Markup.Of($"<td>{cells[i]()}</td>"));
                }
            }
        }

        string caption = rows == 0 ? "No rows" : rows < MostRows ? "All rows" : $"The first {MostRows} rows";
        return Markup.Of($"""
            <table><caption>{caption}</caption>
            <thead><tr><th scope="col">Column</th><th scope="col">Type</th>{Markup.Each(Enumerable.Range(1, rows), row => Markup.Of($"""<th scope="col">Row {row}</th>"""))}</tr></thead>
            <tbody>{Markup.Each(columns.Zip(values), line => Markup.Of($"""<tr><th scope="row">{line.First.Name}</th><td>{line.First.Type.ToString()}</td>{Markup.Join(line.Second)}</tr>"""))}</tbody></table>
            """);
    }

    private static DataViewSchema.Column[] Columns(IDataView view) => [.. view.Schema.Where(column => !column.IsHidden)];

    private static Func<Markup> Cell(DataViewRowCursor cursor, DataViewSchema.Column column) => column.Type switch
    {
        // Names of files often are names of patients, and a drawn view is kept in a notebook.
        TextDataViewType when column.Name == CaseSchema.File => () => Markup.Of($"(not shown)"),
        TextDataViewType => Value<ReadOnlyMemory<char>>(cursor, column, text => text.ToString()),
        BooleanDataViewType => Value<bool>(cursor, column, value => value ? "true" : "false"),
        NumberDataViewType number when number.RawType == typeof(float) => Value<float>(cursor, column, Number),
        NumberDataViewType number when number.RawType == typeof(double) => Value<double>(cursor, column, value => Number((float)value)),
        NumberDataViewType number when number.RawType == typeof(int) => Value<int>(cursor, column, value => value.ToString(CultureInfo.InvariantCulture)),
        NumberDataViewType number when number.RawType == typeof(long) => Value<long>(cursor, column, value => value.ToString(CultureInfo.InvariantCulture)),
        VectorDataViewType vector when vector.ItemType.RawType == typeof(float) => Vector(cursor, column, vector),
        _ => () => Markup.Of($"…"),
    };

    private static Func<Markup> Value<T>(DataViewRowCursor cursor, DataViewSchema.Column column, Func<T, string> text)
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return Markup.Of($"{text(value)}");
        };
    }

    private static Func<Markup> Vector(DataViewRowCursor cursor, DataViewSchema.Column column, VectorDataViewType type)
    {
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> vector = default;
        bool isImage = type.IsKnownSize && type.Dimensions.Length is 2 or 3 && type.Dimensions[^1] > 1 && type.Dimensions[^2] > 1;
        return () =>
        {
            getter(ref vector);
            float[] values = [.. vector.DenseValues()];
            return isImage && values.Length == type.Size ? Thumbnail(values, ImageShape.From([.. type.Dimensions]), column.Name) : Numbers(values);
        };
    }

    private static Markup Thumbnail(float[] values, ImageShape shape, string column) => new DrawnPicture(
        ImageDrawing.Thumbnail(values, shape, PictureSize),
        shape.IsVolume ? $"{column}: a volume of {shape} from the front" : $"{column}: an image of {shape}").Html();

    private static Markup Numbers(float[] values) =>
        Markup.Of($"{string.Join(", ", values.Take(MostNumbers).Select(Number))}{(values.Length > MostNumbers ? $", … ({values.Length} values)" : "")}");

    private static string Number(float value) => value.ToString("G5", CultureInfo.InvariantCulture);
}

/// <summary>A table of data frames: the first rows.</summary>
internal static class FrameDrawing
{
    private const int MostRows = 40;

    public static string Text(DataFrame frame) => $"{frame.Rows.Count} rows: {string.Join(", ", frame.Columns.Select(column => column.Name))}";

    public static Markup Html(DataFrame frame)
    {
        long shown = Math.Min(frame.Rows.Count, MostRows);
        Markup rows = Markup.Each(Enumerable.Range(0, (int)shown), row =>
            Markup.Of($"<tr>{Markup.Each(frame.Columns, column => Markup.Of($"<td>{(column.Name == CaseSchema.File ? "(not shown)" : Value(column[row]))}</td>"))}</tr>"));
        return Markup.Of($"""
            <table><caption>{(shown < frame.Rows.Count ? $"The first {shown} of {frame.Rows.Count} rows" : $"{shown} rows")}</caption>
            <thead><tr>{Markup.Each(frame.Columns, column => Markup.Of($"""<th scope="col">{column.Name}</th>"""))}</tr></thead>
            <tbody>{rows}</tbody></table>
            """);
    }

    private static string Value(object? value) => value switch
    {
        null => "",
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        float number => number.ToString("0.####", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

/// <summary>A split by patient as a table of how many are on each side.</summary>
internal static class SplitDrawing
{
    public static Markup Html(PatientSplit split)
    {
        (string Name, PatientSet Set)[] sets = [("training", split.Train), ("validation", split.Validation), ("test", split.Test)];
        (string Name, int Patients, int Cases, IReadOnlyList<ClassCount> Classes)[] rows = [.. sets.Select(set => Row(set.Name, set.Set))];
        return Markup.Of($"""
            <table><caption>Split by patient: no patient is on two sides</caption>
            <thead><tr><th scope="col">Set</th><th scope="col">Patients</th><th scope="col">Cases</th>{Markup.Each(rows[0].Classes, Head)}</tr></thead>
            <tbody>{Markup.Each(rows, Line)}</tbody></table>
            """);

        static Markup Head(ClassCount one) => Markup.Of($"""<th scope="col">{char.ToUpperInvariant(one.Name[0])}{one.Name[1..]}</th>""");
        static Markup Cell(ClassCount one) => Markup.Of($"<td>{one.Cases}</td>");
        static Markup Line((string Name, int Patients, int Cases, IReadOnlyList<ClassCount> Classes) row) =>
            Markup.Of($"""<tr><th scope="row">{row.Name}</th><td>{row.Patients}</td><td>{row.Cases}</td>{Markup.Each(row.Classes, Cell)}</tr>""");
    }

    private static (string Name, int Patients, int Cases, IReadOnlyList<ClassCount> Classes) Row(string name, PatientSet set)
    {
        if (set.Cases is { Task: { } task } view)
        {
            Target[] targets = [.. view.Read(images: false).Select(one => one.Target!)];
            return (name, set.Patients.Count, targets.Length, task.Count(targets));
        }

        using DataViewRowCursor cursor = set.GetRowCursor([]);
        int cases = 0;
        while (cursor.MoveNext())
        {
            cases++;
        }

        return (name, set.Patients.Count, cases, []);
    }
}
