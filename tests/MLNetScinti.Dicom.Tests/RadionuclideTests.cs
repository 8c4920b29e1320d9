using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class RadionuclideTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("^99m^Technetium", "Tc-99m")]
    [InlineData("Tc-99m MDP", "Tc-99m")]
    [InlineData("99mTc-DMSA", "Tc-99m")]
    [InlineData("Technetium Tc^99m^", "Tc-99m")]
    [InlineData("TC99M", "Tc-99m")]
    [InlineData("99mtc", "Tc-99m")]
    [InlineData("99MTC", "Tc-99m")]
    [InlineData("Tc99m", "Tc-99m")]
    [InlineData("tc 99m", "Tc-99m")]
    [InlineData("99m-Tc", "Tc-99m")]
    [InlineData("99m Tc", "Tc-99m")]
    [InlineData("99Tcm HDP", "Tc-99m")]
    [InlineData("99mTcMDP", "Tc-99m")]
    [InlineData("Tc (99m)", "Tc-99m")]
    [InlineData("Pertechnetate 99m", "Tc-99m")]
    [InlineData("131 Iodine", "I-131")]
    [InlineData("Yodo 131", "I-131")]
    [InlineData("NaI131", "I-131")]
    [InlineData("NaI-131 capsule", "I-131")]
    [InlineData("Iobenguane I 131", "I-131")]
    [InlineData("I 131 MIBG", "I-131")]
    [InlineData("131I", "I-131")]
    [InlineData("I123", "I-123")]
    [InlineData("I-125 seeds", "I-125")]
    [InlineData("In111 octreotide", "In-111")]
    [InlineData("111In-pentetreotide", "In-111")]
    [InlineData("In 111 oxine", "In-111")]
    [InlineData("111In", "In-111")]
    [InlineData("INDIUM IN 111 OXYQUINOLINE", "In-111")]
    [InlineData("177Lu-PSMA", "Lu-177")]
    [InlineData("177 Lu DOTATATE", "Lu-177")]
    [InlineData("[177Lu]Lu-PSMA-617", "Lu-177")]
    [InlineData("^18^Fluorine", "F-18")]
    [InlineData("18F-FDG", "F-18")]
    [InlineData("18FDG", "F-18")]
    [InlineData("Fludeoxyglucose F 18", "F-18")]
    [InlineData("Choline C 11", "C-11")]
    [InlineData("Y-90 SIR-Spheres", "Y-90")]
    [InlineData("90Y microspheres", "Y-90")]
    [InlineData("Holmium-166", "Ho-166")]
    [InlineData("166Ho QuiremSpheres", "Ho-166")]
    [InlineData("Re-186 HEDP", "Re-186")]
    [InlineData("188Re lipiodol", "Re-188")]
    [InlineData("Kr81m gas", "Kr-81m")]
    [InlineData("81mKr", "Kr-81m")]
    [InlineData("Ac-225 PSMA", "Ac-225")]
    [InlineData("161Tb", "Tb-161")]
    [InlineData("Cr-51 EDTA", "Cr-51")]
    [InlineData("FDG", null)]
    [InlineData("99", null)]
    [InlineData("MAA 111 in saline", null)]
    [InlineData("MAA 111 IN SALINE", null)]
    [InlineData("MAA 111 In saline", null)]
    [InlineData("lot C 11", null)]
    [InlineData("LOT C11", null)]
    [InlineData("lot I131", null)]
    [InlineData("batch F 18", null)]
    [InlineData("kit no. N 13", null)]
    [InlineData("room C 11 bone scan", null)]
    [InlineData("18 F", null)]
    [InlineData("given in 111 MBq", null)]
    [InlineData("C 11/2024", null)]
    [InlineData("F 18:30", null)]
    [InlineData("0.111 In", null)]
    [InlineData("HDP 20 ml", null)]
    [InlineData("with water 15 ml", null)]
    [InlineData("Iodine 131 mg", null)]
    [InlineData("Tc-98", null)]
    [InlineData("I-111m", null)]
    // Numbers of people, weeks and other things.
    [InlineData("In 111", "In-111")]
    [InlineData("Octreotide In 111", "In-111")]
    [InlineData("seen in 111 patients", null)]
    [InlineData("Seen In 111 patients", null)]
    [InlineData("In 111 patients", null)]
    [InlineData("In 111 of 120 cases", null)]
    [InlineData("Found In 111", null)]
    [InlineData("IN 111 CASES", null)]
    [InlineData("67 GA weeks", null)]
    [InlineData("GA 67 days", null)]
    [InlineData("Ga 68 weeks", null)]
    [InlineData("67 Ga citrate", "Ga-67")]
    [InlineData("phase I 131 patients", null)]
    [InlineData("Type I 123", null)]
    [InlineData("STAGE I 131", null)]
    [InlineData("female F 18", null)]
    [InlineData("F 18 years", null)]
    [InlineData("At 211 min", null)]
    [InlineData("stopped At 211", null)]
    [InlineData("Re 186 patients", null)]
    [InlineData("vitamin C 11", null)]
    [InlineData("99 TC patients", null)]
    // What something is not.
    [InlineData("not Tc-99m", null)]
    [InlineData("no 99mTc", null)]
    [InlineData("non-Tc-99m agent", null)]
    [InlineData("NOT TC99M", null)]
    [InlineData("without I-131", null)]
    [InlineData("without any iodine 131", null)]
    [InlineData("not labelled with Tc-99m", null)]
    [InlineData("not NaI-131", null)]
    [InlineData("Tc-99m free", null)]
    [InlineData("99mTc-free", null)]
    [InlineData("Tc-99m not given", null)]
    [InlineData("ohne Tc-99m", null)]
    [InlineData("kein 99mTc", null)]
    [InlineData("sans Tc 99m", null)]
    [InlineData("I-123 instead of I-131", "I-123")]
    [InlineData("I-123, not I-131", "I-123")]
    [InlineData("not I-131, Tc-99m MDP", "Tc-99m")]
    [InlineData("", null)]
    public void TextsAreUnderstood(string text, string? symbol) => Assert.Equal(symbol, Radionuclide.FromText(text)?.Symbol);

    [Theory]
    [InlineData("Tc-99m / I-123", "Tc-99m", "I-123")]
    [InlineData("99mTc MIBI + 201Tl", "Tc-99m", "Tl-201")]
    [InlineData("Tc 99m In 111", "Tc-99m", "In-111")]
    public void ATextMayNameSeveral(string text, params string[] symbols) => Assert.Equal(symbols, Radionuclide.AllFromText(text).Select(one => one.Symbol));

    [Theory]
    [InlineData("C-163A8", "Tc-99m")]
    [InlineData("C-114B1", "I-131")]
    [InlineData("72454006", "Tc-99m")]
    [InlineData("447553000", "Lu-177")]
    [InlineData("C-101ED", "Lu-177")]
    [InlineData("C-162A7", "Y-90")]
    [InlineData("61716009", "Kr-81m")]
    [InlineData("C-1018D", "Re-188")]
    [InlineData("395865006", "Re-186")]
    [InlineData("68630002", "I-125")]
    [InlineData("", null)]
    [InlineData("X", null)]
    public void CodesAreUnderstood(string code, string? symbol) => Assert.Equal(symbol, Radionuclide.FromCode(code)?.Symbol);

    [Fact]
    public void NoCodeStandsForTwo()
    {
        string[] codes = [.. Radionuclide.Known.SelectMany(one => new[] { one.Code, one.Concept }).Where(code => code.Length > 0)];
        Assert.Equal(codes.Length, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.All(Radionuclide.Known, one => Assert.Equal(one, Radionuclide.FromText(one.Symbol)));
        Assert.All(Radionuclide.Known, one => Assert.InRange(one.HalfLifeSeconds, 1, 4e7));
        // One table of them, of which none is left over.
        Assert.Equal(MLNetScinti.Imaging.PhysicalHalfLife.Symbols.Order(StringComparer.Ordinal), Radionuclide.Known.Select(one => one.Symbol).Order(StringComparer.Ordinal));
    }

    // Half-lives as NuDat has them, in their own units.
    [Theory]
    [InlineData("Y-90", 64.053, 3600)]
    [InlineData("Ho-166", 26.824, 3600)]
    [InlineData("Re-186", 3.7183, 86400)]
    [InlineData("Re-188", 17.004, 3600)]
    [InlineData("Kr-81m", 13.1, 1)]
    [InlineData("Ac-225", 9.92, 86400)]
    [InlineData("Tb-161", 6.89, 86400)]
    [InlineData("I-125", 59.407, 86400)]
    [InlineData("Lu-177", 6.647, 86400)]
    public void HalfLivesAreThoseOfTheTables(string symbol, double value, double seconds) =>
        Assert.Equal(value * seconds, Radionuclide.Known.Single(one => one.Symbol == symbol).HalfLifeSeconds, 1e-3 * value * seconds);

    private static IReadOnlyList<string> Peaks(string windows) => [.. Photopeaks.Of(Windows(windows)).Radionuclides.Select(one => one.Symbol).Order(StringComparer.Ordinal)];

    private static EnergyWindow[] Windows(string windows) =>
    [
        .. windows.Split(';').Select((text, index) =>
        {
            double[] limits = [.. text.Split('-').Select(limit => double.Parse(limit, System.Globalization.CultureInfo.InvariantCulture))];
            return new EnergyWindow(index + 1, "", [new EnergyRange(limits[0], limits[1])]);
        }),
    ];

    [Theory]
    // One window.
    [InlineData("126-154", "Tc-99m")]
    [InlineData("129-150", "Tc-99m")]
    [InlineData("133-147", "Tc-99m")]
    [InlineData("143-175", "I-123")]
    [InlineData("340-395", "I-131")]
    [InlineData("187-229", "Lu-177")]
    [InlineData("110-134", "Co-57")]
    [InlineData("123.5-150.9", "Re-186")]
    [InlineData("139.5-170.5", "Re-188")]
    [InlineData("171.5-209.5", "Kr-81m")]
    [InlineData("196.3-239.9", "Ac-225")]
    [InlineData("72.5-76.7", "")]
    [InlineData("22-33", "I-125")]
    [InlineData("60-80", "Tl-201")]
    [InlineData("450-480", "")]
    // Nobody can tell xenon-133 (81.0 keV) from holmium-166 (80.6 keV), and terbium-161 (74.6 keV) from the X-rays that thallium is imaged by.
    [InlineData("67.1-82.1", "")]
    [InlineData("66-87", "")]
    [InlineData("67.5-82.5", "")]
    [InlineData("63.9-78.1", "Tl-201")]
    [InlineData("64.8-79.2", "Tl-201")]
    [InlineData("72.5-88.7", "")]
    // Wide windows are no photopeaks.
    [InlineData("105-195", "")]
    [InlineData("55-285", "")]
    [InlineData("50-150", "")]
    [InlineData("100-160", "")]
    [InlineData("90-125", "")]
    // Windows side by side count a spectrum.
    [InlineData("60-70;70-80;80-90;90-100;100-110;110-120;120-130;130-140;140-150", "")]
    [InlineData("126-136;136-146;146-156;156-166;166-176", "")]
    // Windows that share an edge with a photopeak estimate its scatter.
    [InlineData("187.2-228.8;166.4-187.2;228.8-249.6", "Lu-177")]
    [InlineData("166.4-187.2;187.2-228.8;228.8-249.6", "Lu-177")]
    [InlineData("101.7-124.3;90-101.7;124.3-136;187.2-228.8;166.4-187.2;228.8-249.6", "Lu-177")]
    // However wide the outer ones are, with gaps between them, or both below.
    [InlineData("187.2-228.8;153.9-187.2;228.8-262.1", "Lu-177")]
    [InlineData("187-229;162-182;234-254", "Lu-177")]
    [InlineData("187-229;163-183;233-257", "Lu-177")]
    [InlineData("187.2-228.8;145.6-187.2;228.8-270.4", "Lu-177")]
    [InlineData("187.2-228.8;145-166;166-187", "Lu-177")]
    // Those beside a wide window are as little photopeaks as that one.
    [InlineData("105-195;75-105;195-225", "")]
    [InlineData("120-180;60-120;180-240", "")]
    [InlineData("154.2-188.4;188.4-220.9;220.9-269.9", "In-111")]
    [InlineData("126.5-154.6;108-126.5", "Tc-99m")]
    [InlineData("126.45-154.55;123-126.45;154.55-158", "Tc-99m")]
    [InlineData("129.5-150.5;108.5-129.5", "Tc-99m")]
    [InlineData("126-154;92-125", "Tc-99m")]
    [InlineData("126-154;92-121", "Tc-99m")]
    [InlineData("143.1-174.9;135-143.1;174.9-183", "I-123")]
    [InlineData("328-401;291.5-328;401-437.5", "I-131")]
    [InlineData("154.2-188.4;140-154.2;188.4-200;220.9-269.9;208-220.9;269.9-283", "In-111")]
    [InlineData("171.5-209.5;150-171.5", "Kr-81m")]
    // Two photopeaks of one radionuclide.
    [InlineData("157-188;225-270", "In-111")]
    [InlineData("84-102;166-203;270-330", "Ga-67")]
    [InlineData("60-82;151-184", "Tl-201")]
    [InlineData("101.7-124.1;187.6-229.2", "Lu-177")]
    [InlineData("196.3-239.9;396.5-484.5", "Ac-225")]
    // Two radionuclides.
    [InlineData("126-154;187-229", "Lu-177,Tc-99m")]
    [InlineData("130-150;150-168", "I-123,Tc-99m")]
    [InlineData("126.5-154.6;221-270;157-188", "In-111,Tc-99m")]
    [InlineData("126-154;328-400", "I-131,Tc-99m")]
    [InlineData("126.45-154.55;151.05-166.95", "I-123,Tc-99m")]
    [InlineData("130-151;151-167", "I-123,Tc-99m")]
    [InlineData("133.5-147.5;143.1-174.9", "I-123,Tc-99m")]
    [InlineData("126.45-154.55;154.2-188.4;220.9-269.9", "In-111,Tc-99m")]
    [InlineData("126.5-154.5;63.9-78.1;150.3-184.1", "Tc-99m,Tl-201")]
    [InlineData("63.9-78.1;143.1-174.9", "I-123,Tl-201")]
    [InlineData("154.2-188.4;220.9-269.9;63.9-78.1", "In-111,Tl-201")]
    [InlineData("126.5-154.5;173-212", "Kr-81m,Tc-99m")]
    [InlineData("143.1-174.9;328-401", "I-123,I-131")]
    [InlineData("126-154;110-134", "Tc-99m")]
    // A correction stays one where its windows happen to lie about another radionuclide's photopeak.
    [InlineData("220.9-269.9;196.4-220.9;269.9-294.4;154.2-188.4", "In-111")]
    [InlineData("126-154;114-126", "Tc-99m")]
    [InlineData("128-157;100-128", "Tc-99m")]
    // Beside other radionuclides, 100 keV may be a transmission source of gadolinium-153.
    [InlineData("126-154;92.9-113.5", "Tc-99m")]
    [InlineData("92.9-113.5", "Sm-153")]
    public void WindowsAreUnderstood(string windows, string symbols) => Assert.Equal(symbols, string.Join(',', Peaks(windows)));

    /// <summary>Every photopeak that may be guessed from, with the usual widths: the radionuclide, alone or among those that fit alike, and never another one alone.</summary>
    public static TheoryData<string, double> Photons()
    {
        TheoryData<string, double> photons = [];
        foreach (Radionuclide one in Radionuclide.Known.Where(one => one.IsInferable))
        {
            foreach (double line in one.PhotonsKev)
            {
                photons.Add(one.Symbol, line);
            }
        }

        return photons;
    }

    [Theory]
    [MemberData(nameof(Photons))]
    public void APhotopeakIsNeverTakenForAnotherOneAlone(string symbol, double line)
    {
        foreach (double width in new[] { 0.1, 0.15, 0.2, 0.3 })
        {
            foreach (double shift in new[] { -0.003, 0, 0.003 })
            {
                double centre = line * (1 + shift);
                EnergyWindow window = new(1, "", [new EnergyRange(centre * (1 - (width / 2)), centre * (1 + (width / 2)))]);
                Photopeaks peaks = Photopeaks.Of([window]);
                Assert.True(peaks.Radionuclides is [{ } only] ? only.Symbol == symbol : peaks.Note.Contains(symbol, StringComparison.Ordinal), $"{symbol} {line} keV {width}: {string.Join(',', peaks.Radionuclides.Select(one => one.Symbol))} {peaks.Note}");
            }
        }
    }

    /// <summary>Two radionuclides imaged together stay two, or are told as what nobody can decide, whatever their windows.</summary>
    [Fact]
    public void TwoPhotopeaksStayTwoOrAreTold()
    {
        List<string> wrong = [];
        foreach ((Radionuclide a, Radionuclide b) in Radionuclide.Known.Where(one => one.IsInferable).SelectMany(a => Radionuclide.Known.Where(b => b.IsInferable && a.PhotonsKev[0] < b.PhotonsKev[0]).Select(b => (a, b))))
        {
            double first = a.PhotonsKev[0], second = b.PhotonsKev[0];
            // Windows that all but cover each other count one thing.
            if (second < 1.1 * first)
            {
                continue;
            }

            Photopeaks peaks = Photopeaks.Of([new(1, "", [new EnergyRange(0.9 * first, 1.1 * first)]), new(2, "", [new EnergyRange(0.95 * second, 1.05 * second)])]);
            if (new[] { a, b }.Any(one => one != Radionuclide.Cobalt57 && !peaks.Radionuclides.Contains(one) && !peaks.Note.Contains(one.Symbol, StringComparison.Ordinal)))
            {
                wrong.Add($"{a.Symbol} + {b.Symbol}: {string.Join(',', peaks.Radionuclides.Select(found => found.Symbol))} {peaks.Note}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void AWindowOfAnotherRadionuclideThanTheNamedOneIsTold()
    {
        DicomDataset two = Still(agents: Agent("", "C-163A8", "^99m^Technetium"));
        two.WithItems(DicomTag.EnergyWindowInformationSequence, Window(126.45m, 154.55m), Window(151.05m, 166.95m));
        Says(Header(two), "151.1 to 167 keV", "I-123", "Tc-99m alone");
        DicomDataset scatter = Still(agents: Agent("", "C-163A8", "^99m^Technetium"));
        scatter.WithItems(DicomTag.EnergyWindowInformationSequence, Window(126.45m, 154.55m), Window(108m, 126.45m));
        Assert.Empty(Header(scatter).Warnings);
    }

    private static DicomDataset Window(decimal lower, decimal upper) => new DicomDataset().WithItems(DicomTag.EnergyWindowRangeSequence, new DicomDataset { { DicomTag.EnergyWindowLowerLimit, lower }, { DicomTag.EnergyWindowUpperLimit, upper } });

    [Fact]
    public void WindowsThatAreNoneAreToldAndScatterWindowsNameNothing()
    {
        Says(Header(Still("154-126")), "154 to 126 keV", "ignored");
        DicomDataset named = Still();
        named.WithItems(DicomTag.EnergyWindowInformationSequence, Window(126, 154).With(DicomTag.EnergyWindowName, "Tc99m"), Window(110, 126).With(DicomTag.EnergyWindowName, "I-123 scatter"));
        Assert.Equal([Radionuclide.Technetium99m], Header(named).Radionuclides.Select(one => one.Radionuclide));
    }

    [Theory]
    [InlineData("not Tc-99m")]
    [InlineData("seen in 111 patients")]
    [InlineData("67 GA weeks")]
    public void AnAgentThatNamesNoRadionuclideIsDescribedAsOneThatDoesNot(string text)
    {
        string file = Still("105-195", agents: Agent(text)).Save(_folder);
        ScintigraphyImage image = Phantoms.Reader.Read(file);
        Assert.Empty(image.Header.Radionuclides);
        Assert.DoesNotContain(ImageDescription.Of(image).Facts, fact => fact.Name == "Radionuclide");
        Assert.Contains(ImageDescription.Of(image).Facts, fact => fact == ("Radiopharmaceutical", text));
    }

    [Fact]
    public void AWindowAbout511KeVMayBeOfAnyPositronEmitter()
    {
        ImageHeader header = Header(Still("434-588"));
        Assert.Empty(header.Radionuclides);
        Says(header, "511 keV", "positron");
    }

    [Fact]
    public void AWindowThatIsCalledScatterDoesNotVote()
    {
        EnergyWindow[] windows = [new(1, "Peak", [new EnergyRange(187, 229)]), new(2, "Scatter low", [new EnergyRange(154, 188)])];
        Assert.Equal(Radionuclide.Lutetium177, Radionuclide.FromEnergyWindows(windows));
    }

    private ImageHeader Header(DicomDataset dataset) => Phantoms.Reader.ReadHeader(dataset.Save(_folder));

    private static DicomDataset Agent(string name, string code = "", string meaning = "", string halfLife = "")
    {
        DicomDataset agent = new DicomDataset().With(DicomTag.Radiopharmaceutical, name);
        if (code.Length + meaning.Length > 0)
        {
            agent.WithItems(DicomTag.RadionuclideCodeSequence, new DicomDataset { { DicomTag.CodeValue, code }, { DicomTag.CodingSchemeDesignator, "SCT" }, { DicomTag.CodeMeaning, meaning } });
        }

        return halfLife.Length == 0 ? agent : agent.With(DicomTag.RadionuclideHalfLife, halfLife);
    }

    private static DicomDataset Still(string window = "126-154", string windowName = "", params DicomDataset[] agents)
    {
        double[] limits = [.. window.Split('-').Select(limit => double.Parse(limit, System.Globalization.CultureInfo.InvariantCulture))];
        return HandMadeFile.Image("NM", 1)
            .With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "STATIC", "EMISSION")
            .WithItems(DicomTag.RadiopharmaceuticalInformationSequence, agents)
            .WithItems(DicomTag.EnergyWindowInformationSequence, new DicomDataset().With(DicomTag.EnergyWindowName, windowName)
                .WithItems(DicomTag.EnergyWindowRangeSequence, new DicomDataset { { DicomTag.EnergyWindowLowerLimit, (decimal)limits[0] }, { DicomTag.EnergyWindowUpperLimit, (decimal)limits[1] } }));
    }

    private static void Says(ImageHeader header, params string[] words) =>
        Assert.Contains(header.Warnings, warning => words.All(word => warning.Contains(word, StringComparison.Ordinal)));

    [Fact]
    public void KnownCasesAreReadRightly()
    {
        ImageHeader lutetium = Phantoms.Reader.ReadHeader(Cases.File("nuclide-lu177-triple-energy-window"));
        Assert.Equal(new RadionuclideFinding(Radionuclide.Lutetium177, RadionuclideEvidence.InferredFromEnergyWindow), lutetium.Radionuclide);
        Assert.Empty(Phantoms.Reader.ReadHeader(Cases.File("nuclide-y90-bremsstrahlung")).Radionuclides);
        ScintigraphyImage named = Phantoms.Reader.Read(Cases.File("nuclide-named-but-unknown-y90"));
        Assert.Equal(new RadionuclideFinding(Radionuclide.Yttrium90, RadionuclideEvidence.Named), named.Header.Radionuclide);
        Assert.Contains("Y-90 (half-life 64.05 h; guessed from words", ImageDescription.Of(named).ToString(), StringComparison.Ordinal);
        ImageHeader pet = Phantoms.Reader.ReadHeader(Cases.File("pet-dose-in-mbq"));
        Assert.Equal(370, pet.InjectedMegabecquerels);
        Says(pet, "370", "Bq");
    }

    [Fact]
    public void WhatIsGuessedIsMarked()
    {
        Assert.False(Header(Still(agents: Agent("MDP", "C-163A8", "^99m^Technetium"))).Radionuclide!.IsGuessed);
        Assert.True(Header(Still(agents: Agent("Tc-99m MDP"))).Radionuclide!.IsGuessed);
        Assert.True(Header(Still(windowName: "Tc99m")).Radionuclide!.IsGuessed);
        RadionuclideFinding inferred = Header(Still()).Radionuclide!;
        Assert.True(inferred is { IsGuessed: true, IsInferred: true });
    }

    [Fact]
    public void SeveralRadionuclidesStaySeveral()
    {
        ScintigraphyImage image = Phantoms.Reader.Read(Still(agents: [Agent("MIBI", "72454006", ""), Agent("MIBG", "21572004", "")]).Save(_folder));
        Assert.Equal(["Tc-99m", "I-123"], image.Header.Radionuclides.Select(one => one.Radionuclide.Symbol));
        Assert.Null(image.Header.Radionuclide);
        string text = ImageDescription.Of(image).ToString();
        Assert.Contains("Tc-99m (half-life 6.01 h)", text, StringComparison.Ordinal);
        Assert.Contains("I-123 (half-life 13.22 h)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ContradictionsAreTold()
    {
        Says(Header(Still(agents: Agent("", "C-163A8", "^131^Iodine"))), "coded as Tc-99m and described as I-131");
        Says(Header(Still(agents: Agent("I-131 MIBG", "C-163A8", ""))), "Tc-99m", "radiopharmaceutical's name I-131");
        Says(Header(Still(windowName: "In111", agents: Agent("Tc-99m MDP"))), "Tc-99m", "energy window's name In-111");
        Says(Header(Still("340-390", agents: Agent("", "C-163A8", ""))), "No photopeak of Tc-99m", "340 to 390 keV");
        Says(Header(Still(agents: Agent("", "C-163A8", "", "47604"))), "Half Life", "47604", "Tc-99m");
        Assert.Empty(Header(Still(agents: Agent("Tc-99m MDP", "C-163A8", "^99m^Technetium", "21600"))).Warnings);
    }

    [Fact]
    public void WhatIsNotKnownIsNotReplacedByAGuess()
    {
        ImageHeader cesium = Header(Still(agents: Agent("Cs-137 source")));
        Assert.Empty(cesium.Radionuclides);
        Says(cesium, "Cs-137", "not known here");
        ImageHeader manganese = Header(Still(agents: Agent("", "126601", "^51^Manganese")));
        Says(manganese, "Radionuclide Code Sequence has a code that is not known here");
        Assert.Empty(manganese.Radionuclides);
        Says(Header(Still("72.5-88.7")), "Ho-166, Tl-201 and Xe-133", "alike");
        Assert.Empty(Header(Still("105-195")).Radionuclides);
        Says(Header(Still("66-87")), "Tb-161 and Tl-201", "alike");
    }

    [Fact]
    public void DeterministicIdentifiersAreValidAndDoNotConfuseTheirParts()
    {
        string uid = DeterministicUid.From("ab", "c");
        Assert.Matches("^2\\.25\\.[1-9][0-9]{1,38}$", uid);
        Assert.Equal(uid, DeterministicUid.From("ab", "c"));
        Assert.NotEqual(uid, DeterministicUid.From("a", "bc"));
    }
}
