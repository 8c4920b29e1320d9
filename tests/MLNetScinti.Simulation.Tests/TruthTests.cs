using System.IO.Compression;
using System.Security.Cryptography;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class TruthTests : IDisposable
{
    private static readonly DmsaCohort s_cohort = Small.Cohort(6, 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-truth").FullName;

    [Fact]
    public void EveryDefectHasVoxelsOfAboutItsSize()
    {
        foreach (DmsaPatient patient in s_cohort.Take(3))
        {
            // The paper's own grid.
            ImageGeometry geometry = new DmsaSimulator().GeometryOf(patient);
            foreach (BodySide side in Enum.GetValues<BodySide>())
            {
                KidneyTruth truth = DmsaTruth.Of(patient, side, geometry);
                KidneyAnatomy kidney = patient.Anatomy.Of(side);
                Assert.Equal(kidney.Defects, truth.Defects);
                Assert.Equal(kidney.Defects.Count, truth.Centres.Count);
                Assert.True(truth.Labels.Count(label => label == KidneyTruth.Intact) > 500);
                Assert.InRange(truth.Labels.Max(), KidneyTruth.FirstDefect, KidneyTruth.FirstDefect + truth.Defects.Count - 1);
                for (int d = 0; d < truth.Defects.Count; d++)
                {
                    double millilitres = truth.Labels.Count(label => label == KidneyTruth.FirstDefect + d) * geometry.VoxelVolume / 1000;
                    double missing = truth.Defects[d].MissingMillilitres / truth.Defects[d].Contrast;
                    Assert.InRange(millilitres, 0.4 * missing, 2.5 * missing);
                }
            }
        }
    }

    [Fact]
    public void DefectsLieWhereTheTableSaysAndWhereActivityIsMissing()
    {
        DmsaPatient patient = s_cohort[3];
        DmsaStudy study = Small.Simulator.Simulate(patient, threads: 2);
        ImageGeometry geometry = study.Image.Geometry;
        foreach (BodySide side in Enum.GetValues<BodySide>())
        {
            KidneyTruth truth = DmsaTruth.Of(patient, side, geometry);
            double[] sums = new double[2], images = new double[2];
            int[] counts = new int[2];
            for (int i = 0; i < truth.Labels.Length; i++)
            {
                if (truth.Labels[i] == 0)
                {
                    continue;
                }

                int place = truth.IsDefect(i) ? 1 : 0;
                counts[place]++;
                sums[place] += study.Activity.Voxels[i];
                images[place] += study.Image.Voxels[i];
                if (place == 1)
                {
                    int s = i / geometry.Shape.PlaneLength;
                    Point3 at = geometry.PositionOf(i % geometry.Columns, i % geometry.Shape.PlaneLength / geometry.Columns, s);
                    CorticalDefect defect = truth.Defects[truth.Labels[i] - KidneyTruth.FirstDefect];
                    Assert.True((at - truth.Centres[truth.Labels[i] - KidneyTruth.FirstDefect]).Length <= 1.6 * (defect.Radius + defect.Depth));
                    Assert.True(side == BodySide.Left == at.X > 0);
                }
            }

            Assert.True(sums[1] / counts[1] < 0.85 * sums[0] / counts[0], $"{side}: {sums[1] / counts[1]} against {sums[0] / counts[0]}");
            Assert.True(images[1] / counts[1] < images[0] / counts[0]);
        }
    }

    [Fact]
    public void ABoxCutOutOfTheImageHasTheSameTruth()
    {
        DmsaPatient patient = s_cohort[2];
        ImageGeometry whole = Small.Simulator.GeometryOf(patient);
        ImageShape size = new(20, 24, 28);
        ImageGeometry box = whole.Window(31, 30, 3, size);
        byte[] labels = DmsaTruth.Of(patient, BodySide.Left, whole).Labels;
        byte[] part = DmsaTruth.Of(patient, BodySide.Left, box).Labels;
        Assert.Contains(part, label => label > 0);
        for (int i = 0; i < part.Length; i++)
        {
            int s = (i / size.PlaneLength) + 3, r = (i % size.PlaneLength / size.Columns) + 30, c = (i % size.Columns) + 31;
            byte expected = s < whole.Sections ? labels[(((s * whole.Rows) + r) * whole.Columns) + c] : part[i];
            Assert.Equal(expected, part[i]);
        }
    }

    [Fact]
    public void TheGridOfTheTruthIsThatOfTheScan()
    {
        DmsaPatient patient = s_cohort[1];
        Assert.Equal(Small.Simulator.Simulate(patient, threads: 2).Image.Geometry, Small.Simulator.GeometryOf(patient));
    }

    [Fact]
    public void ANormalKidneyHasNoDefects()
    {
        KidneyTruth truth = DmsaTruth.Of(Small.Plain, BodySide.Right, Small.Simulator.GeometryOf(Small.Plain));
        Assert.Empty(truth.Defects);
        Assert.Equal(KidneyTruth.Intact, truth.Labels.Max());
    }

    [Fact]
    public void MasksAreTheSameAtAnyNumberOfThreadsAndSayWhereTheyAre()
    {
        string one = Path.Combine(_folder, "one");
        string two = Path.Combine(_folder, "two");
        string table = DmsaTruthWriter.Write(s_cohort, one, Small.Simulator, threads: 1);
        DmsaTruthWriter.Write(s_cohort, two, Small.Simulator, threads: 3);
        string[] names = [.. Directory.GetFiles(one).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(13, names.Length);
        foreach (string name in names)
        {
            Assert.Equal(SHA256.HashData(File.ReadAllBytes(Path.Combine(one, name))), SHA256.HashData(File.ReadAllBytes(Path.Combine(two, name))));
        }

        string[] lines = File.ReadAllLines(table);
        Assert.Equal(DmsaTruthWriter.Header, lines[0]);
        Assert.Equal(s_cohort.Sum(patient => patient.Anatomy.Left.Defects.Count + patient.Anatomy.Right.Defects.Count), lines.Length - 1);
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));

        // The mask's own header leads from a voxel to the right place: NIfTI counts to the right and the front, DICOM to the left and the back.
        DmsaPatient patient = s_cohort[0];
        ImageGeometry geometry = Small.Simulator.GeometryOf(patient);
        byte[] mask = Unzip(Path.Combine(one, "SIM-5-000001-L.nii.gz"));
        Assert.Equal(352 + geometry.Shape.Length, mask.Length);
        Assert.Equal(DmsaTruth.Of(patient, BodySide.Left, geometry).Labels, mask[352..]);
        Point3 place = geometry.PositionOf(5, 7, 9);
        Assert.True((FromRows(mask, 5, 7, 9) - new Point3(-place.X, -place.Y, place.Z)).Length < 1e-3);
    }

    [Theory]
    [InlineData(0.3, 0, 1)]
    [InlineData(2.9, 0.4, 1)]
    [InlineData(1.1, -1.2, -1)]
    [InlineData(Math.PI, 0, 1)]
    [InlineData(0, Math.PI, 1)]
    public void BothTransformsOfAMasksHeaderAgree(double turn, double tilt, int handed)
    {
        Point3 row = new(Math.Cos(turn), Math.Sin(turn), 0);
        Point3 column = new(-Math.Sin(turn) * Math.Cos(tilt), Math.Cos(turn) * Math.Cos(tilt), Math.Sin(tilt));
        ImageGeometry geometry = ImageGeometry.Axial(4, 3, 2, 1.5, 2.5) with
        {
            Origin = new(10, -20, 30),
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = handed * row.Cross(column),
        };
        string path = Path.Combine(_folder, "mask.nii.gz");
        NiftiLabels.Save(path, new byte[24], geometry, "simulated truth");
        byte[] header = Unzip(path);
        Assert.Equal("n+1\0"u8.ToArray(), header[344..348]);
        Assert.Equal((348, 2, 8), (BitConverter.ToInt32(header, 0), BitConverter.ToInt16(header, 70), BitConverter.ToInt16(header, 72)));
        foreach ((int i, int j, int k) in new[] { (0, 0, 0), (3, 0, 0), (0, 2, 0), (0, 0, 1), (3, 2, 1) })
        {
            Point3 place = geometry.PositionOf(i, j, k);
            Point3 expected = new(-place.X, -place.Y, place.Z);
            Assert.True((FromRows(header, i, j, k) - expected).Length < 1e-4);
            Assert.True((FromQuaternion(header, i, j, k) - expected).Length < 1e-3, $"{FromQuaternion(header, i, j, k)}, expected {expected}");
        }

        Assert.Throws<ArgumentException>(() => NiftiLabels.Save(path, new byte[23], geometry, "simulated truth"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Unzip(string path)
    {
        using GZipStream zip = new(File.OpenRead(path), CompressionMode.Decompress);
        using MemoryStream all = new();
        zip.CopyTo(all);
        return all.ToArray();
    }

    private static float Single(byte[] header, int at) => BitConverter.ToSingle(header, at);

    /// <summary>The place of a voxel by the rows of the header's matrix.</summary>
    private static Point3 FromRows(byte[] header, int i, int j, int k)
    {
        double Row(int at) => (Single(header, at) * i) + (Single(header, at + 4) * j) + (Single(header, at + 8) * k) + Single(header, at + 12);
        return new(Row(280), Row(296), Row(312));
    }

    /// <summary>The place of a voxel by the header's quaternion, as the NIfTI-1 standard's method 2 defines it.</summary>
    private static Point3 FromQuaternion(byte[] header, int i, int j, int k)
    {
        double b = Single(header, 256), c = Single(header, 260), d = Single(header, 264);
        double a = Math.Sqrt(Math.Max(0, 1 - (b * b) - (c * c) - (d * d)));
        double x = Single(header, 80) * i, y = Single(header, 84) * j, z = Single(header, 88) * k * Single(header, 76);
        return new(
            (((a * a) + (b * b) - (c * c) - (d * d)) * x) + (2 * ((b * c) - (a * d)) * y) + (2 * ((b * d) + (a * c)) * z) + Single(header, 268),
            (2 * ((b * c) + (a * d)) * x) + (((a * a) + (c * c) - (b * b) - (d * d)) * y) + (2 * ((c * d) - (a * b)) * z) + Single(header, 272),
            (2 * ((b * d) - (a * c)) * x) + (2 * ((c * d) + (a * b)) * y) + (((a * a) + (d * d) - (c * c) - (b * b)) * z) + Single(header, 276));
    }
}
