using MLNetScinti.Simulation;

namespace MLNetScinti.Peers;

/// <summary>OSEM of measured views, on one thread.</summary>
internal static class Reconstruction
{
    public static void Serve(string input, string output, int views, int bins, int sections, int subsets, int iterations)
    {
        Projections counts = new(views, bins, sections);
        float[] measured = RawFile.Read<float>(input);
        for (int line = 0; line < views * bins; line++)
        {
            measured.AsSpan(line * sections, sections).CopyTo(counts.Line(line / bins, line % bins));
        }

        OrderedSubsets osem = OrderedSubsets.For(bins, views, subsets);
        RawFile.Write<float>(output, osem.Reconstruct(counts, 0, sections, iterations, threads: 1));
        Turns.Serve(0, () => _ = osem.Reconstruct(counts, 0, sections, iterations, threads: 1));
    }
}
