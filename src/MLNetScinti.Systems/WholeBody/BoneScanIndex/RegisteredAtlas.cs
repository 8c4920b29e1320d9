using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>The atlas laid over a scan: for each pixel, columns to the patient's left, what the atlas has there.</summary>
internal sealed class RegisteredAtlas
{
    private const int None = -1;
    private readonly int[] _trunk;
    private readonly int[] _arm;
    private readonly float[] _trunkArea;
    private readonly float[] _armArea;

    public RegisteredAtlas(SkeletonAtlas atlas, BodyPose pose, AlignedViews views)
    {
        (Atlas, Pose, Columns, Rows) = (atlas, pose, views.Columns, views.Rows);
        int length = Columns * Rows;
        (_trunk, _arm, _trunkArea, _armArea) = (new int[length], new int[length], new float[length], new float[length]);
        Regions = [new byte[length], new byte[length]];
        Expected = [new float[length], new float[length]];
        double scale = SkeletonAtlas.Length / atlas.Pixel, middle = (atlas.Columns - 1) / 2.0, top = (atlas.Crown / atlas.Pixel) - .5;
        // Pixels of the atlas in a pixel of the scan.
        double pixels = views.PixelX * views.PixelY * scale * scale / (pose.Length * pose.Length);
        Parallel.For(0, Rows, new ParallelOptions { MaxDegreeOfParallelism = 2 }, row =>
        {
            for (int column = 0; column < Columns; column++)
            {
                int at = (row * Columns) + column;
                (double x, double y) = pose.Straight(views.XOf(column), views.YOf(row));
                (double u, double v, double area) = pose.Trunk(x, y);
                _trunk[at] = _arm[at] = None;
                if (Math.Abs(u) < .125 && v is > -.02 and < 1.02 && !(v is > .125 and < .205 && Math.Abs(u) > .105))
                {
                    Look(at, u, v, area, _trunk, _trunkArea);
                }

                if ((pose.ArmOf(u > 0 ? BodySide.Left : BodySide.Right, x, y) ?? pose.ArmOf(u > 0 ? BodySide.Right : BodySide.Left, x, y)) is { } arm)
                {
                    Look(at, arm.U, arm.V, arm.Area, _arm, _armArea);
                }
            }
        });

        void Look(int at, double u, double v, double area, int[] places, float[] areas)
        {
            double column = middle + (u * scale), row = top + (v * scale);
            int c = (int)Math.Round(column), r = (int)Math.Round(row);
            if (c < 0 || r < 0 || c >= atlas.Columns || r >= atlas.Rows)
            {
                return;
            }

            int place = (r * atlas.Columns) + c;
            (places[at], areas[at]) = (place, (float)(area * pixels));
            for (int view = 0; view < 2; view++)
            {
                float counts = AlignedViews.Sample(atlas.Counts[view], atlas.Columns, atlas.Rows, column, row);
                // An arm may lie across the trunk: what sends more is seen.
                if (counts > Expected[view][at])
                {
                    Expected[view][at] = counts;
                    Regions[view][at] = atlas.Regions[view][place];
                }
            }
        }
    }

    public SkeletonAtlas Atlas { get; }

    public BodyPose Pose { get; }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>The region that is seen, anterior and posterior; 0 for none.</summary>
    public byte[][] Regions { get; }

    /// <summary>Counts of a healthy body, anterior and posterior, relative to the middle value over the body.</summary>
    public float[][] Expected { get; }

    /// <summary>Adds the percent of the skeleton's mass that each bone has behind a pixel.</summary>
    public void AddBones(int pixel, Span<double> bones)
    {
        Add(_trunk[pixel], _trunkArea[pixel], bones);
        Add(_arm[pixel], _armArea[pixel], bones);
    }

    private void Add(int place, float area, Span<double> bones)
    {
        if (place == None)
        {
            return;
        }

        SkeletonAtlas.BonesBehind behind = Atlas.BonesAt(place);
        for (int i = 0; i < behind.Bones.Length; i++)
        {
            bones[behind.Bones[i]] += area * behind.Points[i];
        }
    }
}
