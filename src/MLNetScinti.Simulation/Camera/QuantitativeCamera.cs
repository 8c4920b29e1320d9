using System.Numerics.Tensors;

namespace MLNetScinti.Simulation;

/// <summary>The mean counts of an acquisition, primary and scattered photons apart.</summary>
/// <param name="Primary">Photons that come straight from their source.</param>
/// <param name="Scatter">Scattered photons in the same window.</param>
public sealed record ExpectedViews(Projections Primary, Projections Scatter);

/// <summary>
/// A rotating gamma camera before a body whose attenuation is known voxel by voxel: primary photons by <see cref="AttenuatedProjector"/>, scattered ones by the same model as
/// in <see cref="GammaCamera"/>, for which the body is an ellipse of water.
/// </summary>
internal sealed class QuantitativeCamera(SpectAcquisition acquisition)
{
    /// <summary>How the acquisition is done.</summary>
    public SpectAcquisition Acquisition { get; } = acquisition;

    /// <summary>The mean counts of every view, without noise.</summary>
    public ExpectedViews Expect(ActivityMap activity, TransmissionMap transmission, CancellationToken cancellation = default)
    {
        if (activity.Size != transmission.Size || activity.Stride != transmission.Stride)
        {
            throw new ArgumentException($"The activity has {activity.Size} x {activity.Size} x {activity.Sections} voxels, the map {transmission.Size} x {transmission.Size} x {transmission.Sections}.", nameof(transmission));
        }

        AttenuatedProjector projector = new(Acquisition, transmission);
        AttenuatedProjector.Lines lines = projector.NewLines();
        Projections primary = new(Acquisition.Views, Acquisition.Bins, activity.Sections), scattered = new(Acquisition.Views, Acquisition.Bins, activity.Sections);
        ScatterModel? scatter = Acquisition.Scatter && Acquisition.NarrowAttenuation > Acquisition.Attenuation ? new(activity, Acquisition) : null;
        float scale = (float)(Acquisition.Sensitivity * Acquisition.SecondsPerView);
        for (int view = 0; view < Acquisition.Views; view++)
        {
            cancellation.ThrowIfCancellationRequested();
            projector.Forward(activity.Voxels, view, lines);
            for (int bin = 0; bin < Acquisition.Bins; bin++)
            {
                TensorPrimitives.Multiply(lines.Line(bin)[..activity.Sections], scale, primary.Line(view, bin));
            }

            (double sine, double cosine) = Math.SinCos(Acquisition.AngleOf(view));
            scatter?.Add(sine, cosine, lines.Near, lines.Chord, scale, view, scattered);
        }

        return new(primary, scattered);
    }

    /// <summary>Views of larger bins and sections: sums of some neighbours, without those of sections at both ends.</summary>
    /// <param name="views">The views.</param>
    /// <param name="times">Neighbours in each direction.</param>
    /// <param name="beyond">Larger sections at each end that lie outside of the detector.</param>
    public static Projections Rebin(Projections views, int times, int beyond)
    {
        Projections result = new(views.Views, views.Bins / times, (views.Sections / times) - (2 * beyond));
        for (int view = 0; view < views.Views; view++)
        {
            for (int bin = 0; bin < result.Bins * times; bin++)
            {
                ReadOnlySpan<float> from = views.Line(view, bin);
                Span<float> to = result.Line(view, bin / times);
                for (int s = 0; s < to.Length; s++)
                {
                    to[s] += TensorPrimitives.Sum(from.Slice((s + beyond) * times, times));
                }
            }
        }

        return result;
    }
}

/// <summary>
/// Ordered-subsets expectation maximisation with corrections (Hudson and Larkin, IEEE TMI 1994): attenuation by a map, the collimator's resolution by distance, and scatter as an
/// additive term. All sections together, since blur couples them. Begins with a uniform image in the body's ellipse.
/// </summary>
internal sealed class CorrectedOrderedSubsets(SpectAcquisition acquisition, int subsets)
{
    /// <summary>Reconstructs.</summary>
    /// <param name="counts">The measured views.</param>
    /// <param name="scatter">The estimated scatter in them; null for none.</param>
    /// <param name="map">The body's transmission on the grid of the reconstruction.</param>
    /// <param name="iterations">Passes over all subsets.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>Counts per voxel that a view would have of it in air, ordered as <see cref="ActivityMap"/>.</returns>
    public ActivityMap Reconstruct(Projections counts, Projections? scatter, TransmissionMap map, int iterations, CancellationToken cancellation = default)
    {
        if (counts.Bins != acquisition.Bins || counts.Views != acquisition.Views || counts.Sections != map.Sections || map.Size != acquisition.Bins)
        {
            throw new ArgumentException($"Expected {acquisition.Views} views of {acquisition.Bins} bins and {map.Sections} sections, found {counts.Views} of {counts.Bins} and {counts.Sections}.", nameof(counts));
        }

        int[][] views = OrderedSubsets.Deal(acquisition.Views, subsets);
        AttenuatedProjector projector = new(acquisition, map);
        AttenuatedProjector.Lines lines = projector.NewLines();
        ActivityMap image = new(map.Size, map.Sections, map.Pixel, map.HalfWidth, map.HalfDepth), correction = new(map.Size, map.Sections, map.Pixel, map.HalfWidth, map.HalfDepth);
        float[][] seen = [.. views.Select(subset =>
        {
            correction.Voxels.Clear();
            foreach (int view in subset)
            {
                lines.Clear();
                for (int bin = 0; bin < counts.Bins; bin++)
                {
                    lines.Line(bin)[..counts.Sections].Fill(1);
                }

                lines.Added();
                projector.Back(view, lines, correction.Voxels);
            }

            return correction.Voxels.ToArray();
        })];
        float largest = TensorPrimitives.Max<float>(seen[0]);
        for (int i = 0; i < seen[0].Length; i++)
        {
            image.Voxels[i] = seen[0][i] > 1e-4f * largest ? 1 : 0;
        }

        for (int iteration = 0; iteration < iterations; iteration++)
        {
            for (int subset = 0; subset < subsets; subset++)
            {
                cancellation.ThrowIfCancellationRequested();
                correction.Voxels.Clear();
                foreach (int view in views[subset])
                {
                    projector.Forward(image.Voxels, view, lines);
                    for (int bin = 0; bin < counts.Bins; bin++)
                    {
                        Span<float> line = lines.Line(bin)[..counts.Sections];
                        if (scatter is not null)
                        {
                            TensorPrimitives.Add(line, scatter.Line(view, bin), line);
                        }

                        // A bin that nothing reaches has no say.
                        TensorPrimitives.Max(line, 1e-5f, line);
                        TensorPrimitives.Divide(counts.Line(view, bin), line, line);
                        lines.Line(bin)[counts.Sections..].Clear();
                    }

                    projector.Back(view, lines, correction.Voxels);
                }

                Span<float> voxels = image.Voxels;
                ReadOnlySpan<float> sensitivity = seen[subset], factor = correction.Voxels;
                for (int i = 0; i < voxels.Length; i++)
                {
                    voxels[i] = sensitivity[i] > 1e-4f * largest ? voxels[i] * factor[i] / sensitivity[i] : 0;
                }
            }
        }

        return image;
    }
}
