using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>
/// Whether the class goes with how images were taken. Two controls: one knows what the files say of the acquisition (radionuclide,
/// collimator, camera, matrix, pixel), the other sees nothing of an image but its noise. Where either tells classes, so may a network.
/// Each has half of the audit's chance of a false alarm.
/// </summary>
public static class ShortcutAudit
{
    /// <summary>The audit's word.</summary>
    public const string Word = "shortcut";

    private const string Question = "Does the class go with how images were taken: with what files say of the acquisition, or with the noise of the images?";

    // A text with more values than these is told by its most frequent ones.
    private const int MostValues = 12;

    /// <summary>Audits cases whose classes are known.</summary>
    /// <exception cref="ArgumentException">Nothing is known that could be given away.</exception>
    public static AuditFinding Run(CaseView cases, AuditOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        AuditedCases audited = AuditedCases.Of(cases, options);
        if (audited.Classes.Count < 2)
        {
            return AuditWords.Nothing(Word, Question, "There are no two classes that enough patients have: nothing could be given away.", audited);
        }

        List<Facts> facts = [];
        List<float[]> textures = [];
        foreach (AuditedCase row in audited.Rows)
        {
            cancellation.ThrowIfCancellationRequested();
            Case one = row.Read();
            facts.Add(one.Acquisition);
            textures.Add([.. one.Images.SelectMany(NoiseTexture.Of)]);
        }

        string[] names = [.. facts.SelectMany(one => one.Names).Distinct(StringComparer.Ordinal).Where(name => facts.Select(one => one[name]?.ToString() ?? "").Distinct(StringComparer.Ordinal).Count() > 1)];
        Dictionary<string, float[][]> coded = names.ToDictionary(name => name, name => Coded([.. facts.Select(one => one[name]?.ToString() ?? "")]), StringComparer.Ordinal);
        double alarm = options.Alarm / 2;
        ControlFinding Judge(IReadOnlyList<float[]> features, AuditOptions how) =>
            AuditControl.Judge([.. audited.Rows.Zip(features, (row, own) => new ControlRow(row.Patient, row.Class, own))], how, alarm, cancellation);
        ControlFinding known = Judge([.. audited.Rows.Select((_, index) => names.SelectMany(name => coded[name][index]).ToArray())], options);
        ControlFinding seen = Judge(textures, options);
        MetricEntry[] alone = [.. names.Select(name => AuditWords.Entry(Key(name), $"{name} alone", "area by patient of a control that knows nothing else", Judge(coded[name], options with { Permutations = 0 }).Area))];
        bool byFacts = names.Length > 0 && known.P <= alarm, byNoise = seen.P <= alarm;
        return new AuditFinding
        {
            Audit = Word,
            Question = Question,
            IsFound = byFacts || byNoise,
            Sentences = [Verdict(byFacts, byNoise) + audited.Caution, FactsSentence(names, alone, known, byFacts), NoiseSentence(seen, byNoise)],
            Effect = known.Area.Value >= seen.Area.Value && names.Length > 0
                ? AuditWords.Entry("area", "Area under the ROC curve, by the acquisition", "the class told best by what files say of the acquisition, by patient", known.Area)
                : AuditWords.Entry("area", "Area under the ROC curve, by the noise", "the class told best by the noise of the images, by patient", seen.Area),
            P = Math.Min(1, 2 * Math.Min(known.P, seen.P)),
            Alarm = options.Alarm,
            FoundHalfTheTime = seen.LeastFound,
            FoundHalfTheTimeWords = AuditWords.Limit(seen),
            Figures =
            [
                AuditWords.Entry("areaByAcquisition", "By the acquisition", "area by patient of a control that knows what files say of the acquisition", names.Length > 0 ? known.Area : Metric.Undefined("nothing in it differs", audited.Rows.Count, audited.Patients)),
                AuditWords.Entry("areaByNoise", "By the noise", "area by patient of a control that sees the noise of the images alone", seen.Area),
                .. alone,
            ],
        };
    }

    private static string Verdict(bool byFacts, bool byNoise) => byFacts || byNoise
        ? $"The class goes with how images were taken ({(byFacts ? byNoise ? "acquisition and noise" : "acquisition" : "noise")}): a network that learned that, and nothing of what is to be learned, would have figures too. Look at classes that were taken alike, or part class and acquisition in the data."
        : "That the class goes with how images were taken could not be shown.";

    private static string FactsSentence(string[] names, MetricEntry[] alone, ControlFinding known, bool found)
    {
        if (names.Length == 0)
        {
            return "What files say of the acquisition is the same for all: it tells nothing.";
        }

        MetricEntry best = alone.MaxBy(entry => entry.Metric.Value)!;
        return $"What files say of the acquisition ({string.Join(", ", names)}) tells {AuditWords.Told(known)}"
            + (found ? AuditWords.Text($"; most by {best.Name} ({best.Metric.Value:0.000}).") : $". Found half the time with as many patients would be {AuditWords.Limit(known)}.");
    }

    private static string NoiseSentence(ControlFinding seen, bool found) =>
        $"The noise of the images alone tells {AuditWords.Told(seen)}. "
        + (found ? "What a patient has is not in the noise: the images of the classes were taken, filtered or stored differently." : $"Found half the time with as many patients would be {AuditWords.Limit(seen)}; a weaker sign may be there.");

    // Values as columns of 0 and 1; those that are rare are one value together, the one without a column.
    private static float[][] Coded(IReadOnlyList<string> values)
    {
        string[] frequent = [.. values.CountBy(value => value, StringComparer.Ordinal).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MostValues).Select(pair => pair.Key)];
        return [.. values.Select(value => frequent.Select(one => one == value ? 1f : 0f).ToArray())];
    }

    private static string Key(string name) => "areaBy" + string.Concat(CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name).Where(char.IsLetterOrDigit));
}
