using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class OperatingPointTests
{
    private static readonly DecisionThreshold s_half = DecisionThreshold.Fixed(0.5f);

    [Theory]
    [InlineData("3D", 18, 2, 4, 16, 0.850, 0.900, 0.800, 0.8182, 0.8571, 0.70)]
    [InlineData("2.5D", 18, 2, 1, 19, 0.925, 0.900, 0.950, 0.9474, 0.9231, 0.85)]
    [InlineData("coronal", 15, 5, 1, 19, 0.850, 0.750, 0.950, 0.9375, 0.8333, 0.70)]
    [InlineData("sagittal", 16, 4, 2, 18, 0.850, 0.800, 0.900, 0.8889, 0.8421, 0.70)]
    [InlineData("transverse", 18, 2, 4, 16, 0.850, 0.900, 0.800, 0.8182, 0.8571, 0.70)]
    public void Counts_of_the_paper_give_its_table(string model, int tp, int fn, int fp, int tn, double accuracy, double sensitivity, double specificity, double precision, double f1, double kappa)
    {
        OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Counts(tp, fn, fp, tn)), s_half, new() { Model = model, BootstrapReplicates = 0 });
        Assert.Equal(new(tp, fn, fp, tn), point.Counts);
        Assert.Equal(accuracy, point.Accuracy.Value, 5e-5);
        Assert.Equal(sensitivity, point.Sensitivity.Value, 5e-5);
        Assert.Equal(specificity, point.Specificity.Value, 5e-5);
        Assert.Equal(precision, point.PositivePredictiveValue.Value, 5e-5);
        Assert.Equal(f1, point.F1.Value, 5e-5);
        Assert.Equal(kappa, point.Kappa.Value, 5e-5);
    }

    [Fact]
    public void The_papers_main_model_to_every_digit()
    {
        OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Counts(18, 2, 1, 19)), s_half);
        Assert.Equal(0.925, point.Accuracy.Value, 1e-15);
        Assert.Equal(0.9473684210526315, point.PositivePredictiveValue.Value, 1e-15);
        Assert.Equal(0.9230769230769231, point.F1.Value, 1e-15);
        Assert.Equal(0.85, point.Kappa.Value, 1e-15);
        Assert.Equal(0.8510644963469901, point.MatthewsCorrelation.Value, 1e-15);
        Assert.Equal(0.85, point["youden"].Value, 1e-12);
        ConfidenceInterval independent = point.Accuracy.FurtherIntervals.Single(interval => interval.Method == "Wilson");
        Assert.Equal(0.8013576647568946, independent.Lower, 1e-12);
        Assert.Equal("Wilson, cases clustered in patients", point.Accuracy.Interval!.Method);
        Assert.Equal(40, point.Accuracy.Cases);
        Assert.Equal(20, point.Accuracy.Patients);
        Assert.Equal(19, point.PositivePredictiveValue.Cases);
        Assert.Contains("bootstrap by patient", point.F1.Interval!.Method, StringComparison.Ordinal);
        Assert.InRange(point.F1.Value, point.F1.Interval.Lower, point.F1.Interval.Upper);
    }

    [Fact]
    public void Figures_of_an_absent_class_are_undefined_and_say_why()
    {
        OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Counts(0, 0, 0, 6)), s_half);
        Assert.Equal("no case is positive", point.Sensitivity.UndefinedReason);
        Assert.Equal("no case was called positive", point.PositivePredictiveValue.UndefinedReason);
        Assert.Equal(1, point.Specificity.Value);
        Assert.False(point.Kappa.IsDefined);
        Assert.False(point.MatthewsCorrelation.IsDefined);
        Assert.False(point.F1.IsDefined);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => point.Sensitivity.Value);
        Assert.Contains("no case is positive", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_that_does_not_exist_is_refused_with_the_names_of_those_that_do()
    {
        OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Counts(1, 1, 1, 1)), s_half);
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => point["sensibility"]);
        Assert.Contains("sensitivity", error.Message, StringComparison.Ordinal);
    }
}
