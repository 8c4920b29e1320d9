using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.Tests.NewSystems;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>What is kept of a model gives its answers again, in our form and in ML.NET's, and nothing else passes for it.</summary>
[Collection("training")]
public sealed class BundleTests(TrainedTasks tasks)
{
    private const double Tolerance = 1e-5;

    [Theory]
    [MemberData(nameof(TrainedTasks.Names), MemberType = typeof(TrainedTasks))]
    public void EveryFormOfAModelGivesTheSameAnswers(string name)
    {
        TrainedTask trained = tasks[name];
        string zip = trained.Folder.File($"{name}.zip");
        trained.Bundle.Pack(zip);
        IDataView fitted = trained.Pipeline.Transform(trained.Split.Test);
        foreach (string source in (string[])[trained.Bundle.Source, zip, Path.Combine(trained.Bundle.Source, ModelBundle.ModelFile)])
        {
            using ModelBundle bundle = ModelBundle.Load(source);
            using BundleTransformer ours = bundle.ToTransformer();
            Assert.Equal(trained.Cases.Task!, bundle.Model.Task);
            Assert.Equal(trained.Split.Membership.ToJson(), bundle.Membership.ToJson());
            string[] answers = [.. bundle.Card.Outputs];
            IDataView reloaded = ours.Transform(trained.Split.Test);
            Assert.InRange(AnswerColumns.Difference(fitted, reloaded, answers), 0, Tolerance);

            ITransformer stock = bundle.LoadStock(new MLContext());
            using (stock as IDisposable)
            {
                Assert.InRange(AnswerColumns.Difference(reloaded, stock.Transform(trained.Split.Test), answers), 0, Tolerance);
            }
        }

        MLContext other = new();
        ITransformer onnx = other.Transforms.ApplyOnnxModel(
            [.. trained.Bundle.Card.Outputs], [.. trained.Bundle.Card.Inputs.Select(input => input.Name)], Path.Combine(trained.Bundle.Source, ModelBundle.ModelFile)).Fit(trained.Split.Test);
        using (onnx as IDisposable)
        {
            Assert.InRange(AnswerColumns.Difference(fitted, onnx.Transform(trained.Split.Test), trained.Bundle.Card.Outputs), 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(TrainedTasks.Names), MemberType = typeof(TrainedTasks))]
    public void AFittedPipelineSavedByMlNetLoadsInAnotherContext(string name)
    {
        TrainedTask trained = tasks[name];
        string file = trained.Folder.File($"{name}-saved.zip");
        trained.Ml.Model.Save(trained.Pipeline, trained.Split.Test.Schema, file);
        ITransformer loaded = new MLContext().Model.Load(file, out DataViewSchema schema);
        using (loaded as IDisposable)
        {
            Assert.NotNull(schema.GetColumnOrNull(trained.Bundle.Card.Inputs[0].Name));
            Assert.InRange(AnswerColumns.Difference(trained.Pipeline.Transform(trained.Split.Test), loaded.Transform(trained.Split.Test), trained.Bundle.Card.Outputs), 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(TrainedTasks.Names), MemberType = typeof(TrainedTasks))]
    public void AChangedByteInAnyFileIsRefusedWithItsName(string name)
    {
        TrainedTask trained = tasks[name];
        string[] files = [.. Directory.GetFiles(trained.Bundle.Source).Select(file => Path.GetFileName(file)!)];
        Assert.Equal([.. trained.Bundle.Card.Files.Keys.Append(ModelBundle.CardFile).Order(StringComparer.Ordinal)], files.Order(StringComparer.Ordinal));
        using TemporaryFolder folder = new();
        foreach (string file in files)
        {
            foreach (double place in (double[])[0, 0.37, 0.999])
            {
                Copy(trained.Bundle.Source, folder.Path);
                byte[] bytes = File.ReadAllBytes(folder.File(file));
                bytes[(int)(place * bytes.Length)] ^= 1;
                File.WriteAllBytes(folder.File(file), bytes);
                string message = Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message;
                Assert.Contains(file, message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', message);
            }

            Copy(trained.Bundle.Source, folder.Path);
            File.Delete(folder.File(file));
            Assert.Contains(file, Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message, StringComparison.Ordinal);
        }

        Copy(trained.Bundle.Source, folder.Path);
        using ModelBundle whole = ModelBundle.Load(folder.Path);
        Assert.Equal(name, whole.Card.Name);
    }

    [Fact]
    public void AChangedByteInAZipIsRefused()
    {
        TrainedTask trained = tasks["multiclass"];
        string zip = trained.Folder.File("changed.zip");
        trained.Bundle.Pack(zip);
        byte[] bytes = File.ReadAllBytes(zip);
        bytes[bytes.Length / 3] ^= 4;
        File.WriteAllBytes(zip, bytes);
        string message = Assert.Throws<ModelBundleException>(() => ModelBundle.Load(zip)).Message;
        Assert.Contains(zip, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void ACardThatSaysOtherThanTheModelIsRefusedEvenWithASealOfItsOwn()
    {
        TrainedTask trained = tasks["binary"];
        using TemporaryFolder folder = new();
        foreach (string name in (string[])[ModelBundle.CardFile, .. trained.Bundle.Card.Files.Keys])
        {
            File.Copy(Path.Combine(trained.Bundle.Source, name), folder.File(name));
        }

        string card = File.ReadAllText(folder.File(ModelBundle.CardFile));
        using (ModelBundle whole = ModelBundle.Load(folder.Path))
        {
            Assert.Single(whole.Card.Thresholds);
        }

        Reseal(node => node["thresholds"]![0]!["value"] = 0.125);
        Assert.Contains("decides by 0.125, and model.onnx by", Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message, StringComparison.Ordinal);
        Reseal(node => node["thresholds"] = new JsonArray());
        Assert.Contains("decides by no threshold", Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message, StringComparison.Ordinal);
        Reseal(node => node["files"]!.AsObject().Remove("split.json"));
        Assert.Contains("expected split.json among them", Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message, StringComparison.Ordinal);
        Reseal(node => node["files"] = new JsonObject());
        Assert.Contains("names no files; expected model.onnx", Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message, StringComparison.Ordinal);
        Reseal(node => node["files"]!.AsObject()[""] = "");
        Assert.Contains("names the file '', which is not there", Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message, StringComparison.Ordinal);
        foreach (string key in (string[])["name", "task", "classes", "files", "settings", "runKey"])
        {
            Reseal(node => node[key] = null);
            string message = Assert.Throws<ModelBundleException>(() => ModelBundle.Load(folder.Path)).Message;
            Assert.Contains("card.json cannot be read at line 1", message, StringComparison.Ordinal);
            Assert.DoesNotContain("annotation", message, StringComparison.Ordinal);
        }

        void Reseal(Action<JsonNode> change)
        {
            JsonNode node = JsonNode.Parse(card)!;
            change(node);
            node["seal"] = new string('0', 64);
            string text = node.ToJsonString();
            string seal = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            File.WriteAllText(folder.File(ModelBundle.CardFile), text.Replace(new string('0', 64), seal, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("packed.zip")]
    [InlineData("model.zip")]
    public void AZipOfAFolderWithItsNameIsAModelToo(string name)
    {
        TrainedTask trained = tasks["binary"];
        using TemporaryFolder folder = new();
        using (ZipArchive archive = ZipFile.Open(folder.File(name), ZipArchiveMode.Create))
        {
            foreach (string file in (string[])[ModelBundle.CardFile, .. trained.Bundle.Card.Files.Keys])
            {
                archive.CreateEntryFromFile(Path.Combine(trained.Bundle.Source, file), $"run/{file}");
            }

            archive.CreateEntry("run/deeper/card.json");
        }

        using ModelBundle bundle = ModelBundle.Load(folder.File(name));
        Assert.Equal(trained.Bundle.Card.Seal, bundle.Card.Seal);
    }

    [Fact]
    public void TheSameModelIsPackedToTheSameBytes()
    {
        TrainedTask trained = tasks["mask"];
        string first = trained.Folder.File("first.zip"), second = trained.Folder.File("second.zip"), again = trained.Folder.File("again");
        trained.Bundle.Pack(first);
        using ModelBundle rewritten = ModelBundle.Write(again, new BundleCard { Name = "mask" }, trained.Pipeline, trained.Ml);
        rewritten.Pack(second);
        Assert.True(File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(second)));
        using ModelBundle fromZip = ModelBundle.Load(first);
        fromZip.Pack(second);
        Assert.True(File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(second)));
    }

    [Fact]
    public void WhatIsNoBundleEndsInOneSentence()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<FileNotFoundException>(() => ModelBundle.Load(folder.File("nowhere")));
        Refused(folder.Path, "card.json");

        string foreign = folder.File("foreign.zip");
        using (ZipArchive archive = ZipFile.Open(foreign, ZipArchiveMode.Create))
        {
            using StreamWriter text = new(archive.CreateEntry("../readme.txt").Open());
            text.Write("something else");
        }

        Refused(foreign, "card.json");
        File.WriteAllText(folder.File("text.zip"), "no zip at all");
        Refused(folder.File("text.zip"), "zip");

        foreach (string card in (string[])["", "null", "[]", "{}", "{\"form\": 2}", "{\"form\": 1}", "{\"form\": 1, \"name\": null, \"task\": \"\", \"classes\": null, \"inputs\": [], \"outputs\": [], \"files\": null}", "{\"form\": \"one\"}"])
        {
            File.WriteAllText(folder.File(ModelBundle.CardFile), card);
            Refused(folder.Path, "card.json");
        }
    }

    [Fact]
    public void AFolderIsScoredWithMasksByTheirExtent()
    {
        TrainedTask trained = tasks["mask"];
        using TemporaryFolder folder = new();
        Case[] cases = [.. trained.Split.Test.Cases!.Read()];
        for (int i = 0; i < cases.Length; i++)
        {
            PlanarImage view = new(16, 16, 4.8, 4.8, cases[i].Images[0].Values.ToArray());
            NuclearMedicineWriter.WriteStatic(folder.File($"{i:00}.dcm"), view, view, new NuclearMedicineStudy { PatientId = $"patient {i}" });
        }

        ScoredFolderCase[] scored = [.. FolderScoring.Score(trained.Bundle, new MaskSystem(), folder.Path, threads: 2, study => Assert.Fail(study.ToString()))];
        using BundleTransformer model = trained.Bundle.ToTransformer();
        Assert.Equal(
            AnswerColumns.Read(model.Transform(trained.Split.Test), "PredictedLabel").Select(mask => mask.Count(label => label > 0).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            scored.Select(one => Assert.Single(one.Answers, answer => answer.Column == "Voxels.blob").Value));
    }

    [Fact]
    public void RowsThatAreReadAheadKeepWhatElseIsReadOfThem()
    {
        TrainedTask trained = tasks["binary"];
        using BundleTransformer model = trained.Bundle.ToTransformer();
        IDataView scored = model.Transform(trained.Split.Test);
        Assert.Equal(Rows(trained.Split.Test, []), Rows(scored, trained.Bundle.Card.Outputs));
        float[][] scores = AnswerColumns.Read(scored, "Score"), probabilities = AnswerColumns.Read(scored, "Probability");
        Assert.Equal(scores.Select(score => 1 / (1 + MathF.Exp(-score[0]))), probabilities.Select(one => one[0]), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.True(scores.Length > 4, "There are more rows than are answered at once.");
        Assert.Equal(scores.Length, scores.Select(score => score[0]).Distinct().Count());

        // Each row alone, as a prediction engine has it.
        MLContext ml = new();
        using PredictionEngine<StockStepTests.OneImage, StockStepTests.OneAnswer> engine = ml.Model.CreatePredictionEngine<StockStepTests.OneImage, StockStepTests.OneAnswer>(model);
        Assert.Equal(scores.Select(score => score[0]),
            trained.Split.Test.Cases!.Read().Select(one => engine.Predict(new StockStepTests.OneImage { Image = one.Images[0].Values.ToArray() }).Score), (a, b) => Math.Abs(a - b) < Tolerance);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public void ARowThatFailsFailsWhenTheReaderComesToIt(int bad)
    {
        using BundleTransformer model = tasks["binary"].Bundle.ToTransformer();
        IDataView rows = new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(row =>
            new StockStepTests.OneImage { Image = row < bad ? Pattern.Blobs(new ImageShape(16, 16), row, "rows", (0, 5, 5, 100)) : throw new InvalidDataException("this row") }));
        IDataView scored = model.Transform(rows);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        ValueGetter<float> score = cursor.GetGetter<float>(scored.Schema["Score"]);
        float value = 0;
        for (int row = 0; row < bad; row++)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(row, cursor.Position);
            score(ref value);
        }

        Assert.Equal("this row", Assert.ThrowsAny<Exception>(() => cursor.MoveNext()).GetBaseException().Message);
    }

    [Fact]
    public void ALoadedModelIsCopiedWithItsWeights()
    {
        TrainedTask trained = tasks["binary"];
        using TemporaryFolder folder = new();
        NetworkGraph network = TrainedTasks.Classifier(1, "Image");
        OnnxGraphBuilder graph = new("copied");
        graph.Metadata["scinti.task"] = "binary-classification";
        graph.Metadata["scinti.classes"] = """["low", "high"]""";
        string image = graph.Node("Reshape", [graph.Input("Image", [16, 16]), graph.Constant([-1L, 1L, 16L, 16L], [4])]);
        string score = graph.AddNetwork(network, NetworkWeights.Initialise(network, seed: 1), [image], new OnnxNetworkOptions { WithActivation = false });
        string probability = graph.Node("Sigmoid", [score]);
        graph.Output(score, "Score", [1L], OnnxElement.Float);
        graph.Output(probability, "Probability", [1L], OnnxElement.Float);
        graph.Output(graph.Node("GreaterOrEqual", [probability, graph.Constant([0.5f], [])]), "PredictedLabel", [1L], OnnxElement.Boolean);
        string first = folder.File("model.onnx"), second = folder.File("second.onnx");
        OnnxModel built = graph.BuildModel();
        Assert.Equal([first, first + ".data"], built.Save(first, oneFileLimit: 0));

        FusedModel loaded = FusedModel.Load(first);
        Assert.Equal([second, second + ".data"], loaded.Save(second));
        Assert.Equal([first, first + ".data"], loaded.Save(first));
        Assert.Throws<NotSupportedException>(() => loaded.SaveStock(new MLContext(), folder.File("model.zip")));
        IReadOnlyList<ReadOnlyMemory<float>>[] cases = [.. trained.Split.Test.Cases!.Read().Select(one => (IReadOnlyList<ReadOnlyMemory<float>>)[one.Images[0].Values])];
        float[] expected = Scores(loaded);
        // The copy stands on its own.
        File.Delete(first);
        File.Delete(first + ".data");
        Assert.Equal(expected, Scores(FusedModel.Load(second)));

        // In one file again, and copied as one.
        string whole = folder.File("whole.onnx"), third = folder.File("third.onnx");
        Assert.Equal([whole], built.Save(whole));
        Assert.Equal([third], FusedModel.Load(whole).Save(third));
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(third));

        float[] Scores(FusedModel model)
        {
            using OnnxScorer scorer = new(model);
            return [.. scorer.Score(cases).Select(answers => answers[0][0])];
        }
    }

    [Fact]
    public void ANetworkWithoutMapsHasABundleWithoutAnExplanation() =>
        Assert.DoesNotContain(ModelBundle.ExplanationFile, tasks["binary"].Bundle.Card.Files.Keys);

    [Fact]
    public void ANetworkThatEndsInAveragesIsKeptWithItsMaps()
    {
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(SyntheticCases.Binary(16));
        NetworkGraphBuilder graph = new();
        string features = graph.GlobalAveragePooling("average", graph.Relu("relu", graph.Convolution("convolution", graph.Input("Image", [1, 16, 16]), filters: 4)));
        PatientSplit split = ml.Data.SplitByPatient(cases, train: 0.5, validation: 0.25);
        using FittedPipeline pipeline = split.Fit(ml.TrainNetwork(TrainedTasks.Options(graph.Build(graph.Dense("answer", features, units: 1)), cases.Task!, epochs: 1)));
        using TemporaryFolder folder = new();
        using ModelBundle bundle = ModelBundle.Write(folder.Path, new BundleCard { Name = "maps" }, pipeline, ml);
        Assert.True(pipeline.CanExplain);
        Assert.Contains(ModelBundle.ExplanationFile, bundle.Card.Files.Keys);
        using ExplainingScorer scorer = new(pipeline.Explain());
        Case one = cases.Read().First();
        Assert.Equal(AnswerColumns.Read(pipeline.Transform(cases), "Score")[0][0], scorer.Explain([[one.Images[0].Values]])[0].Score, 1e-5f);
    }

    private static void Refused(string path, string word)
    {
        string message = Assert.Throws<ModelBundleException>(() => ModelBundle.Load(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(word, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>All columns but some, with place and number, row for row.</summary>
    private static List<string> Rows(IDataView view, IReadOnlyList<string> without)
    {
        DataViewSchema.Column[] columns = [.. view.Schema.Where(column => !without.Contains(column.Name))];
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        Func<string>[] readers = [.. columns.Select(column => Reader(cursor, column))];
        ValueGetter<DataViewRowId> number = cursor.GetIdGetter();
        List<string> rows = [];
        while (cursor.MoveNext())
        {
            DataViewRowId id = default;
            number(ref id);
            rows.Add($"{cursor.Position} {id} {string.Join(' ', columns.Zip(readers).Select(one => $"{one.First.Name}={one.Second()}"))}");
        }

        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
        return rows;
    }

    private static Func<string> Reader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        VectorDataViewType => Vector(row.GetGetter<VBuffer<float>>(column)),
        TextDataViewType => Value(row.GetGetter<ReadOnlyMemory<char>>(column)),
        BooleanDataViewType => Value(row.GetGetter<bool>(column)),
        _ => Value(row.GetGetter<float>(column)),
    };

    private static Func<string> Vector(ValueGetter<VBuffer<float>> getter)
    {
        VBuffer<float> value = default;
        return () =>
        {
            getter(ref value);
            return string.Join(',', value.DenseValues());
        };
    }

    private static Func<string> Value<T>(ValueGetter<T> getter)
        where T : struct
    {
        T value = default;
        return () =>
        {
            getter(ref value);
            return $"{value}";
        };
    }
}
