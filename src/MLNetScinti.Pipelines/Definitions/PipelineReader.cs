using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Audits;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>Reads pipeline definitions: YAML with a fixed set of keys, each checked when it is read.</summary>
public static class PipelineReader
{
    private const int MostPatients = 1_000_000, MostWindows = 2000;

    /// <summary>Reads a definition.</summary>
    /// <param name="file">The YAML file.</param>
    /// <param name="systems">The systems that it may ask for; the first one where it names none.</param>
    /// <param name="preset">The preset under <c>presets</c> whose values replace the file's, or null.</param>
    /// <param name="settings">Settings of the form <c>key=value</c> that replace both, such as those of a command line; null for none.</param>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static PipelineDefinition Read(string file, IReadOnlyList<SystemEntry> systems, string? preset = null, IReadOnlyList<string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(systems);
        DefinitionSection root = DefinitionSection.Read(file, preset, settings ?? []);
        return root.Has(Compare) ? throw root.Refuse(Compare, "this file describes several networks: give it to 'scinti compare'.") : Read(root, file, systems, preset);
    }

    /// <summary>
    /// Reads a definition of several models: one file whose section <c>compare.networks</c> lists networks, each with what it has of its own
    /// (architecture, width, epochs, batch-size, learning-rate, augmentation). Their names are those of the networks unless <c>name</c> gives
    /// another one, and each writes a folder of its own in the file's output. A file without that section is one model.
    /// </summary>
    /// <param name="file">The YAML file.</param>
    /// <param name="systems">The systems that it may ask for; the first one where it names none.</param>
    /// <param name="preset">The preset under <c>presets</c> whose values replace the file's, or null.</param>
    /// <param name="settings">Settings of the form <c>key=value</c> that replace both, such as those of a command line; null for none.</param>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static IReadOnlyList<PipelineDefinition> ReadAll(string file, IReadOnlyList<SystemEntry> systems, string? preset = null, IReadOnlyList<string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(systems);
        DefinitionSection root = DefinitionSection.Read(file, preset, settings ?? []);
        bool several = root.Has(Compare);
        PipelineDefinition common = Read(root, file, systems, preset);
        if (!several)
        {
            return [common];
        }

        IReadOnlyList<PipelineDefinition> definitions = Models(root, common);
        return definitions.Count > 0 ? definitions : throw root.Refuse(Compare, "expected a list 'networks', found none.");
    }

    /// <summary>The models that the section <c>compare</c> lists.</summary>
    internal static IReadOnlyList<PipelineDefinition> Models(DefinitionSection root, PipelineDefinition common)
    {
        DefinitionSection section = root.Section(Compare);
        List<PipelineDefinition> definitions = [];
        foreach (DefinitionSection one in section.Sections("networks"))
        {
            NetworkDefinition network = ReadNetwork(one, common.System, common.Network);
            TrainingDefinition training = common.Training with
            {
                Epochs = one.Whole("epochs", common.Training.Epochs, least: 1, most: 100_000),
                BatchSize = one.Whole("batch-size", common.Training.BatchSize, least: common.System.Task is SegmentationTask ? 1 : 2, most: 4096),
                LearningRate = one.Number("learning-rate", common.Training.LearningRate, least: 1e-12, most: 1000),
            };
            string name = one.Has("name") ? Name(one) : network.Architecture;
            AugmentationDefinition augmentation = one.Has(Augmentation) ? ReadAugmentation(one.Section(Augmentation), common.System, network, common.Split) : common.Augmentation;
            one.Done();
            definitions.Add(common with
            {
                Name = name,
                Description = $"{name}: {common.Description}",
                Network = network,
                Training = training,
                Augmentation = augmentation,
                Output = Path.Combine(common.Output, name),
                Source = $"{common.Source}: {name}",
            });
        }

        section.Done();
        return definitions;
    }

    /// <summary>The section of several models.</summary>
    internal const string Compare = "compare";

    private const string Augmentation = "augmentation";

    /// <summary>Reads a definition that is there already.</summary>
    internal static PipelineDefinition Read(DefinitionSection root, string file, IReadOnlyList<SystemEntry> systems, string? preset)
    {
        string name = Name(root);
        string description = root.Text("description", "");
        int seed = root.Whole("seed", 1, least: 0);
        string wanted = root.Choice("system", [.. systems.Select(one => one.Name)], systems[0].Name);
        SystemEntry entry = systems.First(one => one.Name == wanted);
        DefinitionSection own = root.Section(entry.Section);
        SystemDefinition system = entry.Read(own);
        own.Done();
        DataDefinition data = ReadData(root.Section("data"), system, out int? patients);
        SplitDefinition split = ReadSplit(root.Section("split"), patients);
        if (split.Balanced && data.Simulation is not null && split.Shares is null)
        {
            data = data with { Simulation = data.Simulation with { BalancedValidation = split.Validation, BalancedTest = split.Test } };
        }

        NetworkDefinition network = ReadNetwork(root.Section("network"), system);
        InfererDefinition inferer = ReadInferer(root.Section("inferer"), system, ref network);
        TrainingDefinition training = ReadTraining(root.Section("training"), system);
        AugmentationDefinition augmentation = ReadAugmentation(root.Section(Augmentation), system, network, split);
        if (split.Protocol != SplitProtocol.Patients && augmentation.Copies is null)
        {
            throw root.Section("split").Refuse("protocol", $"'{split.Protocol.Word()}' splits after copying: say under augmentation.copies how cases are copied, or expected {SplitProtocols.Words[0]}.");
        }

        EvaluationDefinition evaluation = ReadEvaluation(root.Section("evaluation"), system, network, augmentation, split.Protocol);
        string output = root.Path("output", Path.Combine("artifacts", name));
        root.Done();

        return new PipelineDefinition(name, description.Trim(), (ulong)seed, system, data, split, network, training, augmentation, evaluation,
            output, preset is null ? Path.GetFileName(file) : $"{Path.GetFileName(file)} ({preset})")
        {
            Inferer = inferer,
        };
    }

    private static string Name(DefinitionSection section)
    {
        string name = section.Line("name", most: 100);
        return name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '.' or '_')) || name[0] == '.'
            ? throw section.Refuse("name", $"expected letters, digits, '-', '_' and '.', found '{name}'.")
            : name;
    }

    private static DataDefinition ReadData(DefinitionSection data, SystemDefinition system, out int? patients)
    {
        string told = data.Line("folder"), folder = data.Path("folder");
        string labels = data.PathIn(folder, "labels", "labels.csv");
        bool assumeSpacing = data.Flag("assume-spacing", false);
        SimulationDefinition? simulation = null;
        patients = null;
        if (data.Has("simulation"))
        {
            if (system.Simulator is null)
            {
                throw data.Refuse("simulation", $"the system {system.Name} simulates no cohorts; put studies into data.folder and leave this section out.");
            }

            DefinitionSection section = data.Section("simulation");
            simulation = new SimulationDefinition(section.Whole("patients", least: 3, most: MostPatients), (ulong)section.Whole("seed", 1, least: 0))
            {
                Scatter = section.Flag("scatter", true),
                FalseReadings = section.Number("false-readings", 0, least: 0, most: 0.5),
                Settings = system.Simulator.Read(section),
            };
            patients = simulation.Patients;
            section.Done();
        }

        data.Done();
        return new DataDefinition(folder, labels, simulation) { AssumeSpacing = assumeSpacing, Told = (told, data.Line("labels", "labels.csv")) };
    }

    // Numbers of patients, or parts of them: one of these for all three sets.
    private static SplitDefinition ReadSplit(DefinitionSection split, int? patients)
    {
        const string train = "train", validation = "validation", test = "test", column = "column", folds = "folds", balanced = "balanced";
        SplitDefinition definition;
        string[] other = [.. ((string[])[column, folds]).Where(split.Has)];
        if (other.Length > 0)
        {
            if (((string[])[train, validation, test, balanced, .. other.Skip(1)]).FirstOrDefault(split.Has) is { } both)
            {
                throw split.Refuse(both, $"split.{other[0]} says who is where already: leave one of them out.");
            }

            definition = new SplitDefinition(0, 0, 0, Balanced: false) { Column = split.Has(column) ? split.Line(column, most: 100) : "", Folds = split.Has(folds) ? split.Whole(folds, least: 3, most: 1000) : 0 };
        }
        else
        {
            string[] sets = [train, validation, test];
            bool isBalanced = split.Flag(balanced, false);
            if (sets.Any(split.IsPart))
            {
                double[] parts = [.. sets.Select(key => split.IsPart(key) ? split.Number(key) : throw split.Refuse(key, "the other sets are parts of the patients: expected a number between 0 and 1, such as 0.15."))];
                definition = Math.Abs(parts.Sum() - 1) <= 1e-6 ? new SplitDefinition(0, 0, 0, isBalanced) { Shares = (parts[0], parts[1], parts[2]) }
                    : throw split.Refuse(train, $"train, validation and test are parts of the patients: expected a sum of 1, found {Setting.Of(Math.Round(parts.Sum(), 6))}.");
            }
            else
            {
                int[] counts = [.. sets.Select(key => split.Whole(key, least: 1, most: MostPatients))];
                definition = new SplitDefinition(counts[0], counts[1], counts[2], isBalanced);
            }
        }

        definition = definition with { Protocol = (SplitProtocol)SplitProtocols.Words.ToList().IndexOf(split.Choice("protocol", SplitProtocols.Words, SplitProtocols.Words[0])) };
        split.Done();
        if (definition.Protocol != SplitProtocol.Patients && other.Length > 0)
        {
            throw split.Refuse("protocol", $"split.{other[0]} is of patients: expected {SplitProtocols.Words[0]}, found '{definition.Protocol.Word()}'.");
        }

        long asked = (long)definition.Train + definition.Validation + definition.Test;
        return asked > patients
            ? throw split.Refuse("train", $"train, validation and test ask for {asked} patients, but data.simulation makes {patients}.")
            : definition;
    }

    private static NetworkDefinition ReadNetwork(DefinitionSection network, SystemDefinition system)
    {
        NetworkDefinition definition = ReadNetwork(network, system, null);
        network.Done();
        return definition;
    }

    private static NetworkDefinition ReadNetwork(DefinitionSection network, SystemDefinition system, NetworkDefinition? otherwise)
    {
        NetworkDefinition definition = new(
            network.Choice("architecture", system.Architectures),
            network.Number("width", otherwise?.Width ?? 1, least: 0.03, most: 8),
            network.Whole("downsample", otherwise?.Downsample ?? 1, least: 1, most: 4));
        if (definition.Downsample == 3)
        {
            throw network.Refuse("downsample", $"expected 1, 2 or 4, found '{definition.Downsample}'.");
        }

        try
        {
            system.Check(definition);
            return definition;
        }
        catch (DefinitionException problem) when (problem.Key.Length > 0)
        {
            throw network.Refuse(problem.Key, problem.Message);
        }
    }

    // Only what answers voxel by voxel can be put together from windows, by a network that answers each window in its own extents.
    private static InfererDefinition ReadInferer(DefinitionSection inferer, SystemDefinition system, ref NetworkDefinition network)
    {
        const string whole = "whole-image", sliding = "sliding-window";
        string kind = inferer.Choice("kind", [whole, sliding], whole);
        if (kind == whole)
        {
            inferer.Done();
            return InfererDefinition.WholeImage;
        }

        if (system.Task is not SegmentationTask masks)
        {
            throw inferer.Refuse("kind", $"the system {system.Name} answers a {system.Task.Name} for a case as a whole, which cannot be put together from windows: expected {whole}, found '{kind}'.");
        }

        int rank = masks.Shape.Rank;
        IReadOnlyList<double> extents = inferer.Numbers("window", rank, least: 1, most: 4096);
        if (extents.Any(extent => extent != Math.Floor(extent)))
        {
            throw inferer.Refuse("window", $"expected whole numbers, found {string.Join(" x ", extents.Select(extent => Setting.Of(extent)))}.");
        }

        InfererDefinition definition = new([.. extents.Select(extent => (int)extent)],
            inferer.Number("overlap", 0.5, least: 0, most: 0.95), inferer.Choice("weights", ["gaussian", "constant"], "gaussian") == "gaussian", inferer.Whole("batch", 1, least: 1, most: 64));
        inferer.Done();
        if (((SlidingWindow)definition.Make()).CountOver([.. Enumerable.Range(0, rank).Select(axis => masks.Shape[axis])]) is var windows && windows > MostWindows)
        {
            throw inferer.Refuse("window", string.Create(CultureInfo.InvariantCulture, $"{definition.Make()} lie {windows:N0} times in an image of {masks.Shape}; expected {MostWindows:N0} times at most, since each has nodes of its own in the model's file: take larger windows or a smaller overlap."));
        }

        network = network with { Window = definition.Window };
        string asked = string.Join(" x ", definition.Window);
        try
        {
            NetworkGraph graph = system.Network(network);
            TensorShape? other = graph.Inputs.Select(input => input.Shape).Append(graph.OutputShape).FirstOrDefault(shape => string.Join(" x ", shape.Skip(1)) != asked);
            return other is null ? definition : throw inferer.Refuse("window", $"the network {network.Architecture} of {system.Name} takes and gives {string.Join(" x ", other.Skip(1))} where windows of {asked} are asked for: it cannot slide.");
        }
        catch (NetworkGraphException problem)
        {
            throw inferer.Refuse("window", $"the network {network.Architecture} of {system.Name} cannot take windows of {asked}: {problem.Message}");
        }
    }

    private static TrainingDefinition ReadTraining(DefinitionSection training, SystemDefinition system)
    {
        string optimizer = training.Choice("optimizer", ["adam", "adamw", "sgd"], "adam");
        string conventions = training.Choice("conventions", [TrainingDefinition.PyTorch, TrainingDefinition.TensorFlow], TrainingDefinition.PyTorch);
        TrainingDefinition definition = new(
            training.Whole("epochs", 300, least: 1, most: 100_000),
            training.Whole("batch-size", 4, least: system.Task is SegmentationTask ? 1 : 2, most: 4096),
            optimizer,
            training.Number("learning-rate", 1e-4, least: 0, most: 1000),
            training.Number("beta1", 0.9, least: 0, most: 0.999999),
            training.Number("beta2", 0.999, least: 0, most: 0.999999),
            training.Number("epsilon", TrainingDefinition.DefaultsOf(conventions).AdamEpsilon, least: 0, most: 1),
            training.Number("weight-decay", optimizer == "adamw" ? 0.01 : 0, least: 0, most: 1),
            training.Number("momentum", 0, least: 0, most: 0.999999),
            training.Choice("validation", ["loss", "accuracy", "auc", "dice"], "loss"),
            training.Choice("device", ["auto", "cpu", "cuda"], "auto"),
            training.Whole("lanes", 2, least: 1, most: 64),
            training.Choice("precision", ["float32", "bfloat16"], "float32"),
            training.Choice("reproducible", ["processor", "portable"], "processor"),
            training.Path("start-from", ""),
            training.Texts("frozen"))
        {
            Conventions = conventions,
            // One loss has one name in what binds a run.
            Loss = training.Choice("loss", TrainingDefinition.Losses, TrainingDefinition.TaskLoss) is var loss && loss == "dice-squared" ? TrainingDefinition.Dice : loss,
            PermutedLabels = training.Flag("permuted-labels", false),
            Fresh = training.Texts("fresh"),
        };
        if (definition.PermutedLabels && system.Task is SegmentationTask)
        {
            throw training.Refuse("permuted-labels", $"the system {system.Name} draws masks, which patients cannot exchange: leave it out.");
        }

        if (definition.Loss != TrainingDefinition.TaskLoss && system.Task is not SegmentationTask)
        {
            throw training.Refuse("loss", $"the system {system.Name} answers a {system.Task.Name}, whose loss is its own: expected {TrainingDefinition.TaskLoss}, found '{definition.Loss}'.");
        }

        IReadOnlyList<string> figures = ["loss", .. (definition.MakeLoss() ?? system.Task.DefaultLoss).FigureNames];
        if (!figures.Contains(definition.Validation))
        {
            throw training.Refuse("validation", $"a {system.Task.Name} has the validation figures {string.Join(", ", figures)}, found '{definition.Validation}'.");
        }
        if (definition.LearningRate == 0)
        {
            throw training.Refuse("learning-rate", "expected a number above 0, found '0'.");
        }

        foreach ((string key, IReadOnlyList<string> layers) in new[] { ("frozen", definition.Frozen), ("fresh", definition.Fresh) })
        {
            if (layers.Count > 0 && definition.StartFrom.Length == 0)
            {
                throw training.Refuse(key, "layers are named for a training that has weights to begin with: name a bundle under training.start-from, or leave this out.");
            }
        }

        if (definition is { Precision: "bfloat16", Reproducible: "portable" })
        {
            throw training.Refuse("precision", "bfloat16 has no portable results, since few processors have its arithmetic: expected float32, or training.reproducible: processor.");
        }

        training.Done();
        return definition;
    }

    private static AugmentationDefinition ReadAugmentation(DefinitionSection augmentation, SystemDefinition system, NetworkDefinition network, SplitDefinition split)
    {
        if (split.Protocol != SplitProtocol.Patients && augmentation.Has(GeneratedDefinition.Key))
        {
            throw augmentation.Refuse(GeneratedDefinition.Key, $"images are generated of training patients: expected split.protocol: {SplitProtocols.Words[0]}, found '{split.Protocol.Word()}'.");
        }

        AugmentationDefinition definition = ReadPlane(augmentation, system) with
        {
            WholeCase = CaseAugmentationReader.Read(augmentation.Section("whole-case"), system.Cases),
            Copies = ReadCopies(augmentation, system),
            Generated = GeneratedDefinition.Read(augmentation, system, network),
        };
        augmentation.Done();
        return definition;
    }

    private static AugmentationDefinition ReadPlane(DefinitionSection section, SystemDefinition system)
    {
        IReadOnlyList<string> flips = section.Choices("flip", ["horizontal", "vertical"], []);
        if (flips.Count > 0 && system.Task is SegmentationTask { Classes.Count: > 1 })
        {
            throw section.Refuse("flip", "where a mask has several labels, a left one may become a right one: expected whole-case.mirror, which exchanges them.");
        }

        int extent = system.Cases.Images.SelectMany(image => image.Shape.ToArray()).DefaultIfEmpty(2).Max();
        return new AugmentationDefinition(flips.Contains("horizontal"), flips.Contains("vertical"),
            section.Number("translate-pixels", 0, least: 0, most: extent / 2),
            section.Number("rotate-degrees", 0, least: 0, most: 180),
            section.Number("zoom", 0, least: 0, most: 0.9));
    }

    private static CopiesDefinition? ReadCopies(DefinitionSection augmentation, SystemDefinition system)
    {
        const string key = "copies";
        if (!augmentation.Has(key))
        {
            return null;
        }

        if (system.Task is SegmentationTask)
        {
            throw augmentation.Refuse(key, $"the system {system.Name} draws masks, and cases with masks are not copied: expected whole-case instead.");
        }

        DefinitionSection copies = augmentation.Section(key);
        (IReadOnlyList<(string Class, double Factor)> each, double both) = CopiesDefinition.ReadFactors(copies, system);
        AugmentationDefinition changes = ReadPlane(copies, system);
        copies.Done();
        return changes is not { FlipHorizontal: false, FlipVertical: false, TranslatePixels: 0, RotateDegrees: 0, Zoom: 0 } ? new CopiesDefinition(each, both, changes)
            : throw augmentation.Refuse(key, "expected what copies are changed by (flip, translate-pixels, rotate-degrees, zoom), found nothing: a copy without a change teaches nothing.");
    }

    private static PrimaryContrast? Contrast(DefinitionSection section, string key) => section.Texts(key, "a list of two models' names") switch
    {
        [] => null,
        [var first, var second] when first != second => new PrimaryContrast(first, second),
        var other => throw section.Refuse(key, $"expected two different models' names, found {other.Count}: {PlainText.Short(string.Join(", ", other))}."),
    };

    private static IReadOnlyList<double> Shares(DefinitionSection section, string key, IReadOnlyList<double> otherwise)
    {
        const string expected = "a list of shares between 0 and 1";
        IReadOnlyList<string> texts = section.Texts(key, expected, $"[{string.Join(", ", otherwise.Select(Setting.Of))}]");
        double[] shares = [.. texts.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is > 0 and < 1 ? share : throw section.Refuse(key, $"expected {expected}, found '{PlainText.Short(text)}'."))];
        // What is the usual is the same list, however it is written: so are definitions then.
        return shares.Length == 0 || shares.Distinct().Order().SequenceEqual(otherwise) ? otherwise : [.. shares.Distinct().Order()];
    }

    private static EvaluationDefinition ReadEvaluation(DefinitionSection evaluation, SystemDefinition system, NetworkDefinition network, AugmentationDefinition augmentation, SplitProtocol protocol)
    {
        const string audits = "audits";
        string[] maps = [.. system.Explainer?.MapsOf(network) ?? []];
        EvaluationDefinition definition = new(evaluation.Number("confidence", 0.95, least: 0.5, most: 0.999), evaluation.Flag("paper-protocol", false))
        {
            Smoke = evaluation.Flag("smoke", false),
            Baseline = evaluation.Flag("baseline", false),
            PrimaryContrast = Contrast(evaluation, "primary-contrast"),
            // The usual map is the same, named or not: so are definitions then.
            PrimaryMap = maps.Length > 0 && evaluation.Choice("primary-map", maps, maps[0]) is var map && map != maps[0] ? map : "",
            Prevalences = Shares(evaluation, "prevalences", EvaluationOptions.UsualPrevalences),
            Audits = evaluation.Choices(audits, PipelineAudits.Words, []).Aggregate(AuditKinds.None, (kinds, word) => kinds | PipelineAudits.Of(word)),
        };
        const string threshold = "threshold";
        string rule = evaluation.Text(threshold, ThresholdRule.MiddleOfBest.ToString(), ThresholdRule.Expected);
        try
        {
            definition = definition with { Threshold = ThresholdRule.Parse(rule) };
        }
        catch (FormatException problem)
        {
            throw evaluation.Refuse(threshold, $"{problem.Message}.");
        }

        if (definition.Threshold != ThresholdRule.MiddleOfBest && system.Task is not (BinaryTask or MultiLabelTask))
        {
            throw evaluation.Refuse(threshold, $"a {system.Task.Name} has no threshold that is chosen by a rule: leave it out.");
        }

        if (definition.Baseline && system.Baseline is null)
        {
            throw evaluation.Refuse("baseline", $"the system {system.Name} has no hand-made measures to compare with: leave it out.");
        }

        foreach (string word in PipelineAudits.WordsOf(definition.Audits))
        {
            if (PipelineAudits.WhyNot(PipelineAudits.Of(word), system, augmentation, protocol) is { Length: > 0 } sentence)
            {
                throw evaluation.Refuse(audits, $"{word}: {sentence}");
            }
        }

        evaluation.Done();
        return definition;
    }
}
