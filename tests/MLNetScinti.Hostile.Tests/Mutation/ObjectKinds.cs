using System.Diagnostics;
using System.Text;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Doses;
using MLNetScinti.Dicom.Reports;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Evaluation.Published;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Annotations;
using MLNetScinti.Testing;

namespace MLNetScinti.Hostile.Tests.Mutation;

/// <summary>What is drawn and measured in images: structure sets, segmentations, doses and reports, each read by the reader that is meant for it and by the others.</summary>
internal sealed class DerivedInput : InputKind
{
    private static readonly DicomReadOptions s_options = new() { PseudonymKey = new PseudonymKey(TestSecret.Of("hostile")), ExternalCodec = ExternalCodec.None, MaximumValues = 1 << 24 };

    private readonly TemporaryFolder _folder = new();
    private readonly SourceSeries _source;

    public DerivedInput()
    {
        ImageGeometry geometry = ImageGeometry.Axial(8, 9, 6, 4, 4);
        NuclearMedicineWriter.WriteReconTomo(_folder.File("image"), new Volume(geometry), new NuclearMedicineStudy { PatientId = "SIM-1", PatientName = "Muster^Kind" });
        _source = SourceSeries.Read([_folder.File("image")], s_options);
        // With a hole, so that contours have channels and holes of their own.
        bool[] mask = [.. Enumerable.Range(0, geometry.Shape.Length).Select(i => i / 72 is 2 or 3 && i % 8 is > 0 and < 7 && i / 8 % 9 is > 0 and < 7 && !(i % 8 is 3 or 4 && i / 8 % 9 is 3 or 4))];
        AlgorithmIdentity algorithm = new("hostile", "1") { ModelHash = new string('e', 64) };
        DerivedStructure structure = new("left kidney", mask) { Side = BodySide.Left, Type = CodedConcept.Kidney };
        StructureSetWriter.Write(_folder.File("set"), _source, [structure], algorithm);
        StructureSetWriter.Write(_folder.File("xor"), _source, [structure], algorithm, new StructureSetOptions { Holes = HoleForm.ExclusiveOr });
        WrittenSegmentation segmentation = SegmentationWriter.Write(_folder.File("seg"), _source, [structure], algorithm);
        MeasurementReportWriter.Write(_folder.File("report"), _source, segmentation, [MeasuredStructure.Of(structure, segmentation.Segments[0], Measurement.Volume(3, new(2, 4)), Measurement.MeanAbsorbedDose(1))], algorithm);
        DoseWriter.Write(_folder.File("dose"), _source, new Volume(geometry), algorithm);
        Seeds = [.. new[] { "set", "xor", "seg", "report", "dose" }.Select(name => System.IO.File.ReadAllBytes(_folder.File(name)))];
    }

    public override string Name => "drawn";

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override byte[] Damaged(Random random)
    {
        byte[] seed = Seeds[random.Next(Seeds.Count)];
        // Coordinates, numbers and codes are texts: half of the damage changes a letter of one.
        if (random.Next(2) == 0)
        {
            return Damage.Apply(random, seed, Seeds, isText: false);
        }

        byte[] copy = [.. seed];
        for (int times = random.Next(1, 9); times > 0; times--)
        {
            copy[random.Next(132, copy.Length)] = (byte)"0123456789.-\\eE+N "[random.Next(18)];
        }

        return copy;
    }

    public override void Read(string file)
    {
        List<Exception> refusals = [];
        foreach (Action read in (Action[])[Set, () => SegmentationReader.Read(file, s_options), () => MeasurementReportReader.Read(file, s_options), () => DoseReader.Read(file, s_options)])
        {
            try
            {
                read();
            }
            catch (DicomReadException refusal) when (refusal.Fault != ReadFault.Defect)
            {
                refusals.Add(refusal);
            }
        }

        if (refusals.Count == 4)
        {
            throw refusals[0];
        }

        void Set()
        {
            StructureSet set = StructureSetReader.Read(file, s_options);
            StructureSetCheck.Of(set, _source);
            StructureSetCheck.Of(set);
            foreach (RegionOfInterest region in set.Regions)
            {
                RegionVoxels.Of(region, _source.Geometry);
            }
        }
    }

    public override bool IsRefusal(Exception problem) => problem is DicomReadException { Fault: not ReadFault.Defect };

    public override void Dispose() => _folder.Dispose();
}

/// <summary>Compressed frames that stand in several fragments, and are joined for the decoder: JPEG-LS and JPEG 2000 by the external one, JPEG lossless by ours.</summary>
internal sealed class FragmentsInput : InputKind
{
    private readonly DicomImageReader _reader = new(new DicomReadOptions { PseudonymKey = new PseudonymKey(TestSecret.Of("hostile")) });

    public override string Name => "fragments";

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Made()];

    public override byte[] Damaged(Random random)
    {
        byte[] seed = Seeds[random.Next(Seeds.Count)], copy = [.. seed];
        // A process is started for each that reaches the decoder, so that most of the damage goes to what comes before it: the lengths and marks of fragments.
        int pixels = seed.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xE0, 0x7F, 0x10, 0x00]);
        if (random.Next(4) == 0 || pixels < 0)
        {
            return Damage.Apply(random, seed, Seeds, isText: false);
        }

        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(pixels, copy.Length);
            int mark = copy.AsSpan(at).IndexOf((ReadOnlySpan<byte>)[0xFE, 0xFF]);
            at = random.Next(3) == 0 || mark < 0 ? at : Math.Min(copy.Length - 1, at + mark + random.Next(8));
            copy[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(copy[at] ^ (1 << random.Next(8))), _ => (byte)(copy[at] + random.Next(-3, 4)) };
        }

        return copy;
    }

    public override void Read(string file) => ImageRendering.Draw(_reader.Read(file));

    public override bool IsRefusal(Exception problem) => problem is DicomReadException { Fault: not ReadFault.Defect };

    private static IEnumerable<byte[]> Made()
    {
        using TemporaryFolder folder = new();
        PlanarImage view = new(24, 20, 4, 4, [.. Enumerable.Range(0, 480).Select(i => (float)(i * 7 % 61))]);
        NuclearMedicineWriter.WriteStatic(folder.File("plain"), view, view, new NuclearMedicineStudy { PatientId = "SIM-1", Radionuclide = Radionuclide.Technetium99m });
        foreach (string coding in ExternalCodec.Installed.Program is null ? Array.Empty<string>() : ["--jpegls", "--j2k", "--jpeg"])
        {
            using (Process program = Process.Start(new ProcessStartInfo(ExternalCodec.Installed.Program!, [coding, folder.File("plain"), folder.File("coded")]) { RedirectStandardError = true, RedirectStandardOutput = true })!)
            {
                program.WaitForExit();
                if (program.ExitCode != 0)
                {
                    continue;
                }
            }

            DicomFile whole = DicomFile.Open(folder.File("coded"), FileReadOption.ReadAll);
            DicomFragmentSequence frames = whole.Dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData);
            foreach (bool isTabled in (bool[])[true, false])
            {
                DicomOtherByteFragment split = new(DicomTag.PixelData);
                uint at = 0;
                foreach (IByteBuffer frame in frames.Fragments)
                {
                    byte[] bytes = frame.Data;
                    int third = (bytes.Length / 3) & ~1;
                    if (isTabled)
                    {
                        split.OffsetTable.Add(at);
                    }

                    foreach (byte[] part in (byte[][])[bytes[..third], bytes[third..(2 * third)], bytes[(2 * third)..]])
                    {
                        split.Fragments.Add(new MemoryByteBuffer(part));
                        at += (uint)(part.Length + 8);
                    }
                }

                whole.Dataset.AddOrUpdate(split);
                whole.Save(folder.File("split"));
                yield return System.IO.File.ReadAllBytes(folder.File("split"));
            }
        }

        // Where no decoder is installed there is still one that two fragments a frame were seen in.
        if (TestData.Root is { } root && Path.Combine(Path.GetDirectoryName(root)!, "cases", "jpeg-two-fragments-a-frame-no-offset-table") is { } seen && Directory.Exists(seen))
        {
            foreach (string file in Directory.GetFiles(seen, "*.dcm").Order(StringComparer.Ordinal))
            {
                yield return System.IO.File.ReadAllBytes(file);
            }
        }

        yield return System.IO.File.ReadAllBytes(folder.File("plain"));
    }
}

/// <summary>Readers' annotations, in both of LabelMe's forms, with the masks that they draw.</summary>
internal sealed class AnnotationInput : InputKind
{
    public override string Name => "LabelMe";

    public override bool IsText => true;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            """
            {"version":"5.4.1","flags":{"normal":false,"arthritis":true},"shapes":[
              {"label":"M rib","points":[[1,1],[4,3]],"group_id":null,"description":"left","shape_type":"rectangle","flags":{}},
              {"label":"A","points":[[5,0],[8,0],[8,2.6]],"shape_type":"polygon","flags":{}},
              {"label":"A","points":[[5,5],[8,5]],"shape_type":"circle","flags":{}},
              {"label":"A","points":[[5,0],[8,0]],"shape_type":"line","flags":{}}],
             "imagePath":"scan.png","imageData":null,"imageHeight":60,"imageWidth":80}
            """,
            """
            <annotation><filename>scan.jpg</filename><folder>users</folder><source><submittedBy>somebody</submittedBy></source>
            <object><name>M-rib</name><deleted>0</deleted><attributes>left, seventh</attributes>
              <polygon><username>x</username><pt><x>1</x><y>1</y></pt><pt><x>4</x><y>1</y></pt><pt><x>4</x><y>3</y></pt><pt><x>1</x><y>3</y></pt></polygon></object>
            <object><name>A</name><deleted>1</deleted><polygon><pt><x>0</x><y>0</y></pt><pt><x>1</x><y>0</y></pt><pt><x>1</x><y>1</y></pt></polygon></object>
            <imagesize><nrows>60</nrows><ncols>80</ncols></imagesize></annotation>
            """,
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public override void Read(string file)
    {
        LabelMeFile read = LabelMeFile.Read(file);
        // Pictures of gigabytes are read, and not drawn on.
        if ((long)read.Rows * read.Columns <= 1 << 24)
        {
            read.Mask(_ => true);
        }

        read.ToJson();
    }

    public override bool IsRefusal(Exception problem) => problem is AnnotationException;
}

/// <summary>Tables that are no labels: printed figures and claims, and kernels of doses.</summary>
internal sealed class TableInput : InputKind
{
    public override string Name => "tables";

    public override bool IsText => true;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. Directory.GetFiles(Path.Combine(TestData.Repository, "pipelines", "papers"), "*.csv").Order(StringComparer.Ordinal).Select(System.IO.File.ReadAllBytes),
.. Directory.GetFiles(Path.Combine(TestData.Repository, "src", "MLNetScinti.Dosimetry", "Data"), "*-soft-tissue.tsv").Order(StringComparer.Ordinal).Select(System.IO.File.ReadAllBytes),
    ];

    public override void Read(string file)
    {
        if (System.IO.File.ReadAllBytes(file) is [(byte)'#', ..])
        {
            using StreamReader kernel = new(file);
            KernelTable.Read(kernel, "damaged");
            return;
        }

        if (PublishedClaims.IsTable(file))
        {
            PublishedClaims.Of(PublishedClaims.Read(file));
            return;
        }

        PublishedChecks.Of(PublishedTable.Read(file));
    }

    public override bool IsRefusal(Exception problem) => problem is PublishedTableException or DosimetryException;
}

/// <summary>Volumes and label maps in NIfTI, plain and packed.</summary>
internal sealed class NiftiInput : InputKind
{
    public override string Name => "NIfTI";

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Made()];

    public override void Read(string file)
    {
        using (FileStream stream = InputFile.Open(file))
        {
            NiftiImage.Decode(stream);
        }

        using FileStream again = InputFile.Open(file);
        NiftiLabels.Decode(again);
    }

    public override bool IsRefusal(Exception problem) => problem is NiftiException;

    private static IEnumerable<byte[]> Made()
    {
        using TemporaryFolder folder = new();
        ImageGeometry geometry = ImageGeometry.Axial(6, 5, 4, 3, 3);
        NiftiImage.Save(folder.File("a.nii"), new Volume(geometry), "made");
        NiftiImage.Save(folder.File("b.nii.gz"), new Volume(geometry), "made", NiftiNumber.Int16, 0.5, 2);
        NiftiLabels.Save(folder.File("c.nii"), [.. Enumerable.Range(0, geometry.Shape.Length).Select(i => (byte)(i % 4))], geometry, "made");
        foreach (string file in Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal))
        {
            yield return System.IO.File.ReadAllBytes(file);
        }
    }
}
