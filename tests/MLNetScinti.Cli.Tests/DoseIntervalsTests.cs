using System.Globalization;
using System.Text.Json;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>Twenty patients with two regions each, of which the true doses are known, and intervals that are learned from them through the command.</summary>
public sealed class DoseIntervalsTests : IDisposable
{
    private const double HalfLife = 50;
    private static readonly ImageGeometry s_grid = ImageGeometry.Axial(40, 24, 24, 4.42, 4.42);
    private static readonly DateTime s_injected = new(2020, 3, 1, 9, 0, 0, DateTimeKind.Unspecified);
    private static readonly string[] s_alike = ["--fwhm", "10", "--recovery", "16", ".8", ".03", "--resolution-term", "four-ln-2", "--draws", "200"];

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void IntervalsAreLearnedFromKnownDosesAndPrintedForOthers()
    {
        for (int patient = 0; patient < 20; patient++)
        {
            Write("known", $"SIM-{patient}");
        }

        Write("other", "SIM-OTHER");
        // What was found, and truths that lie around it: twenty at each side, by number.
        (int code, string output, string error) = Scinti.Run(_folder, ["dose", "known", .. s_alike, "--json", "found.json"]);
        Assert.True(code == 0, error + output);
        List<string> table = ["Patient;Region;Gray"];
        JsonElement[] patients = [.. Json("found.json").GetProperty("patients").EnumerateArray()];
        foreach ((int number, JsonElement patient) in patients.Index())
        {
            foreach ((int side, JsonElement region) in patient.GetProperty("regions").EnumerateArray().Index())
            {
                double factor = 1 + (0.01 * ((2 * number) + side - 19.5));
                table.Add(string.Create(CultureInfo.InvariantCulture, $"{patient.GetProperty("patient").GetString()};{region.GetProperty("region").GetString()};{factor * region.GetProperty("local").GetProperty("gray").GetDouble():R}"));
            }
        }

        File.WriteAllLines(Path.Combine(_folder, "truth.csv"), table);
        (code, output, error) = Scinti.Run(_folder, ["dose", "known", .. s_alike, "--truth", "truth.csv", "--learn-intervals", "intervals.json"]);
        Assert.True(code == 0, error + output);
        Assert.Contains("against 40 known ones of 20 patients", output, StringComparison.Ordinal);
        JsonElement ends = Json("intervals.json").GetProperty("local");
        Assert.Equal(40, ends.GetProperty("cases").GetInt32());
        Assert.Equal(JsonValueKind.Null, Json("intervals.json").GetProperty("kernel").ValueKind);

        File.WriteAllLines(Path.Combine(_folder, "truth2.csv"), ["Patient,Region,Gray", "SIM-OTHER,left,3.5"]);
        (code, output, error) = Scinti.Run(_folder, ["dose", "other", .. s_alike, "--intervals", "intervals.json", "--truth", "truth2.csv", "--bed", "--json", "other.json"]);
        Assert.True(code == 0, error + output);
        Assert.Contains("against 1 known ones of 1 patients", output, StringComparison.Ordinal);
        JsonElement one = Json("other.json").GetProperty("patients")[0].GetProperty("regions")[0];
        JsonElement printed = one.GetProperty("local"), chain = one.GetProperty("localByChain"), drawn = one.GetProperty("localByDraws");
        Assert.Equal("calibrated on 40 cases of known dose (doses of 20 patients)", printed.GetProperty("interval").GetString());
        Assert.StartsWith("EANM chain", chain.GetProperty("interval").GetString(), StringComparison.Ordinal);
        Assert.Contains("200 draws", drawn.GetProperty("interval").GetString(), StringComparison.Ordinal);
        // The first and the last of forty: 19.5 % below and above the doses, of which these are copies.
        double gray = printed.GetProperty("gray").GetDouble();
        Assert.Equal(0.805 * gray, printed.GetProperty("lower").GetDouble(), 0.002 * gray);
        Assert.Equal(1.195 * gray, printed.GetProperty("upper").GetDouble(), 0.002 * gray);
        Assert.StartsWith("recovery 1 - 1 / (1 + (V / 16 ml)^0.8)", one.GetProperty("recovery").GetString(), StringComparison.Ordinal);
        Assert.True(one.GetProperty("effectiveOfMean").GetDouble() > gray);

        // Doses that are computed otherwise have other intervals.
        (code, output, error) = Scinti.Run(_folder, "dose", "other", "--fwhm", "12", "--intervals", "intervals.json");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("they were learned from doses with log-linear, 10 mm FWHM", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--recovery", "--recovery", "16", ".8")]
    [InlineData(2, "--draws", "--draws", "5")]
    [InlineData(2, "--mass", "--mass", "heaviest")]
    [InlineData(2, "--resolution-term", "--resolution-term", "two-ln-2")]
    [InlineData(2, "--learn-intervals", "--learn-intervals", "intervals.json")]
    [InlineData(2, "found no Region", "--truth", "wrong.csv")]
    [InlineData(2, "expected intervals that", "--intervals", "wrong.csv")]
    [InlineData(2, "need 39 cases", "--truth", "few.csv", "--learn-intervals", "intervals.json")]
    public void WhatCannotBeIsRefusedInASentence(int expected, string sentence, params string[] more)
    {
        Write("known", "SIM-0");
        File.WriteAllText(Path.Combine(_folder, "wrong.csv"), "Patient,Gray\nSIM-0,3\n");
        File.WriteAllText(Path.Combine(_folder, "few.csv"), "Patient,Region,Gray\nSIM-0,left,3\n");
        (int code, _, string error) = Scinti.Run(_folder, ["dose", "known", "--fwhm", "10", .. more]);
        Assert.Equal(expected, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "intervals.json")));
    }

    private JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, name))).RootElement;

    // Two images, and two balls of 60 MBq at injection.
    private void Write(string folder, string patient)
    {
        Directory.CreateDirectory(Path.Combine(_folder, folder));
        bool[] left = new bool[s_grid.Shape.Length], right = new bool[left.Length];
        for (int voxel = 0; voxel < left.Length; voxel++)
        {
            int x = voxel % 40, y = (voxel / 40 % 24) - 12, z = (voxel / (40 * 24)) - 12;
            left[voxel] = ((x - 28) * (x - 28)) + (y * y) + (z * z) <= 36;
            right[voxel] = ((x - 11) * (x - 11)) + (y * y) + (z * z) <= 36;
        }

        foreach ((int visit, double hours) in new[] { 24.0, 96.0 }.Index())
        {
            float concentration = (float)(60e6 * Math.Pow(2, -hours / HalfLife) / (left.Count(inside => inside) * s_grid.VoxelVolume / 1000));
            NuclearMedicineWriter.WriteReconTomo(Path.Combine(_folder, folder, $"{patient}-{visit}.dcm"), new Volume(s_grid, [.. left.Zip(right, (a, b) => a || b ? concentration : 0)]), new NuclearMedicineStudy
            {
                PatientId = patient,
                Comments = SimulatedPatient.Mark,
                AcquiredAt = s_injected.AddHours(hours),
                InjectedAt = s_injected,
                InjectedMegabecquerels = 7400,
                Radionuclide = Radionuclide.Lutetium177,
                EnergyWindow = new EnergyWindow(1, "Lu-177 208 keV", [new EnergyRange(187.6, 229.2)]),
                Unit = ImageUnit.BecquerelPerMillilitre,
                Examination = $"visit {visit}",
                Space = "one",
            });
        }

        StructureSetWriter.Write(Path.Combine(_folder, folder, $"{patient}-set.dcm"), SourceSeries.Read([Path.Combine(_folder, folder, $"{patient}-0.dcm")]), [new("left", left), new("right", right)], new AlgorithmIdentity("hand", "1"));
    }
}
