using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>What there is to explain: a trained network with maps, and the test cases with their scores.</summary>
/// <param name="Definition">The run's definition.</param>
/// <param name="Network">The trained network.</param>
/// <param name="Explaining">The network in the form that gives maps.</param>
/// <param name="Fused">The model that serves.</param>
/// <param name="Cases">The test cases; read again on each pass.</param>
/// <param name="Test">Their scores.</param>
/// <param name="Options">How the run is evaluated.</param>
/// <param name="Threads">Cases at once; the result does not depend on it.</param>
public sealed record ExplanationRequest(
    PipelineDefinition Definition, NetworkTransformer Network, ExplainingModel Explaining, FusedModel Fused, CaseView Cases, TestScores Test, EvaluationOptions Options, int Threads);

/// <summary>Says, for a system, where in its images a model's answers come from, and how that agrees with what is known.</summary>
public abstract class CaseExplainer
{
    /// <summary>Explains the test cases.</summary>
    public abstract ExplanationSection Explain(ExplanationRequest request, CancellationToken cancellation);
}
