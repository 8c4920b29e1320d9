using System.Numerics.Tensors;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// From a patient to a reconstructed scan: phantom, gamma camera with attenuation and distance-dependent blur, Poisson
/// counts, 2D OSEM, Gaussian filter. The same patient gives the same voxels, bit for bit, at any number of threads.
/// </summary>
public sealed class DmsaSimulator
{
    /// <summary>How the scan is done.</summary>
    public SpectAcquisition Acquisition { get; init; } = new();

    /// <summary>Subsets of the reconstruction.</summary>
    public int Subsets { get; init; } = PhysicsConstants.Subsets;

    /// <summary>Iterations of the reconstruction.</summary>
    public int Iterations { get; init; } = PhysicsConstants.Iterations;

    /// <summary>Gaussian filter after the reconstruction, FWHM in mm.</summary>
    public double PostFilterFwhm { get; init; } = PhysicsConstants.PostFilterFwhm;

    /// <summary>The grid of a patient's reconstruction, without scanning the patient.</summary>
    /// <param name="patient">The patient.</param>
    public ImageGeometry GeometryOf(DmsaPatient patient) => DmsaPhantom.GeometryOf(patient, Acquisition);

    /// <summary>Scans a patient.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="threads">Threads at most, or -1 for all; the result does not depend on it.</param>
    /// <param name="cancellation">Stops the work.</param>
    public DmsaStudy Simulate(DmsaPatient patient, int threads = -1, CancellationToken cancellation = default)
    {
        DmsaPhantom phantom = new(patient, Acquisition);
        SpectAcquisition done = Acquisition with { SecondsPerView = Acquisition.SecondsPerView * patient.AcquiredPart };
        Projections expected = new GammaCamera(done).Expect(phantom.Map, threads, cancellation);
        if (patient.Motion is not null)
        {
            expected = MovingPatient.Blend(expected, patient.Motion, patient.Cycles, done);
        }

        Projections counts = GammaCamera.Count(expected, patient.Seed, (ulong)patient.Number, threads);
        double total = Enumerable.Range(0, counts.Views).Sum(counts.TotalOf);

        float[] voxels = OrderedSubsets.For(Acquisition.Bins, Acquisition.Views, Subsets)
            .Reconstruct(counts, DmsaPhantom.Beyond, phantom.Geometry.Sections, Iterations, threads, cancellation);
        // The sum over the volume becomes that of all views: a voxel's value is the counts it gave to the whole scan.
        TensorPrimitives.Multiply(voxels, Acquisition.Views, voxels);
        double deviation = PostFilterFwhm * GaussianFilter.DeviationPerFwhm / Acquisition.Pixel;
        GaussianFilter.Apply(voxels, phantom.Geometry.Shape, deviation, deviation, deviation);
        return new(patient, new Volume(phantom.Geometry, voxels), total, phantom);
    }
}
