using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>What the values of an image count: every place of a file that speaks of it is asked, and contradictions are told.</summary>
public sealed partial class UnitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ScintigraphyImage Image(DicomDataset dataset) => Phantoms.Reader.Read(dataset.Save(_folder));

    private static ScintigraphyImage Case(string name) => Phantoms.Reader.Read(Cases.File(name));

    private static DicomDataset Recon() => HandMadeFile.Image("NM", 2, DicomTag.SliceVector)
        .With<ushort>(DicomTag.SliceVector, 1, 2)
        .With(DicomTag.ImageType, "DERIVED", "PRIMARY", "RECON TOMO", "EMISSION")
        .With(DicomTag.SpacingBetweenSlices, "4")
        .With(DicomTag.SliceThickness, "4");

    private static DicomDataset Pet(string units, string? slope = "2") => slope is null
        ? HandMadeFile.Image("PT", 1).With(DicomTag.Units, units).With(DicomTag.SliceThickness, "4")
        : HandMadeFile.Image("PT", 1).With(DicomTag.Units, units).With(DicomTag.SliceThickness, "4").With(DicomTag.RescaleSlope, slope).With(DicomTag.RescaleIntercept, "0");

    private static DicomDataset Mapping(string unit, double slope, int first = 0, int last = 65535, string meaning = "", double intercept = 0) => new DicomDataset
    {
        { DicomTag.RealWorldValueFirstValueMapped, (ushort)first },
        { DicomTag.RealWorldValueLastValueMapped, (ushort)last },
        { DicomTag.RealWorldValueIntercept, intercept },
        { DicomTag.RealWorldValueSlope, slope },
    }.WithItems(DicomTag.MeasurementUnitsCodeSequence, new DicomDataset { { DicomTag.CodeValue, unit }, { DicomTag.CodingSchemeDesignator, "UCUM" }, { DicomTag.CodeMeaning, meaning.Length > 0 ? meaning : "x" } });

    private static DicomDataset Mapped(params DicomDataset[] mappings) => Recon().WithItems(DicomTag.RealWorldValueMappingSequence, mappings);

    private static void Says(ImageHeader header, params string[] words) =>
        Assert.Contains(header.Warnings, warning => words.All(word => warning.Contains(word, StringComparison.OrdinalIgnoreCase)));

    [Fact]
    public void UnitsOfANuclearMedicineFileHold()
    {
        ScintigraphyImage image = Case("nm-units-bqml");
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, "Bq/ml", UnitEvidence.Stated), (image.Header.Unit, image.Header.UnitText, image.Header.UnitEvidence));
        Assert.Equal(2487.5f, image.Maximum);
        Assert.Contains("0 to 2487.5 Bq/ml", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
        Assert.Equal(2487.5f, ActivityConcentration.Of(image).Volume.Voxels.Max());
    }

    [Fact]
    public void ARealWorldValueMappingGivesBecquerelPerMillilitre()
    {
        ScintigraphyImage image = Case("nm-real-world-value-bqml");
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, UnitEvidence.Stated), (image.Header.Unit, image.Header.UnitEvidence));
        Assert.Equal(7462.5f, image.Maximum);
        Assert.Equal(new ValueScaling(37.5, 0, "Real World Value Mapping"), image.Header.Scaling);
        Assert.DoesNotContain("counts", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AStretchedPictureIsNotCounts()
    {
        ScintigraphyImage image = Case("stretched-values-called-counts");
        Assert.Equal((ImageUnit.StoredValues, UnitEvidence.None), (image.Header.Unit, image.Header.UnitEvidence));
        Says(image.Header, "32767", "not counts");
        string text = ImageDescription.Of(image).ToString();
        Assert.Contains("32767 stored values", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hottest", text, StringComparison.Ordinal);
        Assert.Throws<UnitException>(() => ActivityConcentration.Of(image));
    }

    [Fact]
    public void CountsStayCountsWhereNothingSpeaksAgainstIt()
    {
        ScintigraphyImage image = Case("genuine-fo-dicom-numbers");
        Assert.Equal((ImageUnit.Counts, UnitEvidence.Convention), (image.Header.Unit, image.Header.UnitEvidence));
        Assert.Empty(image.Header.Warnings);
    }

    [Theory]
    [InlineData("Bq/ml", 1)]
    [InlineData("BQML", 1)]
    [InlineData("Bq/mL", 1)]
    [InlineData("Bq/cc", 1)]
    [InlineData("Bq/cm3", 1)]
    [InlineData("kBq/ml", 1000)]
    [InlineData("kBq/cm^3", 1000)]
    [InlineData("KBQML", 1000)]
    [InlineData("MBq/ml", 1e6)]
    [InlineData("kBq/L", 1)]
    [InlineData("nCi/ml", 37)]
    [InlineData("uCi/ml", 37000)]
    [InlineData("\u00b5Ci/cc", 37000)]
    public void ConcentrationsComeInBecquerelPerMillilitreWhateverTheirPrefix(string unit, double factor)
    {
        ScintigraphyImage image = Image(Mapped(Mapping(unit, 0.5)).With(DicomTag.SpecificCharacterSet, "ISO_IR 192"));
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, "Bq/ml"), (image.Header.Unit, image.Header.UnitText));
        Assert.Equal((float)(0.5 * 111 * factor), image.Maximum, 1e-3f * (float)factor);
    }

    [Theory]
    [InlineData("{counts}", ImageUnit.Counts, "counts")]
    [InlineData("{counts}/s", ImageUnit.CountsPerSecond, "counts/s")]
    [InlineData("{SUVbw}g/ml", ImageUnit.StandardizedUptakeValue, "SUV (body weight)")]
    [InlineData("g/ml{SUVbw}", ImageUnit.StandardizedUptakeValue, "SUV (body weight)")]
    [InlineData("g/ml", ImageUnit.StandardizedUptakeValue, "SUV (body weight)")]
    [InlineData("{SUVlbm}g/ml", ImageUnit.StandardizedUptakeValue, "SUV (lean body mass)")]
    [InlineData("{SUVbsa}cm2/ml", ImageUnit.StandardizedUptakeValue, "SUV (body surface)")]
    [InlineData("%", ImageUnit.Other, "%")]
    [InlineData("1/cm", ImageUnit.Other, "1/cm")]
    [InlineData("mg/min/ml", ImageUnit.Other, "mg/min/ml")]
    public void OtherUnitsAreTheirOwn(string unit, ImageUnit expected, string text)
    {
        ScintigraphyImage image = Image(Mapped(Mapping(unit, 0.25)));
        Assert.Equal((expected, text, UnitEvidence.Stated), (image.Header.Unit, image.Header.UnitText, image.Header.UnitEvidence));
        Assert.Equal(111 * 0.25f, image.Maximum);
        Assert.Throws<UnitException>(() => ActivityConcentration.Of(image));
    }

    [Fact]
    public void AMeaningHelpsWhereTheCodeDoesNot()
    {
        Assert.Equal(ImageUnit.BecquerelPerMillilitre, Image(Mapped(Mapping("XYZ", 2, meaning: "Becquerels/milliliter".Replace("milliliter", "ml", StringComparison.Ordinal)))).Header.Unit);
        ImageHeader disputed = Image(Mapped(Mapping("Bq/ml", 2, meaning: "Counts"))).Header;
        Assert.Equal(UnitEvidence.Disputed, disputed.UnitEvidence);
        Says(disputed, "Bq/ml", "counts", "one of them is wrong");
    }

    [Fact]
    public void ADamagedUnitIsNotShown()
    {
        string text = ImageDescription.Of(Image(Mapped(Mapping("Gerda,Geheim!", 2)))).ToString();
        Assert.DoesNotContain("Geheim", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoScalesOfOneUnitAreDisputedAndNoBasisForDosimetry()
    {
        ScintigraphyImage image = Image(Recon().With(DicomTag.Units, "BQML").With(DicomTag.RescaleSlope, "12.5").With(DicomTag.RescaleIntercept, "0").WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("Bq/ml", 37.5)));
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, UnitEvidence.Disputed), (image.Header.Unit, image.Header.UnitEvidence));
        Says(image.Header, "12.5", "37.5", "one of them is wrong");
        Assert.Contains("contradicts", Assert.Throws<UnitException>(() => ActivityConcentration.Of(image)).Message, StringComparison.Ordinal);

        // The same scale twice, rounded as decimal strings are, is no contradiction; nor is it in two prefixes.
        Assert.Empty(Image(Recon().With(DicomTag.Units, "BQML").With(DicomTag.RescaleSlope, "37.50001").With(DicomTag.RescaleIntercept, "0").WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("kBq/ml", 0.0375))).Header.Warnings);
    }

    [Fact]
    public void OneScaleCalledByTwoUnitsIsDisputed()
    {
        ImageHeader header = Image(Recon().With(DicomTag.Units, "BQML").With(DicomTag.RescaleSlope, "12.5").With(DicomTag.RescaleIntercept, "0").WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("{counts}", 12.5))).Header;
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, UnitEvidence.Disputed), (header.Unit, header.UnitEvidence));
        Says(header, "Bq/ml", "counts", "one of them is wrong");
    }

    [Fact]
    public void TwoQuantitiesOfOneImageAreTold()
    {
        ScintigraphyImage image = Image(Pet("BQML").WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("{SUVbw}g/ml", 0.001)));
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, UnitEvidence.Stated, 22f), (image.Header.Unit, image.Header.UnitEvidence, image.Maximum));
        Says(image.Header, "Bq/ml", "SUV", "was taken");

        ScintigraphyImage both = Image(Mapped(Mapping("{counts}", 1), Mapping("Bq/ml", 20)));
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, 2220f), (both.Header.Unit, both.Maximum));
        Says(both.Header, "counts", "Bq/ml", "was taken");
    }

    [Fact]
    public void ASlopeWithoutAUnitIsToldBesideOneThatHasIt()
    {
        ScintigraphyImage image = Image(Mapped(Mapping("Bq/ml", 37.5)).With(DicomTag.RescaleSlope, "2").With(DicomTag.RescaleIntercept, "0"));
        Assert.Equal(37.5f * 111, image.Maximum);
        Says(image.Header, "Rescale Slope", "37.5");
        Says(Image(Recon().With(DicomTag.RescaleSlope, "2").With(DicomTag.RescaleIntercept, "0")).Header, "Rescale Slope", "no unit");
    }

    [Fact]
    public void APieceOfAMappingHoldsOverItsOwnValues()
    {
        ScintigraphyImage image = Image(Mapped(Mapping("Bq/ml", 1, 0, 50), Mapping("Bq/ml", 10, 51, 65535)));
        Assert.Equal([0f, 11f, 1000f, 1110f], new[] { image.Values[0], image.Values[11], image.Values[12], image.Values[23] });
        Assert.Equal(UnitEvidence.Stated, image.Header.UnitEvidence);
        Assert.Contains("table", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 105, 0, 6, UnitEvidence.Disputed)]
    [InlineData(5, 65535, 5, 0, UnitEvidence.Stated)]
    public void PixelsOutsideAMappingAreCounted(int first, int last, int below, int above, UnitEvidence evidence)
    {
        ScintigraphyImage image = Image(Mapped(Mapping("Bq/ml", 2, first, last)));
        Says(image.Header, $"{below + above} pixels lie outside", $"{below} below", $"{above} above");
        Assert.Equal(evidence, image.Header.UnitEvidence);
    }

    [Fact]
    public void OverlappingPiecesThatDifferAreDisputed()
    {
        ImageHeader header = Image(Mapped(Mapping("Bq/ml", 1, 0, 100), Mapping("Bq/ml", 10, 50, 65535))).Header;
        Assert.Equal(UnitEvidence.Disputed, header.UnitEvidence);
        Says(header, "one of them is wrong");
    }

    [Fact]
    public void AMappingMayBeATable()
    {
        DicomDataset mapping = Mapping("Bq/ml", 1, 0, 111);
        mapping.Remove(DicomTag.RealWorldValueSlope).Remove(DicomTag.RealWorldValueIntercept).AddOrUpdate(DicomTag.RealWorldValueLUTData, [.. Enumerable.Range(0, 112).Select(i => (double)i * i)]);
        ScintigraphyImage image = Image(Mapped(mapping));
        Assert.Equal((ImageUnit.BecquerelPerMillilitre, 12321f, 121f), (image.Header.Unit, image.Maximum, image.Values[11]));

        mapping.AddOrUpdate(DicomTag.RealWorldValueLUTData, 1.0, 2.0);
        Assert.Equal(SkipReason.InconsistentHeader, Assert.Throws<DicomReadException>(() => Image(Mapped(mapping))).Reason);
    }

    [Theory]
    [InlineData(double.NaN, "not a number")]
    [InlineData(double.PositiveInfinity, "not a number")]
    [InlineData(0.0, "is 0")]
    [InlineData(1e300, "not a number")]
    public void ASlopeThatIsNoneIsToldAndItsUnitGoesWithIt(double slope, string words)
    {
        ScintigraphyImage image = Image(Mapped(Mapping("Bq/ml", slope)));
        Says(image.Header, "slope", words);
        Assert.Equal((ImageUnit.StoredValues, 111f), (image.Header.Unit, image.Maximum));
    }

    [Theory]
    [InlineData("NaN", "not a number")]
    [InlineData("Infinity", "not a number")]
    [InlineData("0", "is 0")]
    [InlineData("1,5", "not a number")]
    [InlineData("1E+300", "not a number")]
    [InlineData("1E-300", "not a number")]
    public void ARescaleSlopeThatIsNoneLeavesStoredValues(string slope, string words)
    {
        foreach (DicomDataset dataset in new[] { Pet("BQML", "1"), Recon().With(DicomTag.RescaleSlope, "1"), HandMadeFile.Image("CT", 1).With(DicomTag.RescaleSlope, "1").With(DicomTag.RescaleIntercept, "-1024") })
        {
            ScintigraphyImage image = Image(dataset.NotValidated().AddOrUpdate(new DicomDecimalString(DicomTag.RescaleSlope, new MemoryByteBuffer(System.Text.Encoding.ASCII.GetBytes(slope.Length % 2 == 0 ? slope : slope + " ")))));
            Says(image.Header, "Rescale Slope", words);
            Assert.Equal((ImageUnit.StoredValues, UnitEvidence.None), (image.Header.Unit, image.Header.UnitEvidence));
        }
    }

    [Fact]
    public void ADownwardSlopeIsTold() => Says(Image(Pet("BQML", "-2")).Header, "-2");

    [Fact]
    public void PetWithoutUnitsOrSlopeIsNotGuessed()
    {
        ImageHeader none = Image(Pet("BQML").Remove(DicomTag.Units)).Header;
        Assert.Equal((ImageUnit.Other, UnitEvidence.None), (none.Unit, none.UnitEvidence));
        Says(none, "Units (0054,1001) is missing");
        Says(Image(Pet("BQML", slope: null)).Header, "Rescale Slope is missing");
    }

    [Theory]
    [InlineData("GML", "BW", "SUV (body weight)")]
    [InlineData("GML", "LBM", "SUV (lean body mass)")]
    [InlineData("GML", "", "SUV (body weight)")]
    [InlineData("CM2ML", "BSA", "SUV (body surface)")]
    public void PetInUptakeValuesSaysByWhatTheyAreNormalised(string units, string type, string text)
    {
        DicomDataset dataset = Pet(units);
        ImageHeader header = Image(type.Length == 0 ? dataset : dataset.With(DicomTag.SUVType, type)).Header;
        Assert.Equal((ImageUnit.StandardizedUptakeValue, text), (header.Unit, header.UnitText));
    }

    [Fact]
    public void UnitsAndRescaleTypeAreCompared()
    {
        Says(Image(Pet("BQML").With(DicomTag.RescaleType, "HU")).Header, "Bq/ml", "HU", "one of them is wrong");
        Assert.Empty(Image(Pet("BQML").With(DicomTag.RescaleType, "US")).Header.Warnings);
        ImageHeader recon = Image(Recon().With(DicomTag.RescaleSlope, "3").With(DicomTag.RescaleIntercept, "0").With(DicomTag.RescaleType, "BQML")).Header;
        Assert.Equal(ImageUnit.BecquerelPerMillilitre, recon.Unit);
    }

    private static DicomDataset Philips(string? concentration, string? suv, string creator = "Philips PET Private Group")
    {
        DicomDataset dataset = Pet("CNTS").With(DicomTag.Manufacturer, "Philips Medical Systems");
        dataset.Add(new DicomLongString(new DicomTag(0x7053, 0x0010), creator));
        DicomTag Tag(ushort element) => new(0x7053, element, creator);
        if (suv is not null)
        {
            dataset.Add(new DicomDecimalString(Tag(0x1000), suv));
        }

        if (concentration is not null)
        {
            dataset.Add(new DicomDecimalString(Tag(0x1009), concentration));
        }

        return dataset;
    }

    [Theory]
    [InlineData("1.5", "0.0005", ImageUnit.BecquerelPerMillilitre, 33f)]
    [InlineData("1.5", null, ImageUnit.BecquerelPerMillilitre, 33f)]
    [InlineData(null, "0.5", ImageUnit.StandardizedUptakeValue, 11f)]
    [InlineData("0", "0.5", ImageUnit.StandardizedUptakeValue, 11f)]
    [InlineData("0", "0", ImageUnit.Counts, 22f)]
    [InlineData(null, null, ImageUnit.Counts, 22f)]
    public void PhilipsFactorsTakeCountsToConcentrations(string? concentration, string? suv, ImageUnit unit, float maximum)
    {
        foreach (DicomTransferSyntax syntax in new[] { DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian })
        {
            string file = _folder.File("philips.dcm");
            new DicomFile(Philips(concentration, suv)).Clone(syntax).Save(file);
            ScintigraphyImage image = Phantoms.Reader.Read(file);
            Assert.Equal((unit, maximum), (image.Header.Unit, image.Maximum));
            Assert.True(concentration is null && suv is null || image.Header.Warnings.Any(warning => warning.Contains("Philips", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void ASlopeOfTwoNumbersIsNone()
    {
        foreach ((DicomTag tag, string[] values, bool isTold) in new[]
        {
            (DicomTag.RescaleSlope, new[] { "2", "3" }, true), (DicomTag.RescaleSlope, ["2", "2"], false), (DicomTag.RescaleIntercept, ["0", "-1024"], true),
        })
        {
            DicomDataset dataset = Recon().With(DicomTag.RescaleSlope, "2").With(DicomTag.RescaleIntercept, "0").NotValidated().With(tag, values);
            ScintigraphyImage image = Image(dataset);
            Assert.Equal(isTold ? Image(Recon()).Maximum : 2 * Image(Recon()).Maximum, image.Maximum);
            Assert.Equal(isTold, image.Header.Warnings.Any(warning => warning.Contains("values that differ", StringComparison.Ordinal)));
            Assert.Equal(isTold, image.Header.Unit == ImageUnit.StoredValues);
            // What became of it is said once, and not otherwise beside it.
            Assert.Equal(isTold ? 1 : 0, image.Header.Warnings.Count(warning => warning.Contains(tag.DictionaryEntry.Name, StringComparison.Ordinal) && warning.Contains("ignored", StringComparison.Ordinal)));
            Assert.DoesNotContain(image.Header.Warnings, warning => warning.Contains("the first was taken", StringComparison.Ordinal) || warning.Contains("not a number", StringComparison.Ordinal));
        }
    }

    /// <summary>Whatever stands there may be somebody's name, so the word itself is not told.</summary>
    [Fact]
    public void UnitsThatNobodyKnowsAreToldWithoutTheirWords()
    {
        ImageHeader header = Image(HandMadeFile.Image("PT", 1).NotValidated().With(DicomTag.Units, "MILLER^JOHN").With(DicomTag.RescaleSlope, "2").With(DicomTag.RescaleIntercept, "0")).Header;
        Assert.Equal((ImageUnit.Other, "an unknown unit"), (header.Unit, header.UnitText));
        Says(header, "Units (0054,1001)", "none that is known here");
        Assert.DoesNotContain(header.Warnings, warning => warning.Contains("MILLER", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Image(HandMadeFile.Image("PT", 1).With(DicomTag.Units, "PROPCNTS").With(DicomTag.RescaleSlope, "2").With(DicomTag.RescaleIntercept, "0")).Header.Warnings, warning => warning.Contains("none that is known", StringComparison.Ordinal));
    }

    [Fact]
    public void AFactorIsShownWithWhereItComesFrom()
    {
        DicomDataset nuclear = Recon().With(DicomTag.Units, "CNTS").With(DicomTag.Manufacturer, "Philips Medical Systems");
        nuclear.Add(new DicomLongString(new DicomTag(0x7053, 0x0010), "Philips PET Private Group"));
        nuclear.Add(new DicomDecimalString(new DicomTag(0x7053, 0x1009, "Philips PET Private Group"), "12"));
        string text = ImageDescription.Of(Image(nuclear)).ToString();
        Assert.Contains("value = stored x 12 (Philips' activity concentration factor (7053,1009))", text, StringComparison.Ordinal);
        Assert.Contains("(Rescale Slope and Philips' activity", ImageDescription.Of(Image(Philips("1.5", null))).ToString(), StringComparison.Ordinal);
        Assert.Contains("value = stored x 1000 (Units)", ImageDescription.Of(Image(Recon().With(DicomTag.Units, "KBQML"))).ToString(), StringComparison.Ordinal);
        Assert.All(new[] { nuclear, Philips(null, "2"), Recon().With(DicomTag.Units, "KBQML") }, dataset => Assert.DoesNotContain("()", ImageDescription.Of(Image(dataset)).ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(4.1795, true)]
    [InlineData(1.0, false)]
    public void WhatGeScalesIsNotCounts(double scale, bool isScaled)
    {
        foreach (DicomTransferSyntax syntax in new[] { DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian })
        {
            DicomDataset dataset = Recon();
            dataset.Add(new DicomLongString(new DicomTag(0x0011, 0x0010), "GEMS_GENIE_1"));
            dataset.Add(new DicomFloatingPointDouble(new DicomTag(0x0011, 0x103B, "GEMS_GENIE_1"), scale));
            string file = _folder.File("ge.dcm");
            new DicomFile(dataset).Clone(syntax).Save(file);
            ImageHeader header = Phantoms.Reader.Read(file).Header;
            Assert.Equal(isScaled ? ImageUnit.StoredValues : ImageUnit.Counts, header.Unit);
            Assert.Equal(isScaled, header.Warnings.Any(warning => warning.Contains("Pixel Scale (0011,103B) is 4.1795", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("GML", "SUV (body weight)")]
    [InlineData("BQML", "Bq/ml")]
    [InlineData("CM2ML", "SUV (body surface)")]
    [InlineData("CPS", "counts/s")]
    [InlineData("PCNT", "%")]
    public void UnitsWithoutARescaleSlopeAreTold(string units, string text)
    {
        Says(Image(Pet(units, slope: null)).Header, $"Units says {text} and Rescale Slope is missing");
        Says(Image(Recon().With(DicomTag.Units, units)).Header, $"Units says {text} and Rescale Slope is missing");
        Assert.DoesNotContain(Image(Pet(units)).Header.Warnings, warning => warning.Contains("is missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CNTS")]
    [InlineData("NONE")]
    public void CountsAndNumbersWithoutAUnitNeedNoSlope(string units) => Assert.Empty(Image(Recon().With(DicomTag.Units, units)).Header.Warnings);

    [Fact]
    public void NumbersWithoutAUnitDoNotContradictEachOther()
    {
        DicomDataset Unitless(double slope, string units) => Recon().With(DicomTag.Units, units).WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("1", slope, meaning: "no units"));
        Assert.Empty(Image(Unitless(1, "NONE")).Header.Warnings);
        Assert.Empty(Image(Unitless(0.01, "NONE")).Header.Warnings);
        Assert.Equal("without a unit", Image(Unitless(0.01, "NONE")).Header.UnitText);
        Assert.Empty(Image(Unitless(1, "CNTS")).Header.Warnings);
        ScintigraphyImage counts = Image(Unitless(0.01, "CNTS"));
        Assert.Equal((ImageUnit.Counts, UnitEvidence.Stated), (counts.Header.Unit, counts.Header.UnitEvidence));
        Says(counts.Header, "without a unit", "was taken");
        Assert.DoesNotContain(counts.Header.Warnings, warning => warning.Contains("is wrong", StringComparison.Ordinal));
    }

    [Fact]
    public void AnotherMakersPrivateGroupIsNotPhilips() => Assert.Equal(ImageUnit.Counts, Image(Philips("1.5", null, "ACME 7053")).Header.Unit);

    private static DicomDataset WithTable(DicomDataset dataset, string type, params ushort[] data) => dataset.WithItems(DicomTag.ModalityLUTSequence, new DicomDataset
    {
        { DicomTag.LUTDescriptor, (ushort)data.Length, (ushort)0, (ushort)16 },
        { DicomTag.ModalityLUTType, type },
        { DicomTag.LUTData, data },
    });

    [Fact]
    public void AModalityLutIsApplied()
    {
        DicomDataset plain = HandMadeFile.Image("CT", 1).With(DicomTag.SliceThickness, "4");
        ScintigraphyImage image = Image(WithTable(plain, "HU", 100, 200, 300, 400, 500, 600));
        // Beyond its last entry, the last holds (PS3.3 C.11.1.1).
        Assert.Equal([100f, 600f, 600f], new[] { image.Values[0], image.Values[5], image.Values[11] });
        Assert.Equal((ImageUnit.Hounsfield, "Modality LUT"), (image.Header.Unit, image.Header.Scaling.Source));

        // Its entries are words in files of explicit representations as well.
        DicomDataset words = WithTable(HandMadeFile.Image("CT", 1), "HU", 1);
        words.FirstItem(DicomTag.ModalityLUTSequence)!.AddOrUpdate(DicomTag.LUTDescriptor, (ushort)3, (ushort)2, (ushort)16).AddOrUpdate(new DicomOtherWord(DicomTag.LUTData, 10, 20, 65535));
        Assert.Equal([10f, 10f, 10f, 20f, 65535f, 65535f], Image(words).Values[..6]);

        DicomDataset both = WithTable(HandMadeFile.Image("CT", 1), "HU", 1, 2).With(DicomTag.RescaleSlope, "2").With(DicomTag.RescaleIntercept, "0");
        Assert.Contains("one of the two", Assert.Throws<DicomReadException>(() => Image(both)).Message, StringComparison.Ordinal);
        DicomDataset cut = WithTable(HandMadeFile.Image("CT", 1), "HU", 1, 2, 3);
        cut.FirstItem(DicomTag.ModalityLUTSequence)!.AddOrUpdate(DicomTag.LUTDescriptor, (ushort)40, (ushort)0, (ushort)16);
        Assert.Contains("announces 40 entries and has 3", Assert.Throws<DicomReadException>(() => Image(cut)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CtWithoutRescalingIsNotHounsfield()
    {
        ImageHeader header = Image(HandMadeFile.Image("CT", 1)).Header;
        Assert.Equal(ImageUnit.StoredValues, header.Unit);
        Says(header, "not Hounsfield units");
        ImageHeader ct = Image(HandMadeFile.Image("CT", 1).With(DicomTag.RescaleSlope, "1").With(DicomTag.RescaleIntercept, "-1024")).Header;
        Assert.Equal((ImageUnit.Hounsfield, UnitEvidence.Convention), (ct.Unit, ct.UnitEvidence));
        Says(Image(HandMadeFile.Image("CT", 1).With(DicomTag.RescaleSlope, "1").With(DicomTag.RescaleIntercept, "-1024").With(DicomTag.RescaleType, "US")).Header, "unspecified");
    }

    [Theory]
    [InlineData(16, false, 32767, true)]
    [InlineData(16, false, 65535, true)]
    [InlineData(16, true, 32767, true)]
    [InlineData(12, false, 4095, true)]
    [InlineData(16, false, 32766, false)]
    [InlineData(16, false, 4095, false)]
    public void AFullRangeIsNotCounted(int bits, bool isSigned, int largest, bool isStretched)
    {
        ushort[] pixels = [.. Enumerable.Repeat((ushort)7, 23), (ushort)largest];
        DicomDataset dataset = Recon().With(DicomTag.BitsStored, (ushort)bits).With(DicomTag.HighBit, (ushort)(bits - 1)).With(DicomTag.PixelRepresentation, (ushort)(isSigned ? 1 : 0)).WithPixels(pixels);
        Assert.Equal(isStretched ? ImageUnit.StoredValues : ImageUnit.Counts, Image(dataset).Header.Unit);

        // Where the counts that the camera says it counted are there, they are counts.
        Assert.Equal(ImageUnit.Counts, Image(dataset.With(DicomTag.CountsAccumulated, (23 * 7) + largest)).Header.Unit);

        // A scale says what a full range is worth.
        dataset.Remove(DicomTag.CountsAccumulated);
        Assert.Equal(ImageUnit.Counts, Image(dataset.WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("{counts}", 0.01, 0, isSigned ? 32767 : 65535))).Header.Unit);
    }

    [Fact]
    public void NegativeCountsAreTold()
    {
        DicomDataset dataset = Recon().With(DicomTag.PixelRepresentation, (ushort)1).WithPixels([.. Enumerable.Repeat(unchecked((ushort)-5), 3), .. Enumerable.Repeat((ushort)9, 21)]);
        Says(Image(dataset).Header, "3 voxels are below zero", "-5");
        Says(Image(Recon().With(DicomTag.RescaleSlope, "1").With(DicomTag.RescaleIntercept, "-50")).Header, "below zero");
        Says(Image(Pet("BQML").With(DicomTag.RescaleIntercept, "-4")).Header, "below zero");
    }

    [Fact]
    public void ADoseGridSaysWhatItCounts()
    {
        DicomDataset Grid(string units, string? scaling) => (scaling is null ? HandMadeFile.Image("RTDOSE", 1) : HandMadeFile.Image("RTDOSE", 1).With(DicomTag.DoseGridScaling, scaling)).With(DicomTag.DoseUnits, units);
        ScintigraphyImage dose = Image(Grid("GY", "0.1"));
        Assert.Equal((ImageUnit.Gray, "Gy", 1.1f), (dose.Header.Unit, dose.Header.UnitText, dose.Maximum));
        ImageHeader missing = Image(Grid("GY", null)).Header;
        Assert.Equal(ImageUnit.StoredValues, missing.Unit);
        Says(missing, "Dose Grid Scaling is missing");
        Says(Image(Grid("RELATIVE", "0.1")).Header, "not GY");
    }
}
