using System.Globalization;
using MLNetScinti.Imaging;
using nietras.SeparatedValues;
using Parquet;
using Parquet.Schema;

namespace MLNetScinti.Jobs.Archives;

/// <summary>A table of some columns, each of numbers or of texts; what is not known is nothing, and no number.</summary>
/// <param name="columns">Names, and whether the column holds numbers.</param>
internal sealed class ArchiveTable(IReadOnlyList<(string Name, bool IsNumber)> columns)
{
    private readonly List<string>[] _values = [.. columns.Select(_ => new List<string>())];

    /// <summary>Rows so far.</summary>
    public int Count => _values[0].Count;

    /// <summary>Adds a row: for each column its text, numbers in the invariant form, empty for nothing.</summary>
    public void Add(IReadOnlyList<string> row)
    {
        for (int column = 0; column < _values.Length; column++)
        {
            _values[column].Add(row[column]);
        }
    }

    /// <summary>Writes it as Parquet: numbers as DOUBLE, texts as UTF-8, both optional, one row group.</summary>
    public void WriteParquet(Stream stream)
    {
        DataField[] fields = [.. columns.Select(column => new DataField(column.Name, column.IsNumber ? typeof(double) : typeof(string), isNullable: true))];
        WriteParquet(stream, fields).GetAwaiter().GetResult();
    }

    /// <summary>Writes it as CSV that opens safely in a spreadsheet.</summary>
    public void WriteCsv(TextWriter text)
    {
        using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).To(text, leaveOpen: true);
        for (int row = 0; row < Count; row++)
        {
            using SepWriter.Row line = writer.NewRow();
            for (int column = 0; column < _values.Length; column++)
            {
                line[PlainText.Cell(columns[column].Name)].Set(PlainText.Cell(_values[column][row]));
            }
        }

        if (Count == 0)
        {
            text.WriteLine(string.Join(',', columns.Select(column => PlainText.Cell(column.Name))));
        }
    }

    private async Task WriteParquet(Stream stream, DataField[] fields)
    {
        ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, new ParquetOptions { CompressionMethod = CompressionMethod.Zstd }).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int column = 0; column < fields.Length; column++)
            {
                if (columns[column].IsNumber)
                {
                    double?[] numbers = [.. _values[column].Select(text => text.Length == 0 ? (double?)null : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))];
                    await group.WriteAsync<double>(fields[column], numbers.AsMemory()).ConfigureAwait(false);
                }
                else
                {
                    await group.WriteAsync(fields[column], _values[column]).ConfigureAwait(false);
                }
            }

            group.CompleteValidate();
        }
    }
}
