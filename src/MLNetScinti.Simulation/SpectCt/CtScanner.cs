using System.Numerics.Tensors;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>How a CT is done.</summary>
public sealed record CtScanner
{
    /// <summary>A name for tables and files.</summary>
    public required string Name { get; init; }

    /// <summary>Rows and columns of the full grid.</summary>
    public int Matrix { get; init; } = 512;

    /// <summary>Edge of the field, mm; a circle of that diameter is seen.</summary>
    public double Field { get; init; } = 501.76;

    /// <summary>Distance of sections, which is their thickness too, mm.</summary>
    public double Section { get; init; } = 5;

    /// <summary>Tube current and time, mAs.</summary>
    public double MilliampereSeconds { get; init; } = 30;

    /// <summary>Width of the kernel that the ramp filter is softened by, FWHM in mm.</summary>
    public double KernelFwhm { get; init; } = 1.8;

    /// <summary>Whether contrast medium was given, and the kidneys are in their nephrographic phase.</summary>
    public bool Contrast { get; init; }

    /// <summary>Tube voltage, kV, as files state it.</summary>
    public double Kilovolts { get; init; } = 120;

    /// <summary>The CT of a SPECT/CT (S5): .98 x .98 x 5 mm, 30 mAs.</summary>
    public static CtScanner LowDose { get; } = new() { Name = "low-dose" };

    /// <summary>Three SPECT/CT of low dose (S5's 89 patients were scanned by three): they differ in field, sections, dose and kernel (judgement).</summary>
    public static IReadOnlyList<CtScanner> ThreeLowDose { get; } =
    [
        LowDose,
        new() { Name = "low-dose-b", Section = 5, MilliampereSeconds = 20, KernelFwhm = 2.6 },
        new() { Name = "low-dose-c", Field = 500, Section = 3, MilliampereSeconds = 40, KernelFwhm = 1.4, Kilovolts = 130 },
    ];

    /// <summary>Diagnostic CT with contrast (S4's Network 3): sections of .8 to 5 mm.</summary>
    public static IReadOnlyList<CtScanner> Diagnostic { get; } =
    [
        new() { Name = "diagnostic-5", Field = 420, Section = 5, MilliampereSeconds = 160, KernelFwhm = 1.4, Contrast = true },
        new() { Name = "diagnostic-3", Field = 450, Section = 3, MilliampereSeconds = 180, KernelFwhm = 1.4, Contrast = true },
        new() { Name = "diagnostic-2", Field = 400, Section = 2, MilliampereSeconds = 200, KernelFwhm = 1.2, Contrast = true },
        new() { Name = "diagnostic-0.8", Field = 400, Section = 0.8, MilliampereSeconds = 220, KernelFwhm = 1.2, Contrast = true },
    ];

    /// <summary>Where the voxels of a scan are.</summary>
    /// <param name="grid">Rows and columns; 0 for the full matrix.</param>
    /// <param name="section">Distance of sections, mm; 0 for the scanner's.</param>
    /// <param name="length">How long the scan is, mm.</param>
    /// <param name="middle">Its middle along the body, mm.</param>
    public ImageGeometry GridOf(int grid, double section, double length, double middle)
    {
        int matrix = grid > 0 ? grid : Matrix;
        double along = section > 0 ? section : Section;
        ImageGeometry axial = ImageGeometry.Axial(matrix, matrix, Math.Max(1, (int)Math.Round(length / along)), Field / matrix, along);
        return axial with { Origin = axial.Origin + new Point3(0, 0, middle) };
    }
}

/// <summary>
/// Makes CT images of bodies: Hounsfield units by tissue with a slow unevenness, the scanner's resolution, and noise that is made in parallel projections
/// (photons through the body, electronic noise, filtered backprojection of the difference from what nothing disturbs), so that streaks between the arms and
/// from starvation come by themselves. Hardening of the beam is not simulated. Beyond the field nothing is seen, and its edge is too bright where the body leaves it.
/// </summary>
public static class CtSimulator
{
    /// <summary>What fills the image outside of the field, HU.</summary>
    public const double Outside = -1024;

    /// <summary>Attenuation of water for the CT's beam, 1/mm (70 keV, NIST).</summary>
    public const double WaterAttenuation = 0.0193;

    private const double AnchorDiameter = 300;
    private const double AnchorMilliampereSeconds = 30;
    private const double AnchorSection = 5;

    /// <summary>The values of the tissues of a patient, HU, by number.</summary>
    /// <remarks>Parenchyma 30 +- 5, sinus -75, muscle 50, fat -100, first lumbar vertebra 160 - 1.5 (age - 50), gas -950, compact bone 700 to 1400 (thin shells here: conventions); liver 55 +- 9, spleen 1 to 18 less.</remarks>
    public static double[] HounsfieldOf(SpectCtPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        CounterRandom random = new(patient.Seed, 0, patient.Candidate, "hounsfield");
        bool contrast = patient.Scanner.Contrast;
        double parenchyma = random.NextNormal(30, 5) + (contrast ? random.NextDouble(110, 170) : 0), liver = patient.LiverHounsfield;
        double[] values = new double[Tissues.Count];
        void Set(Tissue tissue, double value) => values[(int)tissue] = value;
        Set(Tissue.Air, -1000);
        Set(Tissue.SubcutaneousFat, random.NextNormal(-105, 4));
        Set(Tissue.VisceralFat, random.NextNormal(-100, 5));
        Set(Tissue.Muscle, random.NextNormal(48, 6) + (contrast ? 12 : 0));
        Set(Tissue.CompactBone, random.NextDouble(700, 1100));
        Set(Tissue.SpongyBone, Math.Max(40, 160 - (1.5 * (patient.Age - 50)) + random.NextNormal(0, 25)));
        Set(Tissue.Disc, 70);
        Set(Tissue.Lung, random.NextNormal(-830, 25));
        Set(Tissue.Liver, liver + (contrast ? random.NextDouble(40, 65) : 0));
        Set(Tissue.Spleen, Math.Max(30, liver < 40 ? 46 : liver - random.NextDouble(1, 18)) + (contrast ? random.NextDouble(60, 85) : 0));
        Set(Tissue.Blood, random.NextNormal(42, 4) + (contrast ? random.NextDouble(90, 130) : 0));
        Set(Tissue.Bowel, random.NextNormal(22, 6) + (contrast ? 30 : 0));
        Set(Tissue.Stool, random.NextDouble(-120, 60));
        Set(Tissue.Gas, -950);
        Set(Tissue.Gallbladder, random.NextNormal(6, 4));
        Set(Tissue.Pancreas, random.NextNormal(38, 8) + (contrast ? 50 : 0));
        Set(Tissue.Tumour, liver - random.NextDouble(5, 25) + (contrast ? random.NextDouble(0, 50) : 0));
        foreach (int side in (ReadOnlySpan<int>)[0, Tissue.RightCortex - Tissue.LeftCortex])
        {
            // In the nephrographic phase cortex and medulla are alike.
            values[(int)Tissue.LeftCortex + side] = parenchyma + 2;
            values[(int)Tissue.LeftMedulla + side] = parenchyma - 2;
            values[(int)Tissue.LeftSinus + side] = random.NextNormal(-65, 10);
            values[(int)Tissue.LeftUrine + side] = random.NextNormal(6, 4);
            values[(int)Tissue.LeftCyst + side] = 8;
        }

        return values;
    }

    /// <summary>The CT of a patient at the place of the first visit, or of another.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="parameters">The cohort's numbers.</param>
    /// <param name="grid">Where the voxels are.</param>
    /// <param name="visit">The visit's number, whose noise is its own.</param>
    /// <param name="shift">Where the patient lies, mm from the first visit.</param>
    /// <param name="mask">Receives 1 where the left kidney's tissue is, 2 where the right one's, 3 and 4 in their cysts; as many values as voxels.</param>
    public static Volume Scan(SpectCtPatient patient, SpectCtParameters parameters, ImageGeometry grid, int visit, Point3 shift, out byte[] mask)
    {
        ArgumentNullException.ThrowIfNull(patient);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(grid);
        (TissueMap map, int along) = Draw(patient, grid, shift);
        mask = MaskOf(map.Labels, grid, along);
        Volume image = new(grid);
        Values(patient, parameters, map, along, image);
        // What is drawn by middles of voxels has sharp edges: the scanner's resolution softens them.
        double blur = Math.Max(1.2, 0.7 * grid.ColumnSpacing) * GaussianFilter.DeviationPerFwhm / grid.ColumnSpacing;
        GaussianFilter.Apply(image.Voxels, grid.Shape, 0, blur, blur);
        Cupping(image, parameters.Cupping);
        if (parameters.CtNoise > 0)
        {
            AddNoise(image, patient.Scanner, parameters, patient.Seed, patient.Candidate, visit);
        }

        double radius = grid.Columns / 2.0, middle = (grid.Columns - 1) / 2.0;
        for (int r = 0; r < grid.Rows; r++)
        {
            for (int c = 0; c < grid.Columns; c++)
            {
                bool outside = ((c - middle) * (c - middle)) + ((r - middle) * (r - middle)) > radius * radius;
                for (int s = 0; s < grid.Sections; s++)
                {
                    float value = outside ? (float)Outside : (float)(image[s, r, c] + patient.HounsfieldOffset);
                    image[s, r, c] = Math.Clamp(MathF.Round(value), (float)Outside, 3071);
                }
            }
        }

        return image;
    }

    /// <summary>The mask that a scan would have, without scanning.</summary>
    internal static byte[] MaskOf(SpectCtPatient patient, ImageGeometry grid, Point3 shift)
    {
        (TissueMap map, int along) = Draw(patient, grid, shift);
        return MaskOf(map.Labels, grid, along);
    }

    /// <summary>Photons that reach a detector's bin of 1 mm when nothing is in their way, for a section of 1 mm and 1 mAs: those that give the noise that is asked for.</summary>
    /// <remarks>Of filtered backprojection: the variance is pi^2 / M times the bin's width, the variance of a line integral and the integral of the squared filter.</remarks>
    public static double PhotonsPerMillimetre(double noise, double kernelFwhm, double pixel, int views)
    {
        double deviation = noise / 1000 * WaterAttenuation;
        double sum = 0;
        const int steps = 2000;
        for (int i = 0; i < steps; i++)
        {
            double frequency = (i + 0.5) / steps / (2 * pixel);
            double filter = frequency * Apodisation(frequency, kernelFwhm, pixel);
            sum += 2 * filter * filter / steps / (2 * pixel);
        }

        // One bin of the width gets this many photons behind the anchor's water.
        double behind = Math.PI * Math.PI / views * pixel * sum / (deviation * deviation);
        return behind * Math.Exp(WaterAttenuation * AnchorDiameter) / pixel / AnchorSection / AnchorMilliampereSeconds;
    }

    /// <summary>Parallel views over half a turn for a matrix.</summary>
    public static int ViewsFor(int columns) => Math.Max(64, (int)(1.1 * columns));

    private static double Apodisation(double frequency, double fwhm, double pixel)
    {
        double sigma = fwhm * GaussianFilter.DeviationPerFwhm;
        // Between bins values are read in a straight line, which softens as well.
        double argument = Math.PI * frequency * pixel, sinc = argument < 1e-9 ? 1 : Math.Sin(argument) / argument;
        return Math.Exp(-2 * Math.PI * Math.PI * frequency * frequency * sigma * sigma) * sinc * sinc;
    }

    private static (TissueMap Map, int Along) Draw(SpectCtPatient patient, ImageGeometry grid, Point3 shift)
    {
        // Sections are thick: two samples in each of some millimetres.
        int along = Math.Clamp((int)Math.Round(grid.SectionSpacing / 2), 1, 3);
        return (new(patient.Anatomy, TissueMap.Finer(grid with { Origin = grid.Origin - shift }, 1, along)), along);
    }

    // Of the samples of a thick section neither the first nor the last decides.
    private static byte[] MaskOf(ReadOnlySpan<byte> labels, ImageGeometry grid, int along) =>
        MaskResampling.ToGrid(Array.ConvertAll(labels.ToArray(), tissue => SpectCtTruth.LabelOf((Tissue)tissue)), TissueMap.Finer(grid, 1, along), grid);

    private static void Values(SpectCtPatient patient, SpectCtParameters parameters, TissueMap map, int along, Volume image)
    {
        ImageGeometry grid = image.Geometry;
        double[] hounsfield = HounsfieldOf(patient);
        Unevenness texture = new(patient.Seed, patient.Candidate, parameters.Texture);
        RenalCyst[] odd = [.. patient.Anatomy.Cysts.Where(cyst => Math.Abs(cyst.Hounsfield - 8) > 1)];
        int plane = grid.Rows * grid.Columns;
        float[] line = new float[grid.Columns];
        for (int s = 0; s < map.Grid.Sections; s++)
        {
            Span<float> section = image.Section(s / along);
            for (int r = 0; r < grid.Rows; r++)
            {
                Point3 first = map.Grid.PositionOf(0, r, s);
                texture.Fill(first, grid.ColumnSpacing, line);
                ReadOnlySpan<byte> labels = map.Labels.Slice((s * plane) + (r * grid.Columns), grid.Columns);
                Span<float> target = section.Slice(r * grid.Columns, grid.Columns);
                for (int c = 0; c < labels.Length; c++)
                {
                    Tissue tissue = (Tissue)labels[c];
                    double value = hounsfield[labels[c]];
                    if (tissue is Tissue.LeftCyst or Tissue.RightCyst && odd.Length > 0)
                    {
                        value = OfCyst(patient.Anatomy, odd, tissue, first + new Point3(c * grid.ColumnSpacing, 0, 0), value);
                    }

                    target[c] += (float)(value + (tissue is Tissue.Air or Tissue.Gas ? 0 : line[c])) / along;
                }
            }
        }
    }

    private static double OfCyst(AbdomenAnatomy anatomy, RenalCyst[] cysts, Tissue tissue, Point3 at, double otherwise)
    {
        foreach (RenalCyst cyst in cysts)
        {
            if ((tissue == Tissue.LeftCyst) == (cyst.Side == BodySide.Left) && anatomy.Of(cyst.Side) is { } kidney && (kidney.FromOwnFrame(cyst.Centre) - at).Length <= cyst.Radius)
            {
                return cyst.Hounsfield;
            }
        }

        return otherwise;
    }

    /// <summary>The edge of the field is too bright in those directions in which the body leaves it.</summary>
    private static void Cupping(Volume image, double amount)
    {
        ImageGeometry grid = image.Geometry;
        double radius = grid.Columns / 2.0, middle = (grid.Columns - 1) / 2.0;
        const double reach = 12;
        double width = reach / grid.ColumnSpacing;
        for (int s = 0; amount > 0 && s < grid.Sections; s++)
        {
            Span<float> section = image.Section(s);
            for (int r = 0; r < grid.Rows; r++)
            {
                for (int c = 0; c < grid.Columns; c++)
                {
                    double x = c - middle, y = r - middle, from = Math.Sqrt((x * x) + (y * y));
                    if (from < radius - (4 * width) || from > radius || from < 1)
                    {
                        continue;
                    }

                    // Just within the edge, in the same direction.
                    int edgeColumn = (int)Math.Round(middle + (x / from * (radius - 1.5))), edgeRow = (int)Math.Round(middle + (y / from * (radius - 1.5)));
                    if (section[(edgeRow * grid.Columns) + edgeColumn] > -300)
                    {
                        section[(r * grid.Columns) + c] += (float)(amount * Math.Exp((from - radius) / width));
                    }
                }
            }
        }
    }

    /// <summary>Adds to an image what noise in its projections makes of it.</summary>
    internal static void AddNoise(Volume image, CtScanner scanner, SpectCtParameters parameters, ulong seed, ulong patient, int visit)
    {
        ImageGeometry grid = image.Geometry;
        const int block = StripProjector.Block;
        double pixel = grid.ColumnSpacing;
        int size = grid.Columns, views = ViewsFor(size);
        StripProjector projector = new(size, [.. Enumerable.Range(0, views).Select(view => Math.PI * view / views)]);
        double photons = PhotonsPerMillimetre(parameters.CtNoise, scanner.KernelFwhm, pixel, views) * pixel * grid.SectionSpacing * scanner.MilliampereSeconds;
        float[] filter = Filter(size, scanner.KernelFwhm, pixel);
        IReadOnlyList<int> pixels = projector.PixelsInUse;
        AlignedArray values = new(pixels.Count * block), lines = new(views * size * block), filtered = new(size * block);
        int plane = grid.Rows * grid.Columns;
        double toHounsfield = 1000 / WaterAttenuation * Math.PI / views / pixel;
        for (int first = 0; first < grid.Sections; first += block)
        {
            int used = Math.Min(block, grid.Sections - first);
            values.Span.Clear();
            for (int p = 0; p < pixels.Count; p++)
            {
                for (int s = 0; s < used; s++)
                {
                    values.Span[(p * block) + s] = (float)(Math.Max(0, 1 + (image.Voxels[((first + s) * plane) + pixels[p]] / 1000)) * WaterAttenuation * pixel);
                }
            }

            projector.Forward(values.Span, lines.Span);
            Disturb(lines.Span, views * size, used, photons, parameters.ElectronicNoise, new(seed, ((long)visit << 32) + first, patient, "ct photons"));
            for (int view = 0; view < views; view++)
            {
                Convolve(lines.Span.Slice(view * size * block, size * block), filter, size, filtered.Span);
            }

            projector.Back(lines.Span, values.Span);
            for (int p = 0; p < pixels.Count; p++)
            {
                for (int s = 0; s < used; s++)
                {
                    image.Voxels[((first + s) * plane) + pixels[p]] += (float)(values.Span[(p * block) + s] * toHounsfield);
                }
            }
        }
    }

    /// <summary>Line integrals become what noise adds to them.</summary>
    private static void Disturb(Span<float> lines, int count, int used, double photons, double electronic, CounterRandom random)
    {
        for (int i = 0; i < count; i++)
        {
            Span<float> sections = lines.Slice(i * StripProjector.Block, StripProjector.Block);
            for (int s = 0; s < sections.Length; s++)
            {
                if (s >= used || sections[s] <= 0)
                {
                    sections[s] = 0;
                    continue;
                }

                double mean = photons * Math.Exp(-sections[s]);
                // Of many photons the normal distribution is as good; the electronic noise has it anyway.
                double counted = mean > 50 ? mean + (Math.Sqrt(mean + (electronic * electronic)) * random.NextNormal())
                    : random.NextPoisson(mean) + (electronic * random.NextNormal());
                sections[s] = (float)(-Math.Log(Math.Max(counted, 0.7 + (0.05 * electronic)) / photons) - sections[s]);
            }
        }
    }

    /// <summary>The softened ramp, from its middle outwards, in a bin's width: a sum over frequencies, as an inverse transform.</summary>
    private static float[] Filter(int size, double fwhm, double pixel)
    {
        int reach = Math.Min(size - 1, Math.Max(16, (int)(40 / pixel)));
        float[] filter = new float[reach + 1];
        const int steps = 1024;
        for (int n = 0; n <= reach; n++)
        {
            double sum = 0;
            for (int i = 0; i < steps; i++)
            {
                // In cycles for each bin.
                double frequency = (i + 0.5) / steps / 2;
                sum += 2 * frequency * Math.Exp(-2 * Math.PI * Math.PI * Square(frequency / pixel * fwhm * GaussianFilter.DeviationPerFwhm)) * Math.Cos(2 * Math.PI * frequency * n) / steps / 2;
            }

            filter[n] = (float)sum;
        }

        return filter;
    }

    private static double Square(double value) => value * value;

    private static void Convolve(Span<float> lines, float[] filter, int size, Span<float> buffer)
    {
        const int block = StripProjector.Block;
        buffer.Clear();
        for (int n = 0; n < filter.Length; n++)
        {
            int length = (size - n) * block;
            TensorPrimitives.MultiplyAdd(lines[(n * block)..], filter[n], buffer[..length], buffer[..length]);
            if (n > 0)
            {
                TensorPrimitives.MultiplyAdd(lines[..length], filter[n], buffer[(n * block)..], buffer[(n * block)..]);
            }
        }

        buffer.CopyTo(lines);
    }

    /// <summary>A slow unevenness of tissue: random values on lattices of 9 and 28 mm, and straight lines between them.</summary>
    private sealed class Unevenness(ulong seed, ulong patient, double deviation)
    {
        private const int Size = 64;
        private readonly float[] _values = Draw(seed, patient);

        public void Fill(Point3 first, double step, Span<float> line)
        {
            line.Clear();
            if (deviation > 0)
            {
                // Straight lines between lattice points halve the variance, about.
                Add(first, step, 9, 0.9 * deviation, line);
                Add(first, step, 28, 1.3 * deviation, line);
            }
        }

        private static float[] Draw(ulong seed, ulong patient)
        {
            CounterRandom random = new(seed, 0, patient, "unevenness");
            float[] values = new float[Size * Size * Size];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)((random.NextUInt32() / (double)uint.MaxValue * 2) - 1);
            }

            return values;
        }

        private void Add(Point3 first, double step, double lattice, double amount, Span<float> line)
        {
            (int y, float v) = Place(first.Y / lattice);
            (int z, float w) = Place(first.Z / lattice);
            float scale = (float)(amount * 1.2);
            for (int c = 0; c < line.Length; c++)
            {
                (int x, float u) = Place((first.X + (c * step)) / lattice);
                float Row(int dy, int dz)
                {
                    int at = ((((z + dz) & (Size - 1)) * Size) + ((y + dy) & (Size - 1))) * Size;
                    float low = _values[at + (x & (Size - 1))], high = _values[at + ((x + 1) & (Size - 1))];
                    return low + (u * (high - low));
                }

                float near = Row(0, 0), far = Row(0, 1);
                near += v * (Row(1, 0) - near);
                far += v * (Row(1, 1) - far);
                line[c] += scale * (near + (w * (far - near)));
            }
        }

        private static (int Low, float Upper) Place(double at)
        {
            double low = Math.Floor(at);
            return ((int)low, (float)(at - low));
        }
    }
}
