using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Simulation.WholeBody;
using MLNetScinti.Systems.WholeBody.Simulation;
using Xunit;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>What a definition or a command line says of a simulated cohort.</summary>
public sealed class WholeBodySimulationTests
{
    private static WholeBodyCohortOptions Options(params string[] settings)
    {
        DefinitionSection section = DefinitionSection.OfSettings(settings, "--set");
        SimulationDefinition simulation = new(40, 7) { Settings = WholeBodyCohortSimulator.Dspic.Read(section) };
        section.Done();
        return WholeBodyCohortSimulator.Dspic.OptionsOf(simulation);
    }

    [Fact]
    public void KeysOfItsOwnChangeTheCohort()
    {
        WholeBodyCohortOptions usual = Options(), changed = Options("cohort=dscint", "lost-views=true", "separate-files=true", "crossed-tracers=0.5", "prevalence.tilt=0", "prevalence.lesion-diameter-mm=30");
        Assert.Equal(("dspic", 40, 7UL, false), (usual.Name, usual.Patients, usual.Seed, usual.SeparateFiles));
        Assert.Empty(usual.LostViews);
        Assert.Equal(("dscint", true, .5, 0.0, 30.0), (changed.Name, changed.SeparateFiles, changed.CrossedTracers, changed.Prevalence.Tilt, changed.Prevalence.LesionDiameter));
        Assert.Equal(WholeBodyCohortOptions.PaperLostViews, changed.LostViews);
        Assert.Equal(usual.Prevalence, changed.Prevalence with { Tilt = usual.Prevalence.Tilt, LesionDiameter = usual.Prevalence.LesionDiameter });
    }

    [Theory]
    [InlineData("cohort=other")]
    [InlineData("prevalence.tilt=no")]
    [InlineData("prevalence.tlt=1")]
    [InlineData("prevalence.extravasations=2")]
    [InlineData("crossed-tracers=2")]
    [InlineData("tilt")]
    [InlineData("=1")]
    [InlineData("prevalence..tilt=1")]
    public void WhatCannotBeIsRefusedInOneLine(string setting)
    {
        string message = Assert.Throws<DefinitionException>(() => Options(setting)).Message;
        Assert.StartsWith("--set", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void ASettingMayStandOnlyOnce()
    {
        Assert.Throws<DefinitionException>(() => Options("cohort=dspic", "cohort=dscint"));
        Assert.Throws<DefinitionException>(() => Options("prevalence=1", "prevalence.tilt=1"));
    }

    [Fact]
    public void SettingsBindARunAndTheAbsenceOfAnyChangesNothing()
    {
        SimulationDefinition plain = new(20, 1), same = new(20, 1) { Settings = new WholeBodySimulation("dspic") { LostViews = true } };
        // The text by which runs that are there already are bound.
        Assert.Equal("SimulationDefinition { Patients = 20, Seed = 1, BalancedValidation = 0, BalancedTest = 0, Scatter = True, FalseReadings = 0 }", plain.ToString());
        Assert.Contains("LostViews = True", same.ToString(), StringComparison.Ordinal);
        Assert.Equal(same, new SimulationDefinition(20, 1) { Settings = new WholeBodySimulation("dspic") { LostViews = true } });
        Assert.NotEqual(same, plain);
    }

    [Fact]
    public void ACohortIsDescribedByItsClasses()
    {
        string text = WholeBodyCohortSimulator.Dspic.Describe(new SimulationDefinition(384, 1));
        Assert.Contains("167 normal, 87 metastasis, 126 arthritis, 4 metastasis+arthritis", text, StringComparison.Ordinal);
    }
}
