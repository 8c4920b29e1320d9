using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class PortableMathTests
{
    [Fact]
    public void FunctionsAgreeWithTheSystems()
    {
        CounterRandom random = new(1, 0, 0, "portable");
        for (int i = 0; i < 2000; i++)
        {
            double degrees = random.NextDouble(-800, 800), value = Math.Exp(random.NextDouble(-30, 30)), power = random.NextDouble(-50, 50);
            (double sine, double cosine) = PortableMath.SinCosDegrees(degrees);
            Assert.Equal(Math.Sin(degrees * Math.PI / 180), sine, 1e-13);
            Assert.Equal(Math.Cos(degrees * Math.PI / 180), cosine, 1e-13);
            Assert.Equal(Math.Log(value), PortableMath.Log(value), 1e-13 * Math.Max(1, Math.Abs(Math.Log(value))));
            Assert.Equal(1, PortableMath.Exp(power) / Math.Exp(power), 1e-13);
        }
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(90, 1, 0)]
    [InlineData(-180, 0, -1)]
    [InlineData(630, -1, 0)]
    public void QuarterTurnsAreExact(double degrees, double sine, double cosine) => Assert.Equal((sine, cosine), PortableMath.SinCosDegrees(degrees));

    // scipy.stats.norm.ppf.
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.2, -0.8416212335729142)]
    [InlineData(0.999, 3.090232306167813)]
    [InlineData(1e-6, -4.753424308822899)]
    [InlineData(1e-12, -7.034483825301131)]
    public void TheNormalQuantileIsGoodToSevenDigits(double part, double expected) => Assert.Equal(expected, PortableMath.NormalQuantile(part), 1e-6);
}
