using Microsoft.ML;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Cases;

namespace MLNetScinti.Jobs.Tests.Registry;

/// <summary>A small model, trained once, in as many bundles as are asked for: each with another card, so another model.</summary>
public sealed class TrainedModels : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly FittedPipeline _pipeline;

    public TrainedModels()
    {
        SyntheticCases source = SyntheticCases.Binary(24);
        NetworkGraphBuilder graph = new();
        NetworkGraph network = graph.Build(graph.Dense("answer", graph.Flatten("flat", graph.Input(source.Schema.Images[0].Name, [1, 16, 16])), 1, gain: 1));
        using CaseView view = _ml.Data.LoadCases(source);
        PatientSplit split = _ml.Data.SplitByPatient(view, train: 0.5, validation: 0.25);
        _pipeline = split.Fit(_ml.Transforms.NormalizeByMaximum(source.Schema.Images[0].Name), _ml.TrainNetwork(new NetworkTrainerOptions
        {
            Network = network,
            Task = source.Task,
            Training = new TrainingOptions { Epochs = 1, BatchSize = 4, Seed = 3, Device = TrainingDevice.Cpu, Lanes = 1 },
        }));
    }

    /// <summary>A bundle in a folder of its own, with a report and metrics as a run leaves them.</summary>
    public string Bundle(int number, string name = "demo")
    {
        string folder = _folder.File($"{name}-{number}");
        if (!Directory.Exists(folder))
        {
            ModelBundle.Write(folder, new BundleCard { Name = name, IntendedUse = $"Tests only, number {number}." }, _pipeline, _ml).Dispose();
            File.WriteAllText(Path.Combine(folder, "report.html"), $"<html>report {number}</html>");
            File.WriteAllText(Path.Combine(folder, "metrics.json"), $$"""{"number":{{number}}}""");
        }

        return folder;
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        _folder.Dispose();
    }
}
