using System.Globalization;
using System.Text;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace MLNetScinti.StandIns.Contract.DataAnalysis;

/// <summary>What the product relies on in Microsoft.Data.Analysis; nothing was recorded, so these state its documented behaviour.</summary>
public sealed class DataFrameTests
{
    private const string Labels = """
        File,Kidney,Abnormal,Uptake,Scanned
        a.dcm,left,true,41.5,2024-03-01
        "b, second.dcm",right,False,,2024-03-02
        "c ""late"".dcm",left,true,1e3,
        """;

    [Fact]
    public void Types_are_guessed_from_the_values_that_are_there()
    {
        DataFrame table = Load(Labels);
        Assert.Equal(["File", "Kidney", "Abnormal", "Uptake", "Scanned"], table.Columns.Select(column => column.Name));
        Assert.Equal([typeof(string), typeof(string), typeof(bool), typeof(float), typeof(DateTime)], table.Columns.Select(column => column.DataType));
        Assert.Equal(3, table.Rows.Count);
        Assert.Equal("b, second.dcm", table["File"][1]);
        Assert.Equal("c \"late\".dcm", table.Rows[2]["File"]);
        Assert.Equal(true, table[0, 2]);
        Assert.Equal(1000f, table["Uptake"][2]);
        Assert.Null(table["Uptake"][1]);
        Assert.Equal(1, table["Uptake"].NullCount);
        Assert.Equal(new DateTime(2024, 3, 2), table["Scanned"][1]);
    }

    [Fact]
    public void Types_and_names_can_be_given()
    {
        DataFrame table = DataFrame.LoadCsvFromString(
            "0012,1\n0013,0\n", header: false, columnNames: ["Patient", "Defects"], dataTypes: [typeof(string), typeof(int)]);
        Assert.Equal("0012", table.Columns.GetStringColumn("Patient")[0]);
        Assert.Equal(1, table.Columns.GetInt32Column("Defects")[0]);
    }

    [Fact]
    public void Mixed_values_become_text_and_missing_ones_stay_missing()
    {
        DataFrame table = Load("a,b,c\n1,null,null\nx,2,NULL\n");
        Assert.Equal([typeof(string), typeof(float), typeof(string)], table.Columns.Select(column => column.DataType));
        Assert.Equal([0L, 1, 2], table.Columns.Select(column => column.NullCount));
    }

    [Fact]
    public void Without_header_columns_are_numbered()
    {
        DataFrame table = DataFrame.LoadCsvFromString("1;2\n3;4\n", separator: ';', header: false, cultureInfo: CultureInfo.InvariantCulture);
        Assert.Equal(["Column0", "Column1"], table.Columns.Select(column => column.Name));
        Assert.Equal(4f, table[1, 1]);
    }

    [Fact]
    public void Rows_to_read_do_not_count_the_header_and_an_index_can_be_added()
    {
        DataFrame table = DataFrame.LoadCsvFromString(Labels, numberOfRowsToRead: 2, addIndexColumn: true);
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal("IndexColumn", table.Columns[0].Name);
        Assert.Equal(1L, table[1, 0]);
    }

    [Fact]
    public void Duplicate_names_are_refused_or_renamed()
    {
        Assert.Throws<ArgumentException>(() => Load("a,a\n1,2\n"));
        Assert.Equal(["a", "a.1"], DataFrame.LoadCsvFromString("a,a\n1,2\n", renameDuplicatedColumns: true).Columns.Select(column => column.Name));
    }

    [Fact]
    public void What_cannot_be_read_says_so()
    {
        Assert.Equal("Empty file", Assert.Throws<FormatException>(() => Load("")).Message);
        Assert.Throws<FormatException>(() => Load("a,b\n1,2\n3\n"));
        Assert.Throws<ArgumentException>(() => DataFrame.LoadCsvFromString("a\n1\n", guessRows: 0));
        // Only the first rows are looked at for the type: a later value that does not fit is an error, not text.
        Assert.Throws<FormatException>(() => Load("a\n" + string.Concat(Enumerable.Repeat("1\n", 20)) + "x\n"));
    }

    [Fact]
    public void A_saved_table_reads_back_the_same()
    {
        DataFrame table = new(
            new StringDataFrameColumn("name", ["plain", "with, comma", "with \"quotes\"", null]),
            new DoubleDataFrameColumn("metric", new double?[] { 0.1, -1e-300, null, double.MaxValue }),
            new SingleDataFrameColumn("score", new float[] { 0.1f, 1e-40f, 3, 4 }),
            new BooleanDataFrameColumn("sure", new bool?[] { true, null, false, true }),
            new Int32DataFrameColumn("count", new[] { 1, 2, -3, int.MaxValue }));
        using MemoryStream stream = new();
        DataFrame.SaveCsv(table, stream, encoding: new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cultureInfo: CultureInfo.InvariantCulture);
        string text = Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n");
        Assert.StartsWith("name,metric,score,sure,count\nplain,0.10000000000000001,0.100000001,True,1\n\"with, comma\",", text, StringComparison.Ordinal);

        stream.Position = 0;
        DataFrame again = DataFrame.LoadCsv(
            stream, dataTypes: [typeof(string), typeof(double), typeof(float), typeof(bool), typeof(int)], cultureInfo: CultureInfo.InvariantCulture);
        for (int column = 1; column < table.Columns.Count; column++)
        {
            Assert.Equal(table.Columns[column].Cast<object?>(), again.Columns[column].Cast<object?>());
        }

        Assert.Equal(["plain", "with, comma", "with \"quotes\"", ""], again.Columns.GetStringColumn("name"));
    }

    [Fact]
    public void A_separator_that_is_the_decimal_point_is_refused() => Assert.Throws<ArgumentException>(() =>
        DataFrame.SaveCsv(new DataFrame(), new MemoryStream(), separator: '.', cultureInfo: CultureInfo.InvariantCulture));

    [Fact]
    public void Without_an_encoding_a_table_is_saved_as_ascii()
    {
        using MemoryStream stream = new();
        DataFrame.SaveCsv(new DataFrame(new StringDataFrameColumn("n", ["Üb"])), stream);
        Assert.Equal("n\n?b\n", Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Rows_are_appended_converted_and_in_place_only_if_asked()
    {
        DataFrame table = new(new StringDataFrameColumn("metric"), new DoubleDataFrameColumn("value"));
        table.Append(["AUC", 0.9f], inPlace: true);
        table.Append(new Dictionary<string, object> { ["value"] = "0.5" }, inPlace: true, CultureInfo.InvariantCulture);
        DataFrame longer = table.Append(["kappa"]);
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal(3, longer.Rows.Count);
        Assert.Equal((double)0.9f, table[0, 1]);
        Assert.Null(table[1, 0]);
        Assert.Equal(0.5, table[1, 1]);
        Assert.Null(longer[2, 1]);
        Assert.Throws<ArgumentException>(() => table.Append(["a", 1.0, "too many"], inPlace: true));
        Assert.Throws<ArgumentException>(() => table.Append(new Dictionary<string, object> { ["nope"] = 1 }));
        Assert.Throws<FormatException>(() => table.Append(["a", "not a number"], inPlace: true));
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal(5, table.Append(longer.Rows).Rows.Count);
    }

    [Fact]
    public void Rows_are_picked_by_truth_by_index_and_from_the_ends()
    {
        DataFrame table = Load(Labels);
        DataFrame left = table.Filter(table["Kidney"].ElementwiseEquals("left"));
        Assert.Equal(["a.dcm", "c \"late\".dcm"], left.Columns.GetStringColumn("File"));
        Assert.Equal(1, table[new PrimitiveDataFrameColumn<int>("rows", new[] { 1 })].Rows.Count);
        Assert.Equal("b, second.dcm", table.Filter(new PrimitiveDataFrameColumn<long>("rows", new long?[] { 1, null }))[0, 0]);
        Assert.Equal("a.dcm", table.Head(1)[0, 0]);
        Assert.Equal("c \"late\".dcm", table.Tail(1)[0, 0]);
        Assert.Equal(2, table.Filter(table["Abnormal"].ElementwiseEquals(true)).Rows.Count);
    }

    [Fact]
    public void Columns_are_found_replaced_and_checked()
    {
        DataFrame table = Load(Labels);
        Assert.Throws<ArgumentException>(() => table["nope"]);
        Assert.Throws<ArgumentException>(() => table.Columns.GetDoubleColumn("Uptake"));
        Assert.Throws<ArgumentException>(() => table.Columns.Add(new Int32DataFrameColumn("short", 2)));
        Assert.Throws<ArgumentException>(() => table.Columns.Add(new Int32DataFrameColumn("File", 3)));
        Assert.Throws<ArgumentException>(() => table["Uptake"][0] = "text");
        table["Uptake"] = new DoubleDataFrameColumn("anything", new double[] { 1, 2, 3 });
        Assert.Equal(3, table.Columns.IndexOf("Uptake"));
        Assert.Equal(3.0, table["Uptake"][2]);
        table.Columns.Remove("Scanned");
        Assert.Equal(-1, table.Columns.IndexOf("Scanned"));
        Assert.Equal(typeof(double).ToString(), table.Info()["Uptake"][0]);
    }

    [Fact]
    public void A_table_prints_itself_in_columns_of_one_width()
    {
        DataFrame table = new(new StringDataFrameColumn("metric", ["AUC"]), new DoubleDataFrameColumn("value", new double?[] { null }));
        Assert.Equal("metric    value     \nAUC       null      \n", table.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_table_is_a_data_view()
    {
        MLContext ml = new(seed: 1);
        IDataView view = Load(Labels);
        Assert.Equal(3, view.GetRowCount());
        Assert.Equal(["String", "String", "Boolean", "Single", "DateTime"], view.Schema.Select(column => column.Type.ToString()));
        Assert.Equal([41.5f, float.NaN, 1000f], view.GetColumn<float>("Uptake"));
        Assert.Equal([true, false, true], view.GetColumn<bool>("Abnormal"));
        Assert.Equal(["left", "right", "left"], view.GetColumn<string>("Kidney"));
        IDataView keyed = ml.Transforms.Conversion.MapValueToKey("Kidney").Fit(view).Transform(view);
        Assert.Equal([1u, 2u, 1u], keyed.GetColumn<uint>("Kidney"));

        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Uptake"]]);
        Assert.Equal(-1, cursor.Position);
        Assert.True(cursor.MoveNext());
        Assert.Equal(0, cursor.Position);
        Assert.Throws<InvalidCastException>(() => cursor.GetGetter<double>(view.Schema["Uptake"]));
    }

    private static DataFrame Load(string text) => DataFrame.LoadCsvFromString(text, cultureInfo: CultureInfo.InvariantCulture);
}
