using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.Tests;

/// <summary>What a kidney tells without looking at any place in it, and how much of the label that gives away.</summary>
internal static class GlobalFeatures
{
    /// <summary>
    /// For the left and the right kidney of a scan: the side's share of both, volume, mean, maximum, mean by maximum and
    /// variation of what lies above 40 % of the half's maximum; all but the share as logarithms.
    /// </summary>
    public static double[][] Of(DmsaStudy study)
    {
        ImageGeometry geometry = study.Image.Geometry;
        (double Sum, double Squares, int Count, double Largest)[] sides = new (double, double, int, double)[2];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < study.Image.Voxels.Length; i++)
            {
                ref (double Sum, double Squares, int Count, double Largest) side = ref sides[geometry.PositionOf(i % geometry.Columns, 0, 0).X > 0 ? 0 : 1];
                double value = study.Image.Voxels[i];
                if (pass == 0)
                {
                    side.Largest = Math.Max(side.Largest, value);
                }
                else if (value >= 0.4 * side.Largest)
                {
                    side = (side.Sum + value, side.Squares + (value * value), side.Count + 1, side.Largest);
                }
            }
        }

        return [.. sides.Select(side =>
        {
            double mean = side.Sum / side.Count;
            double variation = Math.Sqrt((side.Squares / side.Count) - (mean * mean)) / mean;
            return new[]
            {
                side.Sum / (sides[0].Sum + sides[1].Sum), Math.Log(side.Count * geometry.VoxelVolume), Math.Log(mean),
                Math.Log(side.Largest), Math.Log(mean / side.Largest), Math.Log(variation),
            };
        })];
    }

    /// <summary>What a scan's header tells: age, counts, dose, duration, size of the volume, orbit, weight and height.</summary>
    public static double[] OfHeader(DmsaStudy study)
    {
        DmsaPatient patient = study.Patient;
        PatientAnatomy anatomy = patient.Anatomy;
        return
        [
            Math.Log(anatomy.Age), Math.Log(study.Counts), Math.Log(patient.InjectedMegabecquerels), patient.AcquiredPart, study.Image.Geometry.Sections,
            Math.Max(anatomy.HalfWidth, anatomy.HalfDepth), Math.Log(anatomy.Weight), anatomy.Height, anatomy.Sex == Sex.Male ? 0 : 1,
        ];
    }

    /// <summary>The area under the ROC curve of a logistic regression whose every score comes from a fit without its patient's tenth of the cohort.</summary>
    /// <param name="features">For each kidney.</param>
    /// <param name="abnormal">For each kidney.</param>
    /// <param name="patients">For each kidney.</param>
    public static double CrossValidatedArea(IReadOnlyList<double[]> features, IReadOnlyList<bool> abnormal, IReadOnlyList<int> patients)
    {
        const int folds = 10;
        double[] scores = new double[features.Count];
        for (int fold = 0; fold < folds; fold++)
        {
            int[] fit = [.. Enumerable.Range(0, features.Count).Where(i => patients[i] % folds != fold)];
            (double[] means, double[] deviations) = Standards([.. fit.Select(i => features[i])]);
            double[] Standard(double[] raw) => [1, .. raw.Select((value, f) => (value - means[f]) / deviations[f])];
            double[] weights = Fit([.. fit.Select(i => Standard(features[i]))], [.. fit.Select(i => abnormal[i])]);
            for (int i = 0; i < scores.Length; i++)
            {
                if (patients[i] % folds == fold)
                {
                    scores[i] = Standard(features[i]).Zip(weights, (value, weight) => value * weight).Sum();
                }
            }
        }

        return Area(scores, abnormal);
    }

    /// <summary>The part of the pairs of an abnormal and a normal kidney in which the abnormal one has the higher score; ties count half.</summary>
    public static double Area(IReadOnlyList<double> scores, IReadOnlyList<bool> abnormal)
    {
        double[] ill = [.. scores.Where((_, i) => abnormal[i])];
        double[] well = [.. scores.Where((_, i) => !abnormal[i])];
        return ill.Sum(a => well.Sum(b => a > b ? 1 : a == b ? 0.5 : 0)) / ill.Length / well.Length;
    }

    private static (double[] Means, double[] Deviations) Standards(double[][] rows)
    {
        double[] means = [.. Enumerable.Range(0, rows[0].Length).Select(f => rows.Average(row => row[f]))];
        double[] deviations = [.. means.Select((mean, f) => Math.Max(1e-9, Math.Sqrt(rows.Average(row => (row[f] - mean) * (row[f] - mean)))))];
        return (means, deviations);
    }

    /// <summary>Logistic regression by Newton's method, with a ridge just large enough for features that tell the same.</summary>
    private static double[] Fit(double[][] rows, bool[] abnormal)
    {
        int n = rows[0].Length;
        double[] weights = new double[n];
        for (int step = 0; step < 12; step++)
        {
            double[,] system = new double[n, n + 1];
            for (int i = 0; i < rows.Length; i++)
            {
                double[] row = rows[i];
                double probability = 1 / (1 + Math.Exp(-row.Zip(weights, (value, weight) => value * weight).Sum()));
                for (int f = 0; f < n; f++)
                {
                    system[f, n] += row[f] * ((abnormal[i] ? 1 : 0) - probability);
                    for (int g = 0; g < n; g++)
                    {
                        system[f, g] += row[f] * row[g] * probability * (1 - probability);
                    }
                }
            }

            for (int f = 0; f < n; f++)
            {
                system[f, f] += 0.1;
                system[f, n] -= 0.1 * weights[f];
            }

            Solve(system, n);
            for (int f = 0; f < n; f++)
            {
                weights[f] += system[f, n];
            }
        }

        return weights;
    }

    /// <summary>Gauss's elimination of a positive definite system; the solution is in the last column.</summary>
    private static void Solve(double[,] system, int n)
    {
        for (int pivot = 0; pivot < n; pivot++)
        {
            for (int row = 0; row < n; row++)
            {
                double factor = row == pivot ? 0 : system[row, pivot] / system[pivot, pivot];
                for (int column = pivot; column <= n && factor != 0; column++)
                {
                    system[row, column] -= factor * system[pivot, column];
                }
            }
        }

        for (int row = 0; row < n; row++)
        {
            system[row, n] /= system[row, row];
        }
    }
}
