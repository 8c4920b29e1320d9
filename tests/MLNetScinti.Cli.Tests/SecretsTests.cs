using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>What leaves a hospital says of nobody who it is, and who is allowed to know finds out.</summary>
public sealed partial class SecretsTests(CraftedCohort crafted) : IClassFixture<CraftedCohort>
{
    private static readonly string[] s_fields = ["id||", "id|", "study ", "study|", "instance|", "instance ", "file|", "number|", "name|", ""];

    [Fact]
    public void TheSearchFindsWhatIsHidden()
    {
        using MemoryStream zip = new();
        using (ZipArchive archive = new(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            using StreamWriter entry = new(archive.CreateEntry("inner").Open());
            entry.Write(Convert.ToBase64String(Encoding.UTF8.GetBytes($"a picture of {crafted.Identities[3].Name} and more")));
        }

        Assert.Equal([CraftedCohort.Secret, "Gundula"], crafted.Found(Encoding.UTF8.GetBytes($"x=\"data:{Convert.ToBase64String(zip.ToArray())}\"")));
        Assert.Equal([CraftedCohort.UidRoot], crafted.Found(Encoding.Unicode.GetBytes(crafted.Identities[0].Study)));
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes("P-0123456789AB-0123AB-L")));
    }

    [Fact]
    public void NothingThatARunWritesOrPrintsIdentifiesAnybody()
    {
        Assert.True(crafted.Finished.Code == 4, crafted.Finished.Error);
        Nothing(crafted.Output("one"), atLeast: 10);
        Nothing(crafted.Home("one"), atLeast: 0);
        Nothing(crafted.Temporary("one"), atLeast: 0);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(crafted.Finished.Output)));
        // Names of left-out files are for the console, and stand on lines of their own.
        string[] told = crafted.Finished.Error.Split('\n');
        Assert.Equal(4, told.Count(line => line.StartsWith("  left out: " + CraftedCohort.Secret, StringComparison.Ordinal)));
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(string.Join('\n', told.Where(line => !line.StartsWith("  left out: ", StringComparison.Ordinal))))));
        JsonNode data = JsonNode.Parse(File.ReadAllText(Path.Combine(crafted.Output("one"), "metrics.json")))!["data"]!;
        Assert.Equal("real", data["origin"]!.GetValue<string>(), ignoreCase: true);
        Assert.All(data["skipped"]!.AsArray(), skipped => Assert.Matches("^F-[0-9A-Z]{12}$", skipped!["name"]!.GetValue<string>()));
        string[] skippedNames = [.. data["skipped"]!.AsArray().Select(skipped => skipped!["name"]!.GetValue<string>())];
        Assert.Equal(skippedNames.Order(StringComparer.Ordinal), skippedNames);
        Assert.Equal(4, skippedNames.Length);
        Assert.Empty(Directory.GetFileSystemEntries(crafted.Temporary("one"), "scinti-*"));
    }

    [Fact]
    public void NothingThatScoringOrANotebookWritesIdentifiesAnybody()
    {
        string scores = Path.Combine(crafted.Root, "written", "scores.csv"), notebook = Path.Combine(crafted.Root, "look.ipynb"), page = Path.Combine(crafted.Root, "written", "look.ipynb");
        (int code, _, string error) = crafted.Run("one", "score", crafted.Output("one"), "studies", "--output", scores);
        Assert.True(code == 4, error);
        Assert.Matches(@"(?m)^F-[0-9A-Z]{12},P-[0-9A-Z]{12}-[0-9A-Z]{6}-L,", File.ReadAllText(scores));
        // An age to the day is a birth date for whoever knows the day of the examination.
        string[][] rows = [.. File.ReadAllLines(scores).Select(line => line.Split(','))];
        Assert.All(rows.Skip(1), row => Assert.Matches("^[0-9]{1,2}$", row[Array.IndexOf(rows[0], "Age")]));
        // The order of the files' names would tell whose row is whose.
        Assert.Equal(rows.Skip(1).Select(row => row[1]).Order(StringComparer.Ordinal), rows.Skip(1).Select(row => row[1]));

        string[] cells =
        [
            "using System.IO;\nusing Microsoft.ML;\nusing MLNetScinti.Dicom;\nusing MLNetScinti.Pipelines;\nusing MLNetScinti.Systems.Dmsa;\nvar ml = new MLContext(seed: 1);\nvar kidneys = ml.Data.LoadCases(\"studies\", new DmsaSystem { Size = 32, MinimumConfidence = 0.1 });\nkidneys",
            "ml.Data.SplitByPatient(kidneys, 0.4, 0.3)", "kidneys.Read(images: false).ToList()", "kidneys.LeftOut", "Console.WriteLine(string.Join(\"\\n\", kidneys.LeftOut)); kidneys.LeftOut[0]",
            "kidneys.Read(images: false).First()", "var header = new DicomImageReader().ReadHeader(Path.Combine(\"studies\", kidneys.Read(images: false).First().File));\nConsole.WriteLine(header);\nheader", "kidneys.Alike",
        ];
        File.WriteAllText(notebook, JsonSerializer.Serialize(new
        {
            cells = cells.Select((source, number) => new { cell_type = "code", execution_count = (int?)null, id = $"c{number}", metadata = new { }, outputs = Array.Empty<object>(), source }),
            metadata = new { kernelspec = new { display_name = ".NET (C#)", language = "C#", name = ".net-csharp" } },
            nbformat = 4,
            nbformat_minor = 5,
        }));
        (code, string output, error) = crafted.Run("one", "notebook", "run", notebook, "--output", page);
        Assert.True(code == 0, error);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(output + error)));
        Assert.Contains("F-", File.ReadAllText(page), StringComparison.Ordinal);
        Nothing(Path.Combine(crafted.Root, "written"), atLeast: 3);
        Nothing(crafted.Temporary("one"), atLeast: 0);
    }

    /// <summary>Comparisons, pictures, a zip of a model, a checkpoint of a run that was killed, and what scan and inspect print.</summary>
    [Fact]
    public void NothingThatTheOtherCommandsWriteIdentifiesAnybody()
    {
        string written = Path.Combine(crafted.Root, "others");
        File.WriteAllText(Path.Combine(crafted.Root, "judged.yaml"), File.ReadAllText(Path.Combine(crafted.Root, "crafted.yaml")) + $"\noutput: {crafted.Output("one")}\n");
        (int code, string output, string error) = crafted.Run("one", "compare", "judged.yaml", "--output", Path.Combine(written, "compared"));
        Assert.True(code is 0 or 4, error);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(output)));
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(string.Join('\n', error.Split('\n').Where(line => !line.StartsWith("  left out: ", StringComparison.Ordinal))))));

        string study = Path.Combine("studies", crafted.Identities[4].File);
        (code, output, error) = crafted.Run("one", "inspect", study, "--png", Path.Combine(written, "picture.png"));
        Assert.True(code == 0, error);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes((output + error).Replace(study, "", StringComparison.Ordinal))));

        // Names of files are for the console; what is in the files is not.
        (code, output, error) = crafted.Run("one", "scan", "studies");
        Assert.True(code == 4, error);
        string told = Directory.GetFiles(crafted.Studies, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(crafted.Studies, file)).OrderByDescending(name => name.Length)
            .Aggregate(output + error, (text, name) => text.Replace(name, "", StringComparison.Ordinal));
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(told)));
        Assert.Contains("NM ReconTomo", told, StringComparison.Ordinal);

        using (ModelBundle bundle = ModelBundle.Load(crafted.Output("one")))
        {
            bundle.Pack(Path.Combine(written, "model.zip"));
        }

        ProcessStartInfo start = Scinti.Start(crafted.Root, "run", "crafted.yaml", "--output", Path.Combine(written, "killed"));
        start.Environment["SCINTI_PSEUDONYM_KEY"] = CraftedCohort.Key("one");
        // A process that is killed leaves its empty folder behind, which other tests must not find.
        string temporary = Directory.CreateDirectory(crafted.Temporary("killed")).FullName;
        start.Environment["TMPDIR"] = temporary;
        string checkpoint = Path.Combine(written, "killed", "training.checkpoint");
        Scinti.KillAtFile(start, checkpoint);

        Assert.True(File.Exists(checkpoint));
        Nothing(written, atLeast: 8);
        Nothing(temporary, atLeast: 0);
        Nothing(crafted.Home("one"), atLeast: 0);
    }

    /// <summary>
    /// What <c>init</c> writes: the definition says nothing of anybody, nor on which days they came; the labels table holds the numbers that its lines are
    /// found by (Accession Number, Study Instance UID, the day) and no name, and lies beside the studies for whoever fills it in.
    /// </summary>
    [Fact]
    public void AStartingDefinitionNamesNobodyAndTheLabelsTableNumbersAlone()
    {
        string written = Path.Combine(crafted.Root, "started", "mine.yaml"), table = Path.Combine(crafted.Root, "started", "mine-labels.csv");
        (int code, string output, string error) = crafted.Run("one", "init", "studies", "--output", written);
        Assert.True(code == 4, error);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(output)));
        string definition = File.ReadAllText(written);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(definition)));
        Assert.Contains("DMSA for [withheld]", definition, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", definition);
        Assert.Matches("(?m)^  days +[0-9]{4}-[0-9]{2}-[0-9]{2}", output);
        string[] lines = File.ReadAllLines(table);
        Assert.Equal("AccessionNumber,StudyInstanceUID,Side,Date,Label", lines[0]);
        string numbers = crafted.Identities.Aggregate(string.Join('\n', lines), (text, one) => text.Replace(one.Accession, "", StringComparison.Ordinal).Replace(one.Study, "", StringComparison.Ordinal));
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(numbers)));

        (code, output, error) = crafted.Run("one", "keys", "dmsa");
        Assert.True(code == 0, error);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(output)));
    }

    /// <summary>Trainings with several seeds and over folds, their ensembles and reports, and what scoring with a table of truth writes and prints.</summary>
    [Fact]
    public void NothingThatRepeatedTrainingsAndJudgedScoresWriteIdentifiesAnybody()
    {
        string written = Path.Combine(crafted.Root, "repeated");
        foreach (string[] repeated in (string[][])[["--seeds", "2"], ["--folds", "3"]])
        {
            (int done, string said, string problem) = crafted.Run("one", ["run", "crafted.yaml", .. repeated, "--set", "evaluation.baseline=false", "--output", Path.Combine(written, repeated[0][2..])]);
            Assert.True(done == 4, problem);
            Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(said)));
            Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(string.Join('\n', problem.Split('\n').Where(line => !line.StartsWith("  left out: ", StringComparison.Ordinal))))));
        }

        // A model of other patients, judged on these with their table.
        using StudyFolder others = new();
        (int code, string output, string error) = crafted.Run("one", "run", Path.Combine(others.Root, "small.yaml"), "--set", "training.epochs=1", "--output", Path.Combine(written, "others"));
        Assert.True(code == 0, error);
        (code, output, error) = crafted.Run("one", "score", Path.Combine(written, "others"), "studies", "--labels", Path.Combine("studies", "labels.csv"), "--output", Path.Combine(written, "judged.csv"));
        Assert.True(code is 4 or 5, error);
        Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(output)));
        Nothing(written, atLeast: 40);
        Nothing(crafted.Home("one"), atLeast: 0);
        Nothing(crafted.Temporary("one"), atLeast: 0);
    }

    /// <summary>Somebody has the list of an archive's studies and all that was written, and not the key: nothing that can be computed of the list is in what was written.</summary>
    [Fact]
    public void TheArchivesListLeadsToNoPseudonym()
    {
        HashSet<string> written = [];
        foreach (string file in Directory.GetFiles(crafted.Output("one")).Where(file => Path.GetExtension(file) is ".json" or ".csv" or ".html"))
        {
            foreach (Match word in Regex.Matches(Regex.Replace(File.ReadAllText(file), "base64,[^\"]*", "", RegexOptions.None, TimeSpan.FromSeconds(20)), "[0-9A-Za-z]{6,}", RegexOptions.None, TimeSpan.FromSeconds(20)))
            {
                written.Add(word.Value);
            }
        }

        HashSet<string> patients = [.. crafted.Identities.Select(one => Pseudonym(one.Id))];
        Assert.Equal(12, patients.Count(pseudonym => written.Contains(pseudonym[2..])));
        byte[][] keys = [[], SHA256.HashData([]), SHA256.HashData("simulated patients"u8), "simulated patients"u8.ToArray(), "SCINTI_PSEUDONYM_KEY"u8.ToArray(), SHA256.HashData("MLNetScinti"u8)];
        foreach ((string id, string name, string born, string issuer, string study, string series, string instance, string file, string accession) in crafted.Identities)
        {
            string[] known = [id, name, born, issuer, study, series, instance, file, Path.GetFileName(file), accession];
            foreach (string one in known.Concat(known.SelectMany(first => known.SelectMany(second => ((string[])["", "|", " ", "^"]).Select(between => first + between + second)))).SelectMany(text => s_fields.Select(field => field + text)))
            {
                byte[] text = Encoding.UTF8.GetBytes(one);
                foreach (byte[] hash in (byte[][])[SHA256.HashData(text), MD5.HashData(text), SHA1.HashData(text), .. keys.Select(key => HMACSHA256.HashData(key, text))])
                {
                    string hex = Convert.ToHexString(hash), crockford = string.Concat(hash.Take(12).Select(value => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[value & 31]));
                    foreach (string token in (string[])[hex[..8], hex[..12], hex[..16], hex[..32], hex, hex.ToLowerInvariant()[..12], hex.ToLowerInvariant()[..32], hex.ToLowerInvariant(), crockford, crockford[..6], crockford[..8]])
                    {
                        if (written.Contains(token))
                        {
                            Assert.Fail($"{one}: {token}");
                        }
                    }
                }
            }
        }

        // What is known again by what it holds leads to no pseudonym: the two stand apart.
        JsonNode split = JsonNode.Parse(File.ReadAllText(Path.Combine(crafted.Output("one"), "split.json")))!;
        Assert.All(split["patients"]!.AsArray(), patient => Assert.Equal(["patientId", "side"], patient!.AsObject().Select(property => property.Key)));
        string[] hashes = [.. split["images"]!.AsArray().Select(image => image!["hash"]!.GetValue<string>())];
        Assert.Equal(16, hashes.Length);
        Assert.Equal(hashes.Order(StringComparer.Ordinal), hashes);
    }

    /// <summary>Another key and another home: other pseudonyms, and nothing else.</summary>
    [Fact]
    public void TwoUsersGetTheSameSplitAndTheSameFigures()
    {
        (int code, _, string error) = crafted.Run("two", "run", "crafted.yaml", "--output", crafted.Output("two"));
        Assert.True(code == 4, error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(crafted.Output("one"), "model.onnx")), File.ReadAllBytes(Path.Combine(crafted.Output("two"), "model.onnx")));
        Assert.Equal(Images("one"), Images("two"));
        Assert.Equal(Scores("one"), Scores("two"));
        Assert.Equal(Figures("one"), Figures("two"));
        Assert.Empty(Patients("one").Intersect(Patients("two")));

        string Images(string user) => JsonNode.Parse(File.ReadAllText(Path.Combine(crafted.Output(user), "split.json")))!["images"]!.ToJsonString();
        string[] Patients(string user) => [.. JsonNode.Parse(File.ReadAllText(Path.Combine(crafted.Output(user), "split.json")))!["patients"]!.AsArray().Select(patient => patient!["patientId"]!.GetValue<string>())];
        string[] Scores(string user) => [.. File.ReadAllLines(Path.Combine(crafted.Output(user), "scores.csv")).Select(line => string.Join(',', line.Split(',').Where((_, column) => column is not (1 or 2)))).Order(StringComparer.Ordinal)];
        string[] Figures(string user) => [.. Regex.Replace(MetricsJson.WithoutRun(File.ReadAllText(Path.Combine(crafted.Output(user), "metrics.json"))), "[PFS]-[0-9A-Z]{12}(-[0-9A-Z]{6}-[LR])?|[0-9a-f]{64}", "", RegexOptions.None, TimeSpan.FromSeconds(20)).Split('\n').Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void WhoeverHasKeyAndDataFindsOutWhoItIs()
    {
        (string Id, string Name, string Born, string, string, string, string, string File, string) third = crafted.Identities[2];
        string pseudonym = Pseudonym(third.Id), left = Regex.Match(File.ReadAllText(Path.Combine(crafted.Output("one"), "metrics.json")), "F-[0-9A-Z]{12}").Value;
        string kidney = Regex.Match(crafted.Run("one", "score", crafted.Output("one"), "studies").Output, pseudonym + "-[0-9A-Z]{6}-L").Value;
        foreach (string asked in (string[])[pseudonym, pseudonym.ToLowerInvariant(), kidney])
        {
            (int code, string output, string error) = crafted.Run("one", "who", asked, "--data", "studies");
            Assert.True(code == 0, error);
            Assert.Equal([$"patient ID {third.Id}, name {third.Name}, born {third.Born}", $"  {third.File}"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Contains(CraftedCohort.Secret, crafted.Run("one", "who", left, "--data", "studies").Output, StringComparison.Ordinal);
        Assert.Contains(CraftedCohort.Secret, crafted.Run("one", "who", left).Output, StringComparison.Ordinal);
        Assert.Equal((5, ""), crafted.Run("two", "who", pseudonym, "--data", "studies") is var other ? (other.Code, other.Output) : default);
        Assert.Equal((5, ""), crafted.Run("one", "who", pseudonym[..13] + (pseudonym[13] == '0' ? '1' : '0'), "--data", "studies") is var nobody ? (nobody.Code, nobody.Output) : default);
        Assert.Equal(2, crafted.Run("one", "who", "Gundula", "--data", "studies").Code);
        Assert.Equal(5, crafted.Run("one", "who", pseudonym, "--data", "nowhere").Code);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("first")]
    public void AWeakKeyIsRefusedInOneLine(string key)
    {
        (int code, string output, string error) = crafted.Run("one", key, ["scan", "studies"]);
        Assert.Equal((2, ""), (code, output));
        Assert.Matches("^scinti: SCINTI_PSEUDONYM_KEY: expected at least 128 bits[^\n]*openssl rand -hex 32[^\n]*\n$", error);
    }

    [Fact]
    public void WhereNoKeyCanBeKeptRealPatientsAreRefusedAndSimulatedOnesAreNot()
    {
        // Nobody can write there, root neither.
        Dictionary<string, string?> homeless = new() { ["HOME"] = "/proc/nobody", ["XDG_DATA_HOME"] = null, ["SCINTI_PSEUDONYM_KEY"] = null };
        if (!OperatingSystem.IsLinux() || File.Exists(PseudonymKey.SystemFile))
        {
            return;
        }

        string file = Path.Combine("studies", crafted.Identities[0].File);
        foreach (string[] command in (string[][])[["inspect", file, "--no-picture"], ["scan", "studies"], ["run", "crafted.yaml", "--output", Path.Combine(crafted.Root, "none")]])
        {
            (int code, _, string error) = Scinti.Run(crafted.Root, homeless, command);
            Assert.Equal(2, code);
            Assert.Matches("^scinti: [^\n]*SCINTI_PSEUDONYM_KEY_FILE[^\n]*\n$", error);
        }

        File.WriteAllText(Path.Combine(crafted.Root, "key"), CraftedCohort.Key("one") + "\n");
        homeless["SCINTI_PSEUDONYM_KEY_FILE"] = Path.Combine(crafted.Root, "key");
        Assert.Contains(Pseudonym(crafted.Identities[0].Id), Scinti.Run(crafted.Root, homeless, "inspect", file, "--no-picture").Output, StringComparison.Ordinal);

        homeless.Remove("SCINTI_PSEUDONYM_KEY_FILE");
        NuclearMedicineWriter.WriteStatic(Path.Combine(crafted.Root, "simulated.dcm"), View(), View(), new NuclearMedicineStudy { PatientId = "SIM-1-000001", Comments = SimulatedPatient.Mark });
        (int done, string output, string problem) = Scinti.Run(crafted.Root, homeless, "inspect", "simulated.dcm", "--no-picture");
        Assert.True(done == 0, problem);
        Assert.Contains(PseudonymKey.Simulated.PseudonymOf("id||SIM-1-000001"), output, StringComparison.Ordinal);
    }

    /// <summary>A file that an external program decodes lies in the temporary folder with the patient's name in it while it is read.</summary>
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("KILL")]
    public void NothingDecodedStaysWhateverEndsTheProcess(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string folder = Path.Combine(crafted.Root, $"signal-{signal}"), temporary = Path.Combine(folder, "tmp"), program = Path.Combine(folder, "gdcmconv");
        Directory.CreateDirectory(temporary);
        File.WriteAllText(program, "#!/bin/sh\necho GEHEIM > \"$3\"\nexec sleep 15\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        NuclearMedicineWriter.WriteStatic(Path.Combine(folder, "plain.dcm"), View(), View(), new NuclearMedicineStudy { PatientId = "4711" });
        DicomDataset compressed = new(DicomTransferSyntax.JPEG2000Lossless);
        foreach (DicomItem item in DicomFile.Open(Path.Combine(folder, "plain.dcm"), FileReadOption.ReadAll).Dataset.Remove(DicomTag.PixelData))
        {
            compressed.Add(item);
        }

        DicomOtherByteFragment fragments = new(DicomTag.PixelData);
        // One for each of the two views.
        fragments.Fragments.Add(new MemoryByteBuffer([.. Enumerable.Repeat((byte)0xEE, 80)]));
        fragments.Fragments.Add(new MemoryByteBuffer([.. Enumerable.Repeat((byte)0xEE, 80)]));
        compressed.Add(fragments);
        new DicomFile(compressed).Save(Path.Combine(folder, "compressed.dcm"));
        ProcessStartInfo start = Scinti.Start(folder, "inspect", "compressed.dcm", "--no-picture");
        start.Environment["TMPDIR"] = temporary;
        start.Environment["PATH"] = $"{folder}:{start.Environment["PATH"]}";
        StringBuilder said = new();
        string[] Decoded() => Directory.GetFiles(temporary, "*.dcm", SearchOption.AllDirectories);
        using (Process process = Process.Start(start)!)
        {
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, line) => said.Append(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            while (Decoded() is not [var decoded] || new FileInfo(decoded).Length == 0)
            {
                Assert.False(process.HasExited, $"it ended before it decoded anything: {said}");
                Thread.Sleep(20);
            }

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(Decoded()[0])!));
            using Process kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }

        if (signal == "KILL")
        {
            Assert.Single(Decoded());
            _ = Scinti.Run(folder, new Dictionary<string, string?> { ["TMPDIR"] = temporary }, "scan", "tmp");
        }

        Assert.Empty(Directory.GetFileSystemEntries(temporary, "scinti-*"));
        Assert.Empty(Decoded());
    }

    [Fact]
    public void ASimulationNeverWritesOverSomebodysTable()
    {
        string folder = Path.Combine(crafted.Root, "mine"), labels = Path.Combine(folder, "labels.csv");
        Directory.CreateDirectory(folder);
        File.WriteAllText(labels, "File,Side,Label\nreal1.dcm,L,abnormal\n");
        File.WriteAllText(Path.Combine(crafted.Root, "mine.yaml"), StudyFolder.Pipeline.Replace("folder: studies", "folder: mine\n  simulation:\n    patients: 12\n    seed: 7", StringComparison.Ordinal));
        foreach (string[] command in (string[][])[["run", "mine.yaml", "--output", "mine-out"], ["simulate", "mine", "--patients", "1"], ["simulate", "studies", "--patients", "1"]])
        {
            (int code, _, string error) = crafted.Run("one", command);
            Assert.True(code == 2, error);
            Assert.Contains("was not made by the simulator", error, StringComparison.Ordinal);
        }

        Assert.Equal("File,Side,Label\nreal1.dcm,L,abnormal\n", File.ReadAllText(labels));
        Assert.Equal([labels], Directory.GetFileSystemEntries(folder));
    }

    private static PlanarImage View() => new(64, 64, 4, 4, [.. Enumerable.Range(0, 64 * 64).Select(i => (float)(i % 50))]);

    private static string Pseudonym(string id) =>
        new PseudonymKey(CraftedCohort.Key("one")).PseudonymOf($"id|{id.Replace($"{CraftedCohort.Secret}01X", $"{CraftedCohort.Secret}27X", StringComparison.Ordinal)}|{id}");

    private void Nothing(string folder, int atLeast)
    {
        // A process that is killed leaves the runtime's own pipes behind, which nobody will ever write to.
        string[] files = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(InputFile.IsOrdinary)];
        Assert.True(files.Length >= atLeast, $"{folder}: {files.Length} files");
        foreach (string file in files)
        {
            Assert.True(crafted.Found(File.ReadAllBytes(file)) is { Count: 0 } && crafted.Found(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file))) is { Count: 0 },
                $"{file}: {string.Join(", ", crafted.Found(File.ReadAllBytes(file)))}");
        }
    }
}
