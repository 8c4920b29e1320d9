using System.Buffers.Binary;
using System.Security.Cryptography;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>
/// Writes Nuclear Medicine images (PS3.3 A.5): unsigned 16-bit counts, geometry in the Detector Information Sequence,
/// explicit VR little endian. The same image and study give the same bytes. A file is written beside its place under
/// another name and then moved, so that a half-written file is never taken for a whole one.
/// </summary>
public static class NuclearMedicineWriter
{
    /// <summary>Writes reconstructed sections as a RECON TOMO image.</summary>
    /// <param name="path">Where to; its folder must exist. A file of that name is replaced.</param>
    /// <param name="volume">The sections; their stacking direction must be perpendicular to rows and columns.</param>
    /// <param name="study">Everything else.</param>
    /// <returns>How the counts were fitted into 16 bits.</returns>
    /// <exception cref="ArgumentException">The volume cannot be a DICOM image: over 65535 rows or columns, a sheared geometry, counts that are not finite.</exception>
    public static CountScaling WriteReconTomo(string path, Volume volume, NuclearMedicineStudy study)
    {
        ImageGeometry geometry = volume.Geometry;
        CheckMatrix(geometry.Rows, geometry.Columns);
        CountScaling scaling = CountScaling.For(volume.Voxels);
        byte[] pixels = Store(scaling, volume.Voxels);

        // The sign says on which side of the first section the others lie (PS3.3 C.8.4.15).
        double along = geometry.RowDirection.Cross(geometry.ColumnDirection).Dot(geometry.SectionDirection);
        if (Math.Abs(Math.Abs(along) - 1) > 1e-3)
        {
            throw new ArgumentException("The sections of the volume are not stacked at right angles to their rows and columns, and a Nuclear Medicine image cannot say that: resample the volume first.", nameof(volume));
        }

        DicomDataset dataset = NuclearMedicineDataset.Begin(study, "RECON TOMO", ["DERIVED", "PRIMARY", "RECON TOMO", "EMISSION"], Hash(pixels));
        dataset.AddOrUpdate(DicomTag.FrameIncrementPointer, DicomTag.SliceVector);
        dataset.AddOrUpdate(DicomTag.SliceVector, Numbers(geometry.Sections));
        dataset.AddOrUpdate(DicomTag.NumberOfSlices, checked((ushort)geometry.Sections));
        dataset.AddOrUpdate(DicomTag.SliceThickness, DecimalString.From(geometry.SectionSpacing));
        dataset.AddOrUpdate(DicomTag.SpacingBetweenSlices, DecimalString.From(along < 0 ? -geometry.SectionSpacing : geometry.SectionSpacing));
        if (study.Reconstruction.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.ConvolutionKernel, study.Reconstruction);
        }

        // Of reconstructed sections each detector's item says where they are, not how it stood.
        string[] position = DecimalString.From(geometry.Origin.X, geometry.Origin.Y, geometry.Origin.Z);
        AddRotation(dataset, study, _ => (position, Orientation(geometry.RowDirection, geometry.ColumnDirection)));
        NuclearMedicineDataset.AddPixels(dataset, study, geometry.Rows, geometry.Columns, geometry.RowSpacing, geometry.ColumnSpacing, pixels, scaling);
        Save(dataset, path);
        return scaling;
    }

    /// <summary>Writes the projections of a tomographic acquisition as a TOMO image of one rotation.</summary>
    /// <param name="path">Where to; its folder must exist. A file of that name is replaced.</param>
    /// <param name="projections">The views in the order of their angles, from the patient's back on, which is the order of the detectors too; all of one size.</param>
    /// <param name="study">Everything else; <see cref="NuclearMedicineStudy.Views"/> must be the number of projections.</param>
    /// <returns>How the counts were fitted into 16 bits.</returns>
    /// <exception cref="ArgumentException">There are no views, they differ in size, or their number is not the study's.</exception>
    public static CountScaling WriteTomo(string path, IReadOnlyList<PlanarImage> projections, NuclearMedicineStudy study)
    {
        CheckAlike(projections);
        if (projections.Count != study.Views)
        {
            throw new ArgumentException($"The study says {study.Views} views, found {projections.Count} projections.", nameof(projections));
        }

        (CountScaling scaling, byte[] pixels) = Store(projections);
        DicomDataset dataset = NuclearMedicineDataset.Begin(study, "TOMO", ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"], Hash(pixels));
        dataset.AddOrUpdate(DicomTag.FrameIncrementPointer, DicomTag.EnergyWindowVector, DicomTag.DetectorVector, DicomTag.RotationVector, DicomTag.AngularViewVector);
        dataset.AddOrUpdate(DicomTag.EnergyWindowVector, Ones(projections.Count));
        int each = ViewsOfEach(study);
        dataset.AddOrUpdate(DicomTag.DetectorVector, [.. Enumerable.Range(0, projections.Count).Select(view => (ushort)((view / each) + 1))]);
        dataset.AddOrUpdate(DicomTag.RotationVector, Ones(projections.Count));
        dataset.AddOrUpdate(DicomTag.AngularViewVector, [.. Enumerable.Range(0, projections.Count).Select(view => (ushort)((view % each) + 1))]);

        // At 0 degrees the detector is at the patient's back and looks towards the front; angles grow towards the left (PS3.3 table C.8-11).
        AddRotation(dataset, study, degrees =>
        {
            (double sine, double cosine) = Math.SinCos(degrees * Math.PI / 180);
            // Zero added: a text of minus zero is none.
            return ([], Orientation(new(Math.Round(-cosine, 12) + 0.0, Math.Round(sine, 12) + 0.0, 0), new(0, 0, -1)));
        });
        PlanarImage first = projections[0];
        NuclearMedicineDataset.AddPixels(dataset, study, first.Rows, first.Columns, first.RowSpacing, first.ColumnSpacing, pixels, scaling);
        Save(dataset, path);
        return scaling;
    }

    /// <summary>Writes the two views of a whole-body scan as a WHOLE BODY image: detector 1 in front, detector 2 behind.</summary>
    /// <param name="path">Where to; its folder must exist. A file of that name is replaced.</param>
    /// <param name="anterior">The anterior view: the patient's right is on the left of the image.</param>
    /// <param name="posterior">The posterior view, of the same size: the patient's left is on the left of the image.</param>
    /// <param name="study">Everything else.</param>
    /// <returns>How the counts of both views were fitted into 16 bits.</returns>
    /// <exception cref="ArgumentException">The views differ in size or spacing, or hold counts that are not finite.</exception>
    public static CountScaling WriteWholeBody(string path, PlanarImage anterior, PlanarImage posterior, NuclearMedicineStudy study) =>
        WriteViews(path, "WHOLE BODY", [(DetectorView.Anterior, anterior), (DetectorView.Posterior, posterior)], study);

    /// <summary>Writes some views of a whole-body scan as a WHOLE BODY image, a detector for each: one view of a scan whose views have a file each, or whose other view was lost.</summary>
    /// <param name="path">Where to; its folder must exist. A file of that name is replaced.</param>
    /// <param name="views">The views, anterior or posterior, all of one size.</param>
    /// <param name="study">Everything else.</param>
    /// <returns>How the counts of all views were fitted into 16 bits.</returns>
    /// <exception cref="ArgumentException">There are no views or others than these two; they differ in size or spacing, or hold counts that are not finite.</exception>
    public static CountScaling WriteWholeBody(string path, IReadOnlyList<(DetectorView View, PlanarImage Image)> views, NuclearMedicineStudy study) =>
        WriteViews(path, "WHOLE BODY", views, study);

    /// <summary>Writes an anterior and a posterior view of a part of the body as a STATIC image.</summary>
    /// <param name="path">Where to; its folder must exist. A file of that name is replaced.</param>
    /// <param name="anterior">The anterior view.</param>
    /// <param name="posterior">The posterior view, of the same size.</param>
    /// <param name="study">Everything else.</param>
    /// <returns>How the counts of both views were fitted into 16 bits.</returns>
    /// <exception cref="ArgumentException">The views differ in size or spacing, or hold counts that are not finite.</exception>
    public static CountScaling WriteStatic(string path, PlanarImage anterior, PlanarImage posterior, NuclearMedicineStudy study) =>
        WriteViews(path, "STATIC", [(DetectorView.Anterior, anterior), (DetectorView.Posterior, posterior)], study);

    private static CountScaling WriteViews(string path, string kind, IReadOnlyList<(DetectorView View, PlanarImage Image)> views, NuclearMedicineStudy study)
    {
        PlanarImage[] images = [.. views.Select(view => view.Image)];
        CheckAlike(images);
        (CountScaling scaling, byte[] pixels) = Store(images);
        DicomDataset dataset = NuclearMedicineDataset.Begin(study, kind, ["ORIGINAL", "PRIMARY", kind, "EMISSION"], Hash(pixels));
        dataset.AddOrUpdate(DicomTag.FrameIncrementPointer, DicomTag.EnergyWindowVector, DicomTag.DetectorVector);
        dataset.AddOrUpdate(DicomTag.EnergyWindowVector, Ones(images.Length));
        dataset.AddOrUpdate(DicomTag.DetectorVector, Numbers(images.Length));
        dataset.AddOrUpdate(DicomTag.NumberOfDetectors, (ushort)images.Length);
        dataset.AddOrUpdate(new DicomSequence(DicomTag.DetectorInformationSequence, [.. views.Select(view => view.View switch
        {
            DetectorView.Anterior => NuclearMedicineDataset.Detector(study, [], Orientation(new(1, 0, 0), new(0, 0, -1)), 180, NuclearMedicineDataset.Code("G-5215", "SRT", "Anterior projection")),
            DetectorView.Posterior => NuclearMedicineDataset.Detector(study, [], Orientation(new(-1, 0, 0), new(0, 0, -1)), 0, NuclearMedicineDataset.Code("G-5216", "SRT", "Posterior projection")),
            _ => throw new ArgumentException($"A view is anterior or posterior here, found {view.View}.", nameof(views)),
        })]));
        dataset.AddOrUpdate(DicomTag.ActualFrameDuration, Milliseconds(study.FrameSeconds));
        if (kind == "WHOLE BODY")
        {
            double length = images[0].Rows * images[0].RowSpacing;
            dataset.AddOrUpdate(DicomTag.WholeBodyTechnique, "1PS");
            dataset.AddOrUpdate(DicomTag.ScanLength, (int)Math.Round(length));
            if (study.FrameSeconds > 0)
            {
                dataset.AddOrUpdate(DicomTag.ScanVelocity, DecimalString.From(Math.Round(length / study.FrameSeconds, 6)));
            }
        }

        NuclearMedicineDataset.AddPixels(dataset, study, images[0].Rows, images[0].Columns, images[0].RowSpacing, images[0].ColumnSpacing, pixels, scaling);
        Save(dataset, path);
        return scaling;
    }

    private static int ViewsOfEach(NuclearMedicineStudy study) => study.Detectors >= 1 && study.Views % study.Detectors == 0
        ? study.Views / study.Detectors
        : throw new ArgumentException($"{study.Views} views do not divide among {study.Detectors} detectors.", nameof(study));

    private static void AddRotation(DicomDataset dataset, NuclearMedicineStudy study, Func<double, (string[] Position, string[] Orientation)> place)
    {
        int each = ViewsOfEach(study);
        if (study.RadialPositions.Count > 0 && study.RadialPositions.Count != each)
        {
            throw new ArgumentException($"The study says {each} views of a detector, found {study.RadialPositions.Count} radii.", nameof(study));
        }

        double arc = study.ScanArc / study.Detectors;
        dataset.AddOrUpdate(DicomTag.NumberOfDetectors, checked((ushort)study.Detectors));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.DetectorInformationSequence, [.. Enumerable.Range(0, study.Detectors).Select(detector =>
        {
            (string[] position, string[] orientation) = place(detector * arc);
            return NuclearMedicineDataset.Detector(study, position, orientation, study.Detectors > 1 || position.Length == 0 ? detector * arc : null, null);
        })]));
        dataset.AddOrUpdate(DicomTag.NumberOfRotations, (ushort)1);
        dataset.AddOrUpdate(DicomTag.TypeOfDetectorMotion, study.Motion switch
        {
            DetectorMotion.Continuous => "CONTINUOUS",
            DetectorMotion.DuringStep => "ACQ DURING STEP",
            _ => "STEP AND SHOOT",
        });
        dataset.AddOrUpdate(new DicomSequence(DicomTag.RotationInformationSequence, new DicomDataset
        {
            { DicomTag.StartAngle, "0" },
            { DicomTag.AngularStep, DecimalString.From(study.ScanArc / study.Views) },
            { DicomTag.RotationDirection, "CC" },
            { DicomTag.ScanArc, DecimalString.From(arc) },
            { DicomTag.ActualFrameDuration, Milliseconds(study.FrameSeconds) },
            { DicomTag.RadialPosition, DecimalString.From(study.RadialPositions.Count > 0 ? [.. study.RadialPositions] : [study.RadialPosition]) },
            { DicomTag.NumberOfFramesInRotation, checked((ushort)each) },
        }));
    }

    private static void Save(DicomDataset dataset, string path) => AtomicFile.Write(path, stream => new DicomFile(dataset).Save(stream));

    private static void CheckMatrix(int rows, int columns)
    {
        if (rows > ushort.MaxValue || columns > ushort.MaxValue)
        {
            throw new ArgumentException($"A DICOM image has at most 65535 rows and columns, found {rows} x {columns}.", nameof(rows));
        }
    }

    private static void CheckAlike(IReadOnlyList<PlanarImage> images)
    {
        if (images.Count is 0 or > ushort.MaxValue)
        {
            throw new ArgumentException($"An image has 1 to 65535 frames, found {images.Count}.", nameof(images));
        }

        PlanarImage first = images[0];
        CheckMatrix(first.Rows, first.Columns);
        foreach (PlanarImage image in images)
        {
            if (image.Rows != first.Rows || image.Columns != first.Columns || image.RowSpacing != first.RowSpacing || image.ColumnSpacing != first.ColumnSpacing)
            {
                throw new ArgumentException($"The frames of an image have one matrix and one pixel size, found {first.Rows} x {first.Columns} and {image.Rows} x {image.Columns}, {first.RowSpacing} mm and {image.RowSpacing} mm.", nameof(images));
            }
        }
    }

    private static (CountScaling Scaling, byte[] Pixels) Store(IReadOnlyList<PlanarImage> images)
    {
        float[][] frames = [.. images.Select(image => image.Pixels)];
        CountScaling scaling = CountScaling.For(frames);
        return (scaling, Store(scaling, frames));
    }

    private static byte[] Store(CountScaling scaling, params ReadOnlySpan<float[]> frames)
    {
        long bytes = 0;
        foreach (float[] frame in frames)
        {
            bytes += 2L * frame.Length;
        }

        byte[] pixels = new byte[checked((int)bytes)];
        int at = 0;
        foreach (float[] frame in frames)
        {
            foreach (float count in frame)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(at, 2), scaling.Store(count));
                at += 2;
            }
        }

        return pixels;
    }

    private static string Hash(byte[] pixels) => Convert.ToHexString(SHA256.HashData(pixels));

    private static string[] Orientation(Point3 row, Point3 column) => DecimalString.From(row.X, row.Y, row.Z, column.X, column.Y, column.Z);

    private static int Milliseconds(double seconds) => (int)Math.Round(seconds * 1000);

    private static ushort[] Ones(int count) => [.. Enumerable.Repeat((ushort)1, count)];

    private static ushort[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(number => checked((ushort)number))];
}
