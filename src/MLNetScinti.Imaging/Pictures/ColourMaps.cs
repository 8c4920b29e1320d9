namespace MLNetScinti.Imaging;

/// <summary>Colours for counts, as nuclear medicine draws them.</summary>
public enum ColourMap
{
    /// <summary>White for nothing, black for the most: planar and whole-body images.</summary>
    InverseGrey,

    /// <summary>Black for nothing, white for the most.</summary>
    Grey,

    /// <summary>Black, red, yellow, white: hot metal.</summary>
    Hot,

    /// <summary>
    /// Black, violet, red, orange, light yellow, with a lightness that rises evenly: an order that the colour-blind and a grey
    /// printer see as well. For maps laid over an image.
    /// </summary>
    Heat,
}

/// <summary>The colours of the colour maps.</summary>
public static class ColourMaps
{
    // Steps of 17 to 22 in CIE L*, in hues that stay apart without red or without green receptors.
    private static readonly (byte Red, byte Green, byte Blue)[] s_heat =
        [(0, 0, 0), (50, 26, 110), (125, 60, 130), (205, 95, 110), (240, 165, 90), (255, 245, 170)];

    /// <summary>The colour of a part of the range.</summary>
    /// <param name="map">The colour map.</param>
    /// <param name="part">From 0 to 1.</param>
    public static (byte Red, byte Green, byte Blue) ColourOf(ColourMap map, float part)
    {
        byte level = Level(part);
        return map switch
        {
            ColourMap.InverseGrey => ((byte)(255 - level), (byte)(255 - level), (byte)(255 - level)),
            ColourMap.Grey => (level, level, level),
            // Each third of the range lets one more colour come up.
            ColourMap.Hot => (Level(part * 3), Level((part * 3) - 1), Level((part * 3) - 2)),
            ColourMap.Heat => Between(s_heat, part),
            _ => throw new ArgumentOutOfRangeException(nameof(map), map, "There is no such colour map."),
        };
    }

    private static (byte Red, byte Green, byte Blue) Between(ReadOnlySpan<(byte Red, byte Green, byte Blue)> colours, float part)
    {
        float place = Math.Clamp(part, 0, 1) * (colours.Length - 1);
        int below = Math.Min((int)place, colours.Length - 2);
        (byte Red, byte Green, byte Blue) from = colours[below], to = colours[below + 1];
        byte Mix(byte a, byte b) => (byte)(a + ((b - a) * (place - below)) + 0.5f);
        return (Mix(from.Red, to.Red), Mix(from.Green, to.Green), Mix(from.Blue, to.Blue));
    }

    private static byte Level(float part) => (byte)((Math.Clamp(part, 0, 1) * 255) + 0.5f);
}
