using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Orientation, start angle, view code and words against each other.</summary>
public sealed class ViewEvidenceTests
{
    private const string FromFront = "1\\0\\0\\0\\0\\-1";
    private const string FromBehind = "-1\\0\\0\\0\\0\\-1";

    private static IEnumerable<DetectorView> Views(ImageHeader header) => header.Frames.Select(frame => frame.View);

    [Fact]
    public void TwoDetectorsWithOneStaleOrientationLookFromTheirAngles()
    {
        ScintigraphyImage image = Phantoms.Reader.Read(EvidenceCase.Path("v05_same_ori_opposite_angle.dcm"));
        Assert.Equal([DetectorView.Anterior, DetectorView.Posterior], Views(image.Header));
        Assert.Equal(image.Frame(0), image.ToPlanarImage(DetectorView.Anterior)!.Pixels);
        Assert.True(image.Header.Warns("both of them"));
    }

    [Fact]
    public void PostChemoIsNoView()
    {
        ImageHeader header = Phantoms.Reader.ReadHeader(EvidenceCase.Path("v14_postero_word.dcm"));
        Assert.Equal([DetectorView.Unknown], Views(header));
    }

    [Fact]
    public void ALateralViewIsKnownByItsUsualNameAndMarkedAsGuessed()
    {
        ScintigraphyImage image = Phantoms.Reader.Read(EvidenceCase.Path("v11_lat_text.dcm"));
        Assert.Equal([DetectorView.LeftLateral], Views(image.Header));
        Assert.True(image.Header.Frames[0].ViewIsGuessed);
        Assert.True(image.Header.Warns("guessed"));
        Assert.Contains("left lateral (guessed)", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("post chemo")]
    [InlineData("POST VOID")]
    [InlineData("Bone scan post therapy")]
    [InlineData("posttherapy")]
    [InlineData("post-op")]
    [InlineData("RLAT LLAT")]
    [InlineData("ANT RLAT")]
    [InlineData("POST_INJECTION")]
    [InlineData("post 24h")]
    [InlineData("Bone scan POST 2 h")]
    [InlineData("Whole body post 2 D")]
    [InlineData("WB post D1")]
    [InlineData("Kidneys POST 1H")]
    [InlineData("Renal post 1")]
    [InlineData("WB post Lu-177")]
    [InlineData("pre and post stress")]
    [InlineData("post captopril")]
    [InlineData("MIBG post ablation WB")]
    [InlineData("POST MICTION")]
    [InlineData("I-131 POST")]
    [InlineData("post scan")]
    [InlineData("POST-SCAN")]
    [InlineData("Whole body post scan")]
    [InlineData("post bone scan")]
    [InlineData("POST SCANS")]
    [InlineData("post image")]
    [InlineData("post ventilation")]
    [InlineData("kidneys post study")]
    [InlineData("antero-posterior")]
    [InlineData("ANT POST")]
    [InlineData("ANTERIOR AND POSTERIOR")]
    [InlineData("left kidney")]
    [InlineData("LAT")]
    [InlineData("R+L LAT")]
    [InlineData("LATERAL")]
    [InlineData("LL post lymph")]
    [InlineData("left lateral decubitus")]
    [InlineData("RT LAT DECUB")]
    [InlineData("ANT RAO")]
    [InlineData("posterior fossa")]
    [InlineData("POSTERIOR FOSSA")]
    [InlineData("fossa posterior")]
    [InlineData("anterior tibial")]
    [InlineData("anterior tibial tendon")]
    [InlineData("posterior urethral valves")]
    [InlineData("anterior mediastinum")]
    [InlineData("anterior chest wall")]
    [InlineData("anterior wall infarct")]
    [InlineData("left anterior descending")]
    [InlineData("posterior cruciate ligament")]
    [InlineData("posterior communicating artery")]
    [InlineData("anterior pituitary")]
    [InlineData("posterior uveitis")]
    [InlineData("anterior mass")]
    [InlineData("posterior pain")]
    [InlineData("left lateral ventricle")]
    [InlineData("left lateral malleolus")]
    [InlineData("right lateral meniscus")]
    [InlineData("not anterior")]
    [InlineData("no posterior view")]
    [InlineData("without POST")]
    [InlineData("not left lateral")]
    [InlineData("no oblique views")]
    [InlineData("ohne ANT")]
    [InlineData("")]
    public void WordsThatNameNoViewGiveNone(string text) => Assert.Equal(DetectorView.Unknown, ViewWords.Of(text));

    [Theory]
    [InlineData("ANT", DetectorView.Anterior)]
    [InlineData("POST VOID ANT", DetectorView.Anterior)]
    [InlineData("ant_thorax", DetectorView.Anterior)]
    [InlineData("ANT2", DetectorView.Anterior)]
    [InlineData("ANT DMSA", DetectorView.Anterior)]
    [InlineData("Anterior 3 hours", DetectorView.Anterior)]
    [InlineData("anterior left hip", DetectorView.Anterior)]
    [InlineData("POSTERIOR delayed", DetectorView.Posterior)]
    [InlineData("ANTERIOR, no marker", DetectorView.Anterior)]
    [InlineData("Face antérieure", DetectorView.Anterior)]
    [InlineData("POST", DetectorView.Posterior)]
    [InlineData("WB POST", DetectorView.Posterior)]
    [InlineData("Bone scan POST", DetectorView.Posterior)]
    [InlineData("WB scan post view", DetectorView.Posterior)]
    [InlineData("posterior scan", DetectorView.Posterior)]
    [InlineData("PERFUSION POST", DetectorView.Posterior)]
    [InlineData("POSTERIOR_H2", DetectorView.Posterior)]
    [InlineData("POST1", DetectorView.Posterior)]
    [InlineData("PELVIS POST", DetectorView.Posterior)]
    [InlineData("post op posterior", DetectorView.Posterior)]
    [InlineData("LT LAT", DetectorView.LeftLateral)]
    [InlineData("LEFT LATERAL", DetectorView.LeftLateral)]
    [InlineData("Lt. Lat. skull", DetectorView.LeftLateral)]
    [InlineData("LLAT", DetectorView.LeftLateral)]
    [InlineData("L LAT", DetectorView.LeftLateral)]
    [InlineData("LAT LT", DetectorView.LeftLateral)]
    [InlineData("LATERAL_LEFT", DetectorView.LeftLateral)]
    [InlineData("right knee left lateral", DetectorView.LeftLateral)]
    [InlineData("profil gauche", DetectorView.LeftLateral)]
    [InlineData("RT LAT", DetectorView.RightLateral)]
    [InlineData("RTLAT", DetectorView.RightLateral)]
    [InlineData("Right Lateral", DetectorView.RightLateral)]
    [InlineData("post chemo rt lat", DetectorView.RightLateral)]
    [InlineData("RAO", DetectorView.Oblique)]
    [InlineData("LPO 30", DetectorView.Oblique)]
    [InlineData("LAO45", DetectorView.Oblique)]
    [InlineData("LEFT ANTERIOR OBLIQUE", DetectorView.Oblique)]
    [InlineData("rt post obl", DetectorView.Oblique)]
    public void ViewsAreKnownByTheirUsualNames(string text, DetectorView view) => Assert.Equal(view, ViewWords.Of(text));

    [Theory]
    [InlineData("G-5215", "SRT", DetectorView.Anterior)]
    [InlineData("399321004", "SCT", DetectorView.Anterior)]
    [InlineData("G-5216", "SNM3", DetectorView.Posterior)]
    [InlineData("399001007", "SCT", DetectorView.Posterior)]
    [InlineData("G-5223", "SRT", DetectorView.LeftLateral)]
    [InlineData("399118008", "SCT", DetectorView.LeftLateral)]
    [InlineData("399173006", "SCT", DetectorView.LeftLateral)]
    [InlineData("G-5222", "SRT", DetectorView.RightLateral)]
    [InlineData("399297009", "SCT", DetectorView.RightLateral)]
    [InlineData("399198007", "SCT", DetectorView.RightLateral)]
    [InlineData("399108003", "SCT", DetectorView.Oblique)]
    [InlineData("399074003", "SCT", DetectorView.Oblique)]
    [InlineData("399075002", "SCT", DetectorView.Oblique)]
    [InlineData("399136008", "SCT", DetectorView.Oblique)]
    [InlineData("399348003", "SCT", DetectorView.Unknown)]
    public void ViewsAreKnownByTheirCodesOfYesterdayAndToday(string code, string scheme, DetectorView view)
    {
        ImageHeader header = EvidenceCase.Planar("STATIC", EvidenceCase.Detector(code: code, scheme: scheme)).Header();
        Assert.Equal(view, header.Frames[0].View);
        Assert.False(header.Frames[0].ViewIsGuessed);
    }

    [Theory]
    // One orientation, two angles.
    [InlineData(FromFront, "0", "", FromFront, "180", "", DetectorView.Posterior, DetectorView.Anterior)]
    [InlineData(FromBehind, "180", "", FromBehind, "0", "", DetectorView.Anterior, DetectorView.Posterior)]
    // One angle, two orientations.
    [InlineData(FromFront, "0", "", FromBehind, "0", "", DetectorView.Anterior, DetectorView.Posterior)]
    // One orientation and one angle, two codes; and one code, two angles.
    [InlineData(FromBehind, "0", "399321004", FromBehind, "0", "399001007", DetectorView.Anterior, DetectorView.Posterior)]
    [InlineData("", "180", "399321004", "", "0", "399321004", DetectorView.Anterior, DetectorView.Posterior)]
    // Nothing tells them apart.
    [InlineData(FromBehind, "", "", FromBehind, "", "", DetectorView.Unknown, DetectorView.Unknown)]
    [InlineData(FromBehind, "0", "", FromBehind, "0", "", DetectorView.Unknown, DetectorView.Unknown)]
    [InlineData("", "180", "", "", "180", "", DetectorView.Unknown, DetectorView.Unknown)]
    // Both tell them apart, and contradict each other.
    [InlineData(FromFront, "0", "", FromBehind, "180", "", DetectorView.Unknown, DetectorView.Unknown)]
    // A code against both.
    [InlineData(FromFront, "180", "399001007", FromBehind, "0", "399321004", DetectorView.Posterior, DetectorView.Anterior)]
    public void TwoDetectorsNeverLookFromOneSide(string orientation1, string angle1, string code1, string orientation2, string angle2, string code2, DetectorView first, DetectorView second)
    {
        foreach (string kind in new[] { "STATIC", "WHOLE BODY" })
        {
            ImageHeader header = EvidenceCase.Planar(kind, EvidenceCase.Detector(orientation1, angle1, code1), EvidenceCase.Detector(orientation2, angle2, code2)).Header();
            Assert.Equal([first, second], Views(header));
            Assert.NotEmpty(header.Warnings);
        }
    }

    [Theory]
    [InlineData(FromFront, "180", "399321004", "", DetectorView.Anterior, ViewEvidence.Code, false)]
    [InlineData(FromFront, "180", "", "", DetectorView.Anterior, ViewEvidence.Orientation, false)]
    [InlineData(FromFront, "190", "", "", DetectorView.Anterior, ViewEvidence.Orientation, false)]
    [InlineData("", "360", "", "", DetectorView.Posterior, ViewEvidence.StartAngle, false)]
    [InlineData("", "-90", "", "", DetectorView.RightLateral, ViewEvidence.StartAngle, false)]
    [InlineData(FromFront, "0", "", "", DetectorView.Unknown, ViewEvidence.None, true)]
    [InlineData(FromFront, "0", "", "POSTERIOR", DetectorView.Posterior, ViewEvidence.StartAngle, true)]
    [InlineData(FromFront, "0", "", "ANTERIOR", DetectorView.Anterior, ViewEvidence.Orientation, true)]
    [InlineData(FromFront, "0", "399321004", "", DetectorView.Anterior, ViewEvidence.Code, true)]
    [InlineData(FromFront, "", "", "POSTERIOR", DetectorView.Anterior, ViewEvidence.Orientation, true)]
    [InlineData("", "", "399001007", "Anterior", DetectorView.Posterior, ViewEvidence.Code, true)]
    [InlineData("", "", "", "ANTERIOR", DetectorView.Anterior, ViewEvidence.Words, true)]
    [InlineData(FromFront, "", "399074003", "", DetectorView.Oblique, ViewEvidence.Code, false)]
    public void WhatADetectorSaysIsCompared(string orientation, string angle, string code, string meaning, DetectorView view, ViewEvidence evidence, bool warns)
    {
        ImageHeader header = EvidenceCase.Planar("STATIC", EvidenceCase.Detector(orientation, angle, code, meaning: meaning)).Header();
        Assert.Equal((view, evidence), (header.Frames[0].View, header.Frames[0].ViewEvidence));
        Assert.Equal(view, header.Detectors[0].View);
        Assert.Equal(warns, header.Warnings.Count > 0);
    }

    [Fact]
    public void WordsOfTheImageThatContradictItsDetectorAreTold()
    {
        ImageHeader header = EvidenceCase.Planar("STATIC", EvidenceCase.Detector(FromFront)).With(DicomTag.SeriesDescription, "Posterior view").Header();
        Assert.Equal(DetectorView.Anterior, header.Frames[0].View);
        Assert.True(header.Warns("the latter was believed"));
    }

    [Fact]
    public void TwoWordsThatContradictEachOtherNameNoView()
    {
        ImageHeader header = EvidenceCase.Planar("STATIC", EvidenceCase.Detector()).With(DicomTag.ImageID, "ANT").With(DicomTag.SeriesDescription, "posterior").Header();
        Assert.Equal(DetectorView.Unknown, header.Frames[0].View);
        Assert.True(header.Warns("name two views"));
    }

    [Fact]
    public void OneNameDoesNotHoldForTwoDetectors() =>
        Assert.Equal([DetectorView.Unknown, DetectorView.Unknown], Views(EvidenceCase.Of("STATIC", 2, DicomTag.DetectorVector).Vector(DicomTag.DetectorVector, 1, 2).With(DicomTag.ImageID, "POSTERIOR").Header()));

    /// <summary>A photopeak and its scatter are no two sides of a patient.</summary>
    [Fact]
    public void TwoWindowsOfOneDetectorAreNoTwoViews()
    {
        DicomDataset dataset = EvidenceCase.Of("WHOLE BODY", 2, DicomTag.EnergyWindowVector).Vector(DicomTag.EnergyWindowVector, [1, 2]);
        ImageHeader header = dataset.Header();
        Assert.Equal([DetectorView.Unknown, DetectorView.Unknown], Views(header));
        Assert.True(header.Warns("told apart by their energy windows"));
    }

    [Fact]
    public void TheOrderOfAWholeBodyScanIsAGuess()
    {
        ImageHeader header = EvidenceCase.Of("WHOLE BODY", 2).Header();
        Assert.Equal([DetectorView.Anterior, DetectorView.Posterior], Views(header));
        Assert.All(header.Frames, frame => Assert.True(frame.ViewIsGuessed));
    }

    [Fact]
    public void NoWarningRepeatsWhatPeopleWrote()
    {
        ImageHeader header = EvidenceCase.Planar("STATIC", EvidenceCase.Detector(meaning: "ANT Muster Gerda")).With(DicomTag.SeriesDescription, "Muster Gerda posterior").Header();
        Assert.All(header.Warnings, warning => Assert.DoesNotContain("Gerda", warning, StringComparison.OrdinalIgnoreCase));
    }
}
