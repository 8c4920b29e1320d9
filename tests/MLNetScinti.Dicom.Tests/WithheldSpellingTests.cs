using FellowOakDicom;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Names, numbers and dates are withheld in the spellings that people type, and what is usual at a camera stays.</summary>
public sealed class WithheldSpellingTests
{
    private static readonly string[] s_usual = ["Siemens Symbia Intevo", "LEHR PARA", "Tc99m DMSA 140 keV", "GE Discovery NM/CT 670", "left kidney", "an image in air", "Lu-177 208 keV", "177Lu", "In 111", "SPECT static TOMO"];

    [Theory]
    [InlineData("Li^Wu", "LEHR Li PARA", "LEHR [withheld] PARA")]
    [InlineData("Li^Wu", "LI WU", "[withheld] [withheld]")]
    [InlineData("LI^WU", "Li_Wu 2", "[withheld]_[withheld] 2")]
    [InlineData("Ng^Bo", "Ng140", "[withheld]140")]
    [InlineData("Li^Wu", "LiWu", "[withheld]")]
    [InlineData("Xu^An", "Siemens Symbia Xu", "Siemens Symbia [withheld]")]
    [InlineData("Xu^An", "an image of Alan", "an image of Alan")]
    [InlineData("Lu^Jo", "Lu-177 of Lu", "Lu-177 of [withheld]")]
    [InlineData("Lu^Jo", "177Lu, Lu 140", "177Lu, [withheld] 140")]
    [InlineData("Ge^Jo", "GE Discovery Ge", "GE Discovery [withheld]")]
    [InlineData("Schmidt^Hans^^Dr", "Dr X", "Dr X")]
    public void NamesOfTwoLettersAreWithheldAsWordsWithACapital(string name, string typed, string shown) => Assert.Equal(shown, Header(name).Identity.Shown(typed));

    [Theory]
    [InlineData("Kidney^Bob", "Siemens Symbia Kidney", "Siemens Symbia [withheld]")]
    [InlineData("Test^Max", "test Testing", "[withheld] Testing")]
    [InlineData("Kidney^Phantom", "Kidney DMSA", "Kidney DMSA")]
    [InlineData("Test^Patient", "Test", "Test")]
    public void AFamilyNameThatIsACommonWordIsWithheldWhereItIsAPersons(string name, string typed, string shown) => Assert.Equal(shown, Header(name).Identity.Shown(typed));

    [Fact]
    public void TheKidneyOfAPatientOfThatNameIsAKidney()
    {
        ImageHeader header = Header("Kidney^Bob", (DicomTag.BodyPartExamined, "KIDNEY"));
        Assert.Equal("KIDNEY", header.BodyPart);
        Assert.Equal("left kidney", header.Identity.NameOf("region 1", "left kidney", []));
    }

    [Theory]
    [InlineData("McCarthy-Jones^Ann Marie", "LEHR McCarthy-Jo", "LEHR [withheld]-[withheld]")]
    [InlineData("McCarthy-Jones^Ann Marie", "Ann Mari McCart", "[withheld] [withheld] [withheld]")]
    [InlineData("Kowalczykiewicz^Jan", "Kowalczykiew 140", "[withheld] 140")]
    [InlineData("Spector^Phil", "SPECT Spector", "SPECT [withheld]")]
    [InlineData("Müller^Jörg", "Mueller Joerg", "[withheld] [withheld]")]
    [InlineData("Müller^Jörg", "MULLER JORG", "[withheld] [withheld]")]
    [InlineData("Müller^Jörg", "Mu\u0308ller", "[withheld]")]
    [InlineData("Mu\u0308ller^Jo\u0308rg", "Mueller Jörg Müllers", "[withheld] [withheld] [withheld]s")]
    [InlineData("Mueller^Joerg", "Müller Jörg", "[withheld] [withheld]")]
    [InlineData("Strauß^Åsa", "STRAUSS Aasa", "[withheld] [withheld]")]
    [InlineData("Wałęsa^Søren", "Walesa Soren Soeren", "[withheld] [withheld] [withheld]")]
    [InlineData("Nguyễn^Öz", "Nguyen öz", "[withheld] [withheld]")]
    [InlineData("Meier^Hans", "Me\u200bier \u00adHa\u2060ns", "[withheld] \u00ad[withheld]")]
    [InlineData("Meier^Hans", "Ｍｅｉｅｒ", "[withheld]")]
    [InlineData("Yamada^Tarou=山田^太郎", "山田太郎 DMSA 太郎様", "[withheld] DMSA [withheld]様")]
    [InlineData("李^明", "李明, 李", "[withheld], [withheld]")]
    [InlineData("Held^Hans", "Hans Held", "[withheld] [withheld]")]
    public void NamesAreWithheldInOtherSpellings(string name, string typed, string shown) => Assert.Equal(shown, Header(name).Identity.Shown(typed));

    [Fact]
    public void OtherNamesAndNumbersOfThePatientAndTheirPhysiciansAreWithheld()
    {
        ImageHeader header = Header(
            "Meier^Hans",
            (new DicomTag(0x0010, 0x1001), "Schulze^Otto\\Lehmann^Otto"),
            (DicomTag.PatientBirthName, "Birkenau^H"),
            (new DicomTag(0x0010, 0x1000), "OID998877"),
            (DicomTag.AccessionNumber, "ACC-77-0042"),
            (DicomTag.ReferringPhysicianName, "Quacksalber^Quirin^^Dr"),
            (DicomTag.PerformingPhysicianName, "Wu^Ann"),
            (DicomTag.OperatorsName, "SPECT Tech"),
            (DicomTag.EthnicGroup, "Other"));
        foreach (string typed in (string[])["Schulze", "Lehmann", "Birkenau", "OID998877", "oid 998877", "998877", "ACC-77-0042", "ACC770042", "Quacksalber", "Wu"])
        {
            Assert.Equal("DMSA [withheld]", header.Identity.Shown($"DMSA {typed}"));
        }

        Assert.Equal("SPECT Tech Dr", header.Identity.Shown("SPECT Tech Dr"));
    }

    [Theory]
    [InlineData("12-34-56-78", "12345678", "[withheld]")]
    [InlineData("12345678", "1234 5678 b", "[withheld] b")]
    [InlineData("00045678", "45678 Tc", "[withheld] Tc")]
    [InlineData("45678", "00045678 Tc", "[withheld] Tc")]
    [InlineData("MRN481516", "no. 481516", "no. [withheld]")]
    [InlineData("00045678", "1456789", "1456789")]
    [InlineData("0140", "140 keV", "140 keV")]
    [InlineData("1401", "140 1", "140 1")]
    public void NumbersAreWithheldHoweverTheyAreTyped(string id, string typed, string shown) => Assert.Equal(shown, Header("Meier^Hans", (DicomTag.PatientID, id)).Identity.Shown(typed));

    [Theory]
    [InlineData("12 Mar 1960")]
    [InlineData("12MAR60")]
    [InlineData("March 12, 1960")]
    [InlineData("12. März 1960")]
    [InlineData("12.03.60")]
    [InlineData("600312")]
    [InlineData("120360")]
    [InlineData("3/12/1960")]
    public void ABirthDateIsWithheldHoweverItIsTyped(string typed)
    {
        PatientIdentity identity = Header("Meier^Hans", (DicomTag.PatientBirthDate, "19600312")).Identity;
        Assert.Equal("[withheld]", identity.Shown(typed));
        Assert.Equal("12 Mar 1961, 6003121", identity.Shown("12 Mar 1961, 6003121"));
    }

    [Fact]
    public void ANameOfAnyLettersIsFoundInEachOfItsSpellingsAndNothingElseIsChanged()
    {
        char[] alphabet = [.. "qxzQXZüöÜÖñčåßøЖд"];
        Gen<string> names = Gen.Elements(alphabet).ArrayOf().Where(letters => letters.Length is >= 2 and <= 12).Select(letters => new string(letters));
        Gen<(string Family, string Given, int Usual, int Spelling)> cases =
            from family in names from given in names from usual in Gen.Choose(0, s_usual.Length - 1) from spelling in Gen.Choose(0, 3) select (family, given, usual, spelling);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            PatientIdentity identity = new("", "", "", [$"{one.Family}^{one.Given}"], [], []);
            string typed = one.Spelling switch
            {
                0 => one.Family.ToUpperInvariant(),
                1 => PlainLetters.Of(one.Family).Plain,
                2 => PlainLetters.Of(one.Family, isSpelledOut: true).Plain,
                _ => string.Join('\u200b', one.Family.ToUpperInvariant().ToCharArray()),
            };
            Assert.Equal(s_usual[one.Usual], identity.Shown(s_usual[one.Usual]));
            Assert.Equal($"{s_usual[one.Usual]}: [withheld]", identity.Shown($"{s_usual[one.Usual]}: {typed}"));
        }).QuickCheckThrowOnFailure();
    }

    private static ImageHeader Header(string name, params (DicomTag Tag, string Value)[] others)
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 1).Unchecked().With(DicomTag.SpecificCharacterSet, "ISO_IR 192").With(DicomTag.PatientName, name);
        foreach ((DicomTag tag, string value) in others)
        {
            dataset = dataset.With(tag, value.Split('\\'));
        }

        return dataset.Header();
    }
}
