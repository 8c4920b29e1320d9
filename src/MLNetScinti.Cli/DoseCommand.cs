using System.CommandLine;
using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Dosimetry.Uncertainty;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Doses;

namespace MLNetScinti.Cli;

/// <summary><c>scinti dose STUDIES</c>: absorbed doses of drawn regions from images in Bq/ml, each with an interval.</summary>
internal static class DoseCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("studies") { Description = "A folder of DICOM files: SPECT or PET in Bq/ml, their CTs, and the structure sets or segmentations that were drawn on them." };
        Option<double> fwhm = new("--fwhm") { Description = "Resolution of the activity images, full width at half maximum in mm: what the uncertainty of a volume rests on.", Required = true };
        Option<string?> kernel = new("--kernel") { Description = $"Dose kernel: {string.Join(", ", KernelTable.Shipped)}, or a table of your own; without it doses are by local deposition alone, which stands beside every other in any case." };
        Option<string> method = new("--method") { Description = $"How activity goes on over time: {string.Join(", ", TimeActivityMethod.Known.Select(known => known.Name))}.", DefaultValueFactory = _ => "log-linear" };
        Option<string?> masks = new("--masks") { Description = "A folder of NIfTI label maps. One belongs to the image whose file's name begins with its own, or whose case it is named after (scinti score --masks)." };
        Option<string[]> names = new("--name") { Description = "LABEL=NAME: what a label of these maps is, such as '1=left kidney'. May be given several times.", DefaultValueFactory = _ => [] };
        Option<double[]> hours = new("--hours") { Description = "Hours after administration of a patient's images in the order of acquisition, where the files do not say.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        Option<double[]> expected = new("--expected-hours") { Description = "The protocol's times: a missing one is told.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        Option<double?> administered = new("--administered") { Description = "Administered activity in MBq, in place of what the files say." };
        Option<double> image = new("--u-image") { Description = "Relative random uncertainty of an image's activity.", DefaultValueFactory = _ => 0.03 };
        Option<double> calibration = new("--u-calibration") { Description = "Relative uncertainty of the calibration factor.", DefaultValueFactory = _ => 0.035 };
        Option<double> local = new("--u-local") { Description = "Relative uncertainty of local deposition itself.", DefaultValueFactory = _ => 0.02 };
        Option<double> ofKernel = new("--u-kernel") { Description = "Relative uncertainty of the kernel itself.", DefaultValueFactory = _ => 0.023 };
        Option<double?> delineated = new("--delineation-fwhm") { Description = "Resolution of the image that regions were drawn on, mm, where that is another one: about 1 for CT." };
        Option<double?> edge = new("--delineation-voxel") { Description = "Edge of that image's voxels, mm." };
        Option<string> term = new("--resolution-term") { Description = "What blur adds to the uncertainty of a volume, on which sources disagree: eight-ln-2, FWHM^2 / (8 ln 2); or four-ln-2, twice that.", DefaultValueFactory = _ => s_terms[0] };
        Option<string> mass = new("--mass") { Description = "Which mass is divided by: first-image, mean-of-images, or each-image (its dose rate is fitted).", DefaultValueFactory = _ => s_masses[0] };
        Option<string> partial = new("--partial-volume") { Description = "What the images' blur takes from a region: matrix, corrected by the geometric transfer matrix of --fwhm and what is drawn (Rousset et al. 1998), with the dose without it beside; curve, by --recovery; or none.", DefaultValueFactory = _ => "" };
        Option<double> unsharp = new("--u-fwhm") { Description = "Relative uncertainty of --fwhm, for the correction by the matrix.", DefaultValueFactory = _ => 0.1 };
        Option<double[]> recovery = new("--recovery") { Description = "B1 B2 U: activities are divided by 1 - 1 / (1 + (V / B1 ml)^B2), of relative uncertainty U, as phantoms gave it.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        Option<string> shape = new("--interval-shape") { Description = "The EANM chain's intervals: normal or lognormal.", DefaultValueFactory = _ => s_shapes[0] };
        Option<int> draws = new("--draws") { Description = "Draws of the whole chain (Monte Carlo), whose interval then stands beside; 0 for none, at least 100." };
        Option<ulong?> seed = RunCommand.Seed("Seed of the draws, 1 unless told otherwise.");
        Option<bool> effective = new("--bed") { Description = $"Biologically effective doses too, of late-responding tissue: {TissueResponse.LateResponding.Source}." };
        Option<string?> intervals = new("--intervals") { Description = "Intervals that --learn-intervals wrote: they are printed, and those of the EANM chain stand beside them." };
        Option<string?> truth = new("--truth") { Description = "A table of known doses (Patient, Region, Gray, and KernelGray where known): how far doses are off, and how many lie within their intervals." };
        Option<string?> learned = new("--learn-intervals") { Description = "A file to write: intervals as far as these known doses need them, for other patients computed alike. Needs --truth and 39 doses." };
        Option<bool> follow = new("--follow") { Description = "Regions that were drawn on finer voxels, as on CT, are looked for in each image by --fwhm, and moved to where it shows them: organs breathe, and a CT has one phase of a breath. How far is said." };
        Option<bool> unregistered = new("--no-registration") { Description = "Lay later images over the first by coordinates alone, not by the bones of their CTs." };
        Option<string?> json = new("--json") { Description = "A JSON file to write." };
        Option<string?> maps = new("--maps") { Description = "A folder for the dose maps, as RT Dose of 32 bits with the histograms of regions, and these regions as an RT Structure Set. They hold the patient's identity, as an archive needs it; their names do not." };
        Option<int> threads = RunCommand.Threads();
        Command command = new("dose", "Absorbed doses of drawn regions from SPECT or PET after a therapy, each with an interval. Research use only.")
        {
            folder, fwhm, kernel, method, masks, names, hours, expected, administered, image, calibration, local, ofKernel, delineated, edge, term, mass, partial, unsharp, recovery, shape, draws, seed, effective,
            intervals, truth, learned, follow, unregistered, json, maps, threads,
        };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            int drawn = parsed.GetValue(draws);
            if (drawn is not 0 and (< 100 or > 1_000_000))
            {
                throw new DefinitionException($"--draws: expected 0, or from 100 to 1,000,000, found {drawn}.");
            }

            OrganDosimetryOptions options = Options(parsed.GetRequiredValue(fwhm), parsed.GetRequiredValue(method), parsed.GetValue(image), parsed.GetValue(calibration), parsed.GetValue(kernel)) with
            {
                LocalUncertainty = NotNegative("--u-local", parsed.GetValue(local)),
                KernelUncertainty = NotNegative("--u-kernel", parsed.GetValue(ofKernel)),
                DelineationFwhm = parsed.GetValue(delineated) is { } width ? NotNegative("--delineation-fwhm", width) : null,
                DelineationVoxel = parsed.GetValue(edge) is { } voxel ? voxel > 0 ? NotNegative("--delineation-voxel", voxel) : throw new DefinitionException("--delineation-voxel: expected millimetres above 0, found 0 or less.") : null,
                Resolution = (ResolutionTerm)Named("--resolution-term", s_terms, parsed.GetRequiredValue(term)),
                Mass = (MassConvention)Named("--mass", s_masses, parsed.GetRequiredValue(mass)),
                Recovery = Recovery(parsed.GetValue(recovery) ?? []),
                ByTransferMatrix = ByMatrix(parsed.GetRequiredValue(partial), parsed.GetValue(recovery) is { Length: > 0 }),
                ActivityFwhmUncertainty = parsed.GetValue(unsharp) is >= 0 and < 1 and double share ? share : throw new DefinitionException("--u-fwhm: expected a number from 0 to 1 (.1 for 10 %); change it."),
                Shape = (IntervalShape)Named("--interval-shape", s_shapes, parsed.GetRequiredValue(shape)),
                Draws = drawn,
                Seed = parsed.GetValue(seed) ?? 1,
                Tissue = parsed.GetValue(effective) ? TissueResponse.LateResponding : null,
            };
            options = parsed.GetValue(intervals) is { } kept ? DoseIntervals.Read(kept).Into(options) : options;
            if (parsed.GetValue(learned) is not null && (parsed.GetValue(truth) is null || parsed.GetValue(intervals) is not null))
            {
                throw new DefinitionException("--learn-intervals: expected --truth, the doses to learn from, and no --intervals, which were learned before; change the one that is not so.");
            }

            KnownDoses? known = parsed.GetValue(truth) is { } table ? KnownDoses.Read(table) : null;
            DoseFolderOptions reading = new()
            {
                Reading = new DicomReadOptions().StoppedBy(cancel),
                Masks = parsed.GetValue(masks),
                Names = Names(parsed.GetValue(names) ?? []),
                Hours = parsed.GetValue(hours) ?? [],
                ExpectedHours = parsed.GetValue(expected) ?? [],
                Administered = parsed.GetValue(administered),
                FollowFwhm = parsed.GetValue(follow) ? options.ActivityFwhm : null,
                Register = !parsed.GetValue(unregistered),
                Threads = parsed.GetValue(threads),
            };
            List<RefusedAdministration> refused = [];
            List<PatientDoses> patients = [];
            List<JudgedDose> judged = [];
            foreach (Administration administration in DoseFolder.Read(parsed.GetRequiredValue(folder), reading, refused.Add, cancel))
            {
                patients.Add(Doses(administration, options, parsed.GetValue(maps), patients.Count + 1, report => judged.Add(Judged(administration, report, known))));
                cancel.ThrowIfCancellationRequested();
            }

            foreach (RefusedAdministration none in refused)
            {
                Terminal.ErrorText($"  left out: {none.PatientId}: {none.Sentence}");
            }

            if (parsed.GetValue(json) is { } file)
            {
                AtomicFile.Write(file, new DoseDocument(patients, refused).ToJson());
                Terminal.Line($"Doses: {Path.GetFullPath(file)}");
            }

            if (known is not null)
            {
                IReadOnlyList<string> sentences = JudgedDose.Sentences(judged);
                foreach (string sentence in sentences.Count > 0 ? sentences : ["The table of known doses knows none of these patients and regions."])
                {
                    Terminal.Line(sentence);
                }
            }

            if (parsed.GetValue(learned) is { } interval)
            {
                AtomicFile.Write(interval, DoseIntervals.Learn(judged, options).ToJson());
                Terminal.Line($"Intervals: {Path.GetFullPath(interval)}");
            }

            return patients.All(patient => patient.Regions.Count == 0) ? ExitCode.NothingUsable
                : refused.Count > 0 || patients.Any(patient => patient.Refused.Count > 0 || patient.Regions.Any(region => region.NoKernel is not null)) ? ExitCode.SomeLeftOut
                : ExitCode.Done;
        }));
        return command;
    }

    private static readonly string[] s_terms = ["eight-ln-2", "four-ln-2"], s_masses = ["first-image", "mean-of-images", "each-image"], s_shapes = ["normal", "lognormal"];

    private static int Named(string option, string[] names, string found) => Array.IndexOf(names, found) is >= 0 and int index ? index
        : throw new DefinitionException($"{option}: expected {string.Join(" or ", names)}, found '{PlainText.Short(found)}'.");

    private static double NotNegative(string option, double value) => value >= 0 && double.IsFinite(value) ? value
        : throw new DefinitionException(string.Create(CultureInfo.InvariantCulture, $"{option}: expected a number of 0 or more, found {value}."));

    private static bool ByMatrix(string partial, bool hasCurve) => (partial, hasCurve) switch
    {
        ("" or "matrix", false) => true,
        ("" or "curve", true) or ("none", false) => false,
        ("matrix" or "none", true) => throw new DefinitionException($"--partial-volume: expected curve, or no --recovery, found {partial} with a curve: leave one of them out."),
        ("curve", false) => throw new DefinitionException("--partial-volume: expected --recovery with curve, found none: give the curve's three numbers."),
        _ => throw new DefinitionException($"--partial-volume: expected matrix, curve or none, found '{PlainText.Short(partial)}'."),
    };

    private static RecoveryCurve Recovery(double[] given) => given switch
    {
        [] => RecoveryCurve.None,
        [var half, var exponent, var uncertainty] when half > 0 && exponent > 0 && uncertainty is >= 0 and < 1 && double.IsFinite(half + exponent) =>
            new(half, exponent, uncertainty, string.Create(CultureInfo.InvariantCulture, $"recovery 1 - 1 / (1 + (V / {half:0.###} ml)^{exponent:0.###}), u {100 * uncertainty:0.#} %")),
        _ => throw new DefinitionException("--recovery: expected three numbers, B1 and B2 above 0 and an uncertainty from 0 to 1 (.03 for 3 %); change the one that is not."),
    };

    private static JudgedDose Judged(Administration administration, OrganDoseReport report, KnownDoses? known)
    {
        (double? local, double? kernel) = known?.Of(administration, report.Region) ?? default;
        return new JudgedDose(administration.PatientId, report, local, kernel);
    }

    private static OrganDosimetryOptions Options(double fwhm, string method, double image, double calibration, string? kernel)
    {
        if (!(fwhm > 0) || !(image >= 0) || !(calibration >= 0) || !double.IsFinite(fwhm + image + calibration))
        {
            throw new DefinitionException("--fwhm, --u-image and --u-calibration: expected a positive resolution in mm and uncertainties of 0 or more (.03 for 3 %); change the one that is not.");
        }

        try
        {
            return new OrganDosimetryOptions
            {
                Method = TimeActivityMethod.Named(method),
                ActivityFwhm = fwhm,
                PointUncertainty = image,
                CalibrationUncertainty = calibration,
                Kernel = kernel is null ? null : Kernel(kernel),
            };
        }
        catch (DosimetryException problem)
        {
            throw new DefinitionException(problem.Message, problem);
        }
    }

    private static VoxelKernel Kernel(string kernel)
    {
        if (KernelTable.Shipped.Contains(kernel) || !File.Exists(kernel))
        {
            return KernelTable.Named(kernel);
        }

        using StreamReader reader = new(InputFile.Open(kernel, 1 << 16));
        return KernelTable.Read(reader, Path.GetFileName(kernel));
    }

    private static Dictionary<int, string> Names(string[] given)
    {
        Dictionary<int, string> names = [];
        foreach (string one in given)
        {
            int equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !int.TryParse(one.AsSpan(0, equals), NumberStyles.None, CultureInfo.InvariantCulture, out int label) || label is < 1 or > 255 || one[(equals + 1)..].Trim().Length == 0)
            {
                throw new DefinitionException($"--name: expected LABEL=NAME with a label from 1 to 255, such as '1=left kidney', found '{PlainText.Short(one)}'.");
            }

            names[label] = one[(equals + 1)..].Trim();
        }

        return names;
    }

    private static PatientDoses Doses(Administration administration, OrganDosimetryOptions options, string? maps, int number, Action<OrganDoseReport> reported)
    {
        DosimetryStudy study = administration.Study;
        // A kernel is for one size of voxel.
        ImageGeometry grid = study.Images[0].Voxels.Geometry;
        string? wrong = null;
        VoxelKernel? kernel = null;
        try
        {
            kernel = options.Kernel?.Resample(grid.ColumnSpacing, grid.RowSpacing, grid.SectionSpacing);
        }
        catch (DosimetryException problem)
        {
            wrong = problem.Message;
        }

        OrganDosimetry dosimetry = new(study, options with { Kernel = kernel });
        Terminal.Line($"{administration.PatientId}{(administration.Cycle is { } cycle ? $", administration {cycle}" : "")}: {study.Nuclide.Symbol}, {study.Images.Count} images at {string.Join(", ", study.Images.Select(image => image.Hours.ToString("0.#", CultureInfo.InvariantCulture)))} h");
        if (kernel is not null)
        {
            Terminal.Line($"  kernel: {kernel}");
        }

        foreach (string note in administration.Notes)
        {
            Terminal.Line($"  note: {note}");
        }

        List<RegionDose> regions = [];
        List<OrganDoseReport> reports = [];
        List<string> refused = [.. administration.LeftOut.OrderBy(region => region.Key, StringComparer.Ordinal).Select(region => region.Value)];
        foreach (string region in study.Images.SelectMany(image => image.Regions.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            try
            {
                OrganDoseReport report = dosimetry.Report(region) is var found && wrong is null ? found : found with { KernelRefusal = wrong };
                foreach (string line in report.Lines())
                {
                    Terminal.Line("  " + line);
                }

                regions.Add(RegionDose.Of(report));
                reports.Add(report);
                reported(report);
            }
            catch (DosimetryException problem)
            {
                refused.Add(problem.Message);
            }
        }

        if (regions.Count == 0 && refused.Count == 0)
        {
            refused.Add("No region is drawn in any of its images: give a structure set or a segmentation in their coordinates, or label maps with --masks.");
        }

        foreach (string sentence in refused)
        {
            Terminal.ErrorText($"  left out: {administration.PatientId}: {sentence}");
        }

        if (maps is not null && reports.Exists(report => report.Histogram is not null) && dosimetry.Maps is { } doses)
        {
            string file = Path.Combine(maps, string.Create(CultureInfo.InvariantCulture, $"{administration.PatientId}-{number}.dcm"));
            foreach (string written in DoseMapFiles.Write(file, administration, doses.ByKernel, reports, new AlgorithmIdentity("MLNetScinti dose", typeof(DoseCommand).Assembly.GetName().Version?.ToString() ?? "") { Kind = GenerationKind.Automatic }, PlainText.Short(options.Kernel!.Description.Name, 60)))
            {
                Terminal.Line($"  dose map: {Path.GetFullPath(written)}");
            }
        }

        return new PatientDoses(administration.PatientId, administration.Cycle, study.Nuclide.Symbol, kernel?.ToString(), administration.Notes, regions, refused);
    }
}
