using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using nietras.SeparatedValues;

namespace MLNetScinti.Jobs.Plans;

/// <summary>
/// The cases that a plan's models are judged on, as two tables of scores have them. Each look at them is entered in the audit log before anybody is told what came of
/// it, and counts: whoever looks often enough finds a model that passes by chance.
/// </summary>
/// <param name="Cases">The cases with both models' answers.</param>
/// <param name="Hash">SHA-256 over cases, patients and truths, whatever their order and whatever models say.</param>
public sealed record LockedTestSet(IReadOnlyList<GateCase> Cases, string Hash)
{
    private const string Act = "look", Passed = "passed: ", Refused = "refused: ";
    private const int MostReasons = 400;

    /// <summary>Reads what two models say of the same cases, from tables with CaseId, PatientID, Label and PredictedLabel, as runs and <c>scinti score --labels</c> write them. Of a table with a column Set, the test cases count.</summary>
    /// <param name="champion">The table of the model in use.</param>
    /// <param name="challenger">The table of the new model.</param>
    /// <param name="positive">The label that counts as positive.</param>
    /// <param name="facts">A table with CaseId or PatientID and further columns, which make groups; null for none.</param>
    /// <exception cref="InvalidDataException">A table cannot be used, or the two are not of the same cases; the message names file, line and column.</exception>
    public static LockedTestSet Read(string champion, string challenger, string positive, string? facts)
    {
        Dictionary<string, Row> before = Rows(champion, positive), now = Rows(challenger, positive);
        foreach ((string id, Row row) in before)
        {
            if (!now.TryGetValue(id, out Row? other) || other.PatientId != row.PatientId || other.Label != row.Label)
            {
                throw new InvalidDataException($"{challenger}: {(now.ContainsKey(id) ? $"case {PlainText.Short(id)} has another patient or label than in {champion}" : $"case {PlainText.Short(id)} of {champion} is not there")}: both models have to be judged on the same cases.");
            }
        }

        if (now.Keys.FirstOrDefault(id => !before.ContainsKey(id)) is { } more)
        {
            throw new InvalidDataException($"{challenger}: case {PlainText.Short(more)} is not in {champion}: both models have to be judged on the same cases.");
        }

        Func<Row, Facts> known = facts is null ? _ => Facts.None : FactsOf(facts);
        GateCase[] cases = [.. before.Values.OrderBy(row => row.CaseId, StringComparer.Ordinal).Select(row => new GateCase(row.CaseId, row.PatientId, row.Label, row.Called, now[row.CaseId].Called) { Facts = known(row) })];
        return new(cases, HashOf(cases));
    }

    /// <summary>Judges the new model and enters the look in the registry's log.</summary>
    /// <param name="registry">The registry; its log counts the looks.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="challenger">The new model.</param>
    /// <param name="today">The day.</param>
    /// <exception cref="RegistryException">The log is not what was written, or the plan's looks so far were at other cases.</exception>
    public GateDecision Judge(ModelRegistry registry, ChangePlan plan, ModelVersion challenger, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(challenger);
        IReadOnlySet<string> trained = registry.TrainedOn(challenger);
        return registry.Record(log =>
        {
            AuditAct[] looks = [.. log.Select(entry => entry.Act).Where(act => act.What == Act && act.Model == plan.Model)];
            if (looks.FirstOrDefault(look => Of(look, "plan") == plan.Hash && Of(look, "test-set") != Hash) is { } other)
            {
                throw new RegistryException($"{registry.Folder}: under this plan {PlainText.Short(other.Subject)} was judged on other cases (test set {Of(other, "test-set")[..Math.Min(12, Of(other, "test-set").Length)]}, found {Hash[..12]}): a plan has one locked test set; a new one needs a new plan.");
            }

            // A look counts whatever plan it was made under: it is the cases that wear out.
            int used = looks.Count(look => Of(look, "test-set") == Hash);
            int refusals = looks.Where(look => Of(look, "plan") == plan.Hash).Reverse().TakeWhile(look => look.Why.StartsWith(Refused, StringComparison.Ordinal)).Count();
            GateDecision decision = ChangeGate.Judge(plan, Cases, new(used, refusals), today, trained);
            string why = decision.Passes ? Passed + string.Join(" ", decision.Findings.Select(finding => finding.Sentence)) : Refused + string.Join(" ", decision.Reasons);
            AuditAct act = new(Act, "", PlainText.Short(why, MostReasons), plan.Model)
            {
                Subject = challenger.Version,
                To = challenger.Digest,
                Hashes = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["plan"] = plan.Hash, ["test-set"] = Hash },
            };
            return (decision.Look > 0 ? act : null, decision);
        });

        static string Of(AuditAct act, string name) => act.Hashes.GetValueOrDefault(name, "");
    }

    /// <summary>What was decided when this very model was judged by this plan on these cases before, as the log has it; null where it was not. A retraining that was killed behind its look does not look again.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="challenger">The model.</param>
    public (bool Passes, string Why)? LookBefore(ModelRegistry registry, ChangePlan plan, ModelVersion challenger)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(challenger);
        return registry.Log().Select(entry => entry.Act).LastOrDefault(act => act.What == Act && act.Model == plan.Model && act.To == challenger.Digest
            && act.Hashes.GetValueOrDefault("plan") == plan.Hash && act.Hashes.GetValueOrDefault("test-set") == Hash) is { } look
            ? (look.Why.StartsWith(Passed, StringComparison.Ordinal), look.Why)
            : null;
    }

    private static string HashOf(IEnumerable<GateCase> cases)
    {
        StringBuilder text = new();
        foreach (GateCase one in cases.OrderBy(one => one.CaseId, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{one.CaseId}\t{one.PatientId}\t{(one.IsPositive ? 1 : 0)}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static Dictionary<string, Row> Rows(string file, string positive)
    {
        Dictionary<string, Row> rows = new(StringComparer.Ordinal);
        HashSet<string> labels = new(StringComparer.Ordinal);
        foreach ((int line, Dictionary<string, string> cells) in Table(file, "CaseId", "PatientID", "Label", "PredictedLabel"))
        {
            if (cells.TryGetValue("Set", out string? set) && set != "test")
            {
                continue;
            }

            Row row = new(cells["CaseId"], cells["PatientID"], cells["Label"] == positive, cells["PredictedLabel"] == positive);
            labels.Add(cells["Label"]);
            if (row.CaseId.Length == 0 || row.PatientId.Length == 0 || cells["Label"].Length == 0 || cells["PredictedLabel"].Length == 0)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: expected a case, a patient, a label and what it was called; one of them is empty."));
            }

            if (!rows.TryAdd(row.CaseId, row))
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: case {PlainText.Short(row.CaseId)} is there twice."));
            }
        }

        return labels.Contains(positive) && labels.Count > 1 ? rows
            : throw new InvalidDataException($"{file}: expected test cases with the label '{PlainText.Short(positive)}' and others, found {(labels.Count == 0 ? "none" : PlainText.Short(string.Join(", ", labels.Order(StringComparer.Ordinal)), 200))}.");
    }

    private static Func<Row, Facts> FactsOf(string file)
    {
        Dictionary<string, Facts> known = new(StringComparer.Ordinal);
        string? key = null;
        foreach ((int line, Dictionary<string, string> cells) in Table(file))
        {
            key ??= cells.ContainsKey("CaseId") ? "CaseId" : cells.ContainsKey("PatientID") ? "PatientID" : throw new InvalidDataException($"{file}: expected a column CaseId or PatientID, found {PlainText.Short(string.Join(", ", cells.Keys), 200)}.");
            if (!known.TryAdd(cells[key], new Facts(cells.Where(cell => cell.Key is not ("CaseId" or "PatientID") && cell.Value.Length > 0).Select(cell => KeyValuePair.Create(cell.Key, Fact.Of(cell.Value))))))
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {key} {PlainText.Short(cells[key])} is there twice."));
            }
        }

        return row => known.GetValueOrDefault(key == "CaseId" ? row.CaseId : row.PatientId, Facts.None);
    }

    private static List<(int Line, Dictionary<string, string> Cells)> Table(string file, params string[] needed)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{file}: {InputFile.Missing(file, "file")}.", file);
        }

        try
        {
            using StreamReader text = new(InputFile.Open(file));
            using SepReader reader = Sep.New(',').Reader(options => options with { Unescape = true }).From(text);
            string[] names = [.. reader.Header.ColNames];
            if (needed.FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal)) is { } missing)
            {
                throw new InvalidDataException($"{file}: expected a column {missing}, found {PlainText.Short(string.Join(", ", names), 200)}.");
            }

            List<(int, Dictionary<string, string>)> rows = [];
            foreach (SepReader.Row row in reader)
            {
                Dictionary<string, string> cells = new(StringComparer.Ordinal);
                for (int i = 0; i < names.Length; i++)
                {
                    cells[names[i]] = row[i].ToString();
                }

                rows.Add((row.LineNumberFrom, cells));
            }

            return rows;
        }
        catch (Exception problem) when (problem is ArgumentException or IndexOutOfRangeException or FormatException or NotSupportedException)
        {
            throw new InvalidDataException($"{file}: expected a table of comma-separated values: {PlainText.Short(problem.Message, 200)}", problem);
        }
    }

    private sealed record Row(string CaseId, string PatientId, bool Label, bool Called);
}
