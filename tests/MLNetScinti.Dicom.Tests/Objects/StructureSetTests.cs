using FellowOakDicom;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>RT Structure Sets: what is written is the mask, others read it, and what comes back is recognised.</summary>
public sealed class StructureSetTests : IDisposable
{
    private static readonly AlgorithmIdentity s_algorithm = new("scinti-unet", "1.0") { ModelHash = new string('a', 64) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(HoleForm.Keyhole)]
    [InlineData(HoleForm.ExclusiveOr)]
    public void AMaskComesBackInAllDirectionsTiltedAndSheared(HoleForm form)
    {
        foreach (((Point3 Row, Point3 Column) axes, int i) in CtSeries.Rotations().Select((axes, i) => (axes, i)))
        {
            (double tilt, double turn, double shear) = i % 2 == 0 ? (0, 0, 0) : (11.3 + i, 7.7 - i, i % 3 == 0 ? 0.8 : 0);
            ImageGeometry geometry = CtSeries.Geometry(new ImageShape(7, 21, 17), axes.Row, axes.Column, tilt, turn, shear);
            SourceSeries source = CtSeries.Write(_folder.File($"ct{i}"), geometry);
            bool[] mask = CtSeries.Body(source.Geometry, (ulong)i);
            WrittenStructureSet written = StructureSetWriter.Write(_folder.File($"{i}.dcm"), source, [new("Kidney_L", mask) { Side = BodySide.Left }], s_algorithm, new() { Holes = form });
            WrittenStructure one = Assert.Single(written.Structures);
            Assert.InRange(one.PolygonMillilitres / one.MaskMillilitres, 0.9999, 1.0001);

            StructureSet read = StructureSetReader.Read(_folder.File($"{i}.dcm"), Phantoms.Options);
            Assert.Empty(read.Warnings);
            RegionOfInterest region = Assert.Single(read.Regions);
            RegionVoxels voxels = RegionVoxels.Of(region, source.Geometry);
            Assert.Equal(("", 0), (voxels.Refusal, voxels.OutsideContours));
            Assert.True(voxels.Mask.AsSpan().SequenceEqual(mask), $"rotation {i}");

            StructureSetCheck check = StructureSetCheck.Of(read, source);
            RegionReport report = Assert.Single(check.Regions);
            Assert.Empty(report.Notes);
            Assert.True(check.IsSound);
            Assert.Equal((one.Sections, one.Contours, one.Islands, one.Holes, one.Gaps), (report.Sections, report.Contours, report.Islands, report.Holes, report.Gaps));
            Assert.InRange(report.PolygonMillilitres!.Value / one.MaskMillilitres, 0.9999, 1.0001);
            Assert.InRange(report.VoxelMillilitres!.Value / one.MaskMillilitres, 0.9999, 1.0001);
        }
    }

    [Fact]
    public void RandomMasksKeepTheirVolumeAndComeBack()
    {
        SourceSeries source = CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(5, 14, 13), new(0, 1, 0), new(0, 0, -1), 23, -12, 0.4));
        for (ulong seed = 0; seed < 60; seed++)
        {
            CounterRandom random = new(seed, 0, 0, "voxels");
            double density = random.NextDouble(0.02, 0.98);
            bool[] mask = [.. Enumerable.Range(0, source.Geometry.Shape.Length).Select(i => random.NextBoolean(density) && (i / source.Geometry.Shape.PlaneLength) != (int)(seed % 7))];
            foreach (HoleForm form in Enum.GetValues<HoleForm>())
            {
                WrittenStructure one = StructureSetWriter.Write(_folder.File("random.dcm"), source, [new("R", mask)], s_algorithm, new() { Holes = form }).Structures[0];
                Assert.True(Math.Abs(one.PolygonMillilitres - one.MaskMillilitres) <= 0.001 * one.MaskMillilitres, $"seed {seed} {form}");
                StructureSet read = StructureSetReader.Read(_folder.File("random.dcm"), Phantoms.Options);
                Assert.True(RegionVoxels.Of(read.Regions[0], source.Geometry).Mask.AsSpan().SequenceEqual(mask), $"seed {seed} {form}");
                RegionReport report = StructureSetCheck.Of(read, source).Regions[0];
                Assert.Equal((one.Islands, one.Holes, one.Gaps, one.Sections), (report.Islands, report.Holes, report.Gaps, report.Sections));
            }
        }
    }

    [Fact]
    public void ItSaysWhatItIsAndReferToEveryImage()
    {
        SourceSeries source = Source();
        DerivedStructure[] structures = [new("Kidney_L", CtSeries.Body(source.Geometry)) { Side = BodySide.Left, Type = CodedConcept.Kidney, Colour = (1, 2, 3) }, new("Niere_Ü", new bool[source.Geometry.Shape.Length])];
        WrittenStructureSet written = StructureSetWriter.Write(_folder.File("a.dcm"), source, structures, s_algorithm);
        byte[] bytes = File.ReadAllBytes(_folder.File("a.dcm"));
        Assert.Equal(written.InstanceUid, StructureSetWriter.Write(_folder.File("b.dcm"), source, structures, s_algorithm).InstanceUid);
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("b.dcm")));
        WrittenStructureSet other = StructureSetWriter.Write(_folder.File("b.dcm"), source, structures, s_algorithm with { ModelHash = new string('b', 64) });
        Assert.NotEqual(written.InstanceUid, other.InstanceUid);
        Assert.NotEqual(written.Structures[0].TrackingUid, other.Structures[0].TrackingUid);

        StructureSet read = StructureSetReader.Read(_folder.File("a.dcm"), Phantoms.Options);
        Assert.Equal((written.InstanceUid, source.SpaceUid, source.Sections.Count), (read.InstanceUid, Assert.Single(read.SpaceUids), read.ImageUids.Count));
        Assert.True(read.Patient.MayBe(source.Patient));
        RegionOfInterest left = read.Regions[0];
        Assert.Equal((1, "Kidney_L", GenerationKind.Automatic, "ORGAN"), (left.Number, left.Name, left.Kind!.Value, left.InterpretedType));
        Assert.True(left.Colour is (1, 2, 3));
        Assert.Equal((s_algorithm, CodedConcept.Kidney, written.Structures[0].TrackingUid), (left.Algorithm, left.Type, left.TrackingUid));
        Assert.Equal(written.Structures[0].PolygonMillilitres, left.StatedMillilitres!.Value, 6);
        Assert.All(left.Contours, contour => Assert.Contains(contour.ImageUid, read.ImageUids));
        Assert.Equal(("Niere_Ü", 0), (read.Regions[1].Name, read.Regions[1].Contours.Count));

        DicomDataset dataset = DicomFile.Open(_folder.File("a.dcm")).Dataset;
        Assert.Equal(("Müller^Vera", "19560708", "20240506", "7"), (dataset.GetString(DicomTag.PatientName), dataset.GetString(DicomTag.PatientBirthDate), dataset.GetString(DicomTag.StudyDate), dataset.GetString(DicomTag.StudyID)));
        Assert.All(Contours(dataset, 0), contour => Assert.All(contour.GetValues<string>(DicomTag.ContourData), text => Assert.InRange(text.Length, 1, 16)));
    }

    [Fact]
    public void ContoursLongerThanAnExplicitElementHoldsAreWrittenInImplicitForm()
    {
        const int columns = 2000;
        SourceSeries source = CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(2, 4, columns), new(1, 0, 0), new(0, 1, 0), 5, 5, 0));
        // A comb: a tooth in every second column.
        bool[] mask = [.. Enumerable.Range(0, source.Geometry.Shape.Length).Select(i => i < columns || (i < 4 * columns && i % 2 == 1))];
        StructureSetWriter.Write(_folder.File("comb.dcm"), source, [new("Comb", mask)], s_algorithm);
        DicomFile file = DicomFile.Open(_folder.File("comb.dcm"));
        Assert.Equal(DicomTransferSyntax.ImplicitVRLittleEndian, file.FileMetaInfo.TransferSyntax);
        Assert.True(RegionVoxels.Of(StructureSetReader.Read(_folder.File("comb.dcm"), Phantoms.Options).Regions[0], source.Geometry).Mask.AsSpan().SequenceEqual(mask));

        // Others write it as of unknown representation, in explicit form.
        DicomDataset dataset = new(DicomTransferSyntax.ExplicitVRLittleEndian);
        dataset.Add(file.Dataset);
        new DicomFile(dataset).Save(_folder.File("unknown.dcm"));
        Assert.True(RegionVoxels.Of(StructureSetReader.Read(_folder.File("unknown.dcm"), Phantoms.Options).Regions[0], source.Geometry).Mask.AsSpan().SequenceEqual(mask));
    }

    [Fact]
    public void WhatCannotBeWrittenIsRefused()
    {
        SourceSeries source = Source();
        DerivedStructure whole = new("A", new bool[source.Geometry.Shape.Length]);
        void Refused(string expected, IReadOnlyList<DerivedStructure> structures, AlgorithmIdentity algorithm, StructureSetOptions? options = null) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => StructureSetWriter.Write(_folder.File("no.dcm"), source, structures, algorithm, options)).Message, StringComparison.Ordinal);
        Refused("nothing to write", [], s_algorithm);
        Refused("different names", [whole, whole], s_algorithm);
        Refused("different names", [whole with { Name = "" }], s_algorithm);
        Refused("holds 3 voxels", [whole with { Mask = new bool[3] }], s_algorithm);
        Refused("1 to 64 characters", [whole], s_algorithm with { Version = "" });
        Refused("1 to 16 characters", [whole], s_algorithm, new() { Label = "much longer than it may be" });
        Assert.False(File.Exists(_folder.File("no.dcm")));
    }

    [Fact]
    public void WhatAWorkstationChangedIsRecognised()
    {
        SourceSeries source = Source();
        bool[] left = CtSeries.Body(source.Geometry, 1), right = CtSeries.Body(source.Geometry, 2), third = CtSeries.Body(source.Geometry, 3);
        WrittenStructureSet written = StructureSetWriter.Write(_folder.File("a.dcm"), source, [new("Kidney_L", left), new("Kidney_R", right), new("Spleen", third)], s_algorithm);
        DicomDataset changed = DicomFile.Open(_folder.File("a.dcm")).Dataset;

        // Another order, numbers from 11 on, a name changed, one region without its description, one added, and an identifier of its own.
        changed.AddOrUpdate(new DicomSequence(DicomTag.PredecessorStructureSetSequence, new DicomDataset { { DicomTag.ReferencedSOPClassUID, DicomUID.RTStructureSetStorage }, { DicomTag.ReferencedSOPInstanceUID, written.InstanceUid } }));
        changed.AddOrUpdate(DicomTag.SOPInstanceUID, "1.2.3.4.5");
        foreach (DicomTag sequence in (DicomTag[])[DicomTag.StructureSetROISequence, DicomTag.ROIContourSequence, DicomTag.RTROIObservationsSequence])
        {
            IList<DicomDataset> items = changed.GetSequence(sequence).Items;
            (items[0], items[2]) = (items[2], items[0]);
            foreach (DicomDataset item in items)
            {
                DicomTag number = sequence == DicomTag.StructureSetROISequence ? DicomTag.ROINumber : DicomTag.ReferencedROINumber;
                item.AddOrUpdate(number, item.GetSingleValue<int>(number) + 10);
            }
        }

        IList<DicomDataset> names = changed.GetSequence(DicomTag.StructureSetROISequence).Items;
        names[2].AddOrUpdate(DicomTag.ROIName, "Niere links");
        names[1].Remove(DicomTag.ROIDescription, DicomTag.ROIDerivationAlgorithmIdentificationSequence);
        names[1].AddOrUpdate(DicomTag.ROIName, "KIDNEY_R ");
        names.Add(new DicomDataset { { DicomTag.ROINumber, 99 }, { DicomTag.ROIName, "Kidney_L" }, { DicomTag.ReferencedFrameOfReferenceUID, source.SpaceUid }, { DicomTag.ROIGenerationAlgorithm, "MANUAL" } });
        for (int region = 0; region < 3; region++)
        {
            foreach (DicomDataset contour in Contours(changed, region))
            {
                // Rounded to hundredths, from another point on, the other way round, the first point repeated.
                double[][] points = [.. contour.GetValues<double>(DicomTag.ContourData).Chunk(3)];
                points = [.. points.Skip(2), .. points.Take(2)];
                Array.Reverse(points);
                points = [.. points, points[0]];
                contour.AddOrUpdate(DicomTag.ContourData, [.. points.SelectMany(point => point).Select(value => Math.Round(value, 2).ToString(System.Globalization.CultureInfo.InvariantCulture))]);
                contour.AddOrUpdate(DicomTag.NumberOfContourPoints, points.Length);
            }
        }

        changed.Add(new DicomLongString(new DicomTag(0x3007, 0x0010), "SOMEBODY"));
        new DicomFile(changed).Save(_folder.File("changed.dcm"));
        StructureSet read = StructureSetReader.Read(_folder.File("changed.dcm"), Phantoms.Options);
        StructureSetRecognition found = StructureSetRecognition.Of(read, written, source);
        Assert.Equal((false, true), (found.IsSameInstance, found.IsSuccessor));
        Assert.Equal([RecognitionEvidence.TrackingUid, RecognitionEvidence.InstanceAndName, RecognitionEvidence.TrackingUid], found.Regions.Select(region => region.Evidence));
        Assert.Equal([11, 12, 13], found.Regions.Select(region => region.Found!.Number));
        Assert.Equal([99], found.Added.Select(region => region.Number));
        foreach ((RecognisedRegion region, bool[] mask) in found.Regions.Zip((bool[][])[left, right, third]))
        {
            Assert.True(RegionVoxels.Of(region.Found!, source.Geometry).Mask.AsSpan().SequenceEqual(mask), region.Written.Name);
            double volume = StructureSetCheck.Of(read, source).Regions.Single(one => one.Number == region.Found!.Number).PolygonMillilitres!.Value;
            Assert.InRange(volume / region.Written.MaskMillilitres, 0.99, 1.01);
        }

        // Without tracking, predecessor and identifier: names in the same coordinates, and without these nothing.
        changed.Remove(DicomTag.PredecessorStructureSetSequence);
        new DicomFile(changed).Save(_folder.File("changed.dcm"));
        read = StructureSetReader.Read(_folder.File("changed.dcm"), Phantoms.Options);
        Assert.Equal(RecognitionEvidence.Name, StructureSetRecognition.Of(read, written, source).Regions[1].Evidence);
        Assert.Null(StructureSetRecognition.Of(read, written).Regions[1].Found);
    }

    [Fact]
    public void HostileFilesCostAFileAndOneSentence()
    {
        SourceSeries source = Source();
        StructureSetWriter.Write(_folder.File("a.dcm"), source, [new("Kidney_L", CtSeries.Body(source.Geometry))], s_algorithm);
        void Refused(string expected, Action<DicomDataset> change)
        {
            DicomDataset dataset = DicomFile.Open(_folder.File("a.dcm")).Dataset;
            dataset.NotValidated();
            change(dataset);
            new DicomFile(dataset).Save(_folder.File("bad.dcm"));
            DicomReadException refused = Assert.Throws<DicomReadException>(() => StructureSetReader.Read(_folder.File("bad.dcm"), Phantoms.Options));
            Assert.Contains(expected, refused.Sentence, StringComparison.Ordinal);
            Assert.NotEqual(ReadFault.Defect, refused.Fault);
            Assert.DoesNotContain("Müller", refused.Message, StringComparison.Ordinal);
        }

        Action<DicomDataset> Data(params string[] texts) => dataset => Contours(dataset, 0)[0].NotValidated().AddOrUpdate(new DicomDecimalString(DicomTag.ContourData, texts));
        Refused("has 10 coordinates, expected three for each point", Data("0", "0", "0", "1", "0", "0", "1", "1", "0", "1"));
        Refused("a coordinate that is no number", Data("0", "0", "0", "1", "NaN", "0", "1", "1", "0"));
        Refused("a coordinate that is no number", Data("0", "0", "0", "1", "1e999", "0", "1", "1", "0"));
        Refused("a coordinate that is no number", Data("0", "0", "0", "1", "1,5", "0", "1", "1", "0"));
        Refused("has no coordinates", dataset => Contours(dataset, 0)[0].Remove(DicomTag.ContourData));
        Refused("leaves the plane of the region's contours by 5 mm", dataset =>
        {
            DicomDataset contour = Contours(dataset, 0)[0];
            double[] values = contour.GetValues<double>(DicomTag.ContourData);
            values[2] += 5;
            contour.AddOrUpdate(DicomTag.ContourData, Array.ConvertAll(values, value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        });
        Refused("contours of region 7, which its list of regions does not have", dataset => dataset.GetSequence(DicomTag.ROIContourSequence).Items[0].AddOrUpdate(DicomTag.ReferencedROINumber, 7));
        Refused("belong to no region", dataset => dataset.GetSequence(DicomTag.RTROIObservationsSequence).Items[0].Remove(DicomTag.ReferencedROINumber));
        Refused("have the number 1", dataset => dataset.GetSequence(DicomTag.StructureSetROISequence).Items.Add(new DicomDataset { { DicomTag.ROINumber, 1 } }));
        Refused("has its contours twice", dataset => dataset.GetSequence(DicomTag.ROIContourSequence).Items.Add(dataset.GetSequence(DicomTag.ROIContourSequence).Items[0]));
        Refused("of a type that the standard does not know", dataset => Contours(dataset, 0)[0].AddOrUpdate(DicomTag.ContourGeometricType, "SPIRAL"));
        Refused("expected an RT Structure Set, found 'CT Image Storage'", dataset => dataset.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage));
        Refused("nested more than", dataset =>
        {
            DicomDataset at = dataset;
            for (int i = 0; i < 200; i++)
            {
                DicomDataset inner = [];
                at.AddOrUpdate(new DicomSequence(DicomTag.ContourSequence, inner));
                at = inner;
            }
        });
        File.WriteAllBytes(_folder.File("cut.dcm"), File.ReadAllBytes(_folder.File("a.dcm"))[..2000]);
        Assert.Throws<DicomReadException>(() => StructureSetReader.Read(_folder.File("cut.dcm")));
        Assert.Throws<DicomReadException>(() => StructureSetReader.Read(_folder.File("nowhere.dcm")));
    }

    [Fact]
    public void TheCheckNamesWhatIsMissingAndWhatDoesNotFit()
    {
        SourceSeries source = Source();
        StructureSetWriter.Write(_folder.File("a.dcm"), source, [new("Kidney_L", CtSeries.Body(source.Geometry))], s_algorithm);
        DicomDataset dataset = DicomFile.Open(_folder.File("a.dcm")).Dataset;
        DicomDataset[] contours = Contours(dataset, 0);
        contours[0].Remove(DicomTag.ContourImageSequence);
        contours[1].GetSequence(DicomTag.ContourImageSequence).Items[0].AddOrUpdate(DicomTag.ReferencedSOPInstanceUID, "1.2.3");
        string another = contours[^1].GetSequence(DicomTag.ContourImageSequence).Items[0].GetString(DicomTag.ReferencedSOPInstanceUID);
        contours[2].GetSequence(DicomTag.ContourImageSequence).Items[0].AddOrUpdate(DicomTag.ReferencedSOPInstanceUID, another);
        // Two points, a point, and a contour within another.
        double[] first = contours[3].GetValues<double>(DicomTag.ContourData);
        dataset.GetSequence(DicomTag.ROIContourSequence).Items[0].GetSequence(DicomTag.ContourSequence).Items.Add(new DicomDataset { { DicomTag.ContourGeometricType, "CLOSED_PLANAR" }, { DicomTag.NumberOfContourPoints, 2 }, { DicomTag.ContourData, "0", "0", "0", "1", "1", "0" } });
        dataset.GetSequence(DicomTag.ROIContourSequence).Items[0].GetSequence(DicomTag.ContourSequence).Items.Add(new DicomDataset { { DicomTag.ContourGeometricType, "POINT" }, { DicomTag.NumberOfContourPoints, 1 }, { DicomTag.ContourData, "0", "0", "0" } });
        dataset.GetSequence(DicomTag.ROIContourSequence).Items[0].GetSequence(DicomTag.ContourSequence).Items.Add(contours[3].Clone());
        new DicomFile(dataset).Save(_folder.File("b.dcm"));
        StructureSet read = StructureSetReader.Read(_folder.File("b.dcm"), Phantoms.Options);
        Assert.Contains("1 closed contours of region 1 have fewer than three points", Assert.Single(read.Warnings), StringComparison.Ordinal);
        StructureSetCheck check = StructureSetCheck.Of(read, source);
        RegionReport report = Assert.Single(check.Regions);
        Assert.Equal((2, 1, 0), (report.MissingReferences, report.OpenContours, check.MissingImages));
        Assert.Contains(report.Notes, note => note.StartsWith("In 1 planes contours lie over each other", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.StartsWith("1 contours name an image of another section", StringComparison.Ordinal));
        Assert.False(check.IsSound);
        Assert.Null(StructureSetCheck.Of(read).MissingImages);
        Assert.Null(StructureSetCheck.Of(read).Regions[0].VoxelMillilitres);
        Assert.Equal(report.PolygonMillilitres!.Value, StructureSetCheck.Of(read).Regions[0].PolygonMillilitres!.Value, 3);

        // Images of somebody else, with sections elsewhere.
        SourceSeries other = CtSeries.Write(_folder.File("other"), CtSeries.Geometry(new ImageShape(9, 30, 30), new(1, 0, 0), new(0, 1, 0), 0, 0, 0, sectionSpacing: 4), "SIM-CT-2");
        check = StructureSetCheck.Of(read, other);
        Assert.Contains(check.Notes, note => note.Contains("patient's number is not", StringComparison.Ordinal));
        Assert.Contains(Assert.Single(check.Regions).Notes, note => note.StartsWith("No voxels: its contours lie between the images' sections", StringComparison.Ordinal));
    }

    [PeerFact("dciodvfy", "dcmdump")]
    public void TheValidatorFindsNoErrorsAndTheToolkitParsesIt()
    {
        SourceSeries source = Source();
        StructureSetWriter.Write(_folder.File("a.dcm"), source, [new("Kidney_L", CtSeries.Body(source.Geometry)) { Type = CodedConcept.Kidney }, new("Kidney_R", CtSeries.Body(source.Geometry, 2))], s_algorithm);
        StructureSetWriter.Write(_folder.File("bare.dcm"), source, [new("A", CtSeries.Body(source.Geometry))], new("a", "1") { Kind = GenerationKind.Manual });
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.dcm"))
        {
            (_, string output, string error) = Peer.Run("dciodvfy", file);
            Assert.Equal("", string.Join("; ", (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal) || line.Contains("Warning", StringComparison.Ordinal))));
            (int code, output, error) = Peer.Run("dcmdump", file);
            Assert.Equal((0, ""), (code, error));
            Assert.Contains("CLOSED_PLANAR", output, StringComparison.Ordinal);
        }
    }

    [PeerFact("plastimatch", "python:pydicom")]
    public void OthersFindTheVolumeWithinOnePercent()
    {
        SourceSeries source = Source();
        Others("ct", source, [.. Enumerable.Range(1, 4).Select(i => new DerivedStructure($"S{i}", CtSeries.Body(source.Geometry, (ulong)i)))]);
    }

    [PeerFact("plastimatch", "python:pydicom", "data:kidney-masks", "data:ct-kidney")]
    public void OthersFindTheVolumeOfRealMasksWithinOnePercent()
    {
        foreach ((int i, string file) in Directory.EnumerateFiles(TestData.Path("kidney-masks")).Append(TestData.Path("ct-kidney/kidney_left.nii.gz")).Append(TestData.Path("ct-kidney/kidney_right.nii.gz")).Index())
        {
            using FileStream stream = File.OpenRead(file);
            NiftiLabels labels = NiftiLabels.Decode(stream);
            bool[] mask = Array.ConvertAll(labels.Labels, label => label > 0);
            IndexBox box = IndexBox.Of(mask, labels.Shape)!.Value;
            // The fastest of the file's axes runs along the body: a section for each.
            ImageShape shape = new(box.Shape.Columns, box.Shape.Sections, box.Shape.Rows);
            SourceSeries source = CtSeries.Write(_folder.File($"real{i}"), CtSeries.Geometry(shape, new(1, 0, 0), new(0, 1, 0), 0, 0, 0, 0.8, 0.8, 3));
            bool[] turned = [.. Enumerable.Range(0, shape.Length).Select(at => mask[((((box.FirstSection + (at / shape.Columns % shape.Rows)) * labels.Shape.Rows) + box.FirstRow + (at % shape.Columns)) * labels.Shape.Columns) + box.FirstColumn + (at / shape.PlaneLength)])];
            Others($"real{i}", source, [new DerivedStructure("Kidneys", turned)]);
            Directory.Delete(_folder.File($"real{i}"), recursive: true);
        }
    }

    private void Others(string images, SourceSeries source, DerivedStructure[] structures)
    {
        const string script = """
            import sys, pydicom
            for roi in pydicom.dcmread(sys.argv[1]).ROIContourSequence:
                area = 0.0
                for contour in getattr(roi, 'ContourSequence', []):
                    p = [float(v) for v in contour.ContourData]
                    p = [(p[i] - p[0], p[i + 1] - p[1], p[i + 2] - p[2]) for i in range(0, len(p), 3)]
                    s = [0.0, 0.0, 0.0]
                    for a, b in zip(p, p[1:] + p[:1]):
                        for k in range(3):
                            s[k] += a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3]
                    area += sum(v * v for v in s) ** 0.5 / 2
                print(repr(area))
            """;
        string file = _folder.File($"{images}.dcm");
        WrittenStructureSet written = StructureSetWriter.Write(file, source, structures, s_algorithm);
        (int code, string output, string error) = Peer.Run(Peer.Python, "-c", script, file);
        Assert.True(code == 0, error);
        double[] areas = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(structures.Length, areas.Length);
        (code, output, error) = Peer.Run("plastimatch", "convert", "--input", file, "--referenced-ct", _folder.File(images), "--output-prefix", _folder.File($"{images}-masks"), "--prefix-format", "nii");
        Assert.True(code == 0, error + output);
        foreach ((int i, WrittenStructure structure) in written.Structures.Index())
        {
            int voxels = structures[i].Mask.Count(voxel => voxel);
            Assert.True(voxels > 100);
            Assert.InRange(structure.PolygonMillilitres / structure.MaskMillilitres, 0.999, 1.001);
            Assert.InRange(areas[i] * RegionVoxels.DistanceOfSections(source.Geometry) / 1000 / structure.MaskMillilitres, 0.999, 1.001);
            using FileStream stream = File.OpenRead(Path.Combine(_folder.File($"{images}-masks"), $"{structure.Name}.nii"));
            Assert.InRange(NiftiLabels.Decode(stream).Labels.Count(label => label > 0) / (double)voxels, 0.99, 1.01);
        }
    }

    private static DicomDataset[] Contours(DicomDataset dataset, int region) => [.. dataset.GetSequence(DicomTag.ROIContourSequence).Items[region].GetSequence(DicomTag.ContourSequence)];

    private SourceSeries Source() => CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(9, 30, 30), new(1, 0, 0), new(0, 1, 0), 0, 0, 0));
}
