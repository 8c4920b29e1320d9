using MLNetScinti.Dicom.Doses;
using MLNetScinti.Dicom.Reports;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>Damaged objects are read or refused, and never anything else.</summary>
public sealed class ObjectMutationTests : IDisposable
{
    private static readonly AlgorithmIdentity s_algorithm = new("scinti-unet", "1.0") { ModelHash = new string('e', 64) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ADamagedFileIsReadOrRefused()
    {
        SourceSeries source = CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(4, 9, 8), new(1, 0, 0), new(0, 1, 0), 0, 0, 0));
        DerivedStructure structure = new("Kidney_L", CtSeries.Body(source.Geometry)) { Side = BodySide.Left, Type = CodedConcept.Kidney };
        StructureSetWriter.Write(_folder.File("set"), source, [structure], s_algorithm);
        WrittenSegmentation segmentation = SegmentationWriter.Write(_folder.File("seg"), source, [structure], s_algorithm);
        MeasurementReportWriter.Write(_folder.File("report"), source, segmentation, [MeasuredStructure.Of(structure, segmentation.Segments[0], Measurement.Volume(3, new(2, 4)), Measurement.MeanAbsorbedDose(1))], s_algorithm);
        DoseWriter.Write(_folder.File("dose"), source, new Volume(source.Geometry), s_algorithm);

        (string Name, Action<string> Read)[] readers =
        [
            ("set", file =>
            {
                StructureSet set = StructureSetReader.Read(file, Phantoms.Options);
                StructureSetCheck.Of(set, source);
                StructureSetCheck.Of(set);
            }),
            ("seg", file => SegmentationReader.Read(file, Phantoms.Options with { MaximumValues = 1 << 24 })),
            ("report", file => MeasurementReportReader.Read(file, Phantoms.Options)),
            ("dose", file => DoseReader.Read(file, Phantoms.Options with { MaximumValues = 1 << 24 })),
        ];
        int refused = 0;
        foreach ((string name, Action<string> read) in readers)
        {
            byte[] whole = File.ReadAllBytes(_folder.File(name));
            for (ulong seed = 0; seed < 250; seed++)
            {
                File.WriteAllBytes(_folder.File("damaged"), Damaged(whole, seed));
                try
                {
                    read(_folder.File("damaged"));
                }
                catch (DicomReadException problem)
                {
                    refused++;
                    Assert.True(problem.Fault != ReadFault.Defect, $"{name}, seed {seed}: {problem}");
                    Assert.DoesNotContain('\n', problem.Message);
                }
                catch (Exception other) when (other is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"{name}, seed {seed}: {other}");
                }
            }
        }

        Assert.True(refused > 100);
    }

    private static byte[] Damaged(byte[] whole, ulong seed)
    {
        CounterRandom random = new(seed, 0, 0, "damage");
        byte[] bytes = [.. whole];
        for (int i = 0; i <= random.NextInt32(4); i++)
        {
            int at = random.NextInt32(132, bytes.Length);
            switch (random.NextInt32(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.NextInt32(8));
                    break;
                case 1:
                    bytes[at] = (byte)"0123456789.-\\eE+N "[random.NextInt32(18)];
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill((byte)random.NextInt32(256));
                    break;
                default:
                    bytes = random.NextBoolean(0.2) ? bytes[..at] : [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.NextInt32(1, 30))..]];
                    break;
            }

            if (bytes.Length < 140)
            {
                break;
            }
        }

        return bytes;
    }
}
