using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class ModelTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "model")
    {
        ["chain of 3: zip entries", Comparison.But("Length")] = () => Entries(Saved(Chain())),
        ["chain of 3: TrainingInfo/Version.txt text"] = () => Encoding.UTF8.GetString(Entry(Saved(Chain()), "TrainingInfo/Version.txt")),
        ["chain of 3: first 4 bytes of TransformerChain/Model.key and of Schema"] = () =>
        {
            byte[] saved = Saved(Chain());
            return new { chain = Start(Entry(saved, "TransformerChain/Model.key")), schema = Start(Entry(saved, "Schema")) };
        },
        ["single transformer: zip entries", Comparison.But("Length")] = () => Entries(Saved(Copying())),
        ["single transformer: loaded as"] = () =>
        {
            ITransformer loaded = Loaded(Saved(Copying()));
            return new { type = Descriptions.NameOf(loaded), steps = (loaded as IEnumerable<ITransformer>)?.Count() };
        },
        ["null schema: zip entries and load", Comparison.But("Length")] = () =>
        {
            using MemoryStream stream = new();
            Ml.Model.Save(Chain(), (DataViewSchema)null!, stream);
            ITransformer loaded = new MLContext().Model.Load(stream, out DataViewSchema schema);
            return new { zip = Entries(stream.ToArray()), schemaIsNull = schema is null, type = Descriptions.NameOf(loaded) };
        },
        ["schema round trip"] = () =>
        {
            _ = new MLContext().Model.Load(new MemoryStream(Saved(Chain())), out DataViewSchema after);
            return new { before = View().Schema, after };
        },
        ["schema round trip with keys, SlotNames, hidden columns"] = () =>
        {
            IDataView view = Ml.Transforms.Conversion.MapValueToKey("Id").Append(Ml.Transforms.Concatenate("F", "P", "X")).Fit(View()).Transform(View());
            using MemoryStream stream = new();
            Ml.Model.Save(Copying(), view.Schema, stream);
            _ = new MLContext().Model.Load(stream, out DataViewSchema after);
            return new { before = view.Schema, after };
        },
        ["loaded model gives the same values"] = () =>
        {
            ITransformer chain = Chain();
            ITransformer loaded = Loaded(Saved(chain));
            return new
            {
                a = Descriptions.Values<VBuffer<float>>(chain.Transform(View()), "C"),
                b = Descriptions.Values<VBuffer<float>>(loaded.Transform(View()), "C"),
                type = Descriptions.NameOf(loaded),
                steps = ((IEnumerable<ITransformer>)loaded).Select(Descriptions.NameOf),
            };
        },
        ["load does not need the input schema's unused columns"] = () =>
            Descriptions.Names(Loaded(Saved(Copying())).Transform(Ml.Data.LoadFromEnumerable([new OnlyX()])).Schema),
        ["save to a stream, load from a stream at position 0"] = () =>
        {
            using MemoryStream stream = new();
            Ml.Model.Save(Chain(), View().Schema, stream);
            bool positionAfterSaveIsEnd = stream.Position == stream.Length;
            bool stillOpen = stream.CanRead;
            stream.Position = 0;
            return new { positionAfterSaveIsEnd, stillOpen, type = Descriptions.NameOf(new MLContext().Model.Load(stream, out _)) };
        },
        ["load from a stream at its end"] = () =>
        {
            using MemoryStream stream = new();
            Ml.Model.Save(Chain(), View().Schema, stream);
            return Descriptions.NameOf(new MLContext().Model.Load(stream, out _));
        },
        ["save overwrites an existing file"] = () => InFile(path =>
        {
            Ml.Model.Save(Chain(), View().Schema, path);
            long larger = new FileInfo(path).Length;
            Ml.Model.Save(Copying(), View().Schema, path);
            return new { smaller = new FileInfo(path).Length < larger, loads = Descriptions.NameOf(new MLContext().Model.Load(path, out _)) };
        }),
        ["save leaves a file behind when it throws?", Comparison.But("length")] = () => InFile(path =>
        {
            Assert.Throws<InvalidOperationException>(() => Ml.Model.Save(new Outsider(), View().Schema, path));
            return new
            {
                fileExists = File.Exists(path),
                length = new FileInfo(path).Length,
                loads = RecordedValue.Probe(() => new MLContext().Model.Load(path, out _).GetType().Name),
            };
        }),
        ["load: file of 100 garbage bytes"] = () => LoadFile(Enumerable.Range(0, 100).Select(i => (byte)i).ToArray()),
        ["load: empty file", Comparison.TypeOfException] = () => LoadFile([]),
        ["load: zip truncated to its first half"] = () => Saved(Chain()) is var saved ? LoadFile(saved[..(saved.Length / 2)]) : null,
        ["load: zip without its last 10 bytes"] = () => LoadFile(Saved(Chain())[..^10]),
        ["load: missing file"] = () => new MLContext().Model.Load(Path.Combine(Path.GetTempPath(), "no-such-model.zip"), out _).GetType().Name,
        ["load: a valid zip with one unrelated entry"] = () => LoadFile(Changed([], zip => Write(zip, "hello.txt", "hello"))),
        ["load: model with an extra zip entry"] = () => Descriptions.NameOf(Loaded(Changed(Saved(Chain()), zip => Write(zip, "manifest.json", "{}")))),
        ["load: Schema entry removed"] = () =>
        {
            ITransformer loaded = new MLContext().Model.Load(new MemoryStream(Changed(Saved(Chain()), zip => zip.GetEntry("Schema")!.Delete())), out DataViewSchema schema);
            return new { type = Descriptions.NameOf(loaded), schemaIsNull = schema is null };
        },
        ["load: Transform_001 removed"] = () => LoadFile(Changed(Saved(Chain()), zip => zip.GetEntry("TransformerChain/Transform_001/Model.key")!.Delete())),
        ["load: a corrupted byte in Transform_000's Model.key header"] = () => LoadFile(Changed(Saved(Chain()), zip =>
        {
            const string Name = "TransformerChain/Transform_000/Model.key";
            byte[] entry;
            using (Stream stream = zip.GetEntry(Name)!.Open())
            using (MemoryStream copy = new())
            {
                stream.CopyTo(copy);
                entry = copy.ToArray();
            }

            entry[0] ^= 0xFF;
            zip.GetEntry(Name)!.Delete();
            using Stream changed = zip.CreateEntry(Name).Open();
            changed.Write(entry);
        })),
        ["save: null model"] = () =>
        {
            Ml.Model.Save(null, View().Schema, new MemoryStream());
            return null;
        },
        ["save: null path"] = () =>
        {
            Ml.Model.Save(Copying(), View().Schema, (string)null!);
            return null;
        },
        ["save: directory missing"] = () =>
        {
            Ml.Model.Save(Copying(), View().Schema, Path.Combine(Path.GetTempPath(), "no-such-folder", "model.zip"));
            return null;
        },
        ["save: path separators inside the zip"] = () =>
            Entries(Saved(Chain())).Select(entry => (string)((dynamic)entry).FullName).Any(name => name.Contains('\\', StringComparison.Ordinal)) ? ["backslash"] : new[] { "slash" },
        ["transformer written outside the library: Save"] = () =>
        {
            Ml.Model.Save(new Outsider(), View().Schema, new MemoryStream());
            return null;
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    [Fact]
    public void A_transformer_from_outside_saves_as_the_chain_it_holds()
    {
        TransformerChain<Wrapper> chain = new([Copying(), new Wrapper(Chain())], [TransformerScope.Everything, TransformerScope.Everything]);
        ITransformer loaded = Loaded(Saved(chain));
        IEnumerable<ITransformer> steps = Assert.IsAssignableFrom<IEnumerable<ITransformer>>(loaded);
        Assert.Equal(["ColumnCopyingTransformer", "TransformerChain<ITransformer>"], steps.Select(Descriptions.NameOf));
        Assert.Equal(chain.Transform(View()).GetColumn<float[]>("C"), loaded.Transform(View()).GetColumn<float[]>("C"));
    }

    [Fact]
    public void Every_offered_transformer_gives_the_same_after_saving_and_loading()
    {
        IEstimator<ITransformer> chain = Ml.Transforms.Conversion.MapValueToKey("Key", "Id")
            .Append(Ml.Transforms.Conversion.MapKeyToValue("Back", "Key"))
            .Append(Ml.Transforms.Conversion.ConvertType("D", "X", DataKind.Double))
            .Append(Ml.Transforms.NormalizeMinMax("N", "P", fixZero: false))
            .Append(Ml.Transforms.Concatenate("F", "N", "X"))
            .Append(Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, "behaviour.known"))
            .Append(Ml.Transforms.SelectColumns("F", "Back", "D", "Sum"))
            .Append(Ml.Transforms.DropColumns("D"));
        ITransformer fitted = chain.Fit(View());
        DataDebuggerPreview before = fitted.Transform(View()).Preview();
        DataDebuggerPreview after = Loaded(Saved(fitted)).Transform(View()).Preview();
        Assert.Equal(["F", "Back", "Sum"], Descriptions.Names(after.Schema));
        Assert.Equal(RecordedText(before), RecordedText(after));
    }

    private static string RecordedText(DataDebuggerPreview preview) =>
        System.Text.Json.JsonSerializer.Serialize(RecordedValue.Of(preview.RowView.Select(row => row.Values.Select(value => value.Value))));

    private static IDataView View() => Ml.Data.LoadFromEnumerable(In.Three());

    private static ITransformer Copying() => Ml.Transforms.CopyColumns("C", "X").Fit(View());

    private static ITransformer Chain() =>
        Ml.Transforms.NormalizeMinMax("N", "P").Append(Ml.Transforms.Concatenate("F", "N", "X")).Append(Ml.Transforms.CopyColumns("C", "F")).Fit(View());

    private static byte[] Saved(ITransformer model)
    {
        using MemoryStream stream = new();
        Ml.Model.Save(model, View().Schema, stream);
        return stream.ToArray();
    }

    private static ITransformer Loaded(byte[] saved) => new MLContext().Model.Load(new MemoryStream(saved), out _);

    private static List<object> Entries(byte[] saved)
    {
        using ZipArchive zip = new(new MemoryStream(saved));
        return [.. zip.Entries.Select(entry => new { entry.FullName, entry.Length })];
    }

    private static byte[] Entry(byte[] saved, string name)
    {
        using ZipArchive zip = new(new MemoryStream(saved));
        using Stream stream = zip.GetEntry(name)!.Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string Start(byte[] entry) => string.Concat(entry[..8].Select(letter => letter == 0 ? '.' : (char)letter));

    private static byte[] Changed(byte[] saved, Action<ZipArchive> change)
    {
        using MemoryStream stream = new();
        stream.Write(saved);
        using (ZipArchive zip = new(stream, saved.Length == 0 ? ZipArchiveMode.Create : ZipArchiveMode.Update, leaveOpen: true))
        {
            change(zip);
        }

        return stream.ToArray();
    }

    private static void Write(ZipArchive zip, string name, string text)
    {
        using Stream entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }

    private static object? InFile(Func<string, object?> test)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            return test(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static object? LoadFile(byte[] content) => InFile(path =>
    {
        File.WriteAllBytes(path, content);
        return new MLContext().Model.Load(path, out _).GetType().Name;
    });

    private sealed class Outsider : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new InvalidOperationException();

        public void Save(ModelSaveContext ctx)
        {
        }

        public IDataView Transform(IDataView input) => input;
    }

    private sealed class Wrapper(ITransformer inner) : ITransformer
    {
        public bool IsRowToRowMapper => inner.IsRowToRowMapper;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public void Save(ModelSaveContext ctx) => ((ICanSaveModel)inner).Save(ctx);

        public IDataView Transform(IDataView input) => inner.Transform(input);
    }
}
