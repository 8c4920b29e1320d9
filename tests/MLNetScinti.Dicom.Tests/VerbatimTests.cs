using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>What is said of a file may leave the house it came from: of its own words only the standard's stand in it, wherever somebody else's are.</summary>
public sealed class VerbatimTests
{
    private const string Secret = "GEHEIM", SecretNumber = "47110815", SecretUid = "1.2.826.0.1.3680043.9.47110815";

    [Theory]
    [InlineData("NM")]
    [InlineData("PT")]
    [InlineData("CT")]
    [InlineData("RTDOSE")]
    public void NoWordOfAFileIsRepeated(string modality)
    {
        int said = 0, places = 0;
        foreach (string secret in new[] { Secret, SecretNumber, "C-" + SecretNumber })
        {
            for (int place = 0; ; place++)
            {
                DicomDataset dataset = Filled(modality);
                DicomTag[] texts = [.. Texts(dataset).Select(item => item.Tag)];
                if (place >= texts.Length)
                {
                    break;
                }

                (DicomDataset owner, DicomTag tag) = Texts(dataset).ElementAt(place);
                bool isNumber = owner.GetDicomItem<DicomItem>(tag).ValueRepresentation is { } representation && (representation == DicomVR.IS || representation == DicomVR.DS);
                if (isNumber && secret == SecretNumber)
                {
                    // A number of frames is told as a number of frames.
                    continue;
                }

                owner.AddOrUpdate(tag, owner.GetDicomItem<DicomItem>(tag).ValueRepresentation == DicomVR.UI ? SecretUid : secret);
                string[] sentences = [.. Sentences(dataset)];
                places++;
                said += sentences.Length;
                Assert.All(sentences, sentence => Assert.False(sentence.Contains(secret, StringComparison.OrdinalIgnoreCase) || sentence.Contains(SecretNumber, StringComparison.Ordinal), $"{tag.DictionaryEntry.Name}: {sentence}"));
            }
        }

        Assert.True(places > 60 && said > places, $"{places} places, {said} sentences");
    }

    /// <summary>Words that the standard has are shown as it writes them, and two unknown ones are two.</summary>
    [Theory]
    [InlineData("mlming", "MLMING")]
    [InlineData("ml/100ml/s", "ml/100ml/s")]
    [InlineData("mm2/s", "mm2/s")]
    [InlineData("PROPCNTS", "PROPCNTS")]
    [InlineData("BQML", "Bq/ml")]
    [InlineData("MBq.h", "MBq.h")]
    [InlineData("mBq.h", "an unknown unit")]
    [InlineData("GEHEIM", "an unknown unit")]
    [InlineData("470815", "an unknown unit")]
    [InlineData("Maria M.", "an unknown unit")]
    public void UnitsAreShownInTheStandardsWords(string written, string shown) => Assert.Equal(shown, UnitName.Parse(written)!.Value.Text);

    [Fact]
    public void TwoUnknownUnitsStayTwo()
    {
        Assert.NotEqual(UnitName.Parse("first"), UnitName.Parse("second"));
        DicomDataset dataset = HandMadeFile.Image("PT", 1).With(DicomTag.Units, "FIRST").With(DicomTag.RescaleSlope, "2").With(DicomTag.RescaleIntercept, "0");
        ImageHeader header = dataset.WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("2", "SECOND")).Header();
        Assert.Contains(header.Warnings, warning => warning.Contains("calls the same values an unknown unit", StringComparison.Ordinal));
        Assert.DoesNotContain(dataset.WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("2", "FIRST")).Header().Warnings, warning => warning.Contains("calls the same values", StringComparison.Ordinal));
    }

    private static DicomDataset Mapping(string slope, string unit) => new DicomDataset().Unchecked()
        .With(DicomTag.RealWorldValueSlope, double.Parse(slope, System.Globalization.CultureInfo.InvariantCulture))
        .With(DicomTag.RealWorldValueIntercept, 0.0)
        .WithItems(DicomTag.MeasurementUnitsCodeSequence, new DicomDataset().Unchecked().With(DicomTag.CodeValue, unit).With(DicomTag.CodingSchemeDesignator, "UCUM").With(DicomTag.CodeMeaning, unit));

    // Every element of text that is read anywhere, with a value that goes.
    private static DicomDataset Filled(string modality)
    {
        DicomDataset dataset = HandMadeFile.Image(modality, 2).Unchecked()
            .With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION")
            .With(DicomTag.Units, modality == "NM" ? "CNTS" : "GML")
            .With(DicomTag.SUVType, "BW")
            .With(DicomTag.RescaleSlope, "2")
            .With(DicomTag.RescaleIntercept, "0")
            .With(DicomTag.RescaleType, modality == "CT" ? "HU" : "CNTS")
            .With(DicomTag.CountsSource, "EMISSION")
            .With(DicomTag.SeriesType, "STATIC", "IMAGE")
            .With(DicomTag.DecayCorrection, "START")
            .With(DicomTag.DoseUnits, "GY")
            .With(DicomTag.DoseType, "PHYSICAL")
            .With(DicomTag.DoseSummationType, "PLAN")
            .With(DicomTag.DoseGridScaling, "0.5")
            .With(DicomTag.GridFrameOffsetVector, "0", "3")
            .With(DicomTag.LossyImageCompression, "00")
            .With(DicomTag.SpacingBetweenSlices, "4")
            .With(DicomTag.SliceThickness, "4")
            .With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")
            .With(DicomTag.ImagePositionPatient, "0", "0", "0")
            .With(DicomTag.PatientName, "Muster^Kind")
            .With(DicomTag.PatientSex, "F")
            .With(DicomTag.PatientAge, "010Y")
            .With(DicomTag.PatientWeight, "30")
            .With(DicomTag.PatientBirthDate, "20140102")
            .With(DicomTag.StudyDate, "20240102")
            .With(DicomTag.StudyTime, "101500")
            .With(DicomTag.AcquisitionDate, "20240102")
            .With(DicomTag.AcquisitionTime, "101500")
            .With(DicomTag.ActualFrameDuration, "1000")
            .With(DicomTag.CountsAccumulated, "1000")
            .With(DicomTag.ConcatenationUID, "1.2.3.9")
            .With(DicomTag.FrameOfReferenceUID, "1.2.3.8")
            .With(DicomTag.Manufacturer, "A maker")
            .With(DicomTag.ManufacturerModelName, "A model")
            .With(DicomTag.StudyDescription, "ANT")
            .With(DicomTag.SeriesDescription, "ANT")
            .With(DicomTag.ImageID, "ANT")
            .With(DicomTag.BodyPartExamined, "KIDNEY")
            .With(DicomTag.PatientPosition, "HFS")
            .WithItems(DicomTag.RadiopharmaceuticalInformationSequence, new DicomDataset().Unchecked()
                .With(DicomTag.Radiopharmaceutical, "Tc-99m DMSA")
                .With(DicomTag.RadionuclideTotalDose, modality == "PT" ? "370000000" : "370")
                .With(DicomTag.RadionuclideHalfLife, "21624")
                .With(DicomTag.RadiopharmaceuticalStartDateTime, "20240102080000")
                .WithItems(DicomTag.RadionuclideCodeSequence, Code("C-163A8", "^99m^Technetium"))
                .WithItems(DicomTag.RadiopharmaceuticalCodeSequence, Code("C-B1200", "DMSA")))
            .WithItems(DicomTag.EnergyWindowInformationSequence, new DicomDataset().Unchecked()
                .With(DicomTag.EnergyWindowName, "Tc99m")
                .WithItems(DicomTag.EnergyWindowRangeSequence, new DicomDataset().Unchecked().With(DicomTag.EnergyWindowLowerLimit, "126").With(DicomTag.EnergyWindowUpperLimit, "154")))
            .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset().Unchecked()
                .With(DicomTag.CollimatorType, "PARA")
                .With(DicomTag.CollimatorGridName, "LEHR")
                .With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")
                .With(DicomTag.ImagePositionPatient, "0", "0", "0")
                .WithItems(DicomTag.ViewCodeSequence, Code("R-10206", "anterior")))
            .WithItems(DicomTag.RotationInformationSequence, new DicomDataset().Unchecked().With(DicomTag.RotationDirection, "CC").With(DicomTag.ScanArc, "360").With(DicomTag.AngularStep, "6"))
            .WithItems(DicomTag.PhaseInformationSequence, new DicomDataset().Unchecked().With(DicomTag.PhaseDescription, "FLOW").With(DicomTag.ActualFrameDuration, "1000"))
            .WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("3", "Bq/ml").With(DicomTag.LUTLabel, "label").With(DicomTag.LUTExplanation, "explained"));
        return dataset;
    }

    private static DicomDataset Code(string value, string meaning) => new DicomDataset().Unchecked().With(DicomTag.CodeValue, value).With(DicomTag.CodingSchemeDesignator, "SRT").With(DicomTag.CodeMeaning, meaning);

    private static IEnumerable<(DicomDataset Owner, DicomTag Tag)> Texts(DicomDataset dataset)
    {
        foreach (DicomItem item in dataset)
        {
            if (item is DicomStringElement)
            {
                yield return (dataset, item.Tag);
            }
            else if (item is DicomSequence sequence)
            {
                foreach ((DicomDataset, DicomTag) inner in sequence.Items.SelectMany(Texts))
                {
                    yield return inner;
                }
            }
        }
    }

    // What goes into reports and cards: why a file was left out, what is noted of it, and what its values count.
    private static IEnumerable<string> Sentences(DicomDataset dataset)
    {
        using TemporaryFolder folder = new();
        string file = dataset.Save(folder);
        ScintigraphyImage image;
        try
        {
            image = new DicomImageReader(Phantoms.Options).Read(file);
        }
        catch (DicomReadException refused)
        {
            return [refused.Sentence];
        }

        string concentration = "";
        try
        {
            _ = image.VolumeCount > 0 ? ActivityConcentration.Of(image) : null;
        }
        catch (UnitException refused)
        {
            concentration = refused.Sentence;
        }

        ImageHeader header = image.Header;
        return [header.UnitText, header.DecayCorrection, header.Scaling.Source, header.Modality, header.VolumeRefusal, concentration, .. WarningKind.Of(image.AllWarnings), .. header.Radionuclides.Select(found => found.Radionuclide.Symbol)];
    }
}
