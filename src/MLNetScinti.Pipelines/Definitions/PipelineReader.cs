namespace MLNetScinti.Pipelines.Definitions;

/// <summary>Reads pipeline definitions: YAML with a fixed set of keys, each checked when it is read.</summary>
public static class PipelineReader
{
    /// <summary>The architectures that <c>network.architecture</c> can name.</summary>
    public static IReadOnlyList<string> Architectures { get; } = ["dmsa-2.5d", "dmsa-3d", "dmsa-2d-transverse", "dmsa-2d-sagittal", "dmsa-2d-coronal"];

    /// <summary>Reads a definition.</summary>
    /// <param name="file">The YAML file.</param>
    /// <param name="preset">The preset under <c>presets</c> whose values replace the file's, or null.</param>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static PipelineDefinition Read(string file, string? preset = null)
    {
        YamlSection root = YamlSection.Read(file, preset);
        string name = root.Text("name");
        if (name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '.' or '_')) || name[0] == '.')
        {
            throw root.Refuse("name", $"expected letters, digits, '-', '_' and '.', found '{name}'.");
        }

        string description = root.Text("description", "");
        int seed = root.Whole("seed", least: 0);
        KidneyDefinition kidneys = ReadKidneys(root.Section("kidneys"));
        DataDefinition data = ReadData(root.Section("data"), out int? patients);
        SplitDefinition split = ReadSplit(root.Section("split"), patients);
        if (split.Balanced && data.Simulation is not null)
        {
            data = data with { Simulation = data.Simulation with { BalancedValidation = split.Validation, BalancedTest = split.Test } };
        }

        NetworkDefinition network = ReadNetwork(root.Section("network"), kidneys.Size);
        TrainingDefinition training = ReadTraining(root.Section("training"));
        AugmentationDefinition augmentation = ReadAugmentation(root.Section("augmentation"), kidneys.Size);
        EvaluationDefinition evaluation = ReadEvaluation(root.Section("evaluation"));
        string output = root.Text("output", Path.Combine("artifacts", name));
        root.Done();

        return new PipelineDefinition(name, description.Trim(), (ulong)seed, data, kidneys, split, network, training, augmentation, evaluation,
            output, preset is null ? Path.GetFileName(file) : $"{Path.GetFileName(file)} ({preset})");
    }

    private static DataDefinition ReadData(YamlSection data, out int? patients)
    {
        string folder = data.Text("folder");
        string labels = data.Text("labels", "labels.csv");
        SimulationDefinition? simulation = null;
        patients = null;
        if (data.Has("simulation"))
        {
            YamlSection section = data.Section("simulation");
            simulation = new SimulationDefinition(section.Whole("patients", least: 3), (ulong)section.Whole("seed", 1, least: 0));
            patients = simulation.Patients;
            section.Done();
        }

        data.Done();
        return new DataDefinition(folder, labels, simulation);
    }

    private static KidneyDefinition ReadKidneys(YamlSection kidneys)
    {
        int size = kidneys.Whole("size", 128, least: 16, most: 512);
        if (size % 16 != 0)
        {
            throw kidneys.Refuse("size", $"expected a multiple of 16, found '{size}'.");
        }

        KidneyDefinition definition = new(size, kidneys.Number("minimum-confidence", 0.3, least: 0, most: 1));
        kidneys.Done();
        return definition;
    }

    private static SplitDefinition ReadSplit(YamlSection split, int? patients)
    {
        SplitDefinition definition = new(split.Whole("train", least: 1), split.Whole("validation", least: 1), split.Whole("test", least: 1), split.Flag("balanced", false));
        split.Done();
        int asked = definition.Train + definition.Validation + definition.Test;
        return asked > patients
            ? throw split.Refuse("train", $"train, validation and test ask for {asked} patients, but data.simulation makes {patients}.")
            : definition;
    }

    private static NetworkDefinition ReadNetwork(YamlSection network, int size)
    {
        NetworkDefinition definition = new(network.Choice("architecture", Architectures), network.Number("width", 1, least: 0.03, most: 8), network.Whole("downsample", 1, least: 1, most: 4));
        if (definition.Downsample == 3 || size / definition.Downsample % 16 != 0)
        {
            throw network.Refuse("downsample", $"expected 1, 2 or 4, leaving a multiple of 16 of the {size} voxels of kidneys.size, found '{definition.Downsample}'.");
        }

        network.Done();
        return definition;
    }

    private static TrainingDefinition ReadTraining(YamlSection training)
    {
        // Defaults: Lin et al. 2023, 'Data pre-processing and model training'.
        TrainingDefinition definition = new(
            training.Whole("epochs", 300, least: 1, most: 100_000),
            training.Whole("batch-size", 4, least: 2, most: 4096),
            training.Number("learning-rate", 1e-4, least: 0),
            training.Number("beta1", 0.9, least: 0, most: 0.999999),
            training.Number("beta2", 0.999, least: 0, most: 0.999999),
            training.Choice("device", ["auto", "cpu", "cuda"], "auto"),
            training.Whole("lanes", 2, least: 1, most: 64));
        if (definition.LearningRate == 0)
        {
            throw training.Refuse("learning-rate", "expected a number above 0, found '0'.");
        }

        training.Done();
        return definition;
    }

    private static AugmentationDefinition ReadAugmentation(YamlSection augmentation, int size)
    {
        IReadOnlyList<string> flips = augmentation.Choices("flip", ["horizontal", "vertical"], []);
        AugmentationDefinition definition = new(flips.Contains("horizontal"), flips.Contains("vertical"),
            augmentation.Number("translate-pixels", 0, least: 0, most: size / 2),
            augmentation.Number("rotate-degrees", 0, least: 0, most: 180),
            augmentation.Number("zoom", 0, least: 0, most: 0.9));
        augmentation.Done();
        return definition;
    }

    private static EvaluationDefinition ReadEvaluation(YamlSection evaluation)
    {
        EvaluationDefinition definition = new(evaluation.Number("confidence", 0.95, least: 0.5, most: 0.999), evaluation.Flag("paper-protocol", false));
        evaluation.Done();
        return definition;
    }
}
