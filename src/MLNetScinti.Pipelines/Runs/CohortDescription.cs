using System.Globalization;
using System.Text.RegularExpressions;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What became of the files of a run, and who and what its sets consist of: as files and labels say, for all systems alike.</summary>
internal static partial class CohortDescription
{
    // Facts of systems and columns of labels tables, where there are any: they know better than the file.
    private const string Age = "Age", Sex = "Sex";

    private const double OldestTold = 90;

    private static readonly string[] s_unlabelled = ["NoLabel", "NoLabelYet", "NoSet"];

    /// <summary>The sets' cases, without their images.</summary>
    /// <param name="Name">The set.</param>
    /// <param name="Cases">Its cases.</param>
    public readonly record struct Set(string Name, IReadOnlyList<Case> Cases);

    /// <summary>From the files that were offered to the sets.</summary>
    public static IReadOnlyList<FlowStep> Flow(IReadOnlyList<CaseView> folders, IReadOnlyList<SplitCount> splits)
    {
        LeftOutStudy[] leftOut = [.. folders.SelectMany(view => view.LeftOut)];
        LeftOutStudy[] unlabelled = [.. leftOut.Where(study => s_unlabelled.Contains(study.Reason, StringComparer.Ordinal))];
        int offered = folders.Sum(view => view.StudyCount), read = offered - (leftOut.Length - unlabelled.Length);
        Case[] cases = [.. folders.SelectMany(view => view.Read(images: false))];
        return
        [
            new FlowStep("Found") { Inputs = offered, LeftOut = Exits(leftOut.Except(unlabelled)) },
            new FlowStep("Read") { Inputs = read, LeftOut = Exits(unlabelled) },
            new FlowStep("Labelled")
            {
                Inputs = offered - leftOut.Length,
                Patients = cases.Select(one => one.PatientId).Distinct(StringComparer.Ordinal).Count(),
                Cases = cases.Length,
                Classes = folders[0].Task is { } task && cases.All(one => one.Target is not null) ? task.Count(cases.Select(one => one.Target!)) : [],
            },
            .. splits.Select(split => new FlowStep(char.ToUpperInvariant(split.Name[0]) + split.Name[1..]) { Patients = split.Patients, Cases = split.Cases, Classes = split.Classes }),
        ];
    }

    /// <summary>What is told of the sets; null where nothing is known of anybody.</summary>
    public static CohortTable? Of(IReadOnlyList<Set> sets)
    {
        Known[] known = [.. sets.Select(set => new Known(set.Cases))];
        CohortRow[] rows =
        [
            new(Age + ", years", "patients", [.. known.Select(set => set.OfPatients(one => AgeOf(one), 0))]),
            new(Sex, "patients", [.. known.Select(set => set.OfPatients(SexOf))]),
            new("Injected activity, MBq", "studies", [.. known.Select(set => set.OfStudies(study => study.Images.Select(image => image.InjectedMegabecquerels).FirstOrDefault(value => value is not null), 1))]),
            new("Counts, million", "studies", [.. known.Select(set => set.OfStudies(study => study.Images.Any(image => image.Counts is not null) ? study.Images.Sum(image => image.Counts ?? 0) / 1e6 : null, 2))]),
            new("Radionuclide", "studies", [.. known.Select(set => set.OfStudies(study => Words(study.Images.SelectMany(image => image.Radionuclides))))]),
            new("Camera", "studies", [.. known.Select(set => set.OfStudies(study => Words(study.Images.Select(image => image.Camera))))]),
        ];
        CohortRow[] stated = [.. rows.Where(row => row.Cells.Any(cell => cell.Known > 0))];
        return stated.Length == 0 ? null : new CohortTable([.. sets.Select(set => set.Name)], stated);
    }

    private static FlowExit[] Exits(IEnumerable<LeftOutStudy> studies) =>
        [.. studies.CountBy(study => study.Reason, StringComparer.Ordinal).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new FlowExit(InWords(pair.Key), pair.Value))];

    // "OtherMatrix" is "other matrix"; "NotDicom" has a name in it.
    private static string InWords(string reason) => Capital().Replace(reason, " $0").Trim().ToLower(CultureInfo.InvariantCulture).Replace("dicom", "DICOM", StringComparison.Ordinal);

    // In whole years, and from an age that few people reach on as that age.
    private static double? AgeOf(Case one) => (one.Facts.Number(Age) ?? one.Acquired.AgeYears) is { } years ? Math.Min(Math.Floor(years), OldestTold) : null;

    private static string SexOf(Case one) => one.Facts.Text(Sex)?.ToLowerInvariant() is { Length: > 0 } told and not "unknown" ? told : one.Acquired.Sex switch
    {
        PatientSex.Female => "female",
        PatientSex.Male => "male",
        _ => "",
    };

    private static string Words(IEnumerable<string> words) => string.Join(" + ", words.Where(word => word.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [GeneratedRegex("(?<=[a-z])[A-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex Capital();

    /// <summary>The patients and the studies of a set: a patient by the first of the cases, a study by any.</summary>
    private sealed class Known(IReadOnlyList<Case> cases)
    {
        private readonly Case[] _patients = [.. cases.DistinctBy(one => one.PatientId, StringComparer.Ordinal)];
        private readonly Case[] _studies = [.. cases.DistinctBy(one => one.FileId.Length > 0 ? one.FileId : one.Id, StringComparer.Ordinal)];

        public CohortCell OfPatients(Func<Case, double?> value, int digits) => CohortCell.OfNumbers([.. _patients.Select(value)], [.. _patients.Select(one => one.PatientId)], digits);

        public CohortCell OfPatients(Func<Case, string> value) => CohortCell.OfWords([.. _patients.Select(value)], [.. _patients.Select(one => one.PatientId)]);

        public CohortCell OfStudies(Func<AcquiredStudy, double?> value, int digits) => CohortCell.OfNumbers([.. _studies.Select(one => value(one.Acquired))], [.. _studies.Select(one => one.PatientId)], digits);

        public CohortCell OfStudies(Func<AcquiredStudy, string> value) => CohortCell.OfWords([.. _studies.Select(one => value(one.Acquired))], [.. _studies.Select(one => one.PatientId)]);
    }
}
