using System.CommandLine;
using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Doses;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Organs;
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
        Option<bool> unregistered = new("--no-registration") { Description = "Lay later images over the first by coordinates alone, not by the bones of their CTs." };
        Option<string?> json = new("--json") { Description = "A JSON file to write." };
        Option<string?> maps = new("--maps") { Description = "A folder for the dose maps, as RT Dose of 32 bits. They hold the patient's identity, as an archive needs it; their names do not." };
        Option<int> threads = RunCommand.Threads();
        Command command = new("dose", "Absorbed doses of drawn regions from SPECT or PET after a therapy, each with an interval. Research use only.")
        {
            folder, fwhm, kernel, method, masks, names, hours, expected, administered, image, calibration, unregistered, json, maps, threads,
        };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            OrganDosimetryOptions options = Options(parsed.GetRequiredValue(fwhm), parsed.GetRequiredValue(method), parsed.GetValue(image), parsed.GetValue(calibration), parsed.GetValue(kernel));
            DoseFolderOptions reading = new()
            {
                Reading = new DicomReadOptions().StoppedBy(cancel),
                Masks = parsed.GetValue(masks),
                Names = Names(parsed.GetValue(names) ?? []),
                Hours = parsed.GetValue(hours) ?? [],
                ExpectedHours = parsed.GetValue(expected) ?? [],
                Administered = parsed.GetValue(administered),
                Register = !parsed.GetValue(unregistered),
                Threads = parsed.GetValue(threads),
            };
            List<RefusedAdministration> refused = [];
            List<PatientDoses> patients = [];
            foreach (Administration administration in DoseFolder.Read(parsed.GetRequiredValue(folder), reading, refused.Add, cancel))
            {
                patients.Add(Doses(administration, options, parsed.GetValue(maps), patients.Count + 1));
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

            return patients.All(patient => patient.Regions.Count == 0) ? ExitCode.NothingUsable
                : refused.Count > 0 || patients.Any(patient => patient.Refused.Count > 0 || patient.Regions.Any(region => region.NoKernel is not null)) ? ExitCode.SomeLeftOut
                : ExitCode.Done;
        }));
        return command;
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

    private static PatientDoses Doses(Administration administration, OrganDosimetryOptions options, string? maps, int number)
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

        if (maps is not null && regions.Exists(region => region.ByKernel is not null) && dosimetry.Maps is { } doses)
        {
            Directory.CreateDirectory(maps);
            string file = Path.Combine(maps, string.Create(CultureInfo.InvariantCulture, $"{administration.PatientId}-{number}.dcm"));
            DoseWriter.Write(file, SourceSeries.Read(administration.First), doses.ByKernel.Gray, new AlgorithmIdentity("MLNetScinti dose", typeof(DoseCommand).Assembly.GetName().Version?.ToString() ?? "") { Kind = GenerationKind.Automatic }, new DoseOptions { Comment = PlainText.Short(options.Kernel!.Description.Name, 60) });
            Terminal.Line($"  dose map: {Path.GetFullPath(file)}");
        }

        return new PatientDoses(administration.PatientId, administration.Cycle, study.Nuclide.Symbol, kernel?.ToString(), administration.Notes, regions, refused);
    }
}
