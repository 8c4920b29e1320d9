using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>Writes a picture as Secondary Capture (PS3.3 A.8.1): for whoever looks at a study in a viewer that shows nothing but images.</summary>
public static class SecondaryCaptureWriter
{
    /// <summary>Writes a picture.</summary>
    /// <param name="path">Where to. A file of that name is replaced.</param>
    /// <param name="source">The images that it was made from.</param>
    /// <param name="picture">The picture, in colours.</param>
    /// <param name="words">What it shows and says, in a few lines.</param>
    /// <param name="algorithm">What made it.</param>
    /// <exception cref="ArgumentException">The picture is grey, or larger than a file can say.</exception>
    public static void Write(string path, SourceStudy source, PngImage picture, string words, AlgorithmIdentity algorithm)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(words);
        if (picture.Channels != 3 || picture.Width > ushort.MaxValue || picture.Height > ushort.MaxValue)
        {
            throw new ArgumentException("A picture in colours of at most 65535 rows and columns was expected.", nameof(picture));
        }

        DicomDataset dataset = DerivedObject.Begin(source, algorithm, DicomTransferSyntax.ExplicitVRLittleEndian, DicomUID.SecondaryCaptureImageStorage, "OT", words, null);
        (string date, string time) = DerivedObject.Moment(source, null);
        dataset.AddOrUpdate(DicomTag.Laterality, "");
        dataset.AddOrUpdate(DicomTag.ConversionType, "WSD");
        dataset.AddOrUpdate(DicomTag.ImageType, "DERIVED", "SECONDARY");
        dataset.AddOrUpdate(DicomTag.InstanceNumber, 1);
        dataset.AddOrUpdate(DicomTag.ContentDate, date);
        dataset.AddOrUpdate(DicomTag.ContentTime, time);
        dataset.AddOrUpdate(DicomTag.PatientOrientation, "");
        // Nothing is burned in that says who it is.
        dataset.AddOrUpdate(DicomTag.BurnedInAnnotation, "NO");
        dataset.AddOrUpdate(DicomTag.ImageComments, DerivedObject.Shortened($"{(source.Patient.IsSimulated ? SimulatedPatient.Mark + " " : "")}AI, research use. {words}", 10240));
        dataset.AddOrUpdate(DicomTag.DerivationDescription, DerivedObject.Shortened($"{algorithm.Name} {algorithm.Version} {algorithm.Parameters}".Trim(), 1024));
        dataset.AddOrUpdate(DicomTag.LossyImageCompression, "00");
        dataset.AddOrUpdate(new DicomSequence(DicomTag.SourceImageSequence, [.. source.Images.Select(image => DerivedObject.Reference(image.Image))]));
        dataset.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)3);
        dataset.AddOrUpdate(DicomTag.PhotometricInterpretation, "RGB");
        dataset.AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)0);
        dataset.AddOrUpdate(DicomTag.Rows, (ushort)picture.Height);
        dataset.AddOrUpdate(DicomTag.Columns, (ushort)picture.Width);
        dataset.AddOrUpdate(DicomTag.BitsAllocated, (ushort)8);
        dataset.AddOrUpdate(DicomTag.BitsStored, (ushort)8);
        dataset.AddOrUpdate(DicomTag.HighBit, (ushort)7);
        dataset.AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0);
        dataset.AddOrUpdate(new DicomOtherByte(DicomTag.PixelData, new MemoryByteBuffer(picture.Samples.Length % 2 == 0 ? picture.Samples : [.. picture.Samples, 0])));
        DerivedObject.Save(dataset, path);
    }
}
