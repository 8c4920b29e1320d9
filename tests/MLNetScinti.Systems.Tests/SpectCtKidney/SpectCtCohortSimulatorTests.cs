using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Simulation.SpectCt;
using MLNetScinti.Systems.KidneyDose;
using MLNetScinti.Systems.SpectCtKidney;
using Xunit;

namespace MLNetScinti.Systems.Tests.SpectCtKidney;

/// <summary>What a definition or a command line says of a simulated cohort of SPECT/CT.</summary>
public sealed class SpectCtCohortSimulatorTests
{
    private static SpectCtCohortOptions Options(SpectCtCohortSimulator simulator, params string[] settings)
    {
        DefinitionSection section = DefinitionSection.OfSettings(settings, "--set");
        SimulationDefinition simulation = new(12, 7) { Settings = simulator.Read(section) };
        section.Done();
        return simulator.OptionsOf(simulation);
    }

    [Fact]
    public void KeysOfItsOwnChangeTheCohort()
    {
        SpectCtCohortOptions usual = Options(SpectCtCohortSimulator.Instance);
        Assert.Equal(("hybrid", 12, 7UL, "full"), (usual.Name, usual.Patients, usual.Seed, usual.Acquisition.Name));
        Assert.Equal([24.0], usual.Hours);
        SpectCtCohortOptions changed = Options(KidneyDoseCohortSimulator.Instance, "cohort=dose-test", "quality=quick", "visits=24, 96", "ct=first", "ct-matrix=128", "exclusions=true", "second-cycles=0.5", "parameters.displacement-mm=3");
        Assert.Equal(("dose-test", LutetiumTracer.Psma, 64, 128, 5.0), (changed.Name, changed.Tracer, changed.Acquisition.Matrix, changed.Acquisition.CtMatrix, changed.Acquisition.CtSection));
        Assert.Equal([24.0, 96], changed.Hours);
        Assert.Equal((false, true, 0.5, 3.0), (changed.Acquisition.CtAtEachVisit, changed.Exclusions, changed.SecondCycles, changed.Parameters.Displacement));
        Assert.Equal(SpectCtCohortOptions.DoseTest.Parameters, changed.Parameters with { Displacement = SpectCtCohortOptions.DoseTest.Parameters.Displacement });
        Assert.Empty(Options(KidneyDoseCohortSimulator.Instance, "cohort=dose-test", "visits=none").Hours);
    }

    [Theory]
    [InlineData("cohort=dose-test")]
    [InlineData("visits=96, 24")]
    [InlineData("visits=soon")]
    [InlineData("quality=best")]
    [InlineData("ct=never")]
    [InlineData("parameters.solitary=2")]
    [InlineData("parameters.solitry=1")]
    [InlineData("ct-matrix=5000")]
    public void WhatCannotBeIsRefusedInOneLine(string setting)
    {
        string message = Assert.Throws<DefinitionException>(() => Options(SpectCtCohortSimulator.Instance, setting)).Message;
        Assert.StartsWith("--set", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("parameters.solitary=1", "Nearly all candidates are excluded")]
    [InlineData("ct-section=0.1", "expected a CT of")]
    public void WhatDoesNotFitTogetherIsToldBeforeAnythingIsWritten(string setting, string told)
    {
        string message = Assert.Throws<DefinitionException>(() => Options(SpectCtCohortSimulator.Instance, setting)).Message;
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter '", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MasksHaveNoFalseReadings() =>
        Assert.StartsWith("false-readings", Assert.Throws<DefinitionException>(() => SpectCtCohortSimulator.Instance.OptionsOf(new(2, 1) { FalseReadings = 0.1 })).Message, StringComparison.Ordinal);

    [Fact]
    public void ACohortHasThePapersSizeWhereNobodySaysAnother()
    {
        Assert.Equal(55, SpectCtCohortSimulator.Instance.UsualPatients(null));
        Assert.Equal(161, SpectCtCohortSimulator.Instance.UsualPatients(new SpectCtSimulation("diagnostic-ct")));
        Assert.Equal(89, KidneyDoseCohortSimulator.Instance.UsualPatients(null));
        Assert.Equal(["spect-ct-kidney", "kidney-dose"], ShippedSimulators.All.Select(one => one.Name).TakeLast(2));
    }

    [Fact]
    public void ADescriptionTellsTheFlow()
    {
        string text = SpectCtCohortSimulator.Instance.Describe(new(200, 3) { Settings = new SpectCtSimulation("hybrid") { Changed = "solitary=0.2" } });
        Assert.Contains("200 simulated adults (seed 3, cohort hybrid) with SPECT/CT with 177Lu at 24 h (full)", text, StringComparison.Ordinal);
        Assert.Contains("excluded for one kidney", text, StringComparison.Ordinal);
    }
}
