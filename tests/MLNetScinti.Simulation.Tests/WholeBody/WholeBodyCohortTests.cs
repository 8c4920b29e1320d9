using System.Diagnostics;
using System.Security.Cryptography;
using MLNetScinti.Dicom;
using MLNetScinti.Simulation.WholeBody;
using Xunit;

namespace MLNetScinti.Simulation.Tests.WholeBody;

public sealed class WholeBodyCohortTests : IDisposable
{
    // A coarse matrix, so that tests are quick; the physics is the same.
    private static readonly PlanarAcquisition s_coarse = new() { Columns = 128, Rows = 512, Pixel = 4.52 };
    private static readonly WholeBodySimulator s_simulator = new() { Technetium = s_coarse, Iodine = PlanarAcquisition.Iodine131 with { Columns = 128, Rows = 512, Pixel = 4.52 } };
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-whole-body").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ThePapersCohortsHaveTheirClassesAndLoseTheirViews()
    {
        WholeBodyCohort dscint = new(WholeBodyCohortOptions.Dscint with { LostViews = WholeBodyCohortOptions.PaperLostViews });
        Dictionary<WholeBodyClass, int> images = dscint.Kinds.GroupBy(kind => kind.Class).ToDictionary(group => group.Key, group => group.Sum(kind => kind.Missing is null ? 2 : 1));
        Assert.Equal(600, dscint.Count);
        Assert.Equal((334, 174, 252, 318), (images[WholeBodyClass.Normal], images[WholeBodyClass.Metastatic], images[WholeBodyClass.Arthritic], images[WholeBodyClass.Thyroid]));

        WholeBodyCohort dspic = new(WholeBodyCohortOptions.Dspic);
        Assert.Equal(384, dspic.Count);
        Assert.Equal([(WholeBodyClass.Normal, 167), (WholeBodyClass.Metastatic, 87), (WholeBodyClass.Arthritic, 126), (WholeBodyClass.MetastaticArthritic, 4)],
            dspic.Kinds.CountBy(kind => kind.Class).OrderBy(group => group.Key).Select(group => (group.Key, group.Value)));
        Assert.DoesNotContain(dspic.Kinds, kind => kind.Missing is not null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(101)]
    public void ACohortOfAnySizeHasThatManyPatients(int patients)
    {
        WholeBodyCohort cohort = new(WholeBodyCohortOptions.Dscint with { Patients = patients });
        Assert.Equal(patients, cohort.Count);
        foreach ((WholeBodyClass kind, double part) in cohort.Options.Classes)
        {
            Assert.InRange(cohort.Kinds.Count(one => one.Class == kind) - (part / 600 * patients), -1, 1);
        }
    }

    [Fact]
    public void FindingsAreWhatTheClassSaysAndAsManyAsPublished()
    {
        WholeBodyPatient[] patients = [.. new WholeBodyCohort(WholeBodyCohortOptions.Dspic with { Patients = 3000, Seed = 3 })];
        static int Of(WholeBodyPatient patient, FindingKind kind) => patient.Findings.Count(finding => finding.Kind == kind);
        Assert.All(patients, patient => Assert.Equal(patient.Class is WholeBodyClass.Metastatic or WholeBodyClass.MetastaticArthritic, Of(patient, FindingKind.Metastasis) > 0));
        Assert.All(patients.Where(patient => patient.Class is WholeBodyClass.Arthritic or WholeBodyClass.MetastaticArthritic),
            patient => Assert.Contains(patient.Findings, finding => finding.Kind == FindingKind.Arthritis && finding.Contrast >= WholeBodyPrevalence.Published.LeastArthritisContrast));
        Assert.All(patients.Where(patient => patient.Class is WholeBodyClass.Normal or WholeBodyClass.Metastatic), patient => Assert.All(patient.Findings.Where(finding => finding.Kind == FindingKind.Arthritis), trace => Assert.True(trace.Contrast <= 1.3)));

        WholeBodyPatient[] metastatic = [.. patients.Where(patient => Of(patient, FindingKind.Metastasis) > 0)];
        // S2: 907 in 182 images.
        Assert.InRange(metastatic.Average(patient => Of(patient, FindingKind.Metastasis)), 4.98 - .8, 4.98 + .8);
        double[] contrasts = [.. metastatic.SelectMany(patient => patient.Findings).Where(finding => finding is { Kind: FindingKind.Metastasis, Contrast: > 1 }).Select(finding => finding.Contrast).Order()];
        Assert.InRange(contrasts[contrasts.Length / 2], 3.8, 4.5);
        double ribs = metastatic.SelectMany(patient => patient.Findings).Where(finding => finding.Kind == FindingKind.Metastasis).Average(finding => finding.Region == BodyRegion.Ribs ? 1.0 : 0);
        Assert.InRange(ribs, .17, .33);
        // S2: 2.30 in an arthritic image.
        Assert.InRange(patients.Where(patient => patient.Class == WholeBodyClass.Arthritic).Average(patient => Of(patient, FindingKind.Arthritis)), 1.8, 3.6);
        Assert.InRange(patients.Average(patient => Of(patient, FindingKind.Extravasation)), .175 - .03, .175 + .03);
        Assert.InRange(patients.Count(patient => patient.Posture.CutFeet > 0) / 3000.0, .015, .045);
    }

    [Fact]
    public void OnlyCarcinomaOfTheThyroidIsScannedWithIodineUnlessTracersAreCrossed()
    {
        WholeBodyCohort plain = new(WholeBodyCohortOptions.Dscint with { Patients = 200 }), crossed = new(WholeBodyCohortOptions.Dscint with { Patients = 200, CrossedTracers = 1 });
        Assert.All(plain, patient => Assert.Equal(patient.Class == WholeBodyClass.Thyroid, patient.Tracer == WholeBodyTracer.Iodine131));
        Assert.InRange(crossed.Count(patient => patient.Class == WholeBodyClass.Thyroid && patient.Tracer == WholeBodyTracer.Iodine131) / (double)crossed.Count(patient => patient.Class == WholeBodyClass.Thyroid), .3, .7);
        Assert.InRange(crossed.Count(patient => patient.Class == WholeBodyClass.Normal && patient.Tracer == WholeBodyTracer.Iodine131) / (double)crossed.Count(patient => patient.Class == WholeBodyClass.Normal), .3, .7);
    }

    [Fact]
    public void AChangedPartLeavesAllOtherDrawsAsTheyAre()
    {
        WholeBodyCohortOptions options = WholeBodyCohortOptions.Dspic with { Patients = 40, Seed = 4 };
        WholeBodyPatient[] before = [.. new WholeBodyCohort(options)], after = [.. new WholeBodyCohort(options with { Prevalence = options.Prevalence.With("extravasations", 1).With("tilt", 0) })];
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal(before[i].Findings.Where(finding => finding.Kind != FindingKind.Extravasation), after[i].Findings.Where(finding => finding.Kind != FindingKind.Extravasation));
            Assert.Equal((before[i].Age, before[i].Counts, before[i].Posture.Shift), (after[i].Age, after[i].Counts, after[i].Posture.Shift));
            Assert.Equal(0, after[i].Posture.Tilt);
            Assert.Contains(after[i].Findings, finding => finding.Kind == FindingKind.Extravasation);
        }

        Assert.Throws<ArgumentException>(() => options.Prevalence.With("tlt", 0));
        Assert.Throws<ArgumentException>(() => new WholeBodyCohort(options with { Prevalence = options.Prevalence with { Extravasations = 1.5 } }));
        foreach ((string name, double value, double most) in options.Prevalence.Parts)
        {
            Assert.InRange(value, 0, most);
            double other = value == 0 ? most : 0;
            Assert.Equal(other, options.Prevalence.With(name, other).Parts.Single(part => part.Name == name).Value);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheSameFilesAtAnyNumberOfThreadsAndAfterAStop(bool separate)
    {
        WholeBodyCohort cohort = new(WholeBodyCohortOptions.Dscint with { Patients = 3, Seed = 6, SeparateFiles = separate });
        string one = Path.Combine(_folder, "one"), two = Path.Combine(_folder, "two");
        WholeBodyCohortWriter.Write(cohort, one, s_simulator, threads: 1);
        WholeBodyCohortWriter.Write(cohort, two, s_simulator, threads: 3);
        Assert.Equal(Content(one), Content(two));

        string[] files = [.. Directory.GetFiles(two, "*.dcm").Order(StringComparer.Ordinal)];
        Assert.Equal(separate ? 6 : 3, files.Length);
        File.Delete(files[^1]);
        CohortSummary again = WholeBodyCohortWriter.Write(cohort, two, s_simulator, threads: 1);
        Assert.Equal((1, 2), (again.Written, again.Kept));
        Assert.Equal(Content(one), Content(two));
        Assert.Throws<InvalidDataException>(() => WholeBodyCohortWriter.Write(new WholeBodyCohort(cohort.Options with { Seed = 7 }), two, s_simulator));
    }

    [Fact]
    public void AFileIsAWholeBodyScanThatIsReadAsSuch()
    {
        WholeBodyCohort cohort = new(WholeBodyCohortOptions.Dscint with { Patients = 4, Seed = 2, Classes = new Dictionary<WholeBodyClass, double> { [WholeBodyClass.Normal] = 1, [WholeBodyClass.Thyroid] = 1 }, LostViews = new Dictionary<WholeBodyClass, double> { [WholeBodyClass.Normal] = .25 } });
        WholeBodyCohortWriter.Write(cohort, _folder, threads: 2);
        foreach (WholeBodyPatient patient in cohort)
        {
            string file = Path.Combine(_folder, patient.Id + ".dcm");
            ScintigraphyImage image = new DicomImageReader().Read(file);
            Assert.Equal((ImageKind.WholeBody, 1024, 256), (image.Kind, image.Header.Rows, image.Header.Columns));
            Assert.Equal(["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"], image.Header.ImageType);
            Assert.Equal(patient.Missing switch { WholeBodyView.Anterior => [DetectorView.Posterior], WholeBodyView.Posterior => [DetectorView.Anterior], _ => [DetectorView.Anterior, DetectorView.Posterior] }, image.Header.Frames.Select(frame => frame.View));
            Assert.Equal(patient.Tracer == WholeBodyTracer.Iodine131 ? "I-131" : "Tc-99m", image.Header.Radionuclide!.Radionuclide.Symbol);
            Assert.Equal(patient.Tracer == WholeBodyTracer.Iodine131 ? "HEGP" : "LEHR", image.Header.Detectors[0].Collimator);
            Assert.True(image.Header.Patient.IsSimulated);
            Assert.Empty(image.AllWarnings);
            WholeBodyStudy study = new WholeBodySimulator().Simulate(patient);
            WholeBodyView first = patient.Missing == WholeBodyView.Anterior ? WholeBodyView.Posterior : WholeBodyView.Anterior;
            Assert.Equal(study.Of(first).Pixels, image.Frame(0).ToArray());
            AssertValid(file);
        }
    }

    [Fact]
    public void ARepeatScanHasOtherNoiseAndTheSameBody()
    {
        WholeBodyPatient patient = new WholeBodyCohort(WholeBodyCohortOptions.Dspic with { Patients = 2 })[0];
        WholeBodyStudy first = s_simulator.Simulate(patient), second = s_simulator.Simulate(patient, repetition: 1);
        Assert.NotEqual(first.Anterior.Pixels, second.Anterior.Pixels);
        double a = first.Anterior.Pixels.Sum(value => (double)value), b = second.Anterior.Pixels.Sum(value => (double)value);
        Assert.InRange(a - b, -5 * Math.Sqrt(a + b), 5 * Math.Sqrt(a + b));
    }

    private static void AssertValid(string file)
    {
        const string tool = "/usr/bin/dciodvfy";
        if (!File.Exists(tool))
        {
            return;
        }

        using Process process = Process.Start(new ProcessStartInfo(tool, [file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        string said = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.DoesNotContain("Error", said, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Content(string folder) =>
        Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
}
