using System.Numerics.Tensors;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>From a patient to SPECT/CT with truth. The same patient gives the same values, bit for bit.</summary>
/// <param name="Acquisition">The grids and the care.</param>
/// <param name="Parameters">The cohort's numbers.</param>
public sealed record SpectCtSimulator(SpectCtAcquisition Acquisition, SpectCtParameters Parameters)
{
    /// <summary>Sections of the SPECT beyond each end of the detector from which blur reaches into it.</summary>
    private const int Beyond = 4;

    /// <summary>Counts of the photopeak's window for each of both scatter windows' (208.4 +- 20.8 keV, windows of 12.6 keV at 181.3 and 235.5 keV: 1.664).</summary>
    public const double TripleWindowFactor = 1.664;

    /// <summary>Scans a patient, visit by visit; one scan with a CT alone where there are no visits.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="cancellation">Stops the work.</param>
    public IEnumerable<SpectCtScan> Simulate(SpectCtPatient patient, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(patient);
        ImageGeometry ctGrid = Acquisition.CtGrid(patient.Scanner, patient.ScanMiddle);
        if (patient.Visits.Count == 0)
        {
            Volume only = CtSimulator.Scan(patient, Parameters, ctGrid, 1, default, out byte[] mask);
            yield return new() { Visit = null, Ct = only, CtMask = mask };
            yield break;
        }

        Volume? ct = null;
        byte[] ctMask = [];
        foreach (SpectCtVisit visit in patient.Visits)
        {
            cancellation.ThrowIfCancellationRequested();
            bool scans = ct is null || Acquisition.CtAtEachVisit;
            if (scans)
            {
                ct = CtSimulator.Scan(patient, Parameters, ctGrid, visit.Number, visit.Shift, out ctMask);
            }

            SpectCtScan scan = Spect(patient, visit, ct!, ctMask, cancellation);
            yield return scans ? scan : scan with { Ct = null, CtMask = [] };
        }
    }

    /// <summary>What is true of a patient's scans, without scanning: no images, the same masks and activities.</summary>
    public IEnumerable<SpectCtScan> TruthOf(SpectCtPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        ImageGeometry ctGrid = Acquisition.CtGrid(patient.Scanner, patient.ScanMiddle), grid = Acquisition.SpectGrid(patient.ScanMiddle);
        byte[]? ctMask = null;
        foreach (SpectCtVisit? visit in patient.Visits.Count > 0 ? patient.Visits : (IReadOnlyList<SpectCtVisit?>)[null])
        {
            bool scans = ctMask is null || Acquisition.CtAtEachVisit;
            ctMask = scans ? CtSimulator.MaskOf(patient, ctGrid, visit?.Shift ?? default) : ctMask;
            SpectCtScan scan = new() { Visit = visit, Ct = null, CtMask = ctMask! };
            if (visit is not null)
            {
                (TissueMap map, double[] concentrations, double[] integrals) = Draw(patient, visit, grid);
                scan = WithTruth(scan, map, grid, ctGrid, concentrations, integrals);
            }

            yield return scans ? scan : scan with { CtMask = [] };
        }
    }

    /// <summary>The concentration of a tissue relative to the injected activity, per ml, at a time; and its integral over all times, hours.</summary>
    public (double AtTime, double Integral) ConcentrationOf(SpectCtPatient patient, Tissue tissue, double hours)
    {
        ArgumentNullException.ThrowIfNull(patient);
        if (LutetiumKinetics.OrganOf(tissue) is not { } organ || !patient.Kinetics.TryGetValue(organ, out OrganKinetics? kinetics))
        {
            return (0, 0);
        }

        double scale = Scale(patient, organ, tissue);
        return (kinetics.At(hours) * scale, kinetics.Integral * scale);
    }

    /// <summary>Per ml of a tissue, of its organ's activity. Kidneys hold theirs in cortex and medulla as these would be without cysts.</summary>
    private double Scale(SpectCtPatient patient, SourceOrgan organ, Tissue tissue)
    {
        double weight = LutetiumKinetics.WeightOf(tissue, Parameters);
        double Kidney(KidneyAnatomy? kidney)
        {
            if (kidney is null)
            {
                return 0;
            }

            (double cortex, double medulla) = LayersOf(kidney);
            return weight / (cortex + (medulla * LutetiumKinetics.WeightOf(Tissue.LeftMedulla, Parameters)));
        }

        return organ switch
        {
            SourceOrgan.LeftKidney => Kidney(patient.Anatomy.Left),
            SourceOrgan.RightKidney => Kidney(patient.Anatomy.Right),
            SourceOrgan.Liver => weight / patient.Anatomy.LiverMillilitres,
            SourceOrgan.Spleen => weight / patient.Anatomy.SpleenMillilitres,
            // About what small and large bowel hold of wall (judgement).
            SourceOrgan.Bowel => weight / 900,
            _ => weight,
        };
    }

    /// <summary>Volumes of cortex and medulla, ml, as they are drawn, on a grid of 2.5 mm.</summary>
    private static (double Cortex, double Medulla) LayersOf(KidneyAnatomy kidney)
    {
        ImageGeometry box = ImageGeometry.Axial(64, 64, 80, 2.5, 2.5) with { Origin = kidney.Centre - new Point3(79, 79, 99) };
        byte[] labels = TissueMap.OfKidney(kidney, box);
        double ml = box.VoxelVolume / 1000;
        return (labels.AsSpan().Count((byte)Tissue.LeftCortex) * ml, labels.AsSpan().Count((byte)Tissue.LeftMedulla) * ml);
    }

    private SpectCtScan Spect(SpectCtPatient patient, SpectCtVisit visit, Volume ct, byte[] ctMask, CancellationToken cancellation)
    {
        int times = Acquisition.Oversampling;
        ImageGeometry grid = Acquisition.SpectGrid(patient.ScanMiddle);
        (TissueMap map, double[] concentrations, double[] integrals) = Draw(patient, visit, grid);
        ImageGeometry fine = map.Grid;
        (double halfWidth, double halfDepth) = EllipseOf(patient.Anatomy);
        ActivityMap activity = Activity(patient, map, concentrations, halfWidth, halfDepth);
        Volume attenuation = Attenuation(patient, map);
        SpectAcquisition finely = Acquisition.Camera(Parameters, times), camera = Acquisition.Camera(Parameters, 1);
        ExpectedViews expected = new QuantitativeCamera(finely).Expect(activity, new TransmissionMap(attenuation, halfWidth, halfDepth), cancellation);
        Projections primary = QuantitativeCamera.Rebin(expected.Primary, times, Beyond), scattered = QuantitativeCamera.Rebin(expected.Scatter, times, Beyond);
        ulong stream = patient.Candidate + ((ulong)visit.Number << 32);
        Projections peak = GammaCamera.Count(Sum(primary, scattered), patient.Seed, stream, threads: 1);
        Projections? estimate = finely.Scatter ? TripleWindow(scattered, patient.Seed, stream) : null;

        // The map that corrects comes from the CT: its noise, its phase of breathing, and no arms beyond its field.
        Volume corrected = AttenuationOf(ct, grid);
        ActivityMap image = new CorrectedOrderedSubsets(camera, Acquisition.Subsets).Reconstruct(peak, estimate, new TransmissionMap(corrected, halfWidth, halfDepth), Acquisition.Iterations, cancellation);
        double calibration = 1e6 / (camera.Sensitivity * camera.SecondsPerView * grid.VoxelVolume / 1000);
        Volume spect = new(grid), truth = new(grid);
        float toConcentration = (float)(1e6 / (grid.VoxelVolume / 1000));
        for (int r = 0; r < grid.Rows; r++)
        {
            for (int c = 0; c < grid.Columns; c++)
            {
                ReadOnlySpan<float> line = image.Line(r, c);
                for (int s = 0; s < line.Length; s++)
                {
                    spect[s, r, c] = (float)(line[s] * calibration);
                }
            }
        }

        for (int r = 0; r < fine.Rows; r++)
        {
            for (int c = 0; c < fine.Columns; c++)
            {
                ReadOnlySpan<float> line = activity.Line(r, c)[(Beyond * times)..];
                for (int s = 0; s < grid.Sections * times; s++)
                {
                    truth[s / times, r / times, c / times] += line[s] * toConcentration;
                }
            }
        }

        SpectCtScan scan = new()
        {
            Visit = visit,
            Ct = ct,
            CtMask = ctMask,
            Spect = spect,
            TrueConcentration = truth,
            Counts = Enumerable.Range(0, peak.Views).Sum(peak.TotalOf),
            Calibration = calibration,
        };
        return WithTruth(scan, map, grid, ct.Geometry, concentrations, integrals);
    }

    /// <summary>The body during a SPECT, in samples of its grid and some sections more at both ends; and what each tissue's ml hold, MBq and MBq h.</summary>
    private (TissueMap Map, double[] Concentrations, double[] Integrals) Draw(SpectCtPatient patient, SpectCtVisit visit, ImageGeometry grid)
    {
        int times = Acquisition.Oversampling;
        ImageGeometry extended = grid.Window(0, 0, -Beyond, new(grid.Sections + (2 * Beyond), grid.Rows, grid.Columns));
        ImageGeometry fine = TissueMap.Finer(extended, times, times);
        TissueMap map = new(patient.Anatomy.Displaced(visit.Left, visit.Right), fine with { Origin = fine.Origin - visit.Shift });
        double[] concentrations = new double[SpectCt.Tissues.Count], integrals = new double[SpectCt.Tissues.Count];
        for (int tissue = 0; tissue < concentrations.Length; tissue++)
        {
            (double at, double integral) = ConcentrationOf(patient, (Tissue)tissue, visit.Hours);
            (concentrations[tissue], integrals[tissue]) = (at * patient.InjectedMegabecquerels, integral * patient.InjectedMegabecquerels);
        }

        return (map, concentrations, integrals);
    }

    private SpectCtScan WithTruth(SpectCtScan scan, TissueMap map, ImageGeometry grid, ImageGeometry ctGrid, double[] concentrations, double[] integrals)
    {
        // The body moved, and the camera did not: the map's samples lie where the patient's coordinates have them.
        ImageGeometry samples = map.Grid with { Origin = map.Grid.Origin + scan.Visit!.Shift };
        byte[] mask = MaskResampling.ToGrid(Array.ConvertAll(map.Labels.ToArray(), tissue => SpectCtTruth.LabelOf((Tissue)tissue)), samples, grid);
        (byte[] tissues, double[] volumes) = Labels(map, grid, Acquisition.Oversampling);
        return scan with
        {
            SpectMask = mask,
            CtMaskOnSpect = MaskResampling.ToGrid(scan.CtMask, ctGrid, grid),
            SpectTissues = tissues,
            Tissues = [.. Enumerable.Range(0, volumes.Length).Where(tissue => volumes[tissue] > 0).Select(tissue => new TissueActivity((Tissue)tissue, volumes[tissue], concentrations[tissue] * 1e6, integrals[tissue]))],
        };
    }

    /// <summary>An ellipse that holds the body, the arms too.</summary>
    private static (double HalfWidth, double HalfDepth) EllipseOf(AbdomenAnatomy anatomy) =>
        (Math.Min(anatomy.HalfWidth + (anatomy.ArmsDown ? 95 : 8), 280), anatomy.HalfDepth + (anatomy.ArmsDown ? 22 : 8));

    private ActivityMap Activity(SpectCtPatient patient, TissueMap map, double[] concentrations, double halfWidth, double halfDepth)
    {
        ImageGeometry grid = map.Grid;
        float ml = (float)(grid.VoxelVolume / 1000);
        // What moves with the left kidney, with the right one, and what stays.
        Volume still = new(grid), left = new(grid), right = new(grid);
        ReadOnlySpan<byte> labels = map.Labels;
        for (int i = 0; i < labels.Length; i++)
        {
            float value = (float)concentrations[labels[i]] * ml;
            if (value > 0)
            {
                Volume of = (Tissue)labels[i] switch
                {
                    Tissue.LeftCortex or Tissue.LeftMedulla or Tissue.Spleen => left,
                    Tissue.RightCortex or Tissue.RightMedulla or Tissue.Liver or Tissue.Tumour => right,
                    _ => still,
                };
                of.Voxels[i] = value;
            }
        }

        foreach ((Volume moving, double deviation) in (ReadOnlySpan<(Volume, double)>)[(left, patient.Breathing.Left), (right, patient.Breathing.Right)])
        {
            GaussianFilter.Apply(moving.Voxels, grid.Shape, deviation / grid.SectionSpacing, 0, 0);
            TensorPrimitives.Add(still.Voxels, moving.Voxels, still.Voxels);
        }

        ActivityMap activity = new(grid.Columns, grid.Sections, grid.ColumnSpacing, halfWidth, halfDepth);
        Transpose(still, activity);
        return activity;
    }

    private static void Transpose(Volume volume, ActivityMap map)
    {
        const int block = 16;
        ImageGeometry grid = volume.Geometry;
        for (int r = 0; r < grid.Rows; r++)
        {
            for (int left = 0; left < grid.Columns; left += block)
            {
                int end = Math.Min(grid.Columns, left + block);
                for (int s = 0; s < grid.Sections; s++)
                {
                    ReadOnlySpan<float> row = volume.Section(s).Slice(r * grid.Columns, grid.Columns);
                    for (int c = left; c < end; c++)
                    {
                        map.Voxels[((((r * map.Size) + c) * map.Stride) + s)] = row[c];
                    }
                }
            }
        }
    }

    private static Volume Attenuation(SpectCtPatient patient, TissueMap map)
    {
        double[] hounsfield = CtSimulator.HounsfieldOf(patient);
        float[] values = [.. hounsfield.Select(value => (float)PhysicsConstants.Attenuation208(value))];
        // Contrast medium is not there during the SPECT of this CT's photons: iodine weakens 208 keV hardly more than water.
        if (patient.Scanner.Contrast)
        {
            for (int tissue = (int)Tissue.Liver; tissue < values.Length; tissue++)
            {
                values[tissue] = hounsfield[tissue] > 0 ? (float)PhysicsConstants.Attenuation208(40) : values[tissue];
            }
        }

        Volume result = new(map.Grid);
        ReadOnlySpan<byte> labels = map.Labels;
        for (int i = 0; i < labels.Length; i++)
        {
            result.Voxels[i] = values[labels[i]];
        }

        return result;
    }

    /// <summary>The map of attenuation that a CT gives for the SPECT's photons, on another grid: each voxel the mean over about its size.</summary>
    public static Volume AttenuationOf(Volume ct, ImageGeometry grid)
    {
        ArgumentNullException.ThrowIfNull(ct);
        ArgumentNullException.ThrowIfNull(grid);
        Volume values = new(ct.Geometry);
        for (int i = 0; i < values.Voxels.Length; i++)
        {
            values.Voxels[i] = (float)PhysicsConstants.Attenuation208(ct.Voxels[i]);
        }

        double width = 0.8 * grid.ColumnSpacing * GaussianFilter.DeviationPerFwhm;
        GaussianFilter.Apply(values.Voxels, values.Shape, width / ct.Geometry.SectionSpacing, width / ct.Geometry.RowSpacing, width / ct.Geometry.ColumnSpacing);
        return Resample.ToGrid(values, grid);
    }

    private static Projections Sum(Projections a, Projections b)
    {
        Projections sum = new(a.Views, a.Bins, a.Sections);
        TensorPrimitives.Add(a.Counts, b.Counts, sum.Counts);
        return sum;
    }

    /// <summary>What two narrow windows beside the photopeak say of the scatter in it (Ogawa, IEEE TMI 1991): counted, so noisy, and smoothed by two bins.</summary>
    private Projections TripleWindow(Projections scattered, ulong seed, ulong stream)
    {
        float total = (float)((1 + Parameters.ScatterExcess) / TripleWindowFactor);
        Projections Window(double share, ulong number)
        {
            Projections mean = new(scattered.Views, scattered.Bins, scattered.Sections);
            TensorPrimitives.Multiply(scattered.Counts, (float)share * total, mean.Counts);
            return GammaCamera.Count(mean, seed, stream + (number << 56), threads: 1);
        }

        Projections sum = Sum(Window(Parameters.LowerWindowShare, 1), Window(1 - Parameters.LowerWindowShare, 2));
        TensorPrimitives.Multiply(sum.Counts, (float)TripleWindowFactor, sum.Counts);
        int plane = sum.Bins * sum.Stride;
        const double width = 2 * GaussianFilter.DeviationPerFwhm;
        float[] view = new float[sum.Bins * sum.Sections];
        for (int v = 0; v < sum.Views; v++)
        {
            for (int bin = 0; bin < sum.Bins; bin++)
            {
                sum.Line(v, bin).CopyTo(view.AsSpan(bin * sum.Sections));
            }

            GaussianFilter.Apply(view, new ImageShape(1, sum.Bins, sum.Sections), 0, width, width);
            for (int bin = 0; bin < sum.Bins; bin++)
            {
                view.AsSpan(bin * sum.Sections, sum.Sections).CopyTo(sum.Line(v, bin));
            }
        }

        return sum;
    }

    /// <summary>The commonest tissue of the SPECT's voxels, and the volumes of all tissues, ml.</summary>
    private static (byte[] Tissues, double[] Millilitres) Labels(TissueMap map, ImageGeometry grid, int times)
    {
        byte[] tissues = new byte[grid.Shape.Length];
        double[] volumes = new double[SpectCt.Tissues.Count];
        double ml = map.Grid.VoxelVolume / 1000;
        Span<int> counts = stackalloc int[SpectCt.Tissues.Count];
        for (int i = 0; i < tissues.Length; i++)
        {
            int s = i / (grid.Rows * grid.Columns), r = i / grid.Columns % grid.Rows, c = i % grid.Columns;
            counts.Clear();
            int middle = 0;
            for (int z = 0; z < times; z++)
            {
                for (int y = 0; y < times; y++)
                {
                    int line = (((((s + Beyond) * times) + z) * map.Grid.Rows) + (r * times) + y) * map.Grid.Columns;
                    ReadOnlySpan<byte> samples = map.Labels.Slice(line + (c * times), times);
                    foreach (byte label in samples)
                    {
                        counts[label]++;
                    }

                    middle = z == times / 2 && y == times / 2 ? samples[times / 2] : middle;
                }
            }

            // Of equals the one in the middle: else what is numbered first would gain by every tie.
            int most = middle;
            for (int tissue = 0; tissue < counts.Length; tissue++)
            {
                volumes[tissue] += counts[tissue] * ml;
                most = counts[tissue] > counts[most] ? tissue : most;
            }

            tissues[i] = (byte)most;
        }

        return (tissues, volumes);
    }
}
