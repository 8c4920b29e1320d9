namespace MLNetScinti.Networks;

/// <summary>Where a network is trained.</summary>
public enum TrainingDevice
{
    /// <summary>On the first GPU where there is one, else on the CPU.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On the first GPU; an error where there is none.</summary>
    Cuda,
}
