using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines;

/// <summary>
/// A study that gives no case: its file, the kind of reason, and one sentence that says what was found and what to do. Names of files and
/// folders often are names of patients: they are for the console of whoever has the files, and what is written holds <see cref="Named"/>.
/// </summary>
/// <param name="File">The file, relative to the folder of studies.</param>
/// <param name="Reason">The kind of reason, one word.</param>
/// <param name="Sentence">What was found and what to do; it may name files.</param>
public sealed partial record LeftOutStudy([property: Browsable(false)] string File, string Reason, [property: Browsable(false)] string Sentence)
{
    /// <summary>The reason of a study that lies outside of what a model was trained on, so that its images cannot mean the same.</summary>
    public const string OutsideEnvelope = "OutsideEnvelope";

    /// <summary>Whether it was read and is not scored, since it lies outside of what the model was trained on.</summary>
    public bool IsRefused => Reason == OutsideEnvelope;

    /// <summary>Another file that the sentence names; empty where it names none.</summary>
    [Browsable(false)]
    public string Other { get; init; } = "";

    /// <summary>Whether the file says that its patient was simulated: its pseudonym is a public one then.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>What names of files are made into pseudonyms with; null for the key that the file asks for.</summary>
    internal PseudonymKey? Key { get; init; }

    /// <summary>Whether something is lost that should have been read; what is none of the kind, is there twice, is labelled nothing yet, or lies outside of what a model was trained on, is no loss.</summary>
    public bool IsLoss => Enum.TryParse(Reason, out SkipReason reason) ? SkippedFile.IsLossOf(reason) : Reason is not ("NoLabelYet" or "NoSet" or OutsideEnvelope);

    /// <summary>The file's pseudonym.</summary>
    public string Name => Named().Name;

    /// <summary>The sentence with pseudonyms in it.</summary>
    public string What => Named().Reason;

    /// <summary>The same without any file's name, for everything that is written: whoever has key and data finds the file by its pseudonym.</summary>
    public SkippedInput Named()
    {
        PseudonymKey key = Key ?? (IsSimulated ? PseudonymKey.Simulated : PseudonymKey.ForThisUser);
        string name = key.PseudonymOfFile(File), sentence = WithoutIdentifiers(WithoutPaths(Sentence));
        foreach ((string file, string pseudonym) in ((string, string)[])[(File, name), (Other, Other.Length > 0 ? key.PseudonymOfFile(Other) : "")])
        {
            // Longest first: a name alone is part of the name with its folders.
            foreach (string written in ((string[])[file, Path.GetFileName(file)]).Where(text => text.Length > 0))
            {
                sentence = sentence.Replace(written, pseudonym, StringComparison.Ordinal);
            }
        }

        return new SkippedInput(name, sentence) { IsLoss = IsLoss };
    }

    /// <summary>Several of them as they are written: by pseudonym, since the order of the files' names, laid beside a list of these, would tell which is which.</summary>
    public static IReadOnlyList<SkippedInput> Written(IEnumerable<LeftOutStudy> studies) => [.. studies.Select(study => study.Named()).OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Reason, StringComparer.Ordinal)];

    /// <summary>The pseudonym and the sentence, as <see cref="Named"/> has them.</summary>
    public override string ToString() => Named() is var named ? $"{named.Name}: {named.Reason}" : "";

    /// <summary>The file's name and the sentence, for a console and nothing else.</summary>
    public string OnConsole() => PlainText.OneLine($"{File}: {Sentence}");

    /// <summary>How many studies were left out for which reason, the commonest first, in a sentence without names; empty where none was.</summary>
    /// <param name="studies">The studies.</param>
    /// <param name="offered">All studies or files that were offered.</param>
    public static string Summary(IReadOnlyCollection<LeftOutStudy> studies, int offered)
    {
        ArgumentNullException.ThrowIfNull(studies);
        if (studies.Count == 0)
        {
            return "";
        }

        string reasons = string.Join(", ", studies.GroupBy(study => study.Reason, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}")));
        return string.Create(CultureInfo.InvariantCulture, $"{studies.Count} of {offered} files were left out ({reasons}); the first of them: {studies.First().Named().Reason}");
    }

    // What an operating system says of a file holds its whole path, in parentheses behind our own words.
    private static string WithoutPaths(string sentence) => PathInParentheses().Replace(sentence, "");

    // Of identifiers, those of the standard say what a file is; any other may be one of a study, wherever it stands.
    private static string WithoutIdentifiers(string sentence) => Identifier().Replace(sentence, match => StandardIdentifier().IsMatch(match.Value) ? match.Value : "[identifier]");

    [GeneratedRegex(@"\b[0-9]+(?:\.[0-9]+){2,}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^1\.2\.840\.10008(?:\.[0-9]{1,3}){1,8}$", RegexOptions.NonBacktracking)]
    private static partial Regex StandardIdentifier();

    [GeneratedRegex(@" \(.*['""\s](?:/|\\\\|[A-Za-z]:\\).*\)", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex PathInParentheses();
}
