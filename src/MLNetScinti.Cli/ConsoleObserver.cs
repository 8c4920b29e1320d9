using System.Diagnostics;
using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;

namespace MLNetScinti.Cli;

/// <summary>Shows a run on the console, in the way of the mlnet tool: a row an epoch; a line that is overwritten where there is a terminal.</summary>
internal sealed class ConsoleObserver : IRunObserver, IDisposable
{
    private const int ShownLeftOut = 20;

    private readonly Lock _lock = new();
    private readonly bool _live = Terminal.IsLive;
    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();
    private bool _open;
    private string _header = "", _stage = "";
    private int _leftOut;

    public void Stage(string text)
    {
        lock (_lock)
        {
            Close();
            _stage = text;
            JobChild.Current?.Report(null, text);
            Terminal.Line($"{text} ...");
        }
    }

    public void Note(string text)
    {
        lock (_lock)
        {
            Close();
            Terminal.Line($"  {text}");
        }
    }

    public void Progress(int done, int total, TimeSpan? left)
    {
        lock (_lock)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"  {done} of {total}{Left(left)}");
            JobChild.Current?.Report(total > 0 ? (double)done / total : null, $"{_stage}: {text.Trim()}");
            Live(text, done == total);
        }
    }

    public void Epoch(TrainingProgress progress)
    {
        lock (_lock)
        {
            JobChild.Current?.Report(
                progress.Finished is { } last ? (double)last.Epoch / progress.Epochs : (progress.Epoch - 1 + ((double)progress.Step / Math.Max(1, progress.Steps))) / progress.Epochs,
                string.Create(CultureInfo.InvariantCulture, $"epoch {progress.Epoch} of {progress.Epochs}{Left(progress.Remaining)}"));
            if (progress.Finished is not { } ended)
            {
                Live(string.Create(CultureInfo.InvariantCulture, $"  {progress.Epoch,5} {progress.TrainingLoss,9:F4}   step {progress.Step} of {progress.Steps}{Left(progress.Remaining)}"), false);
                return;
            }

            Close();
            // Whatever else is trained on the way has figures of its own, and its own heading.
            string header = $"  Epoch      Loss   Val.loss{string.Concat(Figures(ended).Select(name => $"{"Val." + name,15}"))}   Best   Left";
            if (header != _header)
            {
                _header = header;
                Terminal.Line(header);
            }

            Terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"  {ended.Epoch,5} {ended.TrainingLoss,9:F4} {ended.ValidationLoss,10:F4}{string.Concat(Figures(ended).Select(name => string.Create(CultureInfo.InvariantCulture, $"{ended.Figure(name),15:F4}")))} {progress.Best?.Epoch ?? ended.Epoch,6}   {Span(progress.Remaining)}"));
        }
    }

    // The first of a task's figures, besides the loss, is what a reader of the console looks for.
    private static IEnumerable<string> Figures(EpochResult ended) => ended.Figures.Keys.Take(2);

    public void Trial(int number, IEvaluation evaluation, TimeSpan duration)
    {
        lock (_lock)
        {
            Close();
            // The next model's epochs get their own heading.
            _header = "";
            Terminal.Line(ConsoleReport.TrialHeaderOf(evaluation));
            Terminal.Line(ConsoleReport.TrialRowOf(number, evaluation, duration));
        }
    }

    public void LeftOut(LeftOutStudy study)
    {
        lock (_lock)
        {
            Close();
            if (++_leftOut <= ShownLeftOut)
            {
                Terminal.Error($"  left out: {JobChild.Shown(study)}");
            }
            else if (_leftOut == ShownLeftOut + 1)
            {
                Terminal.Error("  left out: and more; a report names them all by pseudonyms, which scinti who resolves.");
            }
        }
    }

    /// <summary>Ends a line that is still being overwritten.</summary>
    public void End()
    {
        lock (_lock)
        {
            Close();
        }
    }

    public void Dispose() => End();

    private static string Left(TimeSpan? left) => left is null ? "" : $", {Span(left)} left";

    private static string Span(TimeSpan? span) => span is { } time
        ? time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"m\:ss", CultureInfo.InvariantCulture)
        : "";

    private void Live(string text, bool last)
    {
        if (_live)
        {
            Terminal.Over(text, stay: true);
            _open = true;
        }
        else if (last || _sinceLine.Elapsed > TimeSpan.FromSeconds(20))
        {
            // A log file gets a line now and then, not one a step.
            Terminal.Line(text);
            _sinceLine.Restart();
        }
    }

    private void Close()
    {
        if (_open)
        {
            Terminal.Over("");
            _open = false;
        }
    }
}
