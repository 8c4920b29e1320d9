using System.Numerics.Tensors;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>A simulated whole-body scan with its truth.</summary>
/// <param name="Patient">The patient.</param>
/// <param name="Anterior">The anterior view: the patient's right is on the left of the image.</param>
/// <param name="Posterior">The posterior view: the patient's left is on the left of the image.</param>
/// <param name="Truth">What is true of the body that was scanned.</param>
public sealed record WholeBodyStudy(WholeBodyPatient Patient, PlanarImage Anterior, PlanarImage Posterior, WholeBodyTruth Truth)
{
    /// <summary>A view.</summary>
    public PlanarImage Of(WholeBodyView view) => view == WholeBodyView.Anterior ? Anterior : Posterior;
}

/// <summary>
/// From a patient to a whole-body scan: phantom, two detectors with attenuation, distance-dependent blur, scatter and penetration, Poisson counts.
/// The same patient gives the same pixels, bit for bit.
/// </summary>
public sealed class WholeBodySimulator
{
    /// <summary>How 99mTc is scanned.</summary>
    public PlanarAcquisition Technetium { get; init; } = new();

    /// <summary>How 131I is scanned.</summary>
    public PlanarAcquisition Iodine { get; init; } = PlanarAcquisition.Iodine131;

    /// <summary>Counts of a pixel, far from the patient, of a view with <see cref="PhysicsConstants.WholeBodyCounts"/>.</summary>
    public double Background { get; init; } = 0.12;

    /// <summary>How a patient is scanned.</summary>
    public PlanarAcquisition AcquisitionOf(WholeBodyPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return patient.Tracer == WholeBodyTracer.Mdp ? Technetium : Iodine with { GeometricPart = patient.GeometricPart };
    }

    /// <summary>What is true of a patient, without scanning the patient.</summary>
    public WholeBodyTruth TruthOf(WholeBodyPatient patient)
    {
        PlanarAcquisition acquisition = AcquisitionOf(patient);
        return new WholeBodyTruth(new WholeBodyPhantom(patient, acquisition), acquisition.Attenuation);
    }

    /// <summary>Scans a patient.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="repetition">0 for the scan; another number for a repeat scan of the same patient with other noise.</param>
    /// <param name="cancellation">Stops the work.</param>
    public WholeBodyStudy Simulate(WholeBodyPatient patient, int repetition = 0, CancellationToken cancellation = default)
    {
        PlanarAcquisition acquisition = AcquisitionOf(patient);
        WholeBodyPhantom phantom = new(patient, acquisition);
        Projections expected = new PlanarCamera(acquisition).Expect(phantom, cancellation);
        // The duration of a scan does not know of findings: these come on top of the counts of the healthy body.
        double healthy = expected.TotalOf(PlanarCamera.Anterior) - phantom.AnteriorCountsOfFindings(acquisition.Attenuation);
        float scale = (float)(patient.Counts / Math.Max(healthy, 1e-9)), background = (float)(Background * patient.Counts / PhysicsConstants.WholeBodyCounts);
        TensorPrimitives.Multiply(expected.Counts, scale, expected.Counts);
        TensorPrimitives.Add(expected.Counts, background, expected.Counts);
        if (patient.Posture.CutFeet > 0)
        {
            // Where a scan ends, the rest of the image stays empty.
            int end = Math.Clamp((int)((patient.Posture.Crown + (patient.Height * 10) - patient.Posture.CutFeet) / acquisition.Pixel), 0, expected.Sections);
            for (int line = 0; line < 2 * expected.Bins; line++)
            {
                expected.Line(line / expected.Bins, line % expected.Bins)[end..].Clear();
            }
        }

        ulong number = (ulong)patient.Number + ((ulong)repetition << 32);
        Projections counts = GammaCamera.Count(expected, patient.Seed, number, threads: 1);
        return new WholeBodyStudy(patient, Image(counts, PlanarCamera.Anterior, acquisition), Image(counts, PlanarCamera.Posterior, acquisition), new WholeBodyTruth(phantom, acquisition.Attenuation));
    }

    private static PlanarImage Image(Projections counts, int view, PlanarAcquisition acquisition)
    {
        float[] pixels = new float[counts.Bins * counts.Sections];
        for (int bin = 0; bin < counts.Bins; bin++)
        {
            int column = view == PlanarCamera.Anterior ? bin : counts.Bins - 1 - bin;
            ReadOnlySpan<float> line = counts.Line(view, bin);
            for (int row = 0; row < line.Length; row++)
            {
                pixels[(row * counts.Bins) + column] = line[row];
            }
        }

        return new PlanarImage(counts.Bins, counts.Sections, acquisition.Pixel, acquisition.Pixel, pixels);
    }
}
