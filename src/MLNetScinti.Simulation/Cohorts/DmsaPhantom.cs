using System.Numerics.Tensors;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// Turns a patient's anatomy into voxels. The axis of rotation runs through the body's axis, z = 0 halfway between the
/// kidneys' natural levels. Kidneys are sampled at eight points a voxel, the rest at one.
/// </summary>
internal sealed class DmsaPhantom
{
    /// <summary>Sections beyond the reconstructed range on either side, from which blur reaches into it.</summary>
    public const int Beyond = 8;

    private const int Samples = 2;
    private readonly DmsaPatient _patient;
    private readonly double _pixel;
    private readonly double _firstZ;

    public DmsaPhantom(DmsaPatient patient, SpectAcquisition acquisition)
    {
        _patient = patient;
        _pixel = acquisition.Pixel;
        PatientAnatomy body = patient.Anatomy;
        Geometry = GeometryOf(patient, acquisition);
        int sections = Geometry.Sections;
        _firstZ = Geometry.Origin.Z - (Beyond * _pixel);
        int half = (int)Math.Ceiling(Math.Max(body.HalfWidth, body.HalfDepth) / _pixel) + 1;
        Map = new ActivityMap(2 * half, sections + (2 * Beyond), _pixel, body.HalfWidth, body.HalfDepth);
        FillBody();
        LeftActivity = AddKidney(body.Left);
        RightActivity = AddKidney(body.Right);
        Breathe(body.BreathingFwhm / _pixel * GaussianFilter.DeviationPerFwhm);
    }

    public ImageGeometry Geometry { get; }

    public ActivityMap Map { get; }

    public double LeftActivity { get; }

    public double RightActivity { get; }

    /// <summary>The activity within the field of view of the reconstruction.</summary>
    public Volume ActivityVolume()
    {
        Volume volume = new(Geometry);
        int shift = (Map.Size - Geometry.Columns) / 2;
        for (int r = Math.Max(0, -shift); r < Math.Min(Geometry.Rows, Map.Size - shift); r++)
        {
            for (int c = Math.Max(0, -shift); c < Math.Min(Geometry.Columns, Map.Size - shift); c++)
            {
                ReadOnlySpan<float> line = Map.Line(r + shift, c + shift);
                for (int s = 0; s < Geometry.Sections; s++)
                {
                    volume[s, r, c] = line[s + Beyond];
                }
            }
        }

        return volume;
    }

    /// <summary>The kidneys and their defects, by the centre of each voxel.</summary>
    public (Volume Kidneys, Volume Defects) Truth()
    {
        Volume kidneys = new(Geometry);
        Volume defects = new(Geometry);
        foreach (KidneyAnatomy kidney in (ReadOnlySpan<KidneyAnatomy>)[_patient.Anatomy.Left, _patient.Anatomy.Right])
        {
            bool left = kidney.Side == BodySide.Left;
            for (int s = 0; s < Geometry.Sections; s++)
            {
                for (int r = 0; r < Geometry.Rows; r++)
                {
                    if (kidney.IsAbsent || !Near(kidney, Geometry.PositionOf(0, r, s)))
                    {
                        continue;
                    }

                    for (int c = 0; c < Geometry.Columns; c++)
                    {
                        Point3 own = kidney.ToOwnFrame(Geometry.PositionOf(c, r, s));
                        if (kidney.IntactUptakeAt(own) <= 0)
                        {
                            continue;
                        }

                        kidneys[s, r, c] = left ? 1 : 2;
                        if (!kidney.IsTissueAt(own))
                        {
                            continue;
                        }

                        for (int d = 0; d < kidney.Defects.Count; d++)
                        {
                            if (kidney.Defects[d].Contains(own))
                            {
                                defects[s, r, c] = d + (left ? 1 : 11);
                                break;
                            }
                        }
                    }
                }
            }
        }

        return (kidneys, defects);
    }

    /// <summary>The grid of the reconstruction: what the kidneys take, and the margins of the operator.</summary>
    public static ImageGeometry GeometryOf(DmsaPatient patient, SpectAcquisition acquisition)
    {
        if (acquisition.Bins % 2 != 0)
        {
            throw new ArgumentException($"The matrix must have an even number of bins, found {acquisition.Bins}: the axis of rotation lies between the middle two.", nameof(acquisition));
        }

        double pixel = acquisition.Pixel;
        PatientAnatomy body = patient.Anatomy;
        double lowest = Math.Min(Low(body.Left), Low(body.Right)) - patient.Margins.Below;
        double highest = Math.Max(High(body.Left), High(body.Right)) + patient.Margins.Above;
        int sections = Math.Clamp((int)Math.Ceiling((highest - lowest) / pixel), 1, acquisition.Bins);
        double middle = (lowest + highest) / 2;
        return ImageGeometry.Axial(acquisition.Bins, acquisition.Bins, sections, pixel, pixel) with
        {
            Origin = new(-(acquisition.Bins - 1) / 2.0 * pixel, -(acquisition.Bins - 1) / 2.0 * pixel, middle - ((sections - 1) / 2.0 * pixel)),
        };
    }

    private static double Low(KidneyAnatomy kidney) => kidney.Centre.Z - (kidney.Length / 2);

    private static double High(KidneyAnatomy kidney) => kidney.Centre.Z + (kidney.Length / 2);

    /// <summary>Whether a kidney may reach a row of voxels: rows and sections only, columns are open.</summary>
    private static bool Near(KidneyAnatomy kidney, Point3 point) =>
        Math.Abs(point.Y - kidney.Centre.Y) <= kidney.BoundingRadius && Math.Abs(point.Z - kidney.Centre.Z) <= kidney.BoundingRadius;

    private void FillBody()
    {
        PatientAnatomy body = _patient.Anatomy;
        double voxel = _pixel * _pixel * _pixel / 1000;
        // Soft tissue of 1 kg/l: the body's volume in ml is its weight in g.
        float background = (float)(_patient.BodyActivity / (body.Weight * 1000) * voxel);
        float liver = (float)(_patient.LiverActivity / body.Liver.Millilitres * voxel);
        float spleen = (float)(_patient.SpleenActivity / body.Spleen.Millilitres * voxel);
        for (int r = 0; r < Map.Size; r++)
        {
            double y = Map.PositionOf(r);
            for (int c = 0; c < Map.Size; c++)
            {
                double x = Map.PositionOf(c);
                double inside = ((x / body.HalfWidth) * (x / body.HalfWidth)) + ((y / body.HalfDepth) * (y / body.HalfDepth));
                if (inside > 1)
                {
                    continue;
                }

                Span<float> line = Map.Line(r, c);
                line.Fill(background);
                Fill(line, body.Spleen, x, y, spleen);
                Fill(line, body.Liver, x, y, liver);
            }
        }
    }

    /// <summary>Fills the sections in which a line along the body's axis runs through an organ.</summary>
    private void Fill(Span<float> line, Ellipsoid organ, double x, double y, float value)
    {
        (double low, double high) = organ.Along(x, y);
        int first = Math.Max(0, (int)Math.Ceiling((low - _firstZ) / _pixel));
        int last = Math.Min(line.Length - 1, (int)Math.Floor((high - _firstZ) / _pixel));
        if (first <= last)
        {
            line[first..(last + 1)].Fill(value);
        }
    }

    /// <summary>Puts a kidney in the place of what is there, and returns its activity in MBq.</summary>
    private double AddKidney(KidneyAnatomy kidney)
    {
        if (kidney.IsAbsent)
        {
            return 0;
        }

        double reach = kidney.BoundingRadius;
        (int firstRow, int lastRow) = Range(kidney.Centre.Y, reach, Map.PositionOf(0), Map.Size);
        (int firstColumn, int lastColumn) = Range(kidney.Centre.X, reach, Map.PositionOf(0), Map.Size);
        (int firstSection, int lastSection) = Range(kidney.Centre.Z, reach, _firstZ, Map.Sections);
        List<(int Row, int Column, int Section, float Cover, float Uptake)> found = [];
        const int samples = Samples * Samples * Samples;
        double intact = 0;
        for (int r = firstRow; r <= lastRow; r++)
        {
            for (int c = firstColumn; c <= lastColumn; c++)
            {
                for (int s = firstSection; s <= lastSection; s++)
                {
                    Point3 corner = new(Map.PositionOf(c), Map.PositionOf(r), _firstZ + (s * _pixel));
                    // The sampled points lie within half a voxel of its middle in each direction.
                    if (kidney.IsBeyond(kidney.ToOwnFrame(corner), _pixel / 2 * Math.Sqrt(3)))
                    {
                        continue;
                    }

                    int cover = 0;
                    double uptake = 0;
                    for (int i = 0; i < samples; i++)
                    {
                        Point3 own = kidney.ToOwnFrame(corner + (_pixel / Samples * new Point3((i & 1) - 0.5, ((i >> 1) & 1) - 0.5, (i >> 2) - 0.5)));
                        double here = kidney.IntactUptakeAt(own);
                        if (here > 0)
                        {
                            cover++;
                            intact += here;
                            foreach (CorticalDefect defect in kidney.Defects)
                            {
                                here *= defect.UptakeAt(own);
                            }

                            uptake += here;
                        }
                    }

                    if (cover > 0)
                    {
                        found.Add((r, c, s, (float)cover / samples, (float)uptake));
                    }
                }
            }
        }

        // What the kidney would hold without defects sets the concentration; what the defects lack is missing.
        double perUnit = intact > 0 ? _patient.AtScan(kidney.Uptake) / intact : 0;
        double total = 0;
        foreach ((int row, int column, int section, float cover, float uptake) in found)
        {
            ref float voxel = ref Map.Line(row, column)[section];
            double activity = uptake * perUnit;
            voxel = (float)((voxel * (1 - cover)) + activity);
            total += activity;
        }

        return total;
    }

    private (int First, int Last) Range(double centre, double reach, double origin, int count) => (
        Math.Clamp((int)Math.Floor((centre - reach - origin) / _pixel), 0, count - 1),
        Math.Clamp((int)Math.Ceiling((centre + reach - origin) / _pixel), 0, count - 1));

    /// <summary>Blurs along the body's axis.</summary>
    private void Breathe(double deviation)
    {
        if (deviation < 0.1)
        {
            return;
        }

        float[] kernel = GaussianFilter.Kernel(deviation);
        int reach = kernel.Length - 1;
        float[] padded = new float[Map.Sections + (2 * reach)];
        for (int r = 0; r < Map.Size; r++)
        {
            for (int c = 0; c < Map.Size; c++)
            {
                Span<float> line = Map.Line(r, c);
                if (!line.ContainsAnyExcept(line[0]))
                {
                    continue;
                }

                // Beyond both ends the body goes on as it ends.
                line.CopyTo(padded.AsSpan(reach));
                padded.AsSpan(0, reach).Fill(line[0]);
                padded.AsSpan(reach + line.Length).Fill(line[^1]);
                TensorPrimitives.Multiply(padded.AsSpan(reach, line.Length), kernel[0], line);
                for (int k = 1; k <= reach; k++)
                {
                    TensorPrimitives.MultiplyAdd(padded.AsSpan(reach - k, line.Length), kernel[k], line, line);
                    TensorPrimitives.MultiplyAdd(padded.AsSpan(reach + k, line.Length), kernel[k], line, line);
                }
            }
        }
    }
}
