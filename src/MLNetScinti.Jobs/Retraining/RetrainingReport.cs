using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Plans;
using MLNetScinti.Jobs.Registry;

namespace MLNetScinti.Jobs.Retraining;

/// <summary>What came of a retraining.</summary>
public enum RetrainingResult
{
    /// <summary>There was no model in use to compare with: a person decides.</summary>
    First,

    /// <summary>The new model took the place of the one in use.</summary>
    Promoted,

    /// <summary>The new model passed, and a person puts it in use.</summary>
    Proposed,

    /// <summary>The model in use was kept.</summary>
    Kept,
}

/// <summary>A retraining, from the data to the decision.</summary>
/// <param name="Plan">The change plan.</param>
/// <param name="Data">The data.</param>
/// <param name="Change">What changed about them since the last retraining.</param>
/// <param name="Champion">The model in use; null for none.</param>
/// <param name="Challenger">The new model.</param>
/// <param name="TestSet">The hash of the locked test set; empty where it was not looked at.</param>
/// <param name="Decision">What the gate decided; null where it was not asked.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RetrainingReport(ChangePlan Plan, DataSnapshot Data, SnapshotChange Change, ModelVersion? Champion, ModelVersion Challenger, string TestSet, GateDecision? Decision, RetrainingResult Result, string Reason)
{
    private const int MostNames = 50;

    /// <summary>What came of it, in words.</summary>
    public string Words => Result switch
    {
        RetrainingResult.Promoted => $"{Challenger.Reference} is in use now, in the place of {Champion?.Version}: {Reason}",
        RetrainingResult.Proposed => $"{Challenger.Reference} is proposed: {Reason}",
        RetrainingResult.First => $"{Challenger.Reference} is the candidate: {Reason}",
        _ => $"{Champion?.Reference} stays in use: {Reason}",
    };

    /// <summary>The report, as Markdown: files stand in it by pseudonym.</summary>
    public string Text()
    {
        StringBuilder text = new();
        Line($"# Retraining of {Plan.Model}");
        Line($"**{Words}**");
        Line("## Data");
        Line($"{Data.Files.Count} files, {Change.Words} since the last retraining. SHA-256 over all of them: `{Data.Hash}`.");
        foreach ((string what, IReadOnlyList<string> names) in (ReadOnlySpan<(string, IReadOnlyList<string>)>)[("Came", Change.Came), ("Went", Change.Went), ("Changed", Change.Changed)])
        {
            if (names.Count > 0)
            {
                Line($"{what}: {string.Join(", ", names.Take(MostNames))}{(names.Count > MostNames ? Say($" and {names.Count - MostNames} more") : "")}.");
            }
        }

        Line("## Models");
        Line($"New: {Challenger.Reference}, `{Challenger.Digest}`.");
        Line(Champion is null ? "In use: none." : $"In use: {Champion.Reference}, `{Champion.Digest}`, scored again on the same cases.");
        if (Decision is not null || TestSet.Length > 0)
        {
            Line("## Gate");
            Line($"Plan `{Plan.Hash}`, locked test set `{TestSet}`{(Decision is { Look: > 0 } look ? Say($", look {look.Look} of {Plan.Looks}, error {look.Error:0.####}") : "")}.");
            foreach (GateFinding finding in Decision?.Findings ?? [])
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {finding.Answer switch { GateAnswer.Passed => "passed", GateAnswer.Failed => "refused", _ => "too few" }}: {PlainText.OneLine(finding.Sentence)}");
            }

            foreach (string reason in Decision is { Findings.Count: 0 } none ? none.Reasons : [])
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- refused: {PlainText.OneLine(reason)}");
            }

            text.AppendLine();
        }

        Line(Result == RetrainingResult.Promoted ? $"`scinti model rollback {Plan.Model} --why ...` puts {Champion?.Version} back in use." : "Research use only.");
        return text.ToString();

        void Line(string line) => text.AppendLine(line).AppendLine();
    }

    /// <summary>Writes the report.</summary>
    /// <returns>SHA-256 of what was written.</returns>
    public string Write(string file)
    {
        string text = Text();
        AtomicFile.Write(file, text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
