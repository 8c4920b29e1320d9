using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>
/// A patient in voxels: for each the part of the body that it belongs to, planes parallel to the table, and the voxels of every finding beside them.
/// </summary>
internal sealed class WholeBodyPhantom : IPlanarObject
{
    /// <summary>Pixels that a plane is thick.</summary>
    private const int PixelsPerPlane = 2;

    private const byte Air = 0, Flesh = 1, FirstPart = 2;

    private readonly BodyFrame _frame;
    private readonly PixelGrid _grid;
    private readonly BodySurface _surface;
    private readonly byte[] _labels;
    private readonly float[] _uptakes = new float[256];
    private readonly List<(int Offset, float Added)>[] _added;
    private readonly double _total;
    private readonly Dictionary<int, int> _owners = [];
    private readonly List<WholeBodyFinding> _findings = [];
    private readonly List<int[]> _voxels = [];

    public WholeBodyPhantom(WholeBodyPatient patient, PlanarAcquisition acquisition)
    {
        _frame = new BodyFrame(patient);
        _grid = new PixelGrid(acquisition.Columns, acquisition.Rows, acquisition.Pixel, patient.Posture.Crown);
        PlaneThickness = PixelsPerPlane * acquisition.Pixel;
        (Parts, IReadOnlyList<Tube> limbs) = SkeletonBuilder.Build(patient, _frame);
        _surface = new BodySurface(_frame, limbs, _grid);
        double highest = Parts.SelectMany(part => part.Shapes).Max(shape => shape.Bounds.High.Z);
        Planes = (int)Math.Ceiling(Math.Max(_surface.Top, highest) / PlaneThickness);
        _labels = new byte[Planes * PlaneLength];
        _added = [.. Enumerable.Range(0, Planes).Select(_ => new List<(int, float)>())];
        _uptakes[Flesh] = (float)(patient.SoftTissue * (patient.IsSuperscan ? WholeBodyUptake.SuperscanRest : 1));
        FillFlesh();
        for (int part = 0; part < Parts.Count; part++)
        {
            _uptakes[FirstPart + part] = (float)Parts[part].Uptake;
            foreach (BodyShape shape in Parts[part].Shapes)
            {
                Paint(shape, (byte)(FirstPart + part));
            }
        }

        CoverBones();
        foreach (byte label in _labels)
        {
            _total += _uptakes[label];
        }

        foreach (FindingPlan plan in patient.Findings)
        {
            Place(plan);
        }
    }

    /// <summary>The parts of the body.</summary>
    public IReadOnlyList<BodyPart> Parts { get; }

    /// <summary>The findings, in the order of their numbers.</summary>
    public IReadOnlyList<WholeBodyFinding> Findings => _findings;

    public int Columns => _grid.Columns;

    public int Rows => _grid.Rows;

    public int Planes { get; }

    public double Pixel => _grid.Pixel;

    public double PlaneThickness { get; }

    /// <summary>Volume of a voxel, ml.</summary>
    public double VoxelMillilitres => Pixel * Pixel * PlaneThickness / 1000;

    private int PlaneLength => Columns * Rows;

    public ReadOnlySpan<float> Back(int column) => _surface.Back(column);

    public ReadOnlySpan<float> Front(int column) => _surface.Front(column);

    public void Fill(int plane, Span<float> activity)
    {
        ReadOnlySpan<byte> labels = _labels.AsSpan(plane * PlaneLength, PlaneLength);
        ref float uptakes = ref MemoryMarshal.GetArrayDataReference(_uptakes);
        for (int i = 0; i < labels.Length; i++)
        {
            activity[i] = Unsafe.Add(ref uptakes, labels[i]);
        }

        foreach ((int offset, float added) in _added[plane])
        {
            activity[offset] += added;
        }
    }

    /// <summary>What the findings send to the detector above, all photons that are not lost to attenuation.</summary>
    public double AnteriorCountsOfFindings(double attenuation)
    {
        double sum = 0;
        for (int plane = 0; plane < Planes; plane++)
        {
            foreach ((int offset, float added) in _added[plane])
            {
                double depth = Math.Max(0, Front(offset / Rows)[offset % Rows] - ((plane + .5) * PlaneThickness));
                sum += added * Math.Exp(-attenuation * depth);
            }
        }

        return sum;
    }

    /// <summary>The volume of each bone and of the metastases in it.</summary>
    public IReadOnlyList<BoneInvolvement> Involvement()
    {
        long[] voxels = new long[256];
        foreach (byte label in _labels)
        {
            voxels[label]++;
        }

        Dictionary<(SkeletalBone, BodySide?), (double All, double Lesions)> bones = [];
        for (int part = 0; part < Parts.Count; part++)
        {
            if (Key(Parts[part]) is { } key)
            {
                (double all, double lesions) = bones.GetValueOrDefault(key);
                bones[key] = (all + (voxels[FirstPart + part] * VoxelMillilitres), lesions);
            }
        }

        for (int i = 0; i < _findings.Count; i++)
        {
            if (_findings[i].Kind != FindingKind.Metastasis)
            {
                continue;
            }

            foreach (int voxel in _voxels[i])
            {
                if (_labels[voxel] >= FirstPart && Key(Parts[_labels[voxel] - FirstPart]) is { } key)
                {
                    (double all, double lesions) = bones[key];
                    bones[key] = (all, lesions + VoxelMillilitres);
                }
            }
        }

        return [.. bones.OrderBy(bone => bone.Key.Item1).ThenBy(bone => bone.Key.Item2).Select(bone => new BoneInvolvement(bone.Key.Item1, bone.Key.Item2, bone.Value.All, bone.Value.Lesions))];

        // Ribs and hip bones of both sides are one in tables of the skeleton.
        static (SkeletalBone, BodySide?)? Key(BodyPart part) => part.Bone switch
        {
            SkeletalBone.None => null,
            SkeletalBone.Ribs or SkeletalBone.Pelvis => (part.Bone, null),
            _ => (part.Bone, part.Side),
        };
    }

    /// <summary>Which pixels a finding lies behind, columns to the patient's left, column after column.</summary>
    public bool[] Shadow(int finding)
    {
        bool[] mask = new bool[PlaneLength];
        foreach (int voxel in _voxels[finding])
        {
            mask[voxel % PlaneLength] = true;
        }

        return mask;
    }

    /// <summary>Which pixels the body lies behind.</summary>
    public bool[] Outline()
    {
        bool[] mask = new bool[PlaneLength];
        for (int column = 0; column < Columns; column++)
        {
            ReadOnlySpan<float> back = Back(column), front = Front(column);
            for (int row = 0; row < Rows; row++)
            {
                mask[(column * Rows) + row] = front[row] > back[row];
            }
        }

        return mask;
    }

    /// <summary>Which pixels the parts of a region lie behind.</summary>
    public bool[] Shadow(Predicate<BodyPart> which)
    {
        bool[] wanted = new bool[256], mask = new bool[PlaneLength];
        for (int part = 0; part < Parts.Count; part++)
        {
            wanted[FirstPart + part] = which(Parts[part]);
        }

        for (int plane = 0; plane < Planes; plane++)
        {
            ReadOnlySpan<byte> labels = _labels.AsSpan(plane * PlaneLength, PlaneLength);
            for (int i = 0; i < labels.Length; i++)
            {
                mask[i] |= wanted[labels[i]];
            }
        }

        return mask;
    }

    /// <summary>How many mm of some parts lie behind each pixel.</summary>
    public float[] Thickness(Predicate<BodyPart> which)
    {
        float[] steps = new float[256], sum = new float[PlaneLength];
        for (int part = 0; part < Parts.Count; part++)
        {
            steps[FirstPart + part] = which(Parts[part]) ? (float)PlaneThickness : 0;
        }

        for (int plane = 0; plane < Planes; plane++)
        {
            ReadOnlySpan<byte> labels = _labels.AsSpan(plane * PlaneLength, PlaneLength);
            for (int i = 0; i < labels.Length; i++)
            {
                sum[i] += steps[labels[i]];
            }
        }

        return sum;
    }

    /// <summary>For each pixel the part that sends most to a detector, weakened as the camera has it; -1 where there is none.</summary>
    public int[] Foremost(int view, double attenuation)
    {
        int[] best = new int[PlaneLength];
        Array.Fill(best, -1);
        float[] most = new float[PlaneLength], run = new float[PlaneLength];
        byte[] last = new byte[PlaneLength];
        float step = (float)Math.Exp(-attenuation * PlaneThickness);
        float[] weights = new float[PlaneLength];
        Array.Fill(weights, 1f);
        int first = view == PlanarCamera.Posterior ? 0 : Planes - 1, direction = view == PlanarCamera.Posterior ? 1 : -1;
        for (int plane = first; plane >= 0 && plane < Planes; plane += direction)
        {
            ReadOnlySpan<byte> labels = _labels.AsSpan(plane * PlaneLength, PlaneLength);
            for (int i = 0; i < labels.Length; i++)
            {
                byte label = labels[i];
                if (label == Air)
                {
                    continue;
                }

                // A part is mostly met in one piece along a line.
                run[i] = label == last[i] ? run[i] + (weights[i] * _uptakes[label]) : weights[i] * _uptakes[label];
                last[i] = label;
                weights[i] *= step;
                if (label >= FirstPart && run[i] > most[i])
                {
                    (most[i], best[i]) = (run[i], label - FirstPart);
                }
            }
        }

        return best;
    }

    private void FillFlesh()
    {
        for (int column = 0; column < Columns; column++)
        {
            ReadOnlySpan<float> back = Back(column), front = Front(column);
            for (int row = 0; row < Rows; row++)
            {
                int first = Math.Max(0, (int)Math.Ceiling((back[row] / PlaneThickness) - .5)), last = Math.Min(Planes - 1, (int)Math.Floor((front[row] / PlaneThickness) - .5));
                for (int plane = first; plane <= last && front[row] > back[row]; plane++)
                {
                    _labels[(plane * PlaneLength) + (column * Rows) + row] = Flesh;
                }
            }
        }
    }

    private void CoverBones()
    {
        for (int column = 0; column < Columns; column++)
        {
            for (int row = 0; row < Rows; row++)
            {
                int at = (column * Rows) + row, low = 0, high = Planes - 1;
                while (low <= high && _labels[(low * PlaneLength) + at] < FirstPart)
                {
                    low++;
                }

                while (high > low && _labels[(high * PlaneLength) + at] < FirstPart)
                {
                    high--;
                }

                if (low <= high)
                {
                    _surface.Cover(column, row, low * PlaneThickness, (high + 1) * PlaneThickness);
                }
            }
        }
    }

    private void Paint(BodyShape shape, byte label)
    {
        if (shape is Tube { Points.Count: > 2 } tube)
        {
            foreach (Tube segment in tube.Segments)
            {
                Paint(segment, label);
            }

            return;
        }

        foreach (int voxel in Voxels(shape))
        {
            _labels[voxel] = label;
        }
    }

    /// <summary>The voxels whose middle lies in a shape.</summary>
    private IEnumerable<int> Voxels(BodyShape shape)
    {
        ShapeBounds bounds = shape.Bounds;
        (int firstColumn, int lastColumn, int firstRow, int lastRow) = _grid.Of(bounds);
        int firstPlane = Math.Max(0, (int)Math.Ceiling((bounds.Low.Z / PlaneThickness) - .5)), lastPlane = Math.Min(Planes - 1, (int)Math.Floor((bounds.High.Z / PlaneThickness) - .5));
        for (int plane = firstPlane; plane <= lastPlane; plane++)
        {
            double z = (plane + .5) * PlaneThickness;
            for (int column = firstColumn; column <= lastColumn; column++)
            {
                double x = _grid.XOf(column);
                for (int row = firstRow; row <= lastRow; row++)
                {
                    if (shape.Contains(x, _grid.YOf(row), z))
                    {
                        yield return (plane * PlaneLength) + (column * Rows) + row;
                    }
                }
            }
        }
    }

    private Point3 MiddleOf(int voxel) => new(_grid.XOf(voxel % PlaneLength / Rows), _grid.YOf(voxel % Rows), ((voxel / PlaneLength) + .5) * PlaneThickness);

    private void Place(FindingPlan plan)
    {
        bool inJoint = plan.Kind == FindingKind.Arthritis;
        Point3 centre = plan.At is { } at ? _frame.At(at.X, at.Y, at.Depth) : default;
        int anchor = -1;
        double along = 0;
        if (plan.At is null || inJoint)
        {
            // One of the voxels of the region, wherever this patient has it: the one that was drawn, or of a joint the one next to its place.
            int[] candidates = [.. Enumerable.Range(0, Parts.Count).Where(part => Parts[part].Region == plan.Region && (plan.Side is null || Parts[part].Side == plan.Side) && (plan.Part.Length == 0 || Parts[part].Name == plan.Part))];
            List<int> voxels = [.. candidates.SelectMany(part => Parts[part].Shapes.SelectMany(shape => shape is Tube tube ? tube.Segments.SelectMany(Voxels) : Voxels(shape)).Where(voxel => _labels[voxel] == FirstPart + part)).Distinct().Order()];
            if (voxels.Count == 0)
            {
                return;
            }

            Point3 wanted = centre;
            int chosen = plan.At is null ? voxels[Math.Min(voxels.Count - 1, (int)(plan.Place * voxels.Count))] : voxels.MinBy(voxel => (MiddleOf(voxel) - wanted).Length);
            centre = MiddleOf(chosen);
            anchor = inJoint ? -1 : _labels[chosen] - FirstPart;
            if (plan.Region == BodyRegion.Ribs)
            {
                along = Direction(Parts[anchor], centre);
            }
        }

        bool inBone = plan.Kind is FindingKind.Metastasis or FindingKind.Arthritis or FindingKind.Fracture;
        double half = plan.Diameter / 2;
        // What lies along a rib is three times as long as it is wide.
        Superellipsoid shape = plan.Region == BodyRegion.Ribs && plan.At is null
            ? new(centre, new(half, 3 * half, 3 * half), along)
            : new(centre, new(half * plan.Stretch.X, half * plan.Stretch.Y, half * plan.Stretch.Z));
        List<int> found = [];
        Point3 sum = default;
        foreach (int voxel in Voxels(shape))
        {
            byte label = _labels[voxel];
            bool taken = inBone
                ? label >= FirstPart && Parts[label - FirstPart].Bone != SkeletalBone.None
                    && (anchor < 0 || (Parts[label - FirstPart].Bone == Parts[anchor].Bone && Parts[label - FirstPart].Side == Parts[anchor].Side && (plan.Region != BodyRegion.Ribs || label - FirstPart == anchor)))
                : plan.Kind == FindingKind.LungMetastases ? label >= FirstPart && Parts[label - FirstPart].Region == BodyRegion.Lung : plan.Kind == FindingKind.Contamination || label != Air;
            if (!taken || !_owners.TryAdd(voxel, _findings.Count))
            {
                continue;
            }

            sum += MiddleOf(voxel);
            found.Add(voxel);
        }

        if (found.Count == 0)
        {
            return;
        }

        // A share of all activity is spread evenly.
        double evenly = plan.Share * _total / found.Count;
        foreach (int voxel in found)
        {
            bool isRim = plan.HasRim && (MiddleOf(voxel) - centre).Length > .7 * half;
            double contrast = isRim ? 1 / plan.Contrast : plan.Contrast;
            double change = plan.Share > 0 ? evenly : (inBone ? _uptakes[_labels[voxel]] : _uptakes[Flesh]) * (contrast - 1);
            _added[voxel / PlaneLength].Add((voxel % PlaneLength, (float)change));
        }

        double told = plan.Share > 0 ? 1 + (evenly / _uptakes[Flesh]) : plan.Contrast;
        // A lesion is of the part that most of it lies in.
        int home = anchor >= 0 ? anchor : found.Select(voxel => _labels[voxel] - FirstPart).Where(part => part >= 0).GroupBy(part => part).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Select(group => group.Key).FirstOrDefault(-1);
        Point3 middle = (1.0 / found.Count) * sum;
        _voxels.Add([.. found]);
        _findings.Add(new WholeBodyFinding(_findings.Count + 1, plan.Kind, home >= 0 && inBone ? Parts[home].Region : plan.Region, home >= 0 && inBone ? Parts[home].Bone : SkeletalBone.None,
            home >= 0 && inBone ? Parts[home].Side : plan.Side, home >= 0 && inBone ? Parts[home].Name : plan.Region.ToString(), told, found.Count * VoxelMillilitres, middle with { Y = middle.Y + _grid.Crown }));
    }

    /// <summary>The turn in the plane of the views, degrees, of the line that a rib follows near a point.</summary>
    private static double Direction(BodyPart rib, Point3 point)
    {
        Tube nearest = rib.Shapes.OfType<Tube>().SelectMany(tube => tube.Segments).MinBy(segment => ((.5 * (segment.Points[0] + segment.Points[1])) - point).Length)!;
        Point3 way = nearest.Points[1] - nearest.Points[0];
        return Math.Atan2(way.X, way.Y) * 180 / Math.PI;
    }
}
