using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class NamesOfImagesTests
{
    [Theory]
    [InlineData("DMSA", "DMSA")]
    [InlineData("Tc-99m Succimer", "DMSA")]
    [InlineData("99mTc-DMSA", "DMSA")]
    [InlineData("Technetium Tc^99m^ medronate", "MDP")]
    [InlineData("99mTcMDP", "MDP")]
    [InlineData("99Tcm HDP", "HDP")]
    [InlineData("HMDP", "HDP")]
    [InlineData("123I-MIBG", "MIBG")]
    [InlineData("iobenguane sulfate I-131", "MIBG")]
    [InlineData("In-111 DTPA-octreotide", "pentetreotide")]
    [InlineData("99mTc DTPA", "DTPA")]
    [InlineData("68Ga-DOTATATE", "DOTATATE")]
    [InlineData("177Lu-PSMA-617", "PSMA")]
    [InlineData("99mTc-MAG3", "MAG3")]
    [InlineData("18F-FDG", "FDG")]
    public void AnAgentIsKnownHoweverItIsWritten(string text, string agent) => Assert.Equal(agent, RadiopharmaceuticalName.Of(text)?.Agent);

    [Theory]
    [InlineData("")]
    [InlineData("Tracer 17")]
    [InlineData("Mecdonald")]
    [InlineData("MDP or DMSA")]
    [InlineData("Tc-99m")]
    public void NothingIsGuessed(string text) => Assert.Null(RadiopharmaceuticalName.Of(text));

    [Fact]
    public void AgentsOfOneUseAreOfOneGroup()
    {
        Assert.Equal(RadiopharmaceuticalName.Of("MDP")!.Group, RadiopharmaceuticalName.Of("HDP")!.Group);
        Assert.Equal(RadiopharmaceuticalName.Of("DOTATOC")!.Group, RadiopharmaceuticalName.Of("Lutetium oxodotreotide")!.Group);
        Assert.NotEqual(RadiopharmaceuticalName.Of("DMSA")!.Group, RadiopharmaceuticalName.Of("MAG3")!.Group);
    }

    [Fact]
    public void PartsOfTheBodyShareRegionsOrNot()
    {
        Assert.NotEqual(ImagedRegion.Unknown, ImagedRegions.Of("KIDNEY") & ImagedRegions.Of("abdomen"));
        Assert.NotEqual(ImagedRegion.Unknown, ImagedRegions.Of("KIDNEY") & ImagedRegions.Of("WHOLE BODY"));
        Assert.Equal(ImagedRegion.Unknown, ImagedRegions.Of("KIDNEY") & ImagedRegions.Of("CHEST"));
        Assert.Equal(ImagedRegion.Unknown, ImagedRegions.Of("Lieblingsorgan"));
    }
}
