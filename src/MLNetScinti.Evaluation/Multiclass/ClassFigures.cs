using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>The figures of one class against the others.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Cases">Cases that are of this class.</param>
/// <param name="Recall">Of the cases of the class, the share called so.</param>
/// <param name="Precision">Of the cases called so, the share that are.</param>
/// <param name="Specificity">Of the other cases, the share not called so.</param>
/// <param name="F1">The harmonic mean of recall and precision.</param>
/// <param name="AreaUnderRoc">How well the class's probability ranks its cases above the others.</param>
/// <param name="Roc">The ROC curve of the class against the rest; null where it or the rest is absent.</param>
public sealed record ClassFigures(string Name, int Cases, Metric Recall, Metric Precision, Metric Specificity, Metric F1, Metric AreaUnderRoc, RocCurve? Roc);
