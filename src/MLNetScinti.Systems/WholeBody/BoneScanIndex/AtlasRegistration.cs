using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>
/// Lays the atlas over a scan: what a healthy body in some pose would send is compared with both views, in logarithms, and the pose is changed by damped least squares
/// (Levenberg, Marquardt) until nothing gets better. Bones weigh more than soft tissue, and what differs much (lesions, an injection) weighs little (Geman, McClure).
/// </summary>
internal sealed class AtlasRegistration
{
    private const double Smoothing = 5, Robust = .35;
    private readonly SkeletonAtlas _atlas;
    private readonly float[][] _template;
    private readonly float[] _weight;

    public AtlasRegistration(SkeletonAtlas atlas)
    {
        _atlas = atlas;
        ImageShape shape = new(1, atlas.Rows, atlas.Columns);
        _template = [.. atlas.Counts.Select(counts =>
        {
            float[] smooth = [.. counts];
            GaussianFilter.Apply(smooth, shape, 0, Smoothing / atlas.Pixel, Smoothing / atlas.Pixel);
            return Array.ConvertAll(smooth, Level);
        })];
        _weight = new float[atlas.Rows * atlas.Columns];
        for (int i = 0; i < _weight.Length; i++)
        {
            _weight[i] = atlas.BonesAt(i).Bones.Length > 0 ? 1 : 0;
        }

        GaussianFilter.Apply(_weight, shape, 0, 8 / atlas.Pixel, 8 / atlas.Pixel);
        for (int i = 0; i < _weight.Length; i++)
        {
            _weight[i] = Math.Clamp(1.2f * _weight[i], .1f, 1);
        }
    }

    /// <summary>Finds the body's pose in the views.</summary>
    public (BodyPose Pose, double Difference) Fit(AlignedViews views)
    {
        Samples coarse = new(views, 13.5), fine = new(views, 6.8);
        double[] numbers = new double[BodyPose.Count];
        (ArmPosition Left, ArmPosition Right) arms = (ArmPosition.Tried[0], ArmPosition.Tried[0]);
        // Trunk, head and legs first; then how the arms lie, each for itself; then all together.
        numbers = Descend(coarse, views.Start, arms, numbers, 8, trunkOnly: true);
        arms.Left = ChooseArm(coarse, views.Start, arms, numbers, BodySide.Left);
        arms.Right = ChooseArm(coarse, views.Start, arms, numbers, BodySide.Right);
        numbers = Descend(coarse, views.Start, arms, numbers, 6, trunkOnly: false);
        numbers = Descend(fine, views.Start, arms, numbers, 5, trunkOnly: false);
        double difference = Cost(fine, Residuals(fine, new BodyPose(views.Start, arms, numbers), trunkOnly: false)) / Math.Max(1, fine.Count);
        return (new BodyPose(views.Start, arms, numbers), difference);
    }

    private static float Level(float relative) => MathF.Log(1 + Math.Max(0, relative));

    private static double Weigh(double residual, double weight) => weight * residual * residual / (1 + (residual * residual / (Robust * Robust)));

    private static double Cost(Samples samples, (float[] Residual, float[] Weight) found)
    {
        double sum = 0;
        for (int i = 0; i < samples.Count; i++)
        {
            sum += Weigh(found.Residual[i], found.Weight[i]);
        }

        return sum;
    }

    private static double Prior(double[] numbers)
    {
        double sum = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            sum += numbers[i] * numbers[i] / (BodyPose.Spreads[i] * BodyPose.Spreads[i]);
        }

        foreach ((int first, int second, double spread) in BodyPose.Ties)
        {
            double off = numbers[first] - numbers[second];
            sum += off * off / (spread * spread);
        }

        return PriorWeight * sum;
    }

    // What a spread of one is worth, in squared logarithms of a sample.
    private const double PriorWeight = .25;

    private ArmPosition ChooseArm(Samples samples, PoseStart start, (ArmPosition Left, ArmPosition Right) arms, double[] numbers, BodySide side)
    {
        ArmPosition best = ArmPosition.Tried[0];
        double least = double.MaxValue;
        foreach (ArmPosition tried in ArmPosition.Tried)
        {
            BodyPose pose = new(start, side == BodySide.Left ? (tried, arms.Right) : (arms.Left, tried), numbers);
            (float[] residual, float[] _) = Residuals(samples, pose, trunkOnly: false);
            double sum = 0;
            for (int i = 0; i < samples.Count; i++)
            {
                (double x, double y) = pose.Straight(samples.X[i % samples.X.Length], samples.Y[i % samples.X.Length]);
                (double u, double v, _) = pose.Trunk(x, y);
                // Beside the trunk, above the head, and across the belly: where arms can be.
                if ((side == BodySide.Left ? u > 0 : u < 0) && v < .62 && (Math.Abs(u) > .085 || v < .02 || v is > .28 and < .42))
                {
                    sum += Weigh(residual[i], 1);
                }
            }

            if (sum < least)
            {
                (least, best) = (sum, tried);
            }
        }

        return best;
    }

    private double[] Descend(Samples samples, PoseStart start, (ArmPosition Left, ArmPosition Right) arms, double[] numbers, int rounds, bool trunkOnly)
    {
        int[] free = [.. Enumerable.Range(0, BodyPose.Count).Where(i => !trunkOnly || i < BodyPose.ArmNumbers(BodySide.Left).Start.Value)];
        double damping = 1e-2;
        (float[] Residual, float[] Weight) now = Residuals(samples, new BodyPose(start, arms, numbers), trunkOnly);
        double cost = Cost(samples, now) + Prior(numbers);
        float[][] slopes = new float[free.Length][];
        for (int round = 0; round < rounds; round++)
        {
            Parallel.For(0, free.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, k =>
            {
                double step = .2 * BodyPose.Spreads[free[k]];
                double[] other = [.. numbers];
                other[free[k]] += step;
                (float[] residual, _) = Residuals(samples, new BodyPose(start, arms, other), trunkOnly);
                for (int i = 0; i < residual.Length; i++)
                {
                    residual[i] = (float)((residual[i] - now.Residual[i]) / step);
                }

                slopes[k] = residual;
            });
            (double[,] normal, double[] right) = Normal(samples, now, slopes, free, numbers);
            bool better = false;
            for (int attempt = 0; attempt < 4 && !better; attempt++)
            {
                double[]? step = Solve(normal, right, damping);
                if (step is not null)
                {
                    double[] other = [.. numbers];
                    for (int k = 0; k < free.Length; k++)
                    {
                        other[free[k]] -= step[k];
                    }

                    (float[] Residual, float[] Weight) next = Residuals(samples, new BodyPose(start, arms, other), trunkOnly);
                    double changed = Cost(samples, next) + Prior(other);
                    if (changed < cost)
                    {
                        better = true;
                        bool little = cost - changed < 1e-3 * cost;
                        (numbers, now, cost, damping) = (other, next, changed, damping / 5);
                        if (little)
                        {
                            return numbers;
                        }
                    }
                }

                damping = better ? damping : damping * 8;
            }

            if (!better)
            {
                break;
            }
        }

        return numbers;
    }

    private static (double[,] Normal, double[] Right) Normal(Samples samples, (float[] Residual, float[] Weight) now, float[][] slopes, int[] free, double[] numbers)
    {
        int n = free.Length;
        double[,] normal = new double[n, n];
        double[] right = new double[n];
        float[][] weighted = new float[n][];
        float[] factor = new float[samples.Count];
        for (int i = 0; i < factor.Length; i++)
        {
            double r = now.Residual[i] / Robust, s = 1 + (r * r);
            factor[i] = (float)(now.Weight[i] / (s * s));
        }

        Parallel.For(0, n, new ParallelOptions { MaxDegreeOfParallelism = 2 }, a =>
        {
            weighted[a] = new float[factor.Length];
            System.Numerics.Tensors.TensorPrimitives.Multiply(slopes[a], factor, weighted[a]);
            right[a] = System.Numerics.Tensors.TensorPrimitives.Dot<float>(weighted[a], now.Residual);
            for (int b = 0; b <= a; b++)
            {
                normal[a, b] = System.Numerics.Tensors.TensorPrimitives.Dot<float>(weighted[a], slopes[b]);
            }
        });
        int[] place = new int[BodyPose.Count];
        Array.Fill(place, -1);
        for (int a = 0; a < n; a++)
        {
            place[free[a]] = a;
            double precision = PriorWeight / (BodyPose.Spreads[free[a]] * BodyPose.Spreads[free[a]]);
            normal[a, a] += precision;
            right[a] += precision * numbers[free[a]];
        }

        foreach ((int first, int second, double spread) in BodyPose.Ties)
        {
            if (place[first] < 0 || place[second] < 0)
            {
                continue;
            }

            double precision = PriorWeight / (spread * spread), off = numbers[first] - numbers[second];
            (int a, int b) = (place[first], place[second]);
            normal[a, a] += precision;
            normal[b, b] += precision;
            normal[Math.Max(a, b), Math.Min(a, b)] -= precision;
            right[a] += precision * off;
            right[b] -= precision * off;
        }

        return (normal, right);
    }

    /// <summary>Solves the damped normal equations (Cholesky); null where they cannot be.</summary>
    private static double[]? Solve(double[,] normal, double[] right, double damping)
    {
        int n = right.Length;
        double[,] lower = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = normal[i, j] * (i == j ? 1 + damping : 1);
                for (int k = 0; k < j; k++)
                {
                    sum -= lower[i, k] * lower[j, k];
                }

                if (i == j)
                {
                    if (!(sum > 0))
                    {
                        return null;
                    }

                    lower[i, i] = Math.Sqrt(sum);
                }
                else
                {
                    lower[i, j] = sum / lower[j, j];
                }
            }
        }

        double[] x = [.. right];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
            {
                x[i] -= lower[i, k] * x[k];
            }

            x[i] /= lower[i, i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
            {
                x[i] -= lower[k, i] * x[k];
            }

            x[i] /= lower[i, i];
        }

        return x;
    }

    private (float[] Residual, float[] Weight) Residuals(Samples samples, BodyPose pose, bool trunkOnly)
    {
        float[] expected = new float[samples.Count], weight = new float[samples.Count];
        int views = samples.Views.Length, half = samples.Count / views;
        double scale = SkeletonAtlas.Length / _atlas.Pixel, middle = (_atlas.Columns - 1) / 2.0, top = (_atlas.Crown / _atlas.Pixel) - .5;
        for (int i = 0; i < half; i++)
        {
            (double x, double y) = pose.Straight(samples.X[i], samples.Y[i]);
            (double u, double v, _) = pose.Trunk(x, y);
            double best = -1;
            // Left of what the arms begin with, the atlas's columns are those of the arms.
            if (Math.Abs(u) < .125 && v is > -.02 and < 1.02 && !(v is > .125 and < .205 && Math.Abs(u) > .105))
            {
                Take(i, middle + (u * scale), top + (v * scale));
            }

            if (trunkOnly)
            {
                // What may be arm says nothing yet.
                if (Math.Abs(u) > .075 && v < .56)
                {
                    for (int view = 0; view < views; view++)
                    {
                        weight[(view * half) + i] = 0;
                    }
                }
            }
            else if ((pose.ArmOf(u > 0 ? BodySide.Left : BodySide.Right, x, y) ?? pose.ArmOf(u > 0 ? BodySide.Right : BodySide.Left, x, y)) is { } arm)
            {
                Take(i, middle + (arm.U * scale), top + (arm.V * scale));
            }

            if (best < 0)
            {
                for (int view = 0; view < views; view++)
                {
                    weight[(view * half) + i] = trunkOnly ? 0 : .1f;
                }
            }

            void Take(int at, double column, double row)
            {
                float w = AlignedViews.Sample(_weight, _atlas.Columns, _atlas.Rows, column, row);
                float sum = 0;
                Span<float> values = stackalloc float[2];
                for (int view = 0; view < views; view++)
                {
                    values[view] = AlignedViews.Sample(_template[samples.Views[view]], _atlas.Columns, _atlas.Rows, column, row);
                    sum += values[view];
                }

                if (sum <= best)
                {
                    return;
                }

                best = sum;
                for (int view = 0; view < views; view++)
                {
                    (expected[(view * half) + at], weight[(view * half) + at]) = (values[view], Math.Max(.1f, w));
                }
            }
        }

        // The views' scales are their own: a line through the logarithms, fitted each time.
        for (int view = 0; view < views; view++)
        {
            double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
            for (int i = view * half; i < (view + 1) * half; i++)
            {
                double w = weight[i], x = expected[i], y = samples.Values[i];
                (sw, sx, sy, sxx, sxy) = (sw + w, sx + (w * x), sy + (w * y), sxx + (w * x * x), sxy + (w * x * y));
            }

            double spread = (sw * sxx) - (sx * sx), slope = spread > 1e-9 ? Math.Clamp(((sw * sxy) - (sx * sy)) / spread, .5, 1.6) : 1, offset = sw > 0 ? (sy - (slope * sx)) / sw : 0;
            for (int i = view * half; i < (view + 1) * half; i++)
            {
                expected[i] = (float)((slope * expected[i]) + offset - samples.Values[i]);
            }
        }

        return (expected, weight);
    }

    /// <summary>Smoothed views at points of a coarse grid in and around the body, view after view.</summary>
    private sealed class Samples
    {
        public Samples(AlignedViews views, double spacing)
        {
            int stepX = Math.Max(1, (int)Math.Round(spacing / views.PixelX)), stepY = Math.Max(1, (int)Math.Round(spacing / views.PixelY));
            Views = [.. Enumerable.Range(0, 2).Where(view => views.Counts[view] is not null)];
            List<int> places = [];
            for (int row = stepY / 2; row < views.Rows; row += stepY)
            {
                for (int column = stepX / 2; column < views.Columns; column += stepX)
                {
                    // Near the body: a little beyond its outline.
                    int reachX = (int)(25 / views.PixelX), reachY = (int)(25 / views.PixelY);
                    bool near = false;
                    for (int dy = -1; dy <= 1 && !near; dy++)
                    {
                        for (int dx = -1; dx <= 1 && !near; dx++)
                        {
                            int r = Math.Clamp(row + (dy * reachY), 0, views.Rows - 1), c = Math.Clamp(column + (dx * reachX), 0, views.Columns - 1);
                            near = Array.Exists(Views, view => views.Inside[view]![(r * views.Columns) + c]);
                        }
                    }

                    if (near)
                    {
                        places.Add((row * views.Columns) + column);
                    }
                }
            }

            X = [.. places.Select(place => views.XOf(place % views.Columns))];
            Y = [.. places.Select(place => views.YOf(place / views.Columns))];
            List<float> values = [];
            foreach (int view in Views)
            {
                float[] smooth = views.Smooth(view, Math.Max(Smoothing, spacing / 2))!;
                bool[] inside = views.Inside[view]!;
                float[] body = [.. smooth.Where((_, i) => inside[i])];
                Array.Sort(body);
                float middle = body.Length > 0 ? Math.Max(1e-6f, body[body.Length / 2]) : 1;
                values.AddRange(places.Select(place => Level(smooth[place] / middle)));
            }

            Values = [.. values];
        }

        public int[] Views { get; }

        public double[] X { get; }

        public double[] Y { get; }

        public float[] Values { get; }

        public int Count => Values.Length;
    }
}
