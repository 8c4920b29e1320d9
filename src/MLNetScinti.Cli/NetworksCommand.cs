using System.CommandLine;
using System.Globalization;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti networks [NAME ...]</c>: the networks that definitions may ask for, with what each costs.</summary>
internal static class NetworksCommand
{
    private const double Mebi = 1 << 20;

    public static Command Create()
    {
        Argument<string[]> names = new("name") { Description = "Networks to list; none for all.", Arity = ArgumentArity.ZeroOrMore };
        Option<int> batch = new("--batch") { Description = "Cases a training step.", DefaultValueFactory = _ => 4 };
        Option<bool> measure = new("--measure") { Description = "Train two steps of each on images of noise, on one thread, and print the processor seconds of the second." };
        Option<bool> layers = new("--layers") { Description = "List each network's layers with shapes and parameters." };
        Command command = new("networks", "Lists the networks with parameters, memory and work, each at its paper's size.") { names, batch, measure, layers };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            int cases = parsed.GetValue(batch);
            if (cases is < 1 or > 4096)
            {
                throw new DefinitionException($"--batch: expected a whole number from 1 to 4096, found '{cases}'.");
            }

            IReadOnlyList<ShippedNetwork> chosen = Chosen(parsed.GetValue(names) ?? []);
            if (parsed.GetValue(measure))
            {
                Guarded.UseThreads(1);
            }

            Terminal.Line($"{"name",-26} {"system",-10} {"input",-16} {"parameters",13} {"weights",10} {"training",11} {"a case",9}{(parsed.GetValue(measure) ? "     a step" : "")}");
            Terminal.Line($"{"",-54} {"",13} {"MiB",10} {"MiB",11} {"10^9",9}{(parsed.GetValue(measure) ? "  processor s" : "")}");
            foreach (ShippedNetwork network in chosen)
            {
                cancel.ThrowIfCancellationRequested();
                NetworkGraph graph = network.Create();
                TrainingOptions training = new() { BatchSize = cases, Lanes = 1, Loss = graph.Activation == OutputActivation.Softmax ? new SoftmaxCrossEntropy() : new BinaryCrossEntropy() };
                MemoryEstimate memory = graph.EstimateTrainingMemory(training);
                string input = string.Join('x', graph.Inputs[0].Shape.Spatial.ToArray()) + (graph.Inputs.Count > 1 ? $" ({graph.Inputs.Count})" : "");
                string line = string.Create(CultureInfo.InvariantCulture,
                    $"{network.Name,-26} {network.System,-10} {input,-16} {graph.ParameterCount,13:N0} {memory.WeightBytes / Mebi,10:N1} {memory.TrainingBytes / Mebi,11:N0} {graph.Products / 1e9,9:0.00}");
                Terminal.Line(parsed.GetValue(measure) ? $"{line} {Step(graph, training, memory, cancel),10}" : line);
                Terminal.Line($"  {network.Source}");
                if (parsed.GetValue(layers))
                {
                    List(graph);
                }
            }

            Terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"training: with Adam and {cases} cases a step, at least; a case: products of values and weights on the way through, a training step takes some three times as many for each case."));
            return ExitCode.Done;
        }));
        return command;
    }

    private static IReadOnlyList<ShippedNetwork> Chosen(IReadOnlyList<string> names) => names.Count == 0
        ? ShippedNetworks.All
        : [.. names.Select(name => ShippedNetworks.All.FirstOrDefault(network => string.Equals(network.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new DefinitionException($"expected one of {string.Join(", ", ShippedNetworks.All.Select(network => network.Name))}, found '{name}'."))];

    private static void List(NetworkGraph graph)
    {
        foreach (NetworkLayer layer in graph.Layers)
        {
            long parameters = layer.WeightsOf is null ? layer.Weights(graph.InputShapesOf(layer)).Where(weight => weight.Trained).Sum(weight => weight.Shape.ElementCount) : 0;
            string note = layer.WeightsOf is { } owner ? $"weights of {owner}" : parameters > 0 ? parameters.ToString("N0", CultureInfo.InvariantCulture) : "";
            Terminal.Line($"    {layer.Name,-28} {layer.Kind,-24} {graph.ShapeOf(layer.Name),-20} {note}");
        }
    }

    // The second epoch of one step: what it takes beyond a training of one epoch is without the libraries' start.
    private static string Step(NetworkGraph graph, TrainingOptions options, MemoryEstimate memory, CancellationToken cancel)
    {
        try
        {
            memory.TrainingMustFit();
        }
        catch (NetworkMemoryException)
        {
            return "no room";
        }

        double[] seconds = [0, 0];
        for (int epochs = 1; epochs <= 2; epochs++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            _ = TrainingLoop.Run(graph, new NoiseSamples(graph, options.BatchSize), new NoiseSamples(graph, 1), options with { Epochs = epochs }, cancellation: cancel);
            seconds[epochs - 1] = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        }

        return Math.Max(0, seconds[1] - seconds[0]).ToString("0.00", CultureInfo.InvariantCulture);
    }

    /// <summary>Images of noise, drawn anew for each case from its number.</summary>
    private sealed class NoiseSamples(NetworkGraph graph, int count) : ITrainingSamples
    {
        public int Count => count;

        public IReadOnlyList<TensorShape> InputShapes { get; } = [.. graph.Inputs.Select(input => input.Shape)];

        public TensorShape TargetShape => [1];

        public string Description => "noise";

        public void ReadTarget(int index, Span<float> target) => target[0] = index % Math.Max(2, graph.OutputShape.ElementCount);

        public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
        {
            Random noise = new(index);
            foreach (Memory<float> input in inputs)
            {
                Span<float> values = input.Span;
                for (int at = 0; at < values.Length; at++)
                {
                    values[at] = noise.NextSingle();
                }
            }

            ReadTarget(index, target.Span);
        }
    }
}
