using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class RadionuclideTests
{
    [Theory]
    [InlineData("^99m^Technetium", "Tc-99m")]
    [InlineData("Tc-99m MDP", "Tc-99m")]
    [InlineData("99mTc-DMSA", "Tc-99m")]
    [InlineData("Technetium Tc^99m^", "Tc-99m")]
    [InlineData("TC99M", "Tc-99m")]
    [InlineData("131 Iodine", "I-131")]
    [InlineData("Yodo 131", "I-131")]
    [InlineData("I123", "I-123")]
    [InlineData("In111 octreotide", "In-111")]
    [InlineData("177Lu-PSMA", "Lu-177")]
    [InlineData("^18^Fluorine", "F-18")]
    [InlineData("FDG", null)]
    [InlineData("99", null)]
    [InlineData("", null)]
    public void TextsAreUnderstood(string text, string? symbol) => Assert.Equal(symbol, Radionuclide.FromText(text)?.Symbol);

    [Theory]
    [InlineData("C-163A8", "Tc-99m")]
    [InlineData("C-114B1", "I-131")]
    [InlineData("", null)]
    [InlineData("X", null)]
    public void CodesAreUnderstood(string code, string? symbol) => Assert.Equal(symbol, Radionuclide.FromCode(code)?.Symbol);

    [Theory]
    [InlineData(126, 154, "Tc-99m")]
    [InlineData(143, 175, "I-123")]
    [InlineData(340, 395, "I-131")]
    [InlineData(187, 229, "Lu-177")]
    [InlineData(110, 134, "Co-57")]
    [InlineData(450, 480, null)]
    public void WindowsAreUnderstood(double lower, double upper, string? symbol) =>
        Assert.Equal(symbol, Radionuclide.FromEnergyWindows([new EnergyWindow(1, "", [new EnergyRange(lower, upper)])])?.Symbol);

    [Fact]
    public void SeveralWindowsTellMoreThanOne()
    {
        EnergyWindow[] windows = [new(1, "", [new EnergyRange(157, 188)]), new(2, "", [new EnergyRange(225, 270)])];
        Assert.Equal(Radionuclide.Indium111, Radionuclide.FromEnergyWindows(windows));
    }

    [Fact]
    public void DeterministicIdentifiersAreValidAndDoNotConfuseTheirParts()
    {
        string uid = DeterministicUid.From("ab", "c");
        Assert.Matches("^2\\.25\\.[1-9][0-9]{1,38}$", uid);
        Assert.Equal(uid, DeterministicUid.From("ab", "c"));
        Assert.NotEqual(uid, DeterministicUid.From("a", "bc"));
    }
}
