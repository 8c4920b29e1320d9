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
