using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>What a patient was given, in whatever unit the file has it.</summary>
public sealed class InjectedActivityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PT", "370", 370.0, true)]
    [InlineData("PT", "370000000", 370.0, false)]
    [InlineData("PT", "5000000", 5.0, false)]
    [InlineData("PT", "370000", 370.0, true)]
    [InlineData("PT", "74000", 74.0, true)]
    [InlineData("PT", "0.37", 370.0, true)]
    [InlineData("PT", "0.0002", null, true)]
    [InlineData("PT", "6000", 6.0, true)]
    [InlineData("PT", "-5", null, true)]
    [InlineData("NM", "740", 740.0, false)]
    [InlineData("NM", "7400", 7400.0, false)]
    [InlineData("NM", "740000000", 740.0, true)]
    [InlineData("NM", "185000", 185.0, true)]
    [InlineData("NM", "3700000", 3700.0, true)]
    [InlineData("NM", "37000", 37000.0, false)]
    [InlineData("NM", "0.2", 0.2, false)]
    [InlineData("NM", "-5", null, true)]
    [InlineData("NM", "1e20", null, true)]
    public void AnActivityNobodyIsGivenIsTold(string modality, string dose, double? megabecquerels, bool isTold)
    {
        ImageHeader header = Header(HandMadeFile.Image(modality, 1).WithItems(DicomTag.RadiopharmaceuticalInformationSequence, new DicomDataset().With(DicomTag.RadionuclideTotalDose, dose)));
        Assert.Equal(megabecquerels, header.InjectedMegabecquerels);
        Assert.Equal(isTold, header.Warnings.Any(warning => warning.Contains("Radionuclide Total Dose", StringComparison.Ordinal)));
    }

    [Fact]
    public void OfSeveralActivitiesItIsToldThatOneIsShown()
    {
        DicomDataset[] agents = [new DicomDataset().With(DicomTag.RadionuclideTotalDose, "500"), new DicomDataset().With(DicomTag.RadionuclideTotalDose, "7000")];
        ImageHeader header = Header(HandMadeFile.Image("NM", 1).WithItems(DicomTag.RadiopharmaceuticalInformationSequence, agents));
        Assert.Equal(500, header.InjectedMegabecquerels);
        Assert.Contains(header.Warnings, warning => warning.Contains("500, 7000", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("NM", "Tc-99m DMSA", "74000", 0, 74.0, true)]
    [InlineData("NM", "I-131", "7400", 0, 7400.0, false)]
    [InlineData("NM", "Lu-177 dotatate", "7400", 0, 7400.0, false)]
    [InlineData("NM", "Tc-99m DMSA", "7400", 0, 7.4, true)]
    [InlineData("PT", "FDG F-18", "370000", 75, 370.0, true)]
    [InlineData("PT", "FDG F-18", "370000", 0.03, 0.37, false)]
    [InlineData("PT", "FDG F-18", "3700000", 75, 3.7, false)]
    [InlineData("PT", "Rb-82", "1110000", 75, 1110.0, true)]
    [InlineData("PT", "O-15 water", "1110000", 0.3, 1.11, false)]
    public void WhatWasGivenAndToWhomTellsInWhatItIsCounted(string modality, string agent, string dose, double kilograms, double megabecquerels, bool isTold)
    {
        DicomDataset dataset = HandMadeFile.Image(modality, 1).WithItems(DicomTag.RadiopharmaceuticalInformationSequence, new DicomDataset { { DicomTag.Radiopharmaceutical, agent }, { DicomTag.RadionuclideTotalDose, dose } });
        ImageHeader header = Header(kilograms == 0 ? dataset : dataset.With(DicomTag.PatientWeight, kilograms.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(megabecquerels, header.InjectedMegabecquerels!.Value, 1e-9);
        Assert.Equal(isTold, header.Warnings.Any(warning => warning.Contains("Radionuclide Total Dose", StringComparison.Ordinal)));
    }

    private ImageHeader Header(DicomDataset dataset) => Phantoms.Reader.ReadHeader(dataset.Save(_folder));
}
