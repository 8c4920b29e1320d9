using System.Globalization;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The sections of the page about where the figures come from: training, data, model, and how to do it again.</summary>
internal sealed class CardSections(EvaluationOptions options, DataCard data, RunRecord run)
{
    /// <summary>The name of the file with the same content for programs.</summary>
    public string JsonName { get; init; } = "metrics.json";

    /// <summary>The methods that are not the bootstrap.</summary>
    public string Intervals { get; init; } = "Wilson (1927) for proportions; DeLong (1988) on the logit scale for the area under the ROC curve";

    public static Markup Training(TrainingHistory? shown)
    {
        if (shown is not { Epochs.Count: > 0 } history)
        {
            return Markup.Empty;
        }

        Markup accuracy = history.BestEpoch is { } best && history.Epochs.FirstOrDefault(epoch => epoch.Epoch == best)?.ValidationAccuracy is { } share
            ? Markup.Of($" Its validation accuracy was {FigureText.Percent(share)}; that figure chose the epoch, so it is no estimate for new patients.")
            : Markup.Empty;
        string kept = history.BestEpoch is { } epochKept ? $"The weights of epoch {epochKept} were kept." : "The weights of the last epoch were kept.";
        return Markup.Of($"""
            <section id="training" aria-labelledby="training-h">
            <h2 id="training-h">How the training went</h2>
            <figure class="wide"><div class="scroller" tabindex="0" role="region" aria-label="Losses during training">{Charts.History(history)}</div>
            <figcaption>Solid: training loss. Dashed: validation loss. {kept}{accuracy}</figcaption></figure>
            </section>
            """);
    }

    public Markup Data()
    {
        Markup description = data.Description.Length > 0 ? Markup.Of($"<p>{data.Description}</p>") : Markup.Empty;
        string[] classes = [.. data.Splits.SelectMany(split => split.Classes.Select(one => one.Name)).Distinct(StringComparer.Ordinal)];
        Markup splits = data.Splits.Count == 0 ? Markup.Empty : Markup.Of($"""
            <div class="scroller" tabindex="0" role="region" aria-label="Split by patient"><table><caption>Split by patient: no patient is on two sides.</caption>
            <thead><tr><th scope="col">Side</th><th scope="col" class="number">Patients</th><th scope="col" class="number">{FigureText.Capital(options.Words.Cases)}</th>{Markup.Each(classes, name => Markup.Of($"""<th scope="col" class="number">{FigureText.Capital(name)}</th>"""))}</tr></thead>
            <tbody>{Markup.Each(data.Splits, split => Markup.Of($"""<tr><th scope="row">{split.Name}</th><td class="number">{split.Patients}</td><td class="number">{split.Cases}</td>{Markup.Each(classes, name => Share(split, name))}</tr>"""))}</tbody></table></div>
            """);
        Markup facts = Facts([
            new("Origin", FigureText.Origin(data.Origin)),
            .. data.Offered > 0 ? [new KeyValuePair<string, string>("Inputs", $"{FigureText.Count(data.Read)} of {FigureText.Count(data.Offered)} read, {FigureText.Count(data.Skipped.Count)} skipped")] : Array.Empty<KeyValuePair<string, string>>(),
            .. data.Facts]);
        return Markup.Of($"""
            <section id="data" aria-labelledby="data-h">
            <h2 id="data-h">Data card</h2>
            {description}{facts}{CohortSections.Flow(data, options.Words.Cases)}{splits}{CohortSections.Cohort(data)}{Warnings(data)}{Skipped(data)}
            </section>
            """);
    }

    public static Markup Model(ModelCard model)
    {
        Markup limits = model.Limits.Count == 0 ? Markup.Empty : Markup.Of($"""<h3>Limits</h3><ul class="plain">{Markup.Each(model.Limits, limit => Markup.Of($"<li>{limit}</li>"))}</ul>""");
        return Markup.Of($"""
            <section id="model" aria-labelledby="model-h">
            <h2 id="model-h">Model card</h2>
            <p><strong>Intended use.</strong> {model.IntendedUse}</p>
            {Facts([new("Name", model.Name), .. About(model)])}{limits}
            </section>
            """);
    }

    public static Markup Decisions(ModelCard model) => model.Decisions.Count == 0 ? Markup.Empty : Markup.Of($"""
        <section id="decisions" aria-labelledby="decisions-h">
        <h2 id="decisions-h">Decisions against the paper</h2>
        <p>Where this run departs from the paper that its method comes from, or decides what the paper leaves open.</p>
        <div class="scroller" tabindex="0" role="region" aria-label="Decisions against the paper"><table>
        <thead><tr><th scope="col">Subject</th><th scope="col">The paper</th><th scope="col">Here</th></tr></thead>
        <tbody>{Markup.Each(model.Decisions, decision => Markup.Of($"""<tr><th scope="row">{decision.Subject}</th><td>{decision.Paper}</td><td>{decision.Here}</td></tr>"""))}</tbody></table></div>
        </section>
        """);

    public Markup Reproduce()
    {
        List<KeyValuePair<string, string>> facts = [new("Seed", run.Seed.ToString(CultureInfo.InvariantCulture))];
        facts.AddRange(run.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Add(facts, "Ran on", run.Hardware);
        Add(facts, "Threads", run.Threads is { } threads ? threads.ToString(CultureInfo.InvariantCulture) : "");
        Add(facts, "Began", run.Started is { } started ? started.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : "");
        Add(facts, "Took", string.Join("; ", run.Durations.Select(stage => $"{stage.Stage} {FigureText.Duration(stage.Duration)}")));
        Markup hashes = run.Hashes.Count == 0 ? Markup.Empty : Markup.Of($"""
            <h3>SHA-256</h3><dl class="facts">{Markup.Each(run.Hashes.OrderBy(pair => pair.Key, StringComparer.Ordinal), pair => Markup.Of($"""<dt>{pair.Key}</dt><dd><code class="hash">{pair.Value}</code></dd>"""))}</dl>
            """);
        return Markup.Of($"""
            <section id="reproduce" aria-labelledby="reproduce-h">
            <h2 id="reproduce-h">Do it again</h2>
            <p>The same command with the same seed gives the same figures, on any number of threads.</p>
            <pre tabindex="0"><code>{run.Command}</code></pre>
            {Facts(facts)}{hashes}
            <p class="small soft">The same content for programs is in {JsonName}. Intervals: {Intervals}; {FigureText.Count(options.BootstrapReplicates)} bootstrap replicates by patient for the rest.</p>
            </section>
            """);
    }

    /// <summary>What a model card says beside the name, the intended use and the limits.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> About(ModelCard model)
    {
        List<KeyValuePair<string, string>> facts = [];
        Add(facts, "Network", model.Network);
        Add(facts, "Parameters", model.Parameters > 0 ? FigureText.Count(model.Parameters) : "");
        Add(facts, "Trained on", model.TrainingData);
        Add(facts, "Method from", model.Source);
        facts.AddRange(model.Settings);
        return facts;
    }

    public static Markup Facts(IEnumerable<KeyValuePair<string, string>> facts) =>
        Markup.Of($"""<dl class="facts">{Markup.Each(facts, fact => Markup.Of($"<dt>{fact.Key}</dt><dd>{fact.Value}</dd>"))}</dl>""");

    private static Markup Warnings(DataCard data) => data.Warnings.Count == 0 ? Markup.Empty : Markup.Of($"""
        <h3>Read with a warning</h3>
        <div class="scroller" tabindex="0" role="region" aria-label="Warnings"><table><thead><tr><th scope="col">Warning</th><th scope="col" class="number">Inputs</th></tr></thead>
        <tbody>{Markup.Each(data.Warnings, warning => Markup.Of($"""<tr><td>{warning.Warning}</td><td class="number">{warning.Inputs}</td></tr>"""))}</tbody></table></div>
        """);

    private static Markup Skipped(DataCard data)
    {
        if (data.Skipped.Count == 0)
        {
            return Markup.Empty;
        }

        var reasons = data.Skipped.GroupBy(skipped => skipped.Reason, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal);
        return Markup.Of($"""
            <h3>Skipped, and why</h3>
            <div class="scroller" tabindex="0" role="region" aria-label="Reasons for skipping"><table><thead><tr><th scope="col">Reason</th><th scope="col" class="number">Inputs</th></tr></thead>
            <tbody>{Markup.Each(reasons, group => Markup.Of($"""<tr><td>{group.Key}</td><td class="number">{group.Count()}</td></tr>"""))}</tbody></table></div>
            <details><summary>Each skipped input</summary><dl class="facts">{Markup.Each(data.Skipped, skipped => Markup.Of($"<dt>{skipped.Name}</dt><dd>{skipped.Reason}</dd>"))}</dl></details>
            """);
    }

    private static void Add(List<KeyValuePair<string, string>> facts, string name, string value)
    {
        if (value.Length > 0)
        {
            facts.Add(new(name, value));
        }
    }

    private static Markup Share(SplitCount split, string name) => split.Classes.FirstOrDefault(one => one.Name == name) is { } own
        ? Markup.Of($"""<td class="number">{own.Cases} ({(split.Cases == 0 ? "none" : FigureText.Percent((double)own.Cases / split.Cases))})</td>""")
        : Markup.Of($"""<td class="number soft">not stated</td>""");
}
