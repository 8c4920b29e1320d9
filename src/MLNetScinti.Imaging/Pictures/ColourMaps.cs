namespace MLNetScinti.Imaging;

/// <summary>The colours of the colour maps.</summary>
public static class ColourMaps
{
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
            _ => throw new ArgumentOutOfRangeException(nameof(map), map, "There is no such colour map."),
        };
    }

    private static byte Level(float part) => (byte)((Math.Clamp(part, 0, 1) * 255) + 0.5f);
}
