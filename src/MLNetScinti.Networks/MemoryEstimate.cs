using System.Globalization;

namespace MLNetScinti.Networks;

/// <summary>
/// What a network needs in memory, from its shapes alone: a lower bound to warn with before a run, not a measurement.
/// Working space of the convolution kernels and the libraries themselves come on top.
/// </summary>
/// <param name="Batch">Cases that are worked on at once.</param>
/// <param name="WeightBytes">The weights, float32.</param>
/// <param name="TrainingBytes">
/// Weights, their gradients, the optimiser's two moments, and for each case every value that the backward pass needs,
/// with the gradient of the largest.
/// </param>
/// <param name="ServingBytes">Weights and the largest sum of values that are alive at the same time.</param>
public sealed record MemoryEstimate(long Batch, long WeightBytes, long TrainingBytes, long ServingBytes)
{
    private const double Gibi = 1L << 30;

    /// <summary>Memory that a process can still get here, in bytes: what the system calls available, within the limit that a container sets.</summary>
    public static long Available()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long limit = memory.TotalAvailableMemoryBytes - Environment.WorkingSet;
        try
        {
            string? line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
            return line is null
                ? Math.Max(0, Math.Min(limit, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes))
                : Math.Max(0, Math.Min(limit, 1024 * long.Parse(line.AsSpan("MemAvailable:".Length, line.Length - "MemAvailable:".Length - 2).Trim(), CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            return Math.Max(0, limit);
        }
    }

    /// <summary>Refuses a training that has no room.</summary>
    /// <param name="available">Bytes that there are; null for those that the system can still give.</param>
    /// <exception cref="NetworkMemoryException">It needs more; the message has both figures.</exception>
    public void TrainingMustFit(long? available = null) => MustFit(TrainingBytes, available, "Training this network", "a smaller batch, smaller images or a narrower network");

    /// <summary>Refuses a serving that has no room.</summary>
    /// <inheritdoc cref="TrainingMustFit"/>
    public void ServingMustFit(long? available = null) => MustFit(ServingBytes, available, "Running this network", "a smaller batch");

    private void MustFit(long needed, long? available, string what, string cure)
    {
        long room = available ?? Available();
        if (needed > room)
        {
            throw new NetworkMemoryException(string.Create(CultureInfo.InvariantCulture,
                $"{what} with {Batch} cases at once needs at least {needed / Gibi:0.0} GiB of memory; {room / Gibi:0.0} GiB are available. Take {cure}, or a larger computer."));
        }
    }
}

/// <summary>A network for which this computer has not enough memory. The message says how much is needed and how much there is.</summary>
public sealed class NetworkMemoryException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public NetworkMemoryException()
    {
    }

    /// <summary>An exception that says what is lacking.</summary>
    public NetworkMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is lacking and what caused it.</summary>
    public NetworkMemoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
