using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>The grids of a SPECT/CT, and how carefully the SPECT is simulated and reconstructed.</summary>
public sealed record SpectCtAcquisition
{
    /// <summary>A name for definitions and descriptions.</summary>
    public string Name { get; init; } = "full";

    /// <summary>Rows, columns and bins of the SPECT.</summary>
    public int Matrix { get; init; } = 128;

    /// <summary>Edge of the SPECT's field, mm: 128 pixels of 4.42 mm.</summary>
    public double Field { get; init; } = 565.76;

    /// <summary>How much of the body along it SPECT and CT see, mm.</summary>
    public double Length { get; init; } = 390;

    /// <summary>Views over 360 degrees, of both heads.</summary>
    public int Views { get; init; } = 120;

    /// <summary>Subsets of the reconstruction.</summary>
    public int Subsets { get; init; } = 10;

    /// <summary>Iterations of the reconstruction.</summary>
    public int Iterations { get; init; } = 6;

    /// <summary>Samples of the body, and bins of the camera's model, in each direction for each of the SPECT: what is reconstructed is not what was projected.</summary>
    public int Oversampling { get; init; } = 2;

    /// <summary>Rows and columns of the CT; 0 for the scanner's.</summary>
    public int CtMatrix { get; init; }

    /// <summary>Distance of the CT's sections, mm; 0 for the scanner's.</summary>
    public double CtSection { get; init; }

    /// <summary>Whether each visit has a CT, and the patient lies elsewhere each time; else only the first one has, and all are in its coordinates.</summary>
    public bool CtAtEachVisit { get; init; } = true;

    /// <summary>Whether scattered photons are counted, and triple windows correct for them.</summary>
    public bool Scatter { get; init; } = true;

    /// <summary>Edge of a SPECT's voxel, mm.</summary>
    public double Pixel => Field / Matrix;

    /// <summary>As in clinics: 128 x 128, 120 views, 6 iterations of 10 subsets.</summary>
    public static SpectCtAcquisition Full { get; } = new();

    /// <summary>For large cohorts: 64 x 64, 60 views, 5 iterations of 6 subsets, CT of 192 x 192 in sections of 5 mm. The same physics on larger voxels.</summary>
    public static SpectCtAcquisition Quick { get; } = new() { Name = "quick", Matrix = 64, Views = 60, Subsets = 6, Iterations = 5, CtMatrix = 192, CtSection = 5 };

    /// <summary>Those that definitions ask for by name.</summary>
    public static IReadOnlyList<SpectCtAcquisition> Named { get; } = [Full, Quick];

    /// <summary>Where the SPECT's voxels are.</summary>
    public ImageGeometry SpectGrid(double middle)
    {
        ImageGeometry axial = ImageGeometry.Axial(Matrix, Matrix, Math.Max(1, (int)Math.Round(Length / Pixel)), Pixel, Pixel);
        return axial with { Origin = axial.Origin + new Point3(0, 0, middle) };
    }

    /// <summary>Where the CT's voxels are.</summary>
    public ImageGeometry CtGrid(CtScanner scanner, double middle)
    {
        ArgumentNullException.ThrowIfNull(scanner);
        return scanner.GridOf(CtMatrix, CtSection, Length, middle);
    }

    /// <summary>The camera, with bins of a part of the SPECT's.</summary>
    /// <param name="parameters">The cohort's numbers.</param>
    /// <param name="oversampling">Bins in each of the SPECT's, in each direction.</param>
    public SpectAcquisition Camera(SpectCtParameters parameters, int oversampling)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new()
        {
            Bins = Matrix * oversampling,
            Pixel = Pixel / oversampling,
            Views = Views,
            SecondsPerView = parameters.SecondsPerView * 120 / Views,
            Sensitivity = parameters.Sensitivity,
            Collimator = ParallelHoleCollimator.MediumEnergy,
            NarrowAttenuation = PhysicsConstants.WaterNarrowBeam208,
            // A part of the photons behind 10 cm of water is scattered: what a broad beam lets through and a narrow one does not.
            Attenuation = PhysicsConstants.WaterNarrowBeam208 + (Math.Log(1 - parameters.ScatterFraction) / 100),
            Scatter = Scatter && parameters.ScatterFraction > 0,
        };
    }
}
