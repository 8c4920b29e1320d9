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
}
