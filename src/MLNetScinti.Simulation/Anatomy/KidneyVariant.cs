namespace MLNetScinti.Simulation;

/// <summary>
/// What is unusual about a kidney besides cortical defects. None of it makes a kidney abnormal in the sense of S1, whose
/// label asks for a cortical defect; all of it may fool a reader.
/// </summary>
[Flags]
public enum KidneyVariant
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Much smaller than its age asks for, with an even cortex (hypoplasia).</summary>
    Small = 1,

    /// <summary>Two collecting systems with a bridge of cortex between them, longer than a single one, often with a notch.</summary>
    Duplex = 2,

    /// <summary>The hilum faces forward instead of inward.</summary>
    Malrotated = 4,

    /// <summary>A dilated collecting system: a centre without uptake, and a thinned cortex around it.</summary>
    Hydronephrosis = 8,

    /// <summary>A renal pelvis at the upper end of what is normal.</summary>
    WidePelvis = 16,

    /// <summary>Foetal lobulation: a wavy outline.</summary>
    Lobulated = 32,

    /// <summary>The upper lateral side is flattened by the spleen or the liver.</summary>
    Flattened = 64,

    /// <summary>The liver reaches down in front of it, to its middle or below (right kidney).</summary>
    LiverOverlap = 128,

    /// <summary>The upper pole takes up less than the lower, without an edge: seen in healthy volunteers.</summary>
    PaleUpperPole = 256,
}
