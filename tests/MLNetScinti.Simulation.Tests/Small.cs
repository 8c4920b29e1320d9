using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.Tests;

/// <summary>Scans on a coarse matrix, so that tests are quick. The physics is the same.</summary>
internal static class Small
{
    public static DmsaSimulator Simulator { get; } = new()
    {
        Acquisition = new SpectAcquisition { Bins = 64, Pixel = 2 * PhysicsConstants.Pixel, Views = 48, SecondsPerView = 75 },
        Iterations = 3,
    };

    public static DmsaCohort Cohort(int patients, double abnormal, ulong seed = 5) =>
        new(new DmsaCohortOptions { Patients = patients, AbnormalKidneys = abnormal, Seed = seed });

    /// <summary>A patient with two kidneys that are as they should be, and a scan that is.</summary>
    public static DmsaPatient Plain { get; } =
        new DmsaCohort(new DmsaCohortOptions { Patients = 2, AbnormalKidneys = 0, Seed = 5, Prevalence = DmsaPrevalence.None })[1];

    /// <summary>The same patient with another left kidney.</summary>
    public static DmsaPatient With(KidneyAnatomy left) => Plain with { Anatomy = Plain.Anatomy with { Left = left } };

    /// <summary>Sum of an image over the voxels within a distance of a point.</summary>
    public static double SumAround(Volume image, Point3 centre, double distance)
    {
        double sum = 0;
        for (int s = 0; s < image.Geometry.Sections; s++)
        {
            for (int r = 0; r < image.Geometry.Rows; r++)
            {
                for (int c = 0; c < image.Geometry.Columns; c++)
                {
                    if ((image.Geometry.PositionOf(c, r, s) - centre).Length <= distance)
                    {
                        sum += image[s, r, c];
                    }
                }
            }
        }

        return sum;
    }
}
