using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines;

/// <summary>A folder or zip that is no model, or no longer the one that was written. The message is one line.</summary>
public sealed class ModelBundleException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public ModelBundleException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public ModelBundleException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

/// <summary>
/// A model as it is kept and handed on: one folder or zip with <c>model.onnx</c>, <c>model.zip</c> for stock ML.NET, <c>card.json</c>,
/// <c>split.json</c> (who it was fitted on) and, where it can explain itself, <c>explanation.onnx</c>. Everything that scores reads these.
/// </summary>
[TypeFormatterSource(typeof(ModelBundle))]
public sealed class ModelBundle : IDisposable
{
    /// <summary>The model's file.</summary>
    public const string ModelFile = "model.onnx";

    /// <summary>The same for stock ML.NET.</summary>
    public const string StockFile = "model.zip";

    /// <summary>The model that explains itself.</summary>
    public const string ExplanationFile = "explanation.onnx";

    /// <summary>The network's weights, to go on training from.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>What the bundle says of its model.</summary>
    public const string CardFile = "card.json";

    /// <summary>The time of all entries of a zip: when a model was packed is no part of it.</summary>
    internal static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectNullableAnnotations = true };

    private const long LargestCard = 16L << 20;

    // Weights do not pack; what grows a thousandfold was made to fill a disk.
    private const int LargestRatio = 200;

    private UnpackedFolder? _unpacked;

    private ModelBundle(string source, BundleCard card, FusedModel model, SplitMembership membership)
    {
        Source = source;
        Card = card;
        Model = model;
        Membership = membership;
    }

    /// <summary>Where it was read from.</summary>
    public string Source { get; }

    /// <summary>The folder where its files lie now: its own, or the one that a zip was unpacked into.</summary>
    public string Folder => _unpacked?.Path ?? Source;

    /// <summary>What it says of itself.</summary>
    public BundleCard Card { get; }

    /// <summary>The model.</summary>
    public FusedModel Model { get; }

    /// <summary>Who it was fitted on.</summary>
    public SplitMembership Membership { get; }

    /// <summary>What it decides by, as its card says.</summary>
    internal TaskDecision Decision =>
        new([.. Card.Thresholds.Select(threshold => DecisionThreshold.Kept(threshold.Value, Enum.Parse<ThresholdProtocol>(threshold.Protocol), threshold.Rule, 0, 0))]);

    /// <summary>Writes a bundle, each file whole or not at all, the card last: a folder with a card has all that the card names.</summary>
    /// <param name="folder">The folder; other files in it are left alone.</param>
    /// <param name="card">What to say; task, inputs, outputs, thresholds and hashes are entered here.</param>
    /// <param name="pipeline">The fitted pipeline.</param>
    /// <param name="ml">The context that saves the stock form.</param>
    /// <param name="explained">Whether a model with maps is kept beside; left out where the network has none.</param>
    public static ModelBundle Write(string folder, BundleCard card, FittedPipeline pipeline, MLContext ml, bool explained = true)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(pipeline);
        return Write(folder, card with { Envelope = pipeline.Envelope, Calibration = pipeline.Network.Calibration }, pipeline.Fuse(), pipeline.Network.Decision, pipeline.Membership, ml, () =>
        {
            string weights = Path.Combine(folder, WeightsFile);
            pipeline.Network.Weights.Save(weights);
            return [weights, .. explained && pipeline.CanExplain ? pipeline.Explain().Save(Path.Combine(folder, ExplanationFile)) : []];
        });
    }

    /// <summary>Writes the bundle of several models together: it loads, scores and is packed like any other.</summary>
    /// <param name="folder">The folder; other files in it are left alone.</param>
    /// <param name="card">What to say; task, inputs, outputs, thresholds, members and hashes are entered here.</param>
    /// <param name="ensemble">The models.</param>
    /// <param name="decision">What is decided on the mean of their answers.</param>
    /// <param name="ml">The context that saves the stock form.</param>
    public static ModelBundle Write(string folder, BundleCard card, ModelEnsemble ensemble, TaskDecision decision, MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(decision);
        return Write(folder, card with { Members = ensemble.Members, Envelope = ensemble.Envelope, Calibration = null }, ensemble.Fuse(decision), decision, ensemble.Membership, ml, () => []);
    }

    private static ModelBundle Write(
        string folder, BundleCard card, FusedModel model, TaskDecision decision, SplitMembership patients, MLContext ml, Func<IReadOnlyList<string>> more)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, CardFile));
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
        void Kept(params IEnumerable<string> paths)
        {
            foreach (string path in paths)
            {
                hashes[Path.GetFileName(path)] = HashOf(path);
            }
        }

        string onnx = Path.Combine(folder, ModelFile), membership = Path.Combine(folder, SplitMembership.FileName);
        Kept(model.Save(onnx));
        AtomicFile.Write(membership, patients.ToJson());
        Kept([membership, .. more()]);

        // ML.NET's own format holds one ONNX file, which ends at 2 GiB.
        string stock = Path.Combine(folder, StockFile);
        if (model.IsTooLargeForStock)
        {
            File.Delete(stock);
        }
        else
        {
            model.SaveStock(ml, stock);
            Kept(stock);
        }

        card = card with
        {
            Task = model.Task.Name,
            Classes = model.Task.Classes,
            Inputs = [.. model.Inputs.Select(input => new BundleInput(input.Name, input.Dimensions))],
            Outputs = model.OutputColumns,
            Thresholds = [.. decision.Thresholds.Select(threshold => new BundleThreshold(threshold.Value, threshold.Protocol.ToString(), threshold.Rule))],
            Files = hashes,
            Seal = BundleCard.NoSeal,
        };
        string text = JsonSerializer.Serialize(card, s_json) + "\n", seal = SealOf(text);
        AtomicFile.Write(Path.Combine(folder, CardFile), text.Replace(BundleCard.NoSeal, seal, StringComparison.Ordinal));
        card = card with { Seal = seal };
        return new ModelBundle(folder, card, model.At(onnx), patients);
    }

    /// <summary>Reads a bundle and checks every file against the card.</summary>
    /// <param name="path">The folder, its zip, or a file in the folder.</param>
    /// <exception cref="FileNotFoundException">There is nothing there.</exception>
    /// <exception cref="ModelBundleException">It is no bundle, or a file is not the one that was written.</exception>
    /// <exception cref="NotAFusedModelException">Its model cannot be run.</exception>
    public static ModelBundle Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path) && (Path.GetFileName(path) is ModelFile or CardFile || (Path.GetFileName(path) is StockFile && File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, CardFile)))))
        {
            path = Path.GetDirectoryName(Path.GetFullPath(path))!;
        }

        if (Directory.Exists(path))
        {
            return Read(path, path);
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: expected a folder with {CardFile}, or a zip of one; {InputFile.Missing(path, "model")}.", path);
        }

        UnpackedFolder unpacked = new();
        try
        {
            Unpack(path, unpacked.Path);
            return Read(unpacked.Path, path, unpacked);
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    /// <summary>Packs the bundle of a folder into a zip.</summary>
    public void Pack(string zip)
    {
        AtomicFile.Write(zip, stream =>
        {
            using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (string name in (string[])[CardFile, .. Card.Files.Keys])
            {
                ZipArchiveEntry packed = archive.CreateEntry(name, CompressionLevel.Fastest);
                packed.LastWriteTime = NoTime;
                using Stream entry = packed.Open();
                using FileStream file = InputFile.Open(Path.Combine(Folder, name));
                file.CopyTo(entry);
            }
        });
    }

    /// <summary>The model as a step of a chain: it reads the columns that the card names and adds the answers of its task.</summary>
    public BundleTransformer ToTransformer() => new(this);

    /// <summary>Loads the model with the stock parts of ML.NET alone.</summary>
    public ITransformer LoadStock(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        string stock = Path.Combine(Folder, StockFile);
        return Card.Files.ContainsKey(StockFile)
            ? ml.Model.Load(stock, out _)
            : throw new ModelBundleException($"{Source}: there is no {StockFile}: models above 2 GiB have none, since ML.NET's own format holds one ONNX file.");
    }

    /// <summary>The model's weights to begin a training with.</summary>
    /// <param name="frozen">Layers that stay as they are, by name; * stands for any letters.</param>
    /// <exception cref="ModelBundleException">The bundle holds no weights.</exception>
    public TrainingStart StartOf(IReadOnlyList<string> frozen) => StartOf(frozen, []);

    /// <summary>The model's weights to begin a training with.</summary>
    /// <param name="frozen">Layers that stay as they are, by name; * stands for any letters.</param>
    /// <param name="fresh">Layers that begin anew, by name.</param>
    /// <exception cref="ModelBundleException">The bundle holds no weights.</exception>
    public TrainingStart StartOf(IReadOnlyList<string> frozen, IReadOnlyList<string> fresh) => Card.Files.ContainsKey(WeightsFile)
        ? new ModelStart(Networks.WeightsFile.Load(Path.Combine(Folder, WeightsFile)), Membership, Card.Name) { Frozen = frozen, Fresh = fresh }
        : throw new ModelBundleException($"{Source}: a training can begin with the weights of a model's folder that holds {WeightsFile}; this one holds {string.Join(", ", Card.Files.Keys)}.");

    /// <summary>Removes what was unpacked of a zip.</summary>
    public void Dispose() => _unpacked?.Dispose();

    private static string HashOf(string path)
    {
        using FileStream stream = InputFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string SealOf(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private static ModelBundle Read(string folder, string source, UnpackedFolder? unpacked = null)
    {
        string cardFile = Path.Combine(folder, CardFile);
        if (!File.Exists(cardFile))
        {
            throw new ModelBundleException($"{source}: expected a model's folder with {CardFile}, found none; a run writes it at its end.");
        }

        BundleCard card;
        if (new FileInfo(cardFile).Length > LargestCard)
        {
            throw new ModelBundleException($"{source}: {CardFile} is larger than {LargestCard >> 20} MiB; a card has a few kilobytes.");
        }

        string text = InputFile.ReadAllText(cardFile);
        try
        {
            if (JsonSerializer.Deserialize<CardForm>(text, s_json)?.Form is not 1 and var form)
            {
                throw new ModelBundleException($"{source}: {CardFile} is {(form is null ? "no card of a model" : $"of form {form}")}; expected form 1: score with the version of this product that made the model, or make it anew.");
            }

            card = JsonSerializer.Deserialize<BundleCard>(text, s_json)!;
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw new ModelBundleException($"{source}: {CardFile} cannot be read{PlaceOf(problem)}: expected JSON as it was written with the model: copy the model again.", problem);
        }

        if (card.Calibration is { IsSound: false })
        {
            throw new ModelBundleException($"{source}: {CardFile} does not say soundly what the model's probabilities mean (calibration): copy the model again.");
        }

        if (card.Envelope is { IsSound: false })
        {
            throw new ModelBundleException($"{source}: {CardFile} does not say soundly what the model was trained on (envelope): copy the model again.");
        }

        if (card.Classes.Concat(card.Outputs).Concat(card.Limits).Concat(card.Files.Values).Concat(card.Settings.Values).Any(text => text is null)
            || card.Inputs.Any(input => input is null) || card.Thresholds.Any(threshold => threshold is null))
        {
            throw new ModelBundleException($"{source}: {CardFile} has nothing where it should name something: copy the model again.");
        }

        if (card.Thresholds.FirstOrDefault(threshold => !Enum.GetNames<ThresholdProtocol>().Contains(threshold.Protocol, StringComparer.Ordinal) || !float.IsFinite(threshold.Value)) is { } odd)
        {
            throw new ModelBundleException($"{source}: {CardFile} has a threshold of {odd.Value} by the protocol '{PlainText.Short(odd.Protocol ?? "", 40)}'; expected a number and one of {string.Join(", ", Enum.GetNames<ThresholdProtocol>())}: copy the model again.");
        }

        if (card.Seal is not { Length: 64 } || SealOf(text.Replace(card.Seal, BundleCard.NoSeal, StringComparison.Ordinal)) != card.Seal)
        {
            throw new ModelBundleException($"{source}: {CardFile} is not the file that was written with the model: copy the model again.");
        }

        foreach (string needed in (string[])[ModelFile, SplitMembership.FileName])
        {
            if (!card.Files.ContainsKey(needed))
            {
                throw new ModelBundleException($"{source}: {CardFile} names {(card.Files.Count > 0 ? string.Join(", ", card.Files.Keys) : "no files")}; expected {needed} among them: copy the model again.");
            }
        }

        foreach ((string name, string hash) in card.Files)
        {
            string file = Path.Combine(folder, name);
            if (Path.GetFileName(name) != name || !File.Exists(file))
            {
                throw new ModelBundleException($"{source}: {CardFile} names the file '{name}', which is not there: copy the model again.");
            }

            if (HashOf(file) is var found && found != hash)
            {
                throw new ModelBundleException($"{source}: {name} is not the file that was written with the model (SHA-256 {found[..12]}, expected {PlainText.Short(hash, 12)}): copy the model again.");
            }
        }

        FusedModel model = FusedModel.Load(Path.Combine(folder, ModelFile));
        if (model.Thresholds is { } decides && FusedModel.ThresholdWords(card.Thresholds.Select(threshold => threshold.Value)) is var told && told != decides)
        {
            throw new ModelBundleException($"{source}: {CardFile} says that the model decides by {(told.Length > 0 ? told : "no threshold")}, and {ModelFile} by {PlainText.Short(decides.Length > 0 ? decides : "none", 100)}: copy the model again.");
        }

        return new ModelBundle(source, card, model, SplitMembership.Read(Path.Combine(folder, SplitMembership.FileName))) { _unpacked = unpacked };
    }

    // What the reader itself says speaks of types and annotations.
    internal static string PlaceOf(Exception problem) => problem is JsonException { LineNumber: { } line } json
        ? string.Create(CultureInfo.InvariantCulture, $" at line {line + 1}{(json.Path is { Length: > 1 } path ? $" ({PlainText.Short(path, 60)})" : "")}")
        : "";

    /// <summary>What cards of all forms say.</summary>
    private sealed record CardForm(int? Form);

    private static void Unpack(string zip, string folder)
    {
        try
        {
            using ZipArchive archive = new(InputFile.Open(zip), ZipArchiveMode.Read);
            // A folder that was packed with its name has one folder in its zip.
            string inside = archive.Entries.Select(entry => entry.FullName).FirstOrDefault(name => name == CardFile || (name.EndsWith("/" + CardFile, StringComparison.Ordinal) && name.IndexOf('/', StringComparison.Ordinal) == name.Length - CardFile.Length - 1)) is { } card ? card[..^CardFile.Length] : "";
            foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.FullName == inside + entry.Name
                    && entry.Name is ModelFile or ModelFile + ".data" or StockFile or ExplanationFile or ExplanationFile + ".data" or WeightsFile or CardFile or SplitMembership.FileName)
                .DistinctBy(entry => entry.FullName, StringComparer.Ordinal))
            {
                if (entry.Length > LargestCard && entry.Length / LargestRatio > entry.CompressedLength)
                {
                    throw new ModelBundleException($"{zip}: {entry.FullName} would unpack to {entry.Length >> 20} MiB from {entry.CompressedLength >> 10} KiB: this was made to do harm.");
                }

                entry.ExtractToFile(Path.Combine(folder, entry.Name));
            }
        }
        catch (Exception problem) when (problem is InvalidDataException or NotSupportedException or ArgumentException or EndOfStreamException)
        {
            throw new ModelBundleException($"{zip}: this is neither a model's folder nor a zip of one.", problem);
        }
    }
}

/// <summary>A private folder for the files of a zip.</summary>
internal sealed class UnpackedFolder : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateDirectory(Dicom.PrivateFolder.NewName()).FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

/// <summary>A kept model as a step of a chain, run by ONNX Runtime without the copies that the stock transformer makes.</summary>
public sealed class BundleTransformer : RowTransformer, IBatchMapping, IDisposable
{
    private readonly ModelBundle _bundle;
    private readonly Lazy<OnnxScorer> _scorer;

    internal BundleTransformer(ModelBundle bundle)
    {
        _bundle = bundle;
        _scorer = new Lazy<OnnxScorer>(() => new OnnxScorer(bundle.Model));
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> InputColumns => _bundle.Model.InputColumns;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_scorer.IsValueCreated)
        {
            _scorer.Value.Dispose();
        }
    }

    /// <summary>Saving a model that is kept already: its stock form is in the bundle.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override void Save(ModelSaveContext context) => throw new NotSupportedException($"The model's stock form is {Path.Combine(_bundle.Source, ModelBundle.StockFile)}: copy that file.");

    /// <inheritdoc/>
    protected override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns(DataViewSchema input)
    {
        foreach (FusedColumn column in _bundle.Model.Inputs)
        {
            int[] found = ImageColumns.DimensionsOf(input, column.Name);
            if (!found.SequenceEqual(column.Dimensions))
            {
                throw new ColumnException($"The model reads '{column.Name}' of {string.Join(" x ", column.Dimensions)}; the column holds {string.Join(" x ", found)}.");
            }
        }

        return AnswerGetters.Columns(_bundle.Model.Task);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Delegate> MakeGetters(DataViewRow row) => AnswerGetters.Make(row, _bundle.Model.Task, _scorer.Value);

    int IBatchMapping.RowsAtOnce => _scorer.Value.AtOnce;

    IRowBatch IBatchMapping.Begin(DataViewRow input) => new AnswerBatch(input, _bundle.Model.Task, _scorer.Value);
}

/// <summary>The weights of a kept model, and who it was fitted on: none of them may test what is trained from it.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Membership">Who the model was fitted on.</param>
/// <param name="Model">The model's name.</param>
internal sealed record ModelStart(NetworkWeights Weights, SplitMembership Membership, string Model) : TrainingStart(Weights);
