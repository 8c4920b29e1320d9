using Microsoft.ML;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines;

/// <summary>A split by patient that cannot be made, or must not. The message is one line and names patients by pseudonym only.</summary>
public sealed class PatientSplitException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public PatientSplitException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public PatientSplitException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

/// <summary>How many patients go where: the counts, where they are given, and the fractions for the others.</summary>
public sealed record PatientSplitOptions
{
    /// <summary>Patients to train on; null to use <see cref="TrainFraction"/>.</summary>
    public int? TrainPatients { get; init; }

    /// <summary>Patients to validate on; null to use <see cref="ValidationFraction"/>.</summary>
    public int? ValidationPatients { get; init; }

    /// <summary>Patients to test on; null to use the rest.</summary>
    public int? TestPatients { get; init; }

    /// <summary>The part of the patients to train on.</summary>
    public double TrainFraction { get; init; } = 0.8;

    /// <summary>The part of the patients to validate on. What remains is the test set.</summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>
    /// Whether validation and test hold each pattern of a patient's labels (such as: both sides normal, both abnormal, only the
    /// left, only the right) equally often. Otherwise each set holds them in the cohort's proportions.
    /// </summary>
    public bool Balanced { get; init; }

    /// <summary>
    /// Decides who goes where. The order of the rows does not, nor does a pseudonym where the view has the column
    /// <see cref="CaseSchema.ContentHash"/>: the same data are split alike under every key.
    /// </summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The text column that names the patient, by pseudonym.</summary>
    public string PatientColumn { get; init; } = CaseSchema.PatientId;

    /// <summary>The column of labels: Boolean, a key, or a vector of Boolean; of masks no pattern is made.</summary>
    public string LabelColumn { get; init; } = LearningTask.LabelColumn;

    /// <summary>The text column that tells a patient's cases apart, such as a side; need not be there.</summary>
    public string CaseColumn { get; init; } = CaseSchema.Part;
}

/// <summary>
/// A division of cases into training, validation and test, grouped by patient: no patient is on two sides. Trainers take a
/// <see cref="TrainingSet"/>, thresholds a <see cref="ValidationSet"/>, final figures a <see cref="TestSet"/>; nothing else
/// makes these.
/// </summary>
[TypeFormatterSource(typeof(PatientSplit))]
public sealed partial class PatientSplit
{
    internal PatientSplit(TrainingSet train, ValidationSet validation, TestSet test, SplitMembership membership)
    {
        Train = train;
        Validation = validation;
        Test = test;
        Membership = membership;
    }

    /// <summary>The patients to train on.</summary>
    public TrainingSet Train { get; }

    /// <summary>The patients to choose the epoch and the threshold on.</summary>
    public ValidationSet Validation { get; }

    /// <summary>The patients for the final figures.</summary>
    public TestSet Test { get; }

    /// <summary>Who is where, to be kept with a model: whatever judges it later looks there.</summary>
    public SplitMembership Membership { get; }

    /// <summary>The same split for a training that begins with a model: what is kept names the patients of that model too.</summary>
    internal PatientSplit After(SplitMembership earlier) => new(Train, Validation, Test, SplitMembership.Union([Membership, earlier]));

    /// <summary>The numbers of patients, for a log.</summary>
    public override string ToString() => $"{Train.Patients.Count} patients to train, {Validation.Patients.Count} to validate, {Test.Patients.Count} to test";
}

/// <summary>The rows of some patients, as a split or the judging of a model has put them together.</summary>
[TypeFormatterSource(typeof(IDataView))]
public abstract class PatientSet : IDataView
{
    private readonly IDataView _view;

    private protected PatientSet(IDataView view, IReadOnlySet<string> patients)
    {
        _view = view;
        Patients = patients;
    }

    /// <summary>The pseudonyms of the set's patients.</summary>
    public IReadOnlySet<string> Patients { get; }

    /// <inheritdoc/>
    public bool CanShuffle => _view.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => _view.Schema;

    /// <inheritdoc/>
    public long? GetRowCount() => _view.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => _view.GetRowCursor(columnsNeeded, rand);

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        _view.GetRowCursorSet(columnsNeeded, n, rand);

    /// <summary>The cases behind the rows, where they come from a view of cases; null elsewhere.</summary>
    public CaseView? Cases => _view as CaseView;
}

/// <summary>The patients that a network is trained on. Only a <see cref="PatientSplit"/> makes one, and only this set is augmented.</summary>
public sealed class TrainingSet : PatientSet
{
    internal TrainingSet(IDataView view, IReadOnlySet<string> patients)
        : base(view, patients)
    {
    }
}

/// <summary>The patients that the epoch and the decision are chosen on. Only a <see cref="PatientSplit"/> makes one.</summary>
public sealed class ValidationSet : PatientSet
{
    internal ValidationSet(IDataView view, IReadOnlySet<string> patients)
        : base(view, patients)
    {
    }
}

/// <summary>The patients of the final figures: judged, never fitted on.</summary>
public sealed class TestSet : PatientSet
{
    internal TestSet(IDataView view, IReadOnlySet<string> patients)
        : base(view, patients)
    {
    }
}
