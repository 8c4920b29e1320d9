using MLNetScinti.Evaluation;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Runs;

namespace MLNetScinti.Pipelines.Tests;

/// <summary>Hears everything and says nothing.</summary>
internal sealed class SilentObserver : IRunObserver
{
    public List<string> Lines { get; } = [];

    public void Stage(string text) => Lines.Add(text);

    public void Note(string text) => Lines.Add(text);

    public void Progress(int done, int total, TimeSpan? left)
    {
    }

    public void Epoch(TrainingProgress progress)
    {
    }

    public void Trial(int number, IEvaluation evaluation, TimeSpan duration) => Lines.Add($"{number} {evaluation.Model}");

    public void LeftOut(LeftOutStudy study) => Lines.Add(study.ToString());
}
