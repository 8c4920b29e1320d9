namespace MLNetScinti.Evaluation;

/// <summary>
/// Cases of a patient put together: what most of them are called, and the means of their probabilities. Each patient is then one case,
/// and figures by formulas hold as they stand.
/// </summary>
internal static class PatientVote
{
    /// <summary>Patients as cases, positive where any of theirs is, with the largest probability; null where each has one case.</summary>
    public static TestScores? Any(TestScores test) => test.PatientCount == test.Count ? null : new TestScores(test.Cases
        .GroupBy(one => one.PatientId, StringComparer.Ordinal)
        .Select(cases => new ScoredCase(cases.Key, cases.Key, cases.Any(one => one.Label), cases.Max(one => one.Score), cases.Max(one => one.Probability))
        {
            Decision = cases.All(one => one.Decision is null) ? null : cases.Any(one => one.Decision == true),
        }));

    /// <summary>Patients as cases; null where each has one case, or one has cases of several classes.</summary>
    public static TestScores<MulticlassCase>? Of(TestScores<MulticlassCase> test)
    {
        MulticlassCase[][]? patients = Patients(test, (one, other) => one.Label == other.Label);
        return patients is null ? null : new TestScores<MulticlassCase>(patients.Select(cases =>
        {
            float[] mean = Mean(cases, one => one.Probabilities);
            int called = Enumerable.Range(0, mean.Length).OrderByDescending(k => cases.Count(one => one.Called == k)).ThenByDescending(k => mean[k]).First();
            return new MulticlassCase(cases[0].PatientId, cases[0].PatientId, cases[0].Label, mean) { Facts = cases[0].Facts, Decision = called };
        }));
    }

    /// <summary>Patients as cases; null where each has one case, or one has cases of other labels.</summary>
    /// <param name="test">The cases.</param>
    /// <param name="called">For each case and label whether it was called.</param>
    public static TestScores<MultiLabelCase>? Of(TestScores<MultiLabelCase> test, bool[][] called)
    {
        MultiLabelCase[][]? patients = Patients(test, (one, other) => one.Labels.SequenceEqual(other.Labels));
        Dictionary<string, bool[]> calls = test.Cases.Zip(called).ToDictionary(pair => pair.First.CaseId, pair => pair.Second, StringComparer.Ordinal);
        return patients is null ? null : new TestScores<MultiLabelCase>(patients.Select(cases =>
        {
            float[] mean = Mean(cases, one => one.Probabilities);
            bool[] most = [.. mean.Select((probability, k) => (2 * cases.Count(one => calls[one.CaseId][k]) - cases.Length) switch { > 0 => true, 0 => probability >= 0.5f, _ => false })];
            return new MultiLabelCase(cases[0].PatientId, cases[0].PatientId, cases[0].Labels, mean) { Facts = cases[0].Facts, Decisions = most };
        }));
    }

    private static TCase[][]? Patients<TCase>(TestScores<TCase> test, Func<TCase, TCase, bool> alike)
        where TCase : EvaluatedCase
    {
        if (test.PatientCount == test.Count)
        {
            return null;
        }

        TCase[][] patients = [.. test.Cases.GroupBy(one => one.PatientId, StringComparer.Ordinal).Select(cases => cases.ToArray())];
        return Array.TrueForAll(patients, cases => Array.TrueForAll(cases, one => alike(one, cases[0]))) ? patients : null;
    }

    private static float[] Mean<TCase>(TCase[] cases, Func<TCase, IReadOnlyList<float>> probabilities) =>
        [.. Enumerable.Range(0, probabilities(cases[0]).Count).Select(k => (float)cases.Average(one => (double)probabilities(one)[k]))];
}
