namespace MLNetScinti.Simulation;

/// <summary>The views of a SPECT acquisition: for each view and bin across the detector, a line of sections.</summary>
public sealed class Projections
{
    /// <summary>Views of zeros.</summary>
    public Projections(int views, int bins, int sections)
    {
        Views = views;
        Bins = bins;
        Sections = sections;
        Stride = (sections + ActivityMap.SectionBlock - 1) / ActivityMap.SectionBlock * ActivityMap.SectionBlock;
        Counts = new float[views * bins * Stride];
    }

    /// <summary>Number of views.</summary>
    public int Views { get; }

    /// <summary>Bins across the detector.</summary>
    public int Bins { get; }

    /// <summary>Sections in use.</summary>
    public int Sections { get; }

    /// <summary>Sections in memory.</summary>
    public int Stride { get; }

    /// <summary>Counts, ordered view, bin, section.</summary>
    public float[] Counts { get; }

    /// <summary>All sections of one bin of one view.</summary>
    public Span<float> Line(int view, int bin) => Counts.AsSpan(((view * Bins) + bin) * Stride, Sections);

    /// <summary>All counts of one view.</summary>
    public double TotalOf(int view)
    {
        double total = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            foreach (float count in Line(view, bin))
            {
                total += count;
            }
        }

        return total;
    }
}
