using MLNetScinti.Evaluation;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Is told how a run goes. Calls may come from any thread, one at a time.</summary>
public interface IRunObserver
{
    /// <summary>A stage begins, such as "Simulating 80 patients".</summary>
    void Stage(string text);

    /// <summary>Something worth a line, such as how the patients were split.</summary>
    void Note(string text);

    /// <summary>So many of so many are done in a stage.</summary>
    void Progress(int done, int total, TimeSpan? left);

    /// <summary>A training epoch ended.</summary>
    void Epoch(TrainingProgress progress);

    /// <summary>One model of a comparison is trained and evaluated.</summary>
    /// <param name="number">The model's number, from 1.</param>
    /// <param name="evaluation">Its figures.</param>
    /// <param name="duration">How long it took.</param>
    void Trial(int number, IEvaluation evaluation, TimeSpan duration);

    /// <summary>A file gave no case.</summary>
    void LeftOut(LeftOutStudy study);
}
