using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Explanations;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Explanations;

public sealed class MapSurfaceTests
{
    [Fact]
    public void ElementsKeepTheirValuesAtTheirCentresAndAreJoinedByLines()
    {
        ClassActivation map = new("map", "x", "relu", [2, 3], 4, 1);
        float[] surface = MapSurface.Over(map, [0, 4, 8, 40, 44, 48], new ImageShape(8, 12), new ImageShape(8, 12));
        float At(int row, int column) => surface[(row * 12) + column];
        Assert.Equal((0f, 4f, 8f), (At(1, 1), At(1, 5), At(1, 9)));
        Assert.Equal((40f, 44f, 48f), (At(5, 1), At(5, 5), At(5, 9)));
        Assert.Equal((1f, 2f, 10f, 21f), (At(1, 2), At(1, 3), At(2, 1), At(3, 2)));
        // Beyond the outermost elements the surface is level.
        Assert.Equal((0f, 8f, 48f), (At(0, 0), At(0, 11), At(7, 11)));
    }

    [Fact]
    public void AnInputOfLargerPixelsIsLaidOverTheImageByTheirCentres()
    {
        // Each element of the input is the mean of two pixels: element 0 lies between pixels 0 and 1.
        ClassActivation map = new("map", "x", "relu", [1, 3], 2, 0);
        float[] surface = MapSurface.Over(map, [0, 8, 16], new ImageShape(1, 6), new ImageShape(2, 12));
        Assert.Equal([0, 1, 3, 5, 7, 9, 11, 13, 15, 16, 16, 16], surface[..12]);
        Assert.Equal(surface[..12], surface[12..]);
    }

    [Fact]
    public void AVolumeIsLinearInAllThreeDirections()
    {
        ClassActivation map = new("map", "x", "relu", [2, 2, 2], 2, 0);
        ImageShape shape = new(3, 3, 3);
        float[] corners = [0, 1, 10, 11, 100, 101, 110, 111];
        float[] surface = MapSurface.Over(map, corners, shape, shape);
        for (int s = 0; s < 3; s++)
        {
            for (int r = 0; r < 3; r++)
            {
                for (int c = 0; c < 3; c++)
                {
                    Assert.Equal((50f * s) + (5f * r) + (0.5f * c), surface[(((s * 3) + r) * 3) + c]);
                }
            }
        }
    }
}
