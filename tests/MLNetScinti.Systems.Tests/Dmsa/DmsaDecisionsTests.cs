using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Systems.Tests.Dmsa;

/// <summary>What a definition decides against the paper is read off it: what it follows is not claimed as a difference.</summary>
public sealed class DmsaDecisionsTests
{
    private static readonly PipelineDefinition s_paper = PipelineReader.Read(Path.Combine(TestData.Repository, "pipelines", "dmsa-2.5d.yaml"), ShippedSystems.All);

    [Fact]
    public void TheFullPipelineDecidesWhatItsFileSays()
    {
        Assert.Equal(["Patients", "Acquisition", "Separation", "Placement", "Network", "Conventions", "Threshold"], Of(s_paper).Select(one => one.Subject));
        Assert.Contains("centred in a cube of 128", Here(s_paper, "Placement"), StringComparison.Ordinal);
        Assert.Contains("epsilon 1E-08, batch normalisation with 1E-05 and a running momentum of 0.9, weights as in He et al. 2015", Here(s_paper, "Conventions"), StringComparison.Ordinal);
        Assert.Contains("not said to be Youden's", Of(s_paper).Single(one => one.Subject == "Threshold").Paper, StringComparison.Ordinal);
        string file = File.ReadAllText(Path.Combine(TestData.Repository, "pipelines", "dmsa-2.5d.yaml"));
        Assert.All((string[])["placement: centred", "conventions: pytorch-defaults", "not say", "continuous rotation"], words => Assert.Contains(words, file, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatFollowsThePaperIsNoDecision()
    {
        PipelineDefinition real = s_paper with { Data = s_paper.Data with { Simulation = null }, System = new DmsaSystem { Placement = KidneyPlacement.InPlace } };
        Assert.Equal(["Separation", "Network", "Conventions", "Threshold"], Of(real).Select(one => one.Subject));
        PipelineDefinition framework = s_paper with { Training = s_paper.Training with { Conventions = "tensorflow-defaults", Epsilon = 1e-7 } };
        Assert.Contains("epsilon 1E-07, batch normalisation with 0.001 and a running momentum of 0.99, Glorot's uniform weights with zero biases", Here(framework, "Conventions"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quick", "Size", "0.25 of the filters, on 64 voxels")]
    [InlineData("quick", "Training", "40 epochs, batches of 8, adam with a rate of 0.001 and betas of 0.9 and 0.999.")]
    [InlineData("quick", "Augmentation", "Flips both ways, shifts up to 3 pixels, turns up to 15 degrees, zoom up to 10")]
    public void AShorterRunSaysWhatIsShorter(string preset, string subject, string words) =>
        Assert.Contains(words, Here(PipelineReader.Read(Path.Combine(TestData.Repository, "pipelines", "dmsa-2.5d.yaml"), ShippedSystems.All, preset), subject), StringComparison.Ordinal);

    [Fact]
    public void OtherChoicesAreNamed()
    {
        PipelineDefinition other = s_paper with
        {
            System = new DmsaSystem { Size = 64, Placement = KidneyPlacement.InPlace },
            Split = new SplitDefinition(30, 10, 5, Balanced: false),
            Training = s_paper.Training with { Validation = "loss", Optimizer = "sgd", Momentum = 0.9, StartFrom = "artifacts/other" },
        };
        Assert.Contains("middle 64 voxels", Here(other, "Placement"), StringComparison.Ordinal);
        Assert.Contains("30, 10 and 5 patients, as the seed draws them", Here(other, "Split"), StringComparison.Ordinal);
        Assert.Contains("validation loss", Here(other, "Kept epoch"), StringComparison.Ordinal);
        Assert.Contains("sgd with a rate of 0.0001 and a momentum of 0.9", Here(other, "Training"), StringComparison.Ordinal);
        Assert.DoesNotContain("epsilon", Here(other, "Conventions"), StringComparison.Ordinal);
        Assert.Contains("another model", Here(other, "Start"), StringComparison.Ordinal);
        Assert.DoesNotContain("stands in", Here(other with { Evaluation = other.Evaluation with { PaperProtocol = false } }, "Threshold"), StringComparison.Ordinal);
    }

    [Fact]
    public void PlacementIsAKeyOfTheSystemAndOfItsCases()
    {
        Assert.Equal("centred", new DmsaSystem().Settings["placement"]);
        DmsaSystem placed = new() { Size = 64, Placement = KidneyPlacement.InPlace };
        Assert.Equal(placed, DmsaSystem.Entry.Restore(placed.Settings));
        // A model of before knew centred kidneys alone.
        Assert.Equal(new DmsaSystem { Size = 64 }, DmsaSystem.Entry.Restore(new Dictionary<string, string>(StringComparer.Ordinal) { ["size"] = "64" }));
        Assert.NotEqual(placed.CohortSettings, (placed with { Size = 128 }).CohortSettings);
        Assert.Equal(new DmsaSystem().CohortSettings, (placed with { Size = 128 }).CohortSettings);
        Assert.Contains("placement: expected one of centred, in-place, found 'left'",
            Assert.Throws<DefinitionException>(() => DmsaSystem.Entry.Restore(new Dictionary<string, string>(StringComparer.Ordinal) { ["placement"] = "left" })).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<PaperDecision> Of(PipelineDefinition definition) => definition.System.DecisionsAgainstThePaper(definition);

    private static string Here(PipelineDefinition definition, string subject) => Of(definition).Single(one => one.Subject == subject).Here;
}
