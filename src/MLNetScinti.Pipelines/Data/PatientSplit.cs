using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Data;

/// <summary>
/// A division of cases into training, validation and test, grouped by patient: no patient is on two sides. Trainers take a
/// <see cref="TrainingSet"/>, thresholds a <see cref="ValidationSet"/>, final figures a <see cref="TestSet"/>; nothing else
/// makes these.
/// </summary>
[TypeFormatterSource(typeof(PatientSplit))]
public sealed class PatientSplit
{
    internal PatientSplit(TrainingSet train, ValidationSet validation, TestSet test)
    {
        Train = train;
        Validation = validation;
        Test = test;
    }

    /// <summary>The patients to train on.</summary>
    public TrainingSet Train { get; }

    /// <summary>The patients to choose the epoch and the threshold on.</summary>
    public ValidationSet Validation { get; }

    /// <summary>The patients for the final figures.</summary>
    public TestSet Test { get; }

    /// <summary>The numbers of patients, for a log.</summary>
    public override string ToString() => $"{Train.Patients.Count} patients to train, {Validation.Patients.Count} to validate, {Test.Patients.Count} to test";
}
