using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace MLNetScinti.Pipelines.Tests.Definitions;

/// <summary>The definitions of the repository's pipelines folder.</summary>
public sealed class ShippedPipelineTests
{
    private static string Folder => Path.Combine(TestData.Repository, "pipelines");

    public static TheoryData<string, string?> FilesAndPresets()
    {
        TheoryData<string, string?> all = [];
        foreach (string file in Directory.GetFiles(Folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            YamlStream stream = [];
            using StreamReader reader = new(file);
            stream.Load(reader);
            YamlMappingNode root = (YamlMappingNode)stream.Documents[0].RootNode;
            // A measurement has no network; its system reads it.
            if (root.Children.ContainsKey(new YamlScalarNode("measurement")))
            {
                continue;
            }

            all.Add(Path.GetFileName(file), null);
            if (root.Children.TryGetValue(new YamlScalarNode("presets"), out YamlNode? presets))
            {
                foreach (YamlNode preset in ((YamlMappingNode)presets).Children.Keys)
                {
                    all.Add(Path.GetFileName(file), ((YamlScalarNode)preset).Value);
                }
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(FilesAndPresets))]
    public void EveryFileAndPresetIsReadAndItsNetworkIsBuilt(string file, string? preset)
    {
        IReadOnlyList<PipelineDefinition> definitions = PipelineReader.ReadAll(Path.Combine(Folder, file), ShippedSystems.All, preset);
        Assert.All(definitions, definition =>
        {
            Assert.Equal(definitions.Count == 1 ? Path.GetFileNameWithoutExtension(file) : Path.GetFileName(definition.Output), definition.Name);
            Assert.NotEqual("", definition.Description);
            Assert.True(definition.System.Network(definition.Network).ParameterCount > 0);
            // A preset that only shows that everything runs marks every figure, and no other one does.
            Assert.Equal(preset == "smoke", definition.Evaluation.Smoke);
        });
        if (definitions.Count > 1)
        {
            _ = new ComparisonRunner(definitions, new ComparisonSettings { Command = "compare", Output = "nowhere" }, new SilentObserver());
            Assert.Contains("scinti compare", Assert.Throws<DefinitionException>(() => PipelineReader.Read(Path.Combine(Folder, file), ShippedSystems.All, preset)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("dscint", "dscint", 600, 360, 60, 180)]
    [InlineData("dspic-am", "dspic-am", 384, 229, 40, 115)]
    [InlineData("dspic-rm", "dspic-rm", 384, 229, 40, 115)]
    public void TheFullWholeBodyPipelineIsThePapersProtocolButForItsSplit(string name, string architecture, int patients, int train, int validation, int test)
    {
        foreach (string? preset in (string?[])[null, "full"])
        {
            PipelineDefinition paper = PipelineReader.Read(Path.Combine(Folder, $"{name}.yaml"), ShippedSystems.All, preset);
            Assert.Equal(patients, paper.Data.Simulation!.Patients);
            Assert.Equal(new SplitDefinition(train, validation, test, Balanced: false), paper.Split);
            Assert.Equal(new NetworkDefinition(architecture, 1), paper.Network);
            Assert.True(paper.System.PublishedTraining!.IsFollowed(paper));
            Assert.NotNull(paper.Augmentation.Copies);
        }

        Assert.False(PipelineReader.Read(Path.Combine(Folder, $"{name}.yaml"), ShippedSystems.All, "quick").System.PublishedTraining!.IsFollowed(PipelineReader.Read(Path.Combine(Folder, $"{name}.yaml"), ShippedSystems.All, "quick")));
    }

    [Theory]
    [InlineData("dmsa-3d")]
    [InlineData("dmsa-2.5d")]
    [InlineData("dmsa-2d-transverse")]
    [InlineData("dmsa-2d-sagittal")]
    [InlineData("dmsa-2d-coronal")]
    public void TheFullPipelineIsThePapersProtocol(string name)
    {
        PipelineDefinition paper = PipelineReader.Read(Path.Combine(Folder, $"{name}.yaml"), ShippedSystems.All);

        // Lin et al. 2023: 301 patients; 20 to validate and 20 to test, 5 of each pattern.
        Assert.Equal(301, paper.Data.Simulation!.Patients);
        Assert.Equal(new SplitDefinition(261, 20, 20, Balanced: true), paper.Split);
        Assert.Equal((20, 20), (paper.Data.Simulation.BalancedValidation, paper.Data.Simulation.BalancedTest));
        Assert.Equal(new NetworkDefinition(name, 1), paper.Network);
        Assert.Equal(128, Assert.IsType<DmsaSystem>(paper.System).Size);
        // 300 epochs, batches of 4, Adam 1e-4 / 0.9 / 0.999; flips, 25 pixels, 90 degrees, 20 %.
        TrainingDefinition training = paper.Training;
        Assert.Equal((300, 4, 1e-4, 0.9, 0.999), (training.Epochs, training.BatchSize, training.LearningRate, training.Beta1, training.Beta2));
        Assert.Equal("accuracy", training.Validation);
        Assert.Equal(new AugmentationDefinition(true, true, 25, 90, 0.2), paper.Augmentation);
        Assert.True(paper.Evaluation.PaperProtocol);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("quick")]
    public void AllModelsOfTheComparisonCanBeCompared(string? preset)
    {
        PipelineDefinition[] definitions = [.. Directory.GetFiles(Folder, "dmsa-*.yaml").Select(file => PipelineReader.Read(file, ShippedSystems.All, preset))];

        Assert.Equal(["dmsa-2.5d", "dmsa-2d-coronal", "dmsa-2d-sagittal", "dmsa-2d-transverse", "dmsa-3d"], definitions.Select(one => one.Name).Order(StringComparer.Ordinal));
        // The runner refuses definitions that do not fit together.
        _ = new ComparisonRunner(definitions, new ComparisonSettings { Command = "", Output = "" }, new SilentObserver());
    }
}
