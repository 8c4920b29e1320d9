using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>A hotspot whose truth is known.</summary>
/// <param name="Features">The hotspot in numbers.</param>
/// <param name="Points">The percent of the skeleton's mass that its lesions have.</param>
/// <param name="IsLesion">Whether it is a lesion.</param>
/// <param name="Views">In how many views it is seen.</param>
/// <param name="Hits">The lesions that it shows, by number.</param>
internal sealed record KnownHotspot(HotspotFeatures Features, double Points, bool IsLesion, int Views, IReadOnlyList<int> Hits);

/// <summary>A scan whose truth is known.</summary>
/// <param name="Patient">The patient.</param>
/// <param name="Hotspots">Its hotspots.</param>
/// <param name="Truth">What is true.</param>
/// <param name="ViewCount">How many views there are.</param>
internal sealed record KnownScan(string Patient, IReadOnlyList<KnownHotspot> Hotspots, LesionTruth Truth, int ViewCount)
{
    // A lesion's mask is that of its bone: what is seen is blurred beyond it.
    private const double Reach = 5, LeastCovered = .12;

    /// <summary>Which lesions the hotspots of a scan show, and how much of the skeleton they are.</summary>
    public static KnownScan Of(string patient, LesionTruth truth, AlignedViews views, IReadOnlyList<HotspotPair> pairs, IReadOnlyList<HotspotFeatures> features)
    {
        int length = views.Rows * views.Columns;
        int[] owner = new int[length];
        // Hotspots may overlap where one is seen from the front and another one from behind: the one that stands out less is laid on top.
        int[] order = [.. Enumerable.Range(0, pairs.Count).OrderByDescending(i => pairs[i].Pixels.Length)];
        Array.Fill(owner, -1);
        foreach (int i in order)
        {
            Array.ForEach(pairs[i].Pixels, pixel => owner[pixel] = i);
        }

        Grow(owner, views);
        Dictionary<(int Lesion, int Spot), int> shared = [];
        Dictionary<int, int> all = [];
        for (int view = 0; view < 2; view++)
        {
            for (int i = 0; i < length; i++)
            {
                int lesion = truth.Masks[view][i];
                if (lesion > 0)
                {
                    all[lesion] = all.GetValueOrDefault(lesion) + 1;
                    if (owner[i] >= 0)
                    {
                        shared[(lesion, owner[i])] = shared.GetValueOrDefault((lesion, owner[i])) + 1;
                    }
                }
            }
        }

        double[] points = new double[pairs.Count];
        List<int>[] hits = [.. pairs.Select(_ => new List<int>())];
        foreach (TrueLesion lesion in truth.Lesions)
        {
            (int Spot, int Pixels)[] own = [.. shared.Where(one => one.Key.Lesion == lesion.Number).Select(one => (one.Key.Spot, one.Value)).OrderBy(one => one.Spot)];
            int sum = own.Sum(one => one.Pixels);
            if (sum == 0)
            {
                // Hidden behind another one in the masks: it is where its middle is.
                int column = (int)Math.Round((lesion.X / views.PixelX) + ((views.Columns - 1) / 2.0)), row = (int)Math.Round((lesion.Y / views.PixelY) - .5);
                if (column >= 0 && row >= 0 && column < views.Columns && row < views.Rows && owner[(row * views.Columns) + column] is >= 0 and var spot)
                {
                    points[spot] += lesion.Points;
                    hits[spot].Add(lesion.Number);
                }

                continue;
            }

            foreach ((int spot, int pixels) in own)
            {
                points[spot] += lesion.Points * pixels / sum;
                if (pixels >= .25 * all[lesion.Number] || pixels >= LeastCovered * 2 * pairs[spot].Pixels.Length)
                {
                    hits[spot].Add(lesion.Number);
                }
            }
        }

        return new KnownScan(patient, [.. pairs.Select((pair, i) => new KnownHotspot(features[i], points[i], hits[i].Count > 0, (pair.Anterior is null ? 0 : 1) + (pair.Posterior is null ? 0 : 1), hits[i]))], truth, views.Counts.Count(counts => counts is not null));
    }

    private static void Grow(int[] owner, AlignedViews views)
    {
        int reachX = Math.Max(1, (int)Math.Round(Reach / views.PixelX)), reachY = Math.Max(1, (int)Math.Round(Reach / views.PixelY));
        int[] core = [.. owner];
        for (int i = 0; i < core.Length; i++)
        {
            if (core[i] < 0)
            {
                continue;
            }

            int row = i / views.Columns, column = i % views.Columns;
            for (int r = Math.Max(0, row - reachY); r <= Math.Min(views.Rows - 1, row + reachY); r++)
            {
                for (int c = Math.Max(0, column - reachX); c <= Math.Min(views.Columns - 1, column + reachX); c++)
                {
                    int at = (r * views.Columns) + c;
                    owner[at] = core[at] < 0 && owner[at] < 0 ? core[i] : owner[at];
                }
            }
        }
    }
}

/// <summary>What the model says of a hotspot.</summary>
/// <param name="Probability">That it is a lesion.</param>
/// <param name="Points">The percent of the skeleton's mass that it involves if it is one.</param>
internal readonly record struct HotspotAnswer(double Probability, double Points);

/// <summary>
/// Two forests of boosted trees (ML.NET, FastTree): is a hotspot a lesion, or bladder, kidney, joint, injection, urine; and which part of the bone behind it is involved. The second is a
/// calibration in the literal sense: a view shows an area and counts, and the volume behind them is learnt from bodies whose lesions are known in three dimensions.
/// </summary>
internal sealed class LesionModel
{
    // What is added to the bone behind a hotspot: one beside all bones is no lesion, or the atlas is off there.
    private const double Beside = .002;
    private const int Folds = 3;
    private const string Features = nameof(Row.Features), Label = nameof(Row.Label), Target = nameof(Row.Target), Weight = nameof(Row.Weight);
    private static readonly SchemaDefinition s_schema = MakeSchema();
    private readonly MLContext _ml;
    private readonly ITransformer _lesions;
    private readonly ITransformer _involvement;
    private readonly DataViewSchema _columns;

    private LesionModel(MLContext ml, ITransformer lesions, ITransformer involvement, DataViewSchema columns, double threshold, double scale) =>
        (_ml, _lesions, _involvement, _columns, Threshold, Scale) = (ml, lesions, involvement, columns, threshold, scale);

    /// <summary>From this probability on a hotspot is called a lesion.</summary>
    public double Threshold { get; }

    /// <summary>What makes the sum of all answers that of the truth, lesions that are not seen among it; from patients that the forests had not seen.</summary>
    public double Scale { get; }

    /// <summary>Trains on scans whose truth is known; threshold and scale are fitted on patients that are left out in turn.</summary>
    /// <param name="scans">The scans.</param>
    /// <param name="falseSpots">False hotspots a view that the threshold allows.</param>
    public static LesionModel Train(IReadOnlyList<KnownScan> scans, double falseSpots = 1)
    {
        List<(KnownScan Scan, HotspotAnswer[] Answers)> left = [];
        for (int fold = 0; fold < Folds; fold++)
        {
            LesionModel part = Fit([.. scans.Where((_, i) => i % Folds != fold)], 0, 1);
            left.AddRange(scans.Where((_, i) => i % Folds == fold).Select(scan => (scan, part.Answer([.. scan.Hotspots.Select(spot => spot.Features)]))));
        }

        double views = left.Sum(one => one.Scan.ViewCount);
        double threshold = .05;
        foreach (double tried in Enumerable.Range(1, 18).Select(i => i * .05))
        {
            threshold = tried;
            if (left.Sum(one => one.Scan.Hotspots.Where((spot, i) => !spot.IsLesion && one.Answers[i].Probability >= tried).Sum(spot => spot.Views)) <= falseSpots * views)
            {
                break;
            }
        }

        double told = left.Sum(one => one.Answers.Where(answer => answer.Probability >= threshold).Sum(answer => answer.Points)), truth = left.Sum(one => one.Scan.Truth.Index);
        return Fit(scans, threshold, told > 0 ? truth / told : 1);
    }

    /// <summary>What the model says of hotspots.</summary>
    public HotspotAnswer[] Answer(IReadOnlyList<HotspotFeatures> hotspots)
    {
        if (hotspots.Count == 0)
        {
            return [];
        }

        IDataView rows = _ml.Data.LoadFromEnumerable(hotspots.Select(spot => new Row { Features = spot.Values }), s_schema);
        float[] probabilities = [.. _lesions.Transform(rows).GetColumn<float>("Probability")], parts = [.. _involvement.Transform(rows).GetColumn<float>("Score")];
        return [.. hotspots.Select((spot, i) => new HotspotAnswer(probabilities[i], Scale * probabilities[i] * Math.Clamp(parts[i], 0, 1.5) * (spot.Behind + Beside)))];
    }

    /// <summary>Writes the model into an archive.</summary>
    public void Save(ZipArchive archive)
    {
        void Add(string name, Action<Stream> write)
        {
            ZipArchiveEntry entry = archive.CreateEntry(name);
            // The same model gives the same bytes.
            entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using Stream stream = entry.Open();
            write(stream);
        }

        void Model(ITransformer model, Stream stream)
        {
            using MemoryStream memory = new();
            _ml.Model.Save(model, _columns, memory);
            memory.Position = 0;
            memory.CopyTo(stream);
        }

        Add("lesions.zip", stream => Model(_lesions, stream));
        Add("involvement.zip", stream => Model(_involvement, stream));
        Add("decision.txt", stream => stream.Write(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{HotspotFeatures.Count},{Threshold:r},{Scale:r}"))));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no such model.</exception>
    public static LesionModel Load(ZipArchive archive)
    {
        MLContext ml = new(0);
        MemoryStream Read(string name)
        {
            ZipArchiveEntry entry = archive.GetEntry(name) ?? throw new InvalidDataException($"expected a bone scan index model with {name}, found none: train it again.");
            MemoryStream memory = new();
            using Stream stream = entry.Open();
            stream.CopyTo(memory);
            memory.Position = 0;
            return memory;
        }

        using StreamReader text = new(Read("decision.txt"));
        string[] decision = text.ReadToEnd().Split(',');
        if (decision.Length != 3 || decision[0] != FormattableString.Invariant($"{HotspotFeatures.Count}"))
        {
            throw new InvalidDataException("expected a bone scan index model of this version, found one of another: train it again.");
        }

        double Number(int at) => double.Parse(decision[at], System.Globalization.CultureInfo.InvariantCulture);
        ITransformer lesions = ml.Model.Load(Read("lesions.zip"), out DataViewSchema columns), involvement = ml.Model.Load(Read("involvement.zip"), out _);
        return new LesionModel(ml, lesions, involvement, columns, Number(1), Number(2));
    }

    private static LesionModel Fit(IReadOnlyList<KnownScan> scans, double threshold, double scale)
    {
        MLContext ml = new(0);
        Row[] rows = [.. scans.SelectMany(scan => scan.Hotspots).Select(spot =>
        {
            double behind = spot.Features.Behind + Beside;
            return new Row { Features = spot.Features.Values, Label = spot.IsLesion, Target = (float)Math.Min(1.5, spot.Points / behind), Weight = (float)(behind * Math.Sqrt(behind)) };
        })];
        IDataView view = ml.Data.LoadFromEnumerable(rows, s_schema);
        // One thread: the trees are the same everywhere.
        ITransformer lesions = ml.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            LabelColumnName = Label,
            FeatureColumnName = Features,
            NumberOfTrees = 300,
            NumberOfLeaves = 20,
            MinimumExampleCountPerLeaf = 10,
            LearningRate = .05,
            FeatureFraction = .3,
            NumberOfThreads = 1,
            Seed = 1,
        }).Fit(view);
        IDataView ill = ml.Data.LoadFromEnumerable(rows.Where(row => row.Label), s_schema);
        ITransformer involvement = ml.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
        {
            LabelColumnName = Target,
            FeatureColumnName = Features,
            ExampleWeightColumnName = Weight,
            NumberOfTrees = 400,
            NumberOfLeaves = 32,
            MinimumExampleCountPerLeaf = 8,
            LearningRate = .04,
            FeatureFraction = .3,
            NumberOfThreads = 1,
            Seed = 1,
        }).Fit(ill);
        return new LesionModel(ml, lesions, involvement, view.Schema, threshold, scale);
    }

    private static SchemaDefinition MakeSchema()
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[Features].ColumnType = new VectorDataViewType(NumberDataViewType.Single, HotspotFeatures.Count);
        return schema;
    }

    /// <summary>A hotspot as ML.NET sees it.</summary>
    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }

        public float Target { get; set; }

        public float Weight { get; set; } = 1;
    }
}
