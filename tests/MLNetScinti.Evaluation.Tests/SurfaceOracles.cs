using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>The masks that the surface values of the reference file were computed on, as its legend describes them.</summary>
internal static class SurfaceOracles
{
    public static void Add(Dictionary<string, double> all)
    {
        Cubes(all, "cube10_shift2_axis0_sp(1,1,1)", [1, 1, 1]);
        Cubes(all, "cube10_shift2_axis0_sp(5,0.98,0.98)", [5, 0.98, 0.98]);
        ImageShape shape = new(40, 64, 64);
        double[] spacing = [5, 2.61, 2.61];
        bool[] truth = Ellipsoid(shape, (21, 33, 31), (11, 12, 10)), predicted = Ellipsoid(shape, (20, 32, 32), (10, 12, 9));
        Put(all, "ellipsoid_sp(5,2.61,2.61)", predicted, truth, shape, spacing);
        predicted[(((2 * 64) + 2) * 64) + 2] = true;
        Put(all, "ellipsoid_plus_outlier_voxel", predicted, truth, shape, spacing);
        ImageShape small = new(5, 5, 5);
        bool[] one = new bool[125], other = new bool[125];
        one[25 + 5 + 1] = true;
        other[75 + 15 + 3] = true;
        Put(all, "single_voxels_sp(1,2,3)", one, other, small, [1, 2, 3]);
    }

    private static void Cubes(Dictionary<string, double> all, string name, double[] spacing)
    {
        ImageShape shape = new(20, 20, 20);
        Put(all, name, Cube(5), Cube(7), shape, spacing);

        static bool[] Cube(int from) => [.. Enumerable.Range(0, 8000).Select(i => i / 400 >= from && i / 400 < from + 10 && i / 20 % 20 is >= 5 and < 15 && i % 20 is >= 5 and < 15)];
    }

    private static bool[] Ellipsoid(ImageShape shape, (int Z, int Y, int X) centre, (int Z, int Y, int X) radius) =>
    [
        .. Enumerable.Range(0, shape.Length).Select(i =>
        {
            double z = (double)((i / 4096) - centre.Z) / radius.Z, y = (double)((i / 64 % 64) - centre.Y) / radius.Y, x = (double)((i % 64) - centre.X) / radius.X;
            return (z * z) + (y * y) + (x * x) <= 1;
        }),
    ];

    private static void Put(Dictionary<string, double> all, string name, bool[] predicted, bool[] truth, ImageShape shape, double[] spacing)
    {
        MaskOverlap overlap = MaskOverlap.Of(predicted, truth);
        SurfaceDistances distances = SurfaceDistances.Of(predicted, truth, shape, spacing);
        string path = $"surface.{name}.";
        all[path + "n_edge[0]"] = distances.FirstSurface;
        all[path + "n_edge[1]"] = distances.SecondSurface;
        all[path + "vox[0]"] = overlap.First;
        all[path + "vox[1]"] = overlap.Second;
        all[path + "dice"] = overlap.Dice.Value;
        all[path + "jaccard"] = overlap.Jaccard.Value;
        all[path + "HD"] = distances.Hausdorff.Value;
        all[path + "HD95_monai"] = distances.HausdorffPercentile(0.95).Value;
        all[path + "HD95_medpy"] = distances.PooledPercentile(0.95).Value;
        all[path + "ASD_pred_to_gt"] = distances.MeanFromFirst.Value;
        all[path + "ASD_gt_to_pred"] = distances.MeanFromSecond.Value;
        all[path + "ASSD_concat(monai/medpy)"] = distances.MeanSymmetric.Value;
        all[path + "mean_of_two_means"] = distances.MeanOfMeans.Value;
    }
}
