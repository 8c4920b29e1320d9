using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Reports;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Dosimetry;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Structures;

/// <summary>What is made of a model's masks.</summary>
public sealed record SegmentationSettings
{
    /// <summary>Where files go.</summary>
    public required string Output { get; init; }

    /// <summary>Whether an RT Structure Set is written.</summary>
    public bool StructureSet { get; init; }

    /// <summary>Whether a Segmentation is written.</summary>
    public bool Segmentation { get; init; }

    /// <summary>Whether a Structured Report of the measurements is written; it refers to a Segmentation, which then is written as well.</summary>
    public bool Report { get; init; }

    /// <summary>The form of holes in contours.</summary>
    public HoleForm Holes { get; init; } = HoleForm.Keyhole;

    /// <summary>Pieces smaller than this are removed, ml.</summary>
    public double LeastMillilitres { get; init; } = 10;

    /// <summary>From which part on a voxel of the image belongs to a mask that was drawn on coarser ones; between them it is interpolated.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Whether a map of each voxel's entropy is written, as NIfTI on the grid of the model.</summary>
    public bool Entropy { get; init; }

    /// <summary>Below which expected Dice coefficient a person should look.</summary>
    public double LeastExpectedDice { get; init; } = 0.8;

    /// <summary>Whether a Secondary Capture is written that shows what was drawn.</summary>
    public bool Capture { get; init; }

    /// <summary>What the identifiers of what is written follow from (<see cref="AlgorithmIdentity.Request"/>); empty where each result is an object of its own.</summary>
    public string Request { get; init; } = "";

    /// <summary>Whether masks are drawn too in studies that cannot mean the same as those the model was trained on.</summary>
    public bool AcceptOutside { get; init; }

    /// <summary>Threads of the model.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>A structure that was drawn in a study.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Millilitres">Its volume; null where it is cut off by the image's edge, and has none.</param>
/// <param name="Megabecquerels">The activity in it, where the study has an image in Bq/ml in its coordinates.</param>
/// <param name="Notes">What is to be said of it.</param>
public sealed record SegmentedStructure(string Name, double? Millilitres, double? Megabecquerels, IReadOnlyList<string> Notes)
{
    /// <summary>Whether a person should look at it: it has no volume, lies in pieces, or is not as large as usual.</summary>
    public bool IsToLookAt { get; init; }
}

/// <summary>What was made of one study.</summary>
/// <param name="CaseId">Its pseudonym.</param>
/// <param name="Structures">Its structures.</param>
/// <param name="Files">What was written.</param>
public sealed record SegmentedStudy(string CaseId, IReadOnlyList<SegmentedStructure> Structures, IReadOnlyList<string> Files)
{
    /// <summary>For each class of the model the Dice coefficient that its probabilities let expect: the score of quality. Null where nothing was drawn and nothing expected.</summary>
    public IReadOnlyList<(string Class, double? Dice)> ExpectedDice { get; init; } = [];

    /// <summary>Whether the score of quality is too low.</summary>
    public bool IsUnsure { get; init; }

    /// <summary>Whether a person should look at it: some structure says so, or the model is not sure.</summary>
    public bool IsToLookAt => IsUnsure || Structures.Any(structure => structure.IsToLookAt);
}

/// <summary>What a system holds to be usual of a structure that it draws. What is not is told and kept: patients are not bound to it.</summary>
/// <param name="LeastMillilitres">The smallest usual volume, ml.</param>
/// <param name="MostMillilitres">The largest usual volume, ml.</param>
/// <param name="MostAsymmetry">By how much two sides usually differ at most, as a part of their mean.</param>
public sealed record StructurePlausibility(double LeastMillilitres, double MostMillilitres, double MostAsymmetry)
{
    /// <summary>What is unusual, for each structure.</summary>
    /// <param name="structures">The structures, with their sides where they have any.</param>
    internal IReadOnlyList<IReadOnlyList<string>> DoubtsOf(IReadOnlyList<(DerivedStructure Drawn, double? Millilitres)> structures)
    {
        bool IsEmpty(DerivedStructure one) => !Array.Exists(one.Mask, inside => inside);
        List<IReadOnlyList<string>> all = [];
        foreach ((DerivedStructure drawn, double? millilitres) in structures)
        {
            List<string> doubts = [];
            if (millilitres is { } volume && (volume < LeastMillilitres || volume > MostMillilitres))
            {
                doubts.Add(string.Create(CultureInfo.InvariantCulture, $"its volume is unusual (usual are {LeastMillilitres:0} to {MostMillilitres:0} ml): look at the image"));
            }

            (DerivedStructure Drawn, double? Millilitres) other = drawn.Side is null ? default
                : structures.FirstOrDefault(one => one.Drawn.Side is { } side && side != drawn.Side && one.Drawn.Type == drawn.Type);
            if (other.Drawn is not null && IsEmpty(drawn) && !IsEmpty(other.Drawn))
            {
                doubts.Add($"'{other.Drawn.Name}' was found and this was not: the patient has one, or it was missed");
            }
            else if (millilitres is { } here && other.Millilitres is { } there && 2 * Math.Abs(here - there) / (here + there) is var asymmetry && asymmetry > MostAsymmetry)
            {
                doubts.Add(string.Create(CultureInfo.InvariantCulture, $"its volume differs from that of '{other.Drawn!.Name}' by {100 * asymmetry:0} % of their mean (usual are at most {100 * MostAsymmetry:0} %): look at the image"));
            }

            all.Add(doubts);
        }

        return all;
    }
}

/// <summary>
/// From a model's masks to objects for an archive: on the voxels of the CT where the study has one, else of its first image, without small pieces, and with
/// what a person should look at.
/// </summary>
public static class StudySegmentation
{
    /// <summary>Draws and writes, study by study.</summary>
    /// <param name="bundle">A model that draws masks.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="settings">What to write.</param>
    /// <param name="leftOut">Is told of files that gave no case, and of studies whose images make no volume.</param>
    /// <param name="cancellation">Stops between studies.</param>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="NotAFusedModelException">The model draws no masks.</exception>
    public static IEnumerable<SegmentedStudy> Write(ModelBundle bundle, SystemDefinition system, string folder, SegmentationSettings settings, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(leftOut);
        AlgorithmIdentity algorithm = new(PlainText.Short(bundle.Card.Name, 64), Version) { ModelHash = bundle.Card.Seal, Kind = GenerationKind.Automatic, Request = settings.Request };
        DicomReadOptions reading = new DicomReadOptions { Kinds = system.Kinds }.StoppedBy(cancellation);
        StudyIndex index = StudyIndex.Build(folder, new StudyIndexOptions { Reading = reading, Boundary = system.Boundary ?? StudyBoundary.Examination }, cancel: cancellation);
        Dictionary<string, Study> studies = index.Studies
            .SelectMany(study => study.Series.SelectMany(series => series.Files).Select(file => (file.File, study)))
            .ToDictionary(pair => pair.File, pair => pair.study, StringComparer.Ordinal);
        return Drawn();

        IEnumerable<SegmentedStudy> Drawn()
        {
            foreach (DrawnFolderCase drawn in FolderScoring.Draw(bundle, system, folder, settings.Threads, leftOut, cancellation, settings.AcceptOutside))
            {
                SegmentedStudy? made = null;
                try
                {
                    Study study = studies[drawn.Case.File];
                    made = Of(drawn, study, system, settings, algorithm, reading);
                    made = settings.Capture ? made with { Files = [.. made.Files, Captured(bundle, system, drawn, study, made, settings, algorithm, reading)] } : made;
                }
                catch (DicomReadException problem)
                {
                    leftOut(new LeftOutStudy(drawn.Case.File, problem.Reason.ToString(), problem.Sentence));
                }
                catch (SpectCtException problem)
                {
                    leftOut(new LeftOutStudy(drawn.Case.File, problem.Fault.ToString(), problem.Sentence));
                }

                if (made is not null)
                {
                    yield return made;
                }
            }
        }
    }

    private static string Version { get; } = typeof(StudySegmentation).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static SegmentedStudy Of(DrawnFolderCase drawn, Study study, SystemDefinition system, SegmentationSettings settings, AlgorithmIdentity algorithm, DicomReadOptions reading)
    {
        ImageGeometry coarse = drawn.Case.Images[0].Place;
        // The CT that the case was made from, by the same rule.
        ImageSeries series = study.OfKind(ImageKind.Ct).Any() ? SpectCtStudy.CtOf(study) : study.Series[0];
        SourceSeries source = SourceSeries.Read(series, reading);
        ImageSeries? active = study.Series.FirstOrDefault(one => one.Kind is ImageKind.ReconTomo or ImageKind.Pet && one.SpaceUid.Length > 0 && string.Equals(one.SpaceUid, series.SpaceUid, StringComparison.Ordinal));
        Volume? activity = active is null ? null : Concentration(active, reading);

        List<DerivedStructure> found = [];
        List<SegmentedStructure> structures = [];
        foreach (DerivedStructure structure in system.StructuresOf(drawn.Case, drawn.Labels))
        {
            List<string> notes = [];
            bool[] mask = MaskResampling.ToGrid(structure.Mask, coarse, source.Geometry, MaskRule.Interpolated(settings.Threshold));
            bool isToLookAt = RemoveIslands(mask, source.Geometry, settings.LeastMillilitres, notes);
            // What was drawn in thick sections is known to half of one.
            bool isCut = IndexBox.IsTruncated(structure.Mask, coarse, 0) || IndexBox.IsTruncated(mask, source.Geometry, Math.Max(IndexBox.TruncationTolerance, coarse.SectionSpacing / 2));
            int voxels = mask.Count(inside => inside);
            if (voxels == 0)
            {
                notes.Add("nothing was found: look at the image");
            }
            else if (isCut)
            {
                notes.Add("it reaches the edge of the image and is truncated: it has no volume and no dose");
            }

            double? millilitres = voxels == 0 || isCut ? null : voxels * source.Geometry.VoxelVolume / 1000;
            double? megabecquerels = millilitres is null || activity is null ? null : ActivityIn(activity, mask, source.Geometry);
            found.Add(structure with { Mask = mask });
            structures.Add(new SegmentedStructure(structure.Name, millilitres, megabecquerels, notes) { IsToLookAt = isToLookAt || millilitres is null });
        }

        if (system.Plausibility is { } usual)
        {
            structures = [.. structures.Zip(usual.DoubtsOf([.. found.Zip(structures, (drawn, structure) => (drawn, structure.Millilitres))]),
                (structure, doubts) => structure with { Notes = [.. structure.Notes, .. doubts], IsToLookAt = structure.IsToLookAt || doubts.Count > 0 })];
        }

        MaskConfidence confidence = MaskConfidence.Of(drawn.Probabilities, drawn.Labels, system.Task.Classes.Count);
        List<string> files = [.. Files(drawn.Case.Id, source, found, structures, settings, algorithm)];
        if (settings.Entropy)
        {
            files.Add(Path.Combine(settings.Output, $"{drawn.Case.Id}-entropy.nii.gz"));
            NiftiImage.Save(files[^1], new Volume(coarse, confidence.Entropy), "entropy in bits, research use only");
        }

        return new SegmentedStudy(drawn.Case.Id, structures, files)
        {
            ExpectedDice = [.. system.Task.Classes.Zip(confidence.Dice)],
            IsUnsure = confidence.Dice.Any(dice => dice < settings.LeastExpectedDice),
        };
    }

    private static string Captured(ModelBundle bundle, SystemDefinition system, DrawnFolderCase drawn, Study study, SegmentedStudy made, SegmentationSettings settings, AlgorithmIdentity algorithm, DicomReadOptions reading)
    {
        string path = Path.Combine(settings.Output, $"{drawn.Case.Id}-sc.dcm");
        PngImage picture = PlanesPicture.Of([.. CasePlane.Of(bundle, system, drawn.Case, [Array.ConvertAll(drawn.Labels, label => (float)label)], null, null)]);
        string words = string.Join("; ", made.Structures.Select(structure => string.Create(CultureInfo.InvariantCulture, $"{structure.Name} {(structure.Millilitres is { } volume ? $"{volume:0.0} ml" : "without a volume")}")));
        SourceStudy source = SourceStudy.Read([.. study.Series.SelectMany(series => series.Files.Select(series.PathOf))], reading);
        SecondaryCaptureWriter.Write(path, source, MarkedPicture.Of(picture), words, algorithm);
        return path;
    }

    // Whether more than one piece is left.
    private static bool RemoveIslands(bool[] mask, ImageGeometry geometry, double least, List<string> notes)
    {
        LabelledRegions regions = LabelledRegions.Find(mask, geometry.Shape);
        double voxel = geometry.VoxelVolume / 1000;
        HashSet<int> small = [.. regions.Regions.Where(region => region.Voxels * voxel < least).Select(region => region.Label)];
        if (small.Count > 0)
        {
            double removed = regions.Regions.Where(region => small.Contains(region.Label)).Sum(region => region.Voxels * voxel);
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{small.Count} pieces below {least:0.#} ml were removed, {removed:0.0} ml together"));
            for (int i = 0; i < mask.Length; i++)
            {
                mask[i] &= !small.Contains(regions.Labels[i]);
            }
        }

        if (regions.Regions.Count - small.Count > 1)
        {
            notes.Add($"it lies in {regions.Regions.Count - small.Count} pieces: look at the image");
        }

        return regions.Regions.Count - small.Count > 1;
    }

    private static Volume? Concentration(ImageSeries series, DicomReadOptions reading)
    {
        try
        {
            return ActivityConcentration.Of(series, new DicomImageReader(reading)).Volume;
        }
        catch (UnitException)
        {
            // Counts hold no activity, and a mask is of use without.
            return null;
        }
    }

    // On the voxels of the activity: those of the mask are finer, and a sum over them would be of interpolated values.
    private static double? ActivityIn(Volume activity, bool[] mask, ImageGeometry geometry)
    {
        bool[] seen = MaskResampling.ToGrid(mask, geometry, activity.Geometry, MaskRule.KeepVolume);
        // A part of it is not its activity.
        return Array.Exists(seen, inside => inside) && !IndexBox.IsTruncated(seen, activity.Geometry) ? VolumeActivity.Of(activity, seen).Megabecquerel : null;
    }

    private static IReadOnlyList<string> Files(string name, SourceSeries source, List<DerivedStructure> found, List<SegmentedStructure> structures, SegmentationSettings settings, AlgorithmIdentity algorithm)
    {
        Directory.CreateDirectory(settings.Output);
        List<string> files = [];
        string File(string ending)
        {
            files.Add(Path.Combine(settings.Output, $"{name}-{ending}.dcm"));
            return files[^1];
        }

        if (settings.StructureSet)
        {
            StructureSetWriter.Write(File("rtstruct"), source, found, algorithm, new StructureSetOptions { Holes = settings.Holes });
        }

        if ((settings.Segmentation || settings.Report) && found.Exists(structure => Array.Exists(structure.Mask, inside => inside)))
        {
            DerivedStructure[] drawn = [.. found.Where(structure => Array.Exists(structure.Mask, inside => inside))];
            WrittenSegmentation segmentation = SegmentationWriter.Write(File("seg"), source, drawn, algorithm);
            MeasuredStructure[] measured = [.. drawn.Zip(segmentation.Segments)
                .Select(pair => (pair.First, pair.Second, Found: structures.First(structure => structure.Name == pair.First.Name)))
                .Where(one => one.Found.Millilitres is not null)
                .Select(one => MeasuredStructure.Of(one.First, one.Second,
                [
                    Measurement.Volume(one.Found.Millilitres!.Value),
                    .. one.Found.Megabecquerels is { } activity ? (Measurement[])[Measurement.Activity(activity)] : [],
                ]))];
            if (settings.Report && measured.Length > 0)
            {
                MeasurementReportWriter.Write(File("sr"), source, segmentation, measured, algorithm);
            }
        }

        return files;
    }
}
