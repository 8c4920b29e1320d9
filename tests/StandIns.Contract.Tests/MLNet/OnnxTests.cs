using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class OnnxTests : IClassFixture<OnnxFiles>
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = All();

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.MLNet, "onnx")
        {
            ["n1.onnx, input Vector<Single, 16>"] = () => WithColumns("n1.onnx", Images()),
            ["nN.onnx, input Vector<Single, 16>"] = () => WithColumns("nN.onnx", Images()),
            ["n2.onnx, input Vector<Single, 16>"] = () => WithColumns("n2.onnx", Images()),
            ["dynhw.onnx, input Vector<Single, 16>"] = () => WithColumns("dynhw.onnx", Images()),
            ["nN.onnx, input declared Vector<Single, 2, 1, 4, 4> (a batch of two in a row)"] = () => Scored("nN.onnx", Declared([2, 1, 4, 4], Pixels(0, 32))),
            ["n1.onnx, sparse VBuffer input"] = () => Scored("n1.onnx", Ml.Data.LoadFromEnumerable([new Sparse { input = new VBuffer<float>(16, 2, [3, 5], [0, 5]) }])),
            ["n1.onnx, input Vector<Double, 16>"] = () => Scored("n1.onnx", Ml.Data.LoadFromEnumerable([new Doubles { input = new double[16] }])),
            ["n1.onnx, scalar Single input"] = () => Scored("n1.onnx", Ml.Data.LoadFromEnumerable([new Scalar { input = 1 }])),
            ["n1.onnx, column 'input' missing at Fit"] = () => Scored("n1.onnx", Ml.Data.LoadFromEnumerable([new OnlyX()])),
            ["n1.onnx, column 'input' missing at Transform"] = () =>
                Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).Fit(Images()).Transform(Ml.Data.LoadFromEnumerable([new OnlyX()])).Schema,
            ["n1.onnx, own names: input column that is not a graph input"] = () => Facts(Ml.Transforms.ApplyOnnxModel("out", "Pixels", OnnxFiles.Of("n1.onnx")), Images(), "out"),
            ["n1.onnx, output name that is not a graph output"] = () => Facts(Ml.Transforms.ApplyOnnxModel("Nope", "input", OnnxFiles.Of("n1.onnx")), Images(), "Nope"),
            ["n1.onnx, explicit output and input names"] = () => Facts(Ml.Transforms.ApplyOnnxModel("out", "input", OnnxFiles.Of("n1.onnx")), Images(), "out"),
            ["many1.onnx, only outputs cls, logits asked (other order)"] = () =>
            {
                OnnxScoringEstimator estimator = Ml.Transforms.ApplyOnnxModel(["cls", "logits"], ["input"], OnnxFiles.Of("many1.onnx"));
                return new { columns = Descriptions.Names(estimator.Fit(Images()).GetOutputSchema(Images().Schema)), res = Facts(estimator, Images(), "cls", "logits") };
            },
            ["many1.onnx, all outputs", Comparison.Within(1e-6, 0)] = () => Many("many1.onnx"),
            ["manyN.onnx, all outputs", Comparison.Within(1e-6, 0)] = () => Many("manyN.onnx"),
            ["many1.onnx, an inner tensor (gap) asked as an output"] = () => Facts(Ml.Transforms.ApplyOnnxModel("gap", "input", OnnxFiles.Of("many1.onnx")), Images(), "gap"),
            ["nN.onnx with shapeDictionary input=[1,1,4,4]"] = () => Shaped("nN.onnx", new() { ["input"] = [1, 1, 4, 4] }),
            ["nN.onnx with shapeDictionary input=[1,1,4,4], out=[1,2,3,3]"] = () => Shaped("nN.onnx", new() { ["input"] = [1, 1, 4, 4], ["out"] = [1, 2, 3, 3] }),
            ["n1.onnx with shapeDictionary input=[2,1,4,4] (contradicts the model)"] = () => Shaped("n1.onnx", new() { ["input"] = [2, 1, 4, 4] }),
            ["dynhw.onnx with shapeDictionary input=[1,1,4,4]"] = () => Shaped("dynhw.onnx", new() { ["input"] = [1, 1, 4, 4] }),
            ["dynhw.onnx, input Vector<Single, 1, 4, 4>"] = () => Scored("dynhw.onnx", Declared([1, 4, 4], Pixels(0))),
            ["dynhw.onnx, input Vector<Single, 1, 1, 4, 4>"] = () => Scored("dynhw.onnx", Declared([1, 1, 4, 4], Pixels(0))),
            ["two.onnx: float [3] and int64 [3] -> s, total (rank 0)"] = () => Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("two.onnx")), Two(), "s", "total"),
            ["two.onnx: only output s"] = () => Facts(Ml.Transforms.ApplyOnnxModel(["s"], ["a", "b"], OnnxFiles.Of("two.onnx")), Two(), "s"),
            ["two.onnx: only input a named"] = () => Facts(Ml.Transforms.ApplyOnnxModel(["s"], ["a"], OnnxFiles.Of("two.onnx")), Two(), "s"),
            ["two.onnx: Int32 column for an int64 input"] = () =>
                Facts(Ml.Transforms.ApplyOnnxModel(["s"], ["a", "b"], OnnxFiles.Of("two.onnx")), Ml.Data.LoadFromEnumerable([new TwoInts { a = [1, 2, 3], b = [10, 20, 30] }]), "s"),
            ["bool.onnx: Vector<Boolean, 2>"] = () => Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("bool.onnx")), Ml.Data.LoadFromEnumerable([new Bools { x = [true, false] }]), "y"),
            ["scalar1.onnx: input [1], scalar column"] = () => Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("scalar1.onnx")), Ml.Data.LoadFromEnumerable([new ScalarX { x = 4 }]), "y"),
            ["scalarN1.onnx: input [N,1], scalar column"] = () => Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("scalarN1.onnx")), Ml.Data.LoadFromEnumerable([new ScalarX { x = 4 }]), "y"),
            ["scalarN1.onnx: input [N,1], Vector<Single, 1> column"] = () =>
                Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("scalarN1.onnx")), Ml.Data.LoadFromEnumerable([new Vector1 { x = [4] }]), "y"),
            ["text.onnx: string input [N,1], scalar text column"] = () => Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("text.onnx")), Ml.Data.LoadFromEnumerable([new TextX { x = "abc" }]), "y"),
            ["dbl.onnx: double"] = () => Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("dbl.onnx")), Ml.Data.LoadFromEnumerable([new DoubleX { x = [1.5, 2, 3] }]), "y"),
            ["half.onnx: float16 input, Single column"] = () => Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("half.onnx")).GetType().Name,
            ["model file missing"] = () => Ml.Transforms.ApplyOnnxModel("no-such.onnx").GetType().Name,
            ["model file is text"] = () => Ml.Transforms.ApplyOnnxModel(OnnxFiles.With("This is not a model."u8.ToArray())).GetType().Name,
            ["model file is empty"] = () => Ml.Transforms.ApplyOnnxModel(OnnxFiles.With([])).GetType().Name,
            ["when is the file opened: at ApplyOnnxModel (constructor) or at Fit?"] = () =>
            {
                try
                {
                    _ = Ml.Transforms.ApplyOnnxModel("no-such.onnx");
                    return "at Fit";
                }
                catch (IOException)
                {
                    return "at ApplyOnnxModel";
                }
            },
            ["from a stream"] = () => Facts(Ml.Transforms.ApplyOnnxModel(new MemoryStream(OnnxFiles.Bytes("n1.onnx"))), Images(), "out"),
            ["gpuDeviceId 0 without a GPU runtime, fallbackToCpu false"] = () => Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx"), gpuDeviceId: 0, fallbackToCpu: false).GetType().Name,
            ["gpuDeviceId 0 without a GPU runtime, fallbackToCpu true"] = () => Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx"), gpuDeviceId: 0, fallbackToCpu: true).GetType().Name,
            ["MLContext.GpuDeviceId 0, FallbackToCpu false, no argument"] = () =>
                new MLContext { GpuDeviceId = 0, FallbackToCpu = false }.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).GetType().Name,
            ["MLContext.GpuDeviceId 0, FallbackToCpu true, no argument"] = () =>
                new MLContext { GpuDeviceId = 0, FallbackToCpu = true }.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).GetType().Name,
            ["estimator and transformer types"] = () =>
            {
                OnnxScoringEstimator estimator = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx"));
                ITransformer transformer = estimator.Fit(Images());
                IRowToRowMapper mapper = transformer.GetRowToRowMapper(Images().Schema);
                return new
                {
                    estimator = estimator.GetType().FullName,
                    transformer = transformer.GetType().FullName,
                    transformer.IsRowToRowMapper,
                    disposable = transformer is IDisposable,
                    deps = mapper.GetDependencies([mapper.OutputSchema["out"]]).Select(column => column.Name),
                };
            },
            ["laziness: source rows read by Fit and Transform"] = () =>
            {
                int pulled = 0;
                IDataView source = Ml.Data.LoadFromEnumerable(Rows().Select(row =>
                {
                    pulled++;
                    return row;
                }));
                OnnxTransformer transformer = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).Fit(source);
                int fit = pulled;
                _ = transformer.Transform(source);
                return new { fit, transform = pulled - fit };
            },
            ["save and load", Comparison.But("Length")] = () =>
            {
                ITransformer transformer = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("many1.onnx")).Fit(Images());
                byte[] saved = Saved(transformer);
                ITransformer loaded = new MLContext().Model.Load(new MemoryStream(saved), out DataViewSchema schema);
                IDataView view = loaded.Transform(Images());
                return new
                {
                    zip = Entries(saved),
                    loaded = Descriptions.NameOf(loaded),
                    schema,
                    columns = Descriptions.NamesAndTypes(view.Schema),
                    same = view.GetColumn<float[]>("logits").SelectMany(values => values).SequenceEqual(transformer.Transform(Images()).GetColumn<float[]>("logits").SelectMany(values => values)),
                };
            },
            ["save and load with shapeDictionary"] = () =>
            {
                ITransformer transformer = Ml.Transforms.ApplyOnnxModel(["out"], ["input"], OnnxFiles.Of("nN.onnx"), new Dictionary<string, int[]> { ["input"] = [1, 1, 4, 4] }, recursionLimit: 100).Fit(Images());
                ITransformer loaded = new MLContext().Model.Load(new MemoryStream(Saved(transformer)), out _);
                return new
                {
                    before = transformer.GetOutputSchema(Images().Schema)["out"].Type.ToString(),
                    after = loaded.GetOutputSchema(Images().Schema)["out"].Type.ToString(),
                    values = Descriptions.Values<VBuffer<float>>(loaded.Transform(Images()), "out"),
                };
            },
            ["the model bytes in the zip against the file's bytes"] = () =>
            {
                byte[] file = OnnxFiles.Bytes("many1.onnx");
                using ZipArchive zip = new(new MemoryStream(Saved(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("many1.onnx")).Fit(Images()))));
                using Stream stream = zip.GetEntry("TransformerChain/OnnxModel")!.Open();
                using MemoryStream copy = new();
                stream.CopyTo(copy);
                byte[] entry = copy.ToArray();
                return new
                {
                    entryLength = entry.Length,
                    fileLength = file.Length,
                    first12BytesOfEntry = Convert.ToHexString(entry[..12]),
                    first12BytesOfFile = Convert.ToHexString(file[..12]),
                    tailEqualsFile = entry.AsSpan(4).SequenceEqual(file),
                };
            },
            ["model file deleted after Fit: still scores and saves"] = () =>
            {
                string path = OnnxFiles.CopyOf("n1.onnx");
                ITransformer transformer = Ml.Transforms.ApplyOnnxModel(path).Fit(Images());
                File.Delete(path);
                return new { scores = transformer.Transform(Images()).GetColumn<float[]>("out").Count() == 3, saves = RecordedValue.Probe(() => Saved(transformer).Length) };
            },
            ["PredictionEngine"] = () => Ml.Model.CreatePredictionEngine<Image, Conv>(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).Fit(Images())).Predict(Rows()[0]).@out,
            ["CreateEnumerable of int64 and bool outputs"] = () =>
                Ml.Data.CreateEnumerable<LogitsClassPositive>(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("many1.onnx")).Fit(Images()).Transform(Images()), false)
                    .Select(row => new { row.logits, row.cls, row.pos }),
            ["transform after the transformer is disposed"] = () =>
            {
                OnnxTransformer transformer = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).Fit(Images());
                transformer.Dispose();
                return transformer.Transform(Images()).GetColumn<float[]>("out").ToArray();
            },
            ["thread safety: one transformer, 4 threads, 200 rows each, results equal to the serial ones"] = ThreadSafety,
            ["two outputs of one row read from one cursor; the network runs once per row"] = () =>
            {
                IDataView view = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("many1.onnx")).Fit(Images()).Transform(Images());
                List<object> rows = [];
                using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["logits"], view.Schema["cls"]]);
                ValueGetter<VBuffer<float>> logits = cursor.GetGetter<VBuffer<float>>(view.Schema["logits"]);
                ValueGetter<VBuffer<long>> cls = cursor.GetGetter<VBuffer<long>>(view.Schema["cls"]);
                while (cursor.MoveNext())
                {
                    VBuffer<float> a = default;
                    VBuffer<long> b = default;
                    logits(ref a);
                    cls(ref b);
                    rows.Add(new { a = a.DenseValues(), b = b.DenseValues() });
                }

                return rows;
            },
            ["output overwrites an input column of the same name"] = () =>
                Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("scalar1.onnx")).Fit(Ml.Data.LoadFromEnumerable([new ScalarXY()])).GetOutputSchema(Ml.Data.LoadFromEnumerable([new ScalarXY()]).Schema),
            ["a chain: NormalizeMinMax then ApplyOnnxModel, saved and loaded: zip entries", new Comparison { Varying = new HashSet<string>(StringComparer.Ordinal) { "Length" }, Relative = 1e-5, Absolute = 1e-6 }] = () =>
            {
                ITransformer chain = Ml.Transforms.NormalizeMinMax("input").Append(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx"))).Fit(Images());
                byte[] saved = Saved(chain);
                return new { zip = Entries(saved), values = Descriptions.Values<VBuffer<float>>(new MLContext().Model.Load(new MemoryStream(saved), out _).Transform(Images()), "out") };
            },
            ["no rows"] = () =>
            {
                IDataView none = Ml.Data.LoadFromEnumerable<Image>([]);
                return Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).Fit(none).Transform(none).GetColumn<float[]>("out");
            },
        };
        foreach (string model in new[] { "n1.onnx", "nN.onnx" })
        {
            cases[$"{model}, input Vector<Single, 1, 4, 4>"] = () => Scored(model, Declared([1, 4, 4], Pixels(0), Pixels(1), Pixels(2)));
            cases[$"{model}, input Vector<Single, 1, 1, 4, 4>"] = () => Scored(model, Declared([1, 1, 4, 4], Pixels(0), Pixels(1), Pixels(2)));
            cases[$"{model}, input declared Vector<Single, 15>"] = () => Scored(model, Declared([15], Pixels(0, 15)));
            cases[$"{model}, input declared Vector<Single, 32>"] = () => Scored(model, Declared([32], Pixels(0, 32)));
            cases[$"{model}, input declared 16 but the row holds 15"] = () => Scored(model, Declared([16], Pixels(0, 15)));
            cases[$"{model}, input Vector<Single> of unknown size holding 16"] = () => Scored(model, Declared([0], Pixels(0)));
            cases[$"{model}, input Vector<Single> of unknown size holding 15"] = () => Scored(model, Declared([0], Pixels(0, 15)));
            cases[$"{model}, input Vector<Single> of unknown size holding 32 (two images)"] = () => Scored(model, Declared([0], Pixels(0, 32)));
            cases[$"{model}, input null vector"] = () => Scored(model, Declared([16], [null]));
        }

        return cases;
    }

    [Fact]
    public void A_model_from_a_stream_leaves_no_file_behind_once_it_is_disposed()
    {
        string folder = Directory.CreateTempSubdirectory("scinti-contract-").FullName;
        try
        {
            MLContext ml = new() { TempFilePath = folder };
            OnnxTransformer transformer = ml.Transforms.ApplyOnnxModel(new MemoryStream(OnnxFiles.Bytes("n1.onnx"))).Fit(Images());
            Assert.NotEmpty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
            transformer.Dispose();
            Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static float[] Pixels(int row, int length = 16) => [.. Enumerable.Range(0, length).Select(j => (float)(((5 * row) + (3 * j)) % 7))];

    private static Image[] Rows() => [.. Enumerable.Range(0, 3).Select(i => new Image { input = Pixels(i), Id = $"r{i}" })];

    private static IDataView Images() => Ml.Data.LoadFromEnumerable(Rows());

    private static IDataView Two() => Ml.Data.LoadFromEnumerable([new TwoInputs { a = [1, 2, 3], b = [10, 20, 30] }]);

    private static IDataView Declared(int[] dimensions, params float[]?[] rows)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Image));
        definition["input"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions);
        return Ml.Data.LoadFromEnumerable(rows.Select((row, i) => new Image { input = row, Id = $"r{i}" }).ToArray(), definition);
    }

    private static object Scored(string model, IDataView view) => Facts(Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of(model)), view, "out");

    private static object Shaped(string model, Dictionary<string, int[]> shapes) =>
        Facts(Ml.Transforms.ApplyOnnxModel(["out"], ["input"], OnnxFiles.Of(model), shapes, recursionLimit: 100), Images(), "out");

    private static object WithColumns(string model, IDataView view)
    {
        OnnxScoringEstimator estimator = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of(model));
        return new { columns = Descriptions.Names(estimator.Fit(view).Transform(view).Schema), res = Facts(estimator, view, "out") };
    }

    private static object Many(string model)
    {
        OnnxScoringEstimator estimator = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of(model));
        return new { columns = Descriptions.NamesAndTypes(estimator.Fit(Images()).Transform(Images()).Schema), res = Facts(estimator, Images(), "logits", "prob", "cls", "pos") };
    }

    private static object Facts(OnnxScoringEstimator estimator, IDataView source, params string[] outputs)
    {
        IDataView view = estimator.Fit(source).Transform(source);
        return outputs.ToDictionary(
            name => name,
            name => (object?)new
            {
                type = view.Schema[name].Type.ToString(),
                annotations = view.Schema[name].Annotations.Schema.Select(annotation => annotation.Name),
                values = Values(view, name),
            },
            StringComparer.Ordinal);
    }

    private static object Values(IDataView view, string column) => ((VectorDataViewType)view.Schema[column].Type).ItemType switch
    {
        BooleanDataViewType => Descriptions.Values<VBuffer<bool>>(view, column),
        TextDataViewType => Descriptions.Values<VBuffer<ReadOnlyMemory<char>>>(view, column),
        { } item when item.Equals(NumberDataViewType.Double) => Descriptions.Values<VBuffer<double>>(view, column),
        { } item when item.Equals(NumberDataViewType.Int64) => Descriptions.Values<VBuffer<long>>(view, column),
        _ => Descriptions.Values<VBuffer<float>>(view, column),
    };

    private static object ThreadSafety()
    {
        IDataView view = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i => new Image { input = Pixels(i) }).ToArray());
        IDataView scored = Ml.Transforms.ApplyOnnxModel(OnnxFiles.Of("n1.onnx")).Fit(view).Transform(view);
        float[] serial = [.. scored.GetColumn<float[]>("out").SelectMany(values => values)];
        int others = 0;
        int exceptions = 0;
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                try
                {
                    if (!scored.GetColumn<float[]>("out").SelectMany(values => values).SequenceEqual(serial))
                    {
                        Interlocked.Increment(ref others);
                    }
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref exceptions);
                }
            })),
        ];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return new { threadsWithOtherResults = others, threadsWithExceptions = exceptions };
    }

    private static byte[] Saved(ITransformer model)
    {
        using MemoryStream stream = new();
        Ml.Model.Save(model, Images().Schema, stream);
        return stream.ToArray();
    }

    private static List<object> Entries(byte[] saved)
    {
        using ZipArchive zip = new(new MemoryStream(saved));
        return [.. zip.Entries.Select(entry => new { entry.FullName, entry.Length })];
    }

#pragma warning disable IDE1006 // Column names are the names of the graph's inputs and outputs.
    private sealed class Image
    {
        [VectorType(16)]
        public float[]? input;
        public string? Id;
    }

    private sealed class Sparse
    {
        [VectorType(16)]
        public VBuffer<float> input;
    }

    private sealed class Doubles
    {
        [VectorType(16)]
        public double[]? input;
    }

    private sealed class Scalar
    {
        public float input;
    }

    private sealed class TwoInputs
    {
        [VectorType(3)]
        public float[]? a;

        [VectorType(3)]
        public long[]? b;
    }

    private sealed class TwoInts
    {
        [VectorType(3)]
        public float[]? a;

        [VectorType(3)]
        public int[]? b;
    }

    private sealed class Bools
    {
        [VectorType(2)]
        public bool[]? x;
    }

    private sealed class ScalarX
    {
        public float x;
    }

    private sealed class ScalarXY
    {
        public float x;
        public float y;
    }

    private sealed class Vector1
    {
        [VectorType(1)]
        public float[]? x;
    }

    private sealed class TextX
    {
        public string? x;
    }

    private sealed class DoubleX
    {
        [VectorType(3)]
        public double[]? x;
    }

    private sealed class Conv
    {
        public float[]? @out;
    }

    private sealed class LogitsClassPositive
    {
        public float[]? logits;
        public long[]? cls;
        public bool[]? pos;
    }
#pragma warning restore IDE1006
}
