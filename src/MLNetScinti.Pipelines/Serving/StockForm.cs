using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>Steps and models as ML.NET itself keeps them: an ONNX graph inside a stock transformer.</summary>
internal static class StockForm
{
    public static void Save(FusedModel model, MLContext ml, string path)
    {
        // ML.NET reads the model file again when it saves, and keeps copies of it in a folder of its own: that one goes afterwards.
        using TemporaryModels files = new(ml);
        string onnx = files.Path;
        model.Save(onnx);
        IDataView empty = EmptyView(model.Inputs);
        ITransformer stock = ml.Transforms.ApplyOnnxModel([.. model.OutputColumns], [.. model.InputColumns], onnx).Fit(empty);
        using (stock as IDisposable)
        {
            AtomicFile.Write(path, stream =>
            {
                ml.Model.Save(stock, empty.Schema, stream);
                // ML.NET writes the time of day into each entry: without it the same model gives the same bytes.
                using ZipArchive entries = new(stream, ZipArchiveMode.Update, leaveOpen: true);
                foreach (ZipArchiveEntry entry in entries.Entries)
                {
                    entry.LastWriteTime = ModelBundle.NoTime;
                }
            });
        }
    }

    /// <summary>
    /// Saves fitted steps through ML.NET by saving what they become. A step that replaces its input column is preceded by a copy of
    /// that column, since an ONNX value cannot replace another.
    /// </summary>
    public static void Save(IReadOnlyList<IFusableStage> stages, ModelSaveContext ctx)
    {
        MLContext ml = new();
        using TemporaryModels files = new(ml);
        TransformsCatalog transforms = ml.Transforms;
        IReadOnlyList<FusedColumn> inputs = FusedGraph.InputsOf(stages);
        string[] outputs = [.. stages[^1].Outputs.Select(column => column.Name)];
        Dictionary<string, string> renamed = inputs.Where(column => outputs.Contains(column.Name, StringComparer.Ordinal))
            .ToDictionary(column => column.Name, column => column.Name + ".before", StringComparer.Ordinal);
        string file = files.Path;
        FusedGraph.Write("stage", stages, "", new Dictionary<string, string>(StringComparer.Ordinal), renamed).Save(file);
        IDataView empty = EmptyView(inputs);
        List<ITransformer> steps = [];
        IDataView view = empty;
        foreach ((string column, string copy) in renamed)
        {
            steps.Add(transforms.CopyColumns(copy, column).Fit(view));
            view = steps[^1].Transform(view);
        }

        string[] names = [.. inputs.Select(column => renamed.GetValueOrDefault(column.Name) ?? column.Name)];
        steps.Add(transforms.ApplyOnnxModel(outputs, names, file).Fit(view));
        view = steps[^1].Transform(view);
        if (renamed.Count > 0)
        {
            steps.Add(transforms.DropColumns([.. renamed.Values]).Fit(view));
        }

        using TransformerChain<ITransformer> chain = new([.. steps]);
        ((ICanSaveModel)chain).Save(ctx);
    }

    /// <summary>A view without a row that has the columns that a model reads.</summary>
    public static IDataView EmptyView(IReadOnlyList<FusedColumn> columns) =>
        new StreamingDataView<int>(
            [.. columns.Select(column => column.Dimensions.Count == 0
                ? StreamingColumn<int>.Number(column.Name, _ => 0)
                : StreamingColumn<int>.Vector(column.Name, column.Dimensions, isImage: false, _ => default))],
            _ => []);

    /// <summary>A private folder for model files that ML.NET wants to see on disk, and for the copies that it makes of them.</summary>
    private sealed class TemporaryModels : IDisposable
    {
        private readonly MLContext _ml;
        private readonly string? _before;
        private readonly string _folder = Directory.CreateTempSubdirectory("scinti-model-").FullName;

        public TemporaryModels(MLContext ml)
        {
            _ml = ml;
            _before = ml.TempFilePath;
            ml.TempFilePath = _folder;
        }

        public string Path => System.IO.Path.Combine(_folder, "model.onnx");

        public void Dispose()
        {
            _ml.TempFilePath = _before!;
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException)
            {
                // A file that is still open elsewhere goes with the system's own sweeping of temporary folders.
            }
        }
    }
}
