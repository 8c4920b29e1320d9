namespace MLNetScinti.Simulation;

/// <summary>
/// What a movement does to the views. The acquisition goes round several times, two detectors facing each other (S1: six
/// cycles of five minutes, 60 views each): a movement falls into some cycles, and within one into some of its views. Each view
/// becomes the mean of what it saw before and after, weighted by time. A displacement of a few millimetres moves a view's image
/// along the detector and along the body; the change of its blur and of the water in front of it, below 2 %, is left out.
/// </summary>
internal static class MovingPatient
{
    /// <summary>The mean counts of every view of a patient who moved.</summary>
    /// <param name="still">The views of the patient in the reference position.</param>
    /// <param name="motion">The movement.</param>
    /// <param name="cycles">Cycles of the acquisition.</param>
    /// <param name="acquisition">How the acquisition is done.</param>
    public static Projections Blend(Projections still, PatientMotion motion, int cycles, SpectAcquisition acquisition)
    {
        Projections result = new(still.Views, still.Bins, still.Sections);
        double along = motion.Shift.Z / acquisition.Pixel;
        for (int view = 0; view < still.Views; view++)
        {
            double part = DisplacedPart(view, still.Views, motion, cycles);
            (double sine, double cosine) = Math.SinCos(acquisition.AngleOf(view));
            double across = ((motion.Shift.X * cosine) - (motion.Shift.Y * sine)) / acquisition.Pixel;
            for (int bin = 0; bin < still.Bins; bin++)
            {
                ReadOnlySpan<float> from = still.Line(view, bin);
                Span<float> to = result.Line(view, bin);
                for (int s = 0; s < from.Length; s++)
                {
                    to[s] = (float)((1 - part) * from[s]);
                }

                AddShifted(still, view, bin - across, -along, part, to);
            }
        }

        return result;
    }

    /// <summary>For what part of a view's time the patient lies displaced.</summary>
    internal static double DisplacedPart(int view, int views, PatientMotion motion, int cycles)
    {
        int steps = Math.Max(1, views / 2);
        int displaced = 0;
        for (int cycle = 0; cycle < cycles; cycle++)
        {
            double time = (cycle + ((view % steps) + 0.5) / steps) / cycles;
            displaced += time >= motion.From && time < motion.To ? 1 : 0;
        }

        return (double)displaced / cycles;
    }

    /// <summary>Adds the lines at a place between two bins and two sections; beyond the last section the last one goes on.</summary>
    private static void AddShifted(Projections still, int view, double bin, double offset, double weight, Span<float> to)
    {
        int lower = (int)Math.Floor(bin);
        double upper = bin - lower;
        int before = (int)Math.Floor(offset);
        double after = offset - before;
        for (int neighbour = 0; neighbour < 2; neighbour++)
        {
            int b = lower + neighbour;
            double share = weight * (neighbour == 0 ? 1 - upper : upper);
            if (b < 0 || b >= still.Bins || share <= 0)
            {
                continue;
            }

            ReadOnlySpan<float> line = still.Line(view, b);
            for (int s = 0; s < to.Length; s++)
            {
                float first = line[Math.Clamp(s + before, 0, line.Length - 1)];
                float second = line[Math.Clamp(s + before + 1, 0, line.Length - 1)];
                to[s] += (float)(share * ((first * (1 - after)) + (second * after)));
            }
        }
    }
}
