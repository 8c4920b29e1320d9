using MLNetScinti.Dosimetry.SValues;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.SValues;

public sealed class OrganSValueTests
{
    [Theory]
    [InlineData("adult male", 150.15)]
    [InlineData("adult female", 149.33)]
    public void Self_dose_is_the_energy_in_the_mass(string phantom, double kev)
    {
        OrganSValue self = OrganSValues.Shipped.Of(phantom, "kidneys", "kidneys");
        Assert.Equal(kev, self.AbsorbedKev!.Value, 5e-3);
        Assert.Equal(phantom == "adult male" ? .015 : .010, (self.AbsorbedKev.Value / self.Nuclide.ElectronKev) - 1, 5e-4);
    }

    [Fact]
    public void Every_self_dose_is_near_its_nuclides_electrons() => Assert.All(
        OrganSValues.Shipped.All.Where(one => one.Target == one.Source), one => Assert.InRange(one.AbsorbedKev!.Value, one.Nuclide.ElectronKev, 1.05 * one.Nuclide.ElectronKev));

    [Fact]
    public void Far_organs_give_each_other_the_same() => Assert.Equal(1, OrganSValues.Shipped.Reciprocity("adult male", "liver", "kidneys"), .02);

    [Fact]
    public void Self_dose_follows_the_mass()
    {
        OrganSValue self = OrganSValues.Shipped.Of("adult male", "kidneys", "kidneys");
        double same = self.MilligrayPerMegabecquerelSecond;
        Assert.All(Enum.GetValues<MassScaling>(), scaling => Assert.Equal(same, self.OfMass(310, scaling), 1e-18));
        Assert.Equal(2 * same, self.OfMass(155, MassScaling.Linear), 1e-18);
        double electrons = 147.9 * Nuclide.JoulePerKev / .310 * 1e9;
        Assert.Equal(7.644e-5, electrons, 5e-9);
        Assert.Equal((2 * electrons) + (same - electrons), self.OfMass(155, MassScaling.ElectronsOnly), 1e-12);
        Assert.InRange(self.OfMass(155, MassScaling.PhotonsByTwoThirds), self.OfMass(155, MassScaling.ElectronsOnly), self.OfMass(155, MassScaling.Linear));
        Assert.Throws<DosimetryException>(() => OrganSValues.Shipped.Of("adult male", "kidneys", "liver").OfMass(155, MassScaling.Linear));
    }

    [Fact]
    public void A_pair_that_is_not_there_is_told_with_those_that_are()
    {
        DosimetryException refused = Assert.Throws<DosimetryException>(() => OrganSValues.Shipped.Of("adult male", "pancreas", "spleen"));
        Assert.Contains("kidneys from liver", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(.00431, 122.13)]
    [InlineData(.0146, 131.22)]
    [InlineData(.0345, 135.44)]
    [InlineData(.116, 139.73)]
    [InlineData(.276, 142.29)]
    [InlineData(.539, 143.65)]
    [InlineData(.932, 144.85)]
    [InlineData(2.21, 146.21)]
    [InlineData(4.31, 146.88)]
    [InlineData(14.6, 148.54)]
    [InlineData(34.5, 149.23)]
    [InlineData(116, 149.87)]
    [InlineData(276, 151.77)]
    [InlineData(539, 152.73)]
    [InlineData(932, 154.15)]
    public void Spheres_keep_the_energy_that_is_known(double grams, double kev)
    {
        SphereSValues spheres = SphereSValues.Shipped(Nuclide.Lutetium177);
        Assert.Equal(kev, spheres.AbsorbedKev(grams), 5e-3);
        Assert.InRange(spheres.Slope(grams), -1.0, -.9);
    }

    [Fact]
    public void Spheres_outside_the_table_are_refused() =>
        Assert.Throws<DosimetryException>(() => SphereSValues.Shipped(Nuclide.Lutetium177).OfMass(2000));

    [Fact]
    public void Decay_data_are_as_published()
    {
        Nuclide lutetium = Nuclide.Lutetium177;
        Assert.Equal(.004344987591895751, lutetium.DecayConstant, 1e-17);
        Assert.Equal(2.36962e-14, lutetium.ElectronKev * Nuclide.JoulePerKev, 5e-20);
        Assert.Equal(8.53063e-5, lutetium.LocalDose(1, 1000), 5e-11);
        Assert.Equal(.550363, lutetium.LocalDose(1000, 155), 5e-7);
        Assert.Equal([2.848, 1.282, .8439, .2639, .2060],
            new[] { 2, 2.61, 3, 4.42, 4.8 }.Select(mm => 1000 * lutetium.LocalDose(1 / 3600.0, mm * mm * mm / 1000 * 1.04)).Select(s => s > 1 ? Math.Round(s, 3) : Math.Round(s, 4)));
        Assert.Equal(147.95, lutetium.BetaKev + lutetium.ConversionKev + lutetium.AugerKev, 1e-9);
        Assert.All(Nuclide.Known, one => Assert.Equal(1, (one.BetaKev + one.ConversionKev + one.AugerKev) / one.ElectronKev, 1e-3));
        Assert.Contains("Lu-177", Assert.Throws<DosimetryException>(() => Nuclide.Named("Lu-999")).Message, StringComparison.Ordinal);
    }
}
