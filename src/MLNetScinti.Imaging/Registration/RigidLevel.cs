namespace MLNetScinti.Imaging;

/// <summary>What two images are to each other where both reach, and how their difference changes with six parameters.</summary>
internal sealed class RigidSums
{
    /// <summary>Voxels of the reference that lie in the other field.</summary>
    public long Count { get; private set; }

    /// <summary>The upper triangle of the sum of products of the six derivatives, row by row.</summary>
    public double[] Products { get; } = new double[21];

    private readonly double[] _changes = new double[6], _changesByFirst = new double[6], _changesBySecond = new double[6];
    private double _first, _second, _firstSquares, _secondSquares, _product;

    private double FirstSpread => _firstSquares - (_first * _first / Count);

    private double SecondSpread => _secondSquares - (_second * _second / Count);

    /// <summary>Pearson's correlation; -1 where one image is constant.</summary>
    public double Correlation => Count > 1 && FirstSpread > 1e-9 && SecondSpread > 1e-9 ? (_product - (_first * _second / Count)) / Math.Sqrt(FirstSpread * SecondSpread) : -1;

    public void Add(double first, double second)
    {
        Count++;
        _first += first;
        _second += second;
        _firstSquares += first * first;
        _secondSquares += second * second;
        _product += first * second;
    }

    /// <summary>Adds how the second value changes with turns about X, Y, Z (radians), then with shifts along X, Y, Z (mm).</summary>
    public void Add(ReadOnlySpan<double> changes, double first, double second)
    {
        int at = 0;
        for (int i = 0; i < 6; i++)
        {
            _changes[i] += changes[i];
            _changesByFirst[i] += changes[i] * first;
            _changesBySecond[i] += changes[i] * second;
            for (int j = i; j < 6; j++)
            {
                Products[at++] += changes[i] * changes[j];
            }
        }
    }

    /// <summary>
    /// The gradient, in units of <see cref="Products"/>, of half the squared difference of both images once they are brought to one mean
    /// and one spread: the direction in which the correlation falls.
    /// </summary>
    public double Gradient(int parameter)
    {
        double first = _first / Count, second = _second / Count, scale = Math.Sqrt(SecondSpread / FirstSpread);
        return (Correlation * (_changesBySecond[parameter] - (second * _changes[parameter]))) - (scale * (_changesByFirst[parameter] - (first * _changes[parameter])));
    }

    public void Add(RigidSums other)
    {
        Count += other.Count;
        _first += other._first;
        _second += other._second;
        _firstSquares += other._firstSquares;
        _secondSquares += other._secondSquares;
        _product += other._product;
        for (int i = 0; i < 21; i++)
        {
            Products[i] += other.Products[i];
        }

        for (int i = 0; i < 6; i++)
        {
            _changes[i] += other._changes[i];
            _changesByFirst[i] += other._changesByFirst[i];
            _changesBySecond[i] += other._changesBySecond[i];
        }
    }
}

/// <summary>Two images at one resolution of a rigid registration.</summary>
internal sealed class RigidLevel
{
    private readonly Volume _reference, _moving;
    private readonly bool[]? _region;
    private readonly double _size, _smaller;
    private readonly int _threads;
    private readonly Point3 _columnPerMillimetre, _rowPerMillimetre, _sectionPerMillimetre;

    /// <summary>Brings both to voxels of a size and as much blur.</summary>
    public RigidLevel(Volume reference, Volume moving, double size, bool[]? region, double leastOverlap, int threads)
    {
        (_size, _threads) = (size, threads);
        (_reference, _moving) = (At(reference, size), At(moving, size));
        _region = region is null ? null : MaskResampling.ToGrid(region, reference.Geometry, _reference.Geometry, MaskRule.KeepVolume);
        // Fields in voxels of the reference: where a region is given, it is what both have to see.
        double counted = _region is null ? _reference.Shape.Length : _region.Count(inside => inside);
        _smaller = Math.Max(1, Math.Min(counted, _moving.Shape.Length * _moving.Geometry.VoxelVolume / _reference.Geometry.VoxelVolume));
        LeastCount = (long)(leastOverlap * _smaller);
        ImageGeometry to = _moving.Geometry;
        (double c, double r, double s) X = to.IndexOf(to.Origin + new Point3(1, 0, 0)), Y = to.IndexOf(to.Origin + new Point3(0, 1, 0)), Z = to.IndexOf(to.Origin + new Point3(0, 0, 1));
        (_columnPerMillimetre, _rowPerMillimetre, _sectionPerMillimetre) = (new(X.c, Y.c, Z.c), new(X.r, Y.r, Z.r), new(X.s, Y.s, Z.s));
    }

    /// <summary>Voxels that both have to see.</summary>
    public long LeastCount { get; }

    /// <summary>The part of the smaller field that a number of voxels is.</summary>
    public double OverlapOf(long count) => Math.Min(1, count / _smaller);

    /// <summary>A grid over the same field with voxels of a size, coarser axes as they are.</summary>
    public static ImageGeometry GridOf(ImageGeometry geometry, double size) =>
        Resample.ToSpacing(geometry, Math.Max(size, geometry.ColumnSpacing), Math.Max(size, geometry.RowSpacing), Math.Max(size, geometry.SectionSpacing)).Geometry;

    /// <summary>The values of a window as 0 to 1, in voxels of the finest size that is wanted: once, as a CT has a hundred million.</summary>
    public static Volume Window(Volume volume, float low, float high, double finest)
    {
        float scale = 1 / (high - low);
        Volume window = new(volume.Geometry, Array.ConvertAll(volume.Voxels, value => float.IsNaN(value) ? 0 : (Math.Clamp(value, low, high) - low) * scale));
        return Resample.ToGrid(window, GridOf(volume.Geometry, finest), GridResampling.Emission).Volume;
    }

    /// <summary>The reference, the other image brought to it, with -1 outside its field, and the region: all on one grid, and both as much blurred.</summary>
    public (Volume Reference, Volume Moving, bool[]? Region) OnOneGrid(SpatialMap map) =>
        (_reference, Resample.ToGrid(_moving, _reference.Geometry, new GridResampling { Outside = -1 }, map).Volume, _region);

    /// <summary>Damped Gauss-Newton steps until they no longer move anything.</summary>
    public SpatialMap Refine(SpatialMap map, Point3 centre, int mostIterations)
    {
        double damping = 1e-3, radius = Radius();
        RigidSums sums = Sums(map, centre, derivatives: true);
        if (sums.Count < LeastCount || sums.Correlation <= -1)
        {
            return map;
        }

        double[] step = new double[6];
        for (int iteration = 0; iteration < mostIterations && damping < 1e6;)
        {
            if (!Solve(sums, damping, step))
            {
                return map;
            }

            // Turned further about the centre, then moved further.
            const double degrees = 180 / Math.PI;
            Point3 shift = new(step[3], step[4], step[5]), turn = new(step[0], step[1], step[2]);
            Point3 arm = map.Move(centre);
            SpatialMap further = SpatialMap.Rotate(degrees * turn);
            SpatialMap next = map.Then(further with { Shift = arm - further.Turn(arm) + shift });
            double reach = (turn.Length * radius) + shift.Length;
            RigidSums trial = reach < 20 * _size ? Sums(next, centre, derivatives: true) : sums;
            if (!ReferenceEquals(trial, sums) && trial.Count >= LeastCount && trial.Correlation > sums.Correlation)
            {
                (map, sums, damping) = (next, trial, Math.Max(1e-7, damping / 5));
                iteration++;
            }
            else
            {
                damping *= 10;
            }

            if (reach < 0.002 * _size)
            {
                break;
            }
        }

        return map;
    }

    /// <summary>The sums over the voxels of the reference, section by section, so that threads change nothing.</summary>
    public RigidSums Sums(SpatialMap map, Point3 centre, bool derivatives)
    {
        GridMap indices = GridMap.Between(_reference.Geometry, _moving.Geometry, map, default);
        Point3 arm = map.Move(centre);
        RigidSums[] sums = new RigidSums[_reference.Shape.Sections];
        if (_threads == 1)
        {
            for (int s = 0; s < sums.Length; s++)
            {
                sums[s] = OfSection(s, indices, map, arm, derivatives);
            }
        }
        else
        {
            Parallel.For(0, sums.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads }, s => sums[s] = OfSection(s, indices, map, arm, derivatives));
        }

        RigidSums all = new();
        foreach (RigidSums one in sums)
        {
            all.Add(one);
        }

        return all;
    }

    private RigidSums OfSection(int s, GridMap indices, SpatialMap map, Point3 arm, bool derivatives)
    {
        RigidSums sums = new();
        ImageGeometry grid = _reference.Geometry;
        ImageShape shape = _moving.Shape;
        ReadOnlySpan<float> moving = _moving.Voxels, reference = _reference.Voxels;
        Span<double> changes = stackalloc double[6];
        int i = s * grid.Rows * grid.Columns;
        for (int r = 0; r < grid.Rows; r++)
        {
            for (int c = 0; c < grid.Columns; c++, i++)
            {
                Point3 place = indices.At(c, r, s);
                if (_region?[i] == false || !GridSampling.IsWithin(place, shape))
                {
                    continue;
                }

                double second = GridSampling.At(moving, shape, place, out Point3 slope);
                sums.Add(reference[i], second);
                if (!derivatives || slope == default)
                {
                    continue;
                }

                Point3 gradient = (slope.X * _columnPerMillimetre) + (slope.Y * _rowPerMillimetre) + (slope.Z * _sectionPerMillimetre);
                Point3 turned = (map.Move(grid.PositionOf(c, r, s)) - arm).Cross(gradient);
                (changes[0], changes[1], changes[2], changes[3], changes[4], changes[5]) = (turned.X, turned.Y, turned.Z, gradient.X, gradient.Y, gradient.Z);
                sums.Add(changes, reference[i], second);
            }
        }

        return sums;
    }

    private double Radius()
    {
        ImageGeometry grid = _reference.Geometry;
        return (grid.PositionOf(grid.Columns - 1, grid.Rows - 1, grid.Sections - 1) - grid.Origin).Length / 2;
    }

    private static Volume At(Volume volume, double size)
    {
        Volume resampled = Resample.ToGrid(volume, GridOf(volume.Geometry, size), GridResampling.Emission).Volume;
        // Without steps at voxels' faces, on which a registration would settle.
        return GaussianFilter.Apply(resampled, size);
    }

    /// <summary>Solves (A + damping diag A) x = -g by Cholesky's decomposition; false where the images fix no motion.</summary>
    private static bool Solve(RigidSums sums, double damping, double[] step)
    {
        Span<double> a = stackalloc double[36];
        int at = 0;
        for (int i = 0; i < 6; i++)
        {
            for (int j = i; j < 6; j++)
            {
                a[(j * 6) + i] = sums.Products[at++] * (i == j ? 1 + damping : 1);
            }
        }

        for (int i = 0; i < 6; i++)
        {
            double whole = a[(i * 6) + i];
            for (int j = 0; j <= i; j++)
            {
                double sum = a[(i * 6) + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= a[(i * 6) + k] * a[(j * 6) + k];
                }

                if (i == j && !(sum > 1e-12 * whole))
                {
                    return false;
                }

                a[(i * 6) + j] = i == j ? Math.Sqrt(sum) : sum / a[(j * 6) + j];
            }
        }

        for (int i = 0; i < 6; i++)
        {
            double sum = -sums.Gradient(i);
            for (int k = 0; k < i; k++)
            {
                sum -= a[(i * 6) + k] * step[k];
            }

            step[i] = sum / a[(i * 6) + i];
        }

        for (int i = 5; i >= 0; i--)
        {
            double sum = step[i];
            for (int k = i + 1; k < 6; k++)
            {
                sum -= a[(k * 6) + i] * step[k];
            }

            step[i] = sum / a[(i * 6) + i];
        }

        return true;
    }
}
