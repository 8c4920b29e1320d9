// Loads a model.zip with stock ML.NET and scores rows with it, in a process that references Microsoft.ML,
// Microsoft.ML.OnnxTransformer and ONNX Runtime and nothing of this product: the proof that a saved model needs nothing else.
//
// Usage: StockLoader MODEL.zip INPUT.bin
//
// INPUT.bin, all little endian: Int32 columns; for each column its name (a length-prefixed UTF-8 string), Int32 rank
// (0 for a scalar) and as many Int32 extents; Int32 rows; then row by row, column by column, the values as Single.
// Prints the probability of each row on a line of its own, as it reads back to the same bits.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using StockLoader;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: StockLoader MODEL.zip INPUT.bin");
    return 2;
}

MLContext ml = new();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView scored = model.Transform(new InputView(args[1]));
DataViewSchema.Column probability = scored.Schema["Probability"];
using DataViewRowCursor cursor = scored.GetRowCursor([probability]);

// A fused model's outputs are vectors of one; those of a whole chain saved step by step are too.
Func<float> read;
if (probability.Type is VectorDataViewType)
{
    ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(probability);
    VBuffer<float> vector = default;
    read = () =>
    {
        getter(ref vector);
        return vector.GetItemOrDefault(0);
    };
}
else
{
    ValueGetter<float> getter = cursor.GetGetter<float>(probability);
    float value = 0;
    read = () =>
    {
        getter(ref value);
        return value;
    };
}

while (cursor.MoveNext())
{
    Console.WriteLine(read().ToString("R", CultureInfo.InvariantCulture));
}

// Nothing of the product may have come along by another way.
return AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name!.StartsWith("MLNetScinti", StringComparison.Ordinal)) ? 3 : 0;
