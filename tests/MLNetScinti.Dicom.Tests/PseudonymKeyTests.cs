using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class PseudonymKeyTests : IDisposable
{
    private const string Good = "3a31e5cc0db852b1868733d0a48ede78";

    private readonly TemporaryFolder _folder = new();

    private string UserFile => Path.Combine(_folder.Path, "home", "MLNetScinti", "pseudonym.key");

    private string SystemFile => _folder.File("system.key");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("1")]
    [InlineData("first")]
    [InlineData("hospital2024")]
    [InlineData("0f1e2d3c4b5a69788796a5b4c3d2e1f")]
    [InlineData("01234567890123456789012345678901234")]
    [InlineData("1111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh")]
    [InlineData("-----------------------------------------------1")]
    [InlineData("qwertyuiopasdfghjklzxcvbnm1234567890")]
    [InlineData("QWERTYUIOPASDFGHJKLZXCVBNM234567")]
    [InlineData("qwertzuiopQWERTZUIOPasdfghjklASDFGHJKL")]
    [InlineData("1234567890abcdef1234567890abcdef")]
    [InlineData("0123456789abcdeffedcba9876543210")]
    [InlineData("deadbeefcafebabefeedface0badf00d")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")]
    [InlineData("correct horse battery staple, and many more words than four")]
    [InlineData("CorrectHorseBatteryStapleAndManyMoreWordsThanFour")]
    [InlineData("correct-horse-battery-staple-and-many-more-words-than-four")]
    [InlineData("the key of our hospital, which nobody knows outside of it")]
    [InlineData("passwordPasswordpassword1Password2password3PASSWORD")]
    [InlineData("Universitaetsklinikum2024Universitaetsklinikum2025")]
    [InlineData("0f1e2d3c0f1e2d3c4b5a0f1e2d3c4b5a0f1e2d3c")]
    [InlineData("0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    [InlineData("1qaz2wsx3edc4rfv5tgb6yhn7ujm")]
    [InlineData("\u00e4\u00f6\u00fc\u00df\u00e4\u00f6\u00fc\u00dfqjdhfmslgitwnvczakyreubpxoQJDHFMSLG")]
    public void AKeyBelow128BitsIsRefusedWithHowToMakeOne(string secret)
    {
        foreach (Action make in (Action[])[() => _ = new PseudonymKey(secret), () => Find(told: secret), () => Find(file: Written(secret))])
        {
            string message = Assert.Throws<PseudonymKeyException>(make).Message;
            Assert.Contains("128 bits", message, StringComparison.Ordinal);
            Assert.Contains("openssl rand -hex 32", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
            Assert.True(secret.Trim().Length < 6 || !message.Contains(secret, StringComparison.Ordinal), message);
        }
    }

    [Theory]
    [InlineData(Good)]
    [InlineData("3A31E5CC0DB852B1868733D0A48EDE78")]
    [InlineData("3a31e5cc-0db8-52b1-8687-33d0a48ede78")]
    [InlineData("q83vEjRWeJCrze8SNFZ4kA==")]
    [InlineData("JBSWY3DPEHPK3PXPK7QZLNDVMA")]
    [InlineData("mkGy3FDiv4nVN1Ijn_fPNo3Mmwlzq9XRcT-Yx20uHxE")]
    public void ARandomKeyOf128BitsIsTaken(string secret)
    {
        Assert.Equal(new PseudonymKey(secret).PseudonymOf("id"), Find(told: secret).PseudonymOf("id"));
        Assert.Equal(new PseudonymKey(secret).PseudonymOf("id"), Find(file: Written(secret + "\n")).PseudonymOf("id"));
        Assert.Equal("[secret]", new PseudonymKey(secret).ToString());
    }

    /// <summary>A key that was made as the message says is never refused.</summary>
    [Fact]
    public void EveryRandomKeyIsTaken()
    {
        Random random = new(7);
        byte[] bytes = new byte[32];
        for (int i = 0; i < 3000; i++)
        {
            random.NextBytes(bytes);
            foreach (string secret in (string[])[Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), Convert.ToHexString(bytes.AsSpan(0, 16)), new Guid(bytes.AsSpan(0, 16)).ToString(), Convert.ToBase64String(bytes)])
            {
                Assert.True(new PseudonymKey(secret) is { IsPublic: false }, secret);
            }
        }
    }

    [Fact]
    public void TheKeyIsTakenFromTheFirstStatedPlaceThatHasOne()
    {
        File.WriteAllText(SystemFile, Good.Replace('0', '1'));
        string system = Find().PseudonymOf("id");
        Assert.Equal(new PseudonymKey(Good.Replace('0', '1')).PseudonymOf("id"), system);

        Directory.CreateDirectory(Path.GetDirectoryName(UserFile)!);
        File.WriteAllText(UserFile, Good.Replace('0', '2'));
        Assert.Equal(new PseudonymKey(Good.Replace('0', '2')).PseudonymOf("id"), Find().PseudonymOf("id"));
        Assert.Equal(new PseudonymKey(Good).PseudonymOf("id"), Find(told: Good).PseudonymOf("id"));
        Assert.Equal(new PseudonymKey(Good).PseudonymOf("id"), Find(file: Written(Good)).PseudonymOf("id"));
        Assert.Contains("both set", Assert.Throws<PseudonymKeyException>(() => Find(told: Good, file: Written(Good))).Message, StringComparison.Ordinal);
        Assert.Contains("found no file", Assert.Throws<PseudonymKeyException>(() => Find(file: _folder.File("nowhere"))).Message, StringComparison.Ordinal);
        // An empty file is no reason to make another key.
        File.WriteAllText(UserFile, "");
        Assert.Contains(UserFile, Assert.Throws<PseudonymKeyException>(() => Find()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AKeyThatIsMadeIsKeptForTheUserAlone()
    {
        string made = Find().PseudonymOf("id");
        Assert.Equal(made, Find().PseudonymOf("id"));
        Assert.Matches("^[0-9A-F]{64}$", File.ReadAllText(UserFile));
        Assert.Equal([UserFile], Directory.GetFiles(Path.GetDirectoryName(UserFile)!));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(UserFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(UserFile)!));
        }
    }

    [Fact]
    public void WhereAKeyCannotBeKeptThereIsNone()
    {
        // A file where the folder should be: nobody can make it, root neither.
        File.WriteAllText(_folder.File("home"), "");
        string message = Assert.Throws<PseudonymKeyException>(() => Find()).Message;
        foreach (string said in (string[])[PseudonymKey.EnvironmentVariable, PseudonymKey.FileVariable, SystemFile, "openssl rand -hex 32"])
        {
            Assert.Contains(said, message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\n', message);
        File.Delete(_folder.File("home"));
        Assert.Contains("gone with this container", Assert.Throws<PseudonymKeyException>(() => Find(passes: true)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(UserFile));
        File.WriteAllText(SystemFile, Good);
        Assert.Equal(new PseudonymKey(Good).PseudonymOf("id"), Find(passes: true).PseudonymOf("id"));
    }

    [Fact]
    public void ASimulatedPatientIsToldByTheFileAndARealOneIsNeverUnderAPublicKey()
    {
        static DicomDataset Made(string id, string comments) => HandMadeFile.Image("NM", 1).With(DicomTag.PatientID, id).With(DicomTag.ImageComments, comments);
        DicomImageReader reader = new(new DicomReadOptions { PseudonymKey = PseudonymKey.Simulated }), mine = Phantoms.Reader;
        string simulated = Made("SIM-7-000001", "Simulated, no real patient. Counts = stored value x 2").Save(_folder, "simulated.dcm");
        Assert.True(mine.ReadHeader(simulated).Patient.IsSimulated);
        Assert.Equal(PseudonymKey.Simulated.PseudonymOf("id||SIM-7-000001"), reader.ReadHeader(simulated).Patient.Pseudonym);
        Assert.NotEqual(reader.ReadHeader(simulated).Patient.Pseudonym, mine.ReadHeader(simulated).Patient.Pseudonym);
        (string Name, DicomDataset Dataset)[] others =
        [
            ("id.dcm", Made("4711", "Simulated, no real patient.")), ("comments.dcm", Made("SIM-7-000001", "")),
            ("name.dcm", Made("SIM-7-000001", "Simulated, no real patient.").With(DicomTag.PatientName, "Geheim^Gerda")),
            ("born.dcm", Made("SIM-7-000001", "Simulated, no real patient.").With(DicomTag.PatientBirthDate, "20110203")),
        ];
        foreach ((string name, DicomDataset dataset) in others)
        {
            Assert.False(mine.ReadHeader(dataset.Save(_folder, name)).Patient.IsSimulated, name);
        }
    }

    [Fact]
    public void NumbersInTwoSpellingsMayBeOnePatients()
    {
        int file = 0;
        PatientFacts Of(string id, string issuer = "") => Phantoms.Reader.ReadHeader(
            HandMadeFile.Image("NM", 1).With(DicomTag.PatientID, id).With(DicomTag.IssuerOfPatientID, issuer).Save(_folder, $"{file++}.dcm")).Patient;
        Assert.True(Of("kh 0815").MayBe(Of("KH0815")));
        Assert.True(Of("0042").MayBe(Of("42")));
        Assert.True(Of("4711", "HOSPITAL").MayBe(Of("4711")));
        Assert.False(Of("4711", "HOSPITAL").MayBe(Of("4711", "OTHER")));
        Assert.False(Of("4711").MayBe(Of("4712")));
        PatientFacts nobody = Phantoms.Reader.ReadHeader(HandMadeFile.Image("NM", 1).Remove(DicomTag.PatientID).Save(_folder, "nobody.dcm")).Patient;
        Assert.False(nobody.MayBe(nobody));
    }

    private string Written(string secret)
    {
        File.WriteAllText(_folder.File("told.key"), secret);
        return _folder.File("told.key");
    }

    private PseudonymKey Find(string? told = null, string? file = null, bool passes = false) => PseudonymKey.Find(
        name => name == PseudonymKey.EnvironmentVariable ? told : name == PseudonymKey.FileVariable ? file : null, UserFile, SystemFile, _ => passes);
}
