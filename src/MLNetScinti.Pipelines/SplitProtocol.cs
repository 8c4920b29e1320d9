using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines;

/// <summary>What is divided over training, validation and test, and when: ours, and what papers do, to show what that does to their figures.</summary>
public enum SplitProtocol
{
    /// <summary>Patients; training cases alone are copied.</summary>
    Patients,

    /// <summary>Images, after they were copied: copies of one image, and images of one patient, are on both sides. What is tested was seen.</summary>
    ImagesAfterCopies,

    /// <summary>Patients, after their images were copied: nobody is on two sides, but what is tested holds copies, and looks as many times as large as it is.</summary>
    CopiesTestedToo,
}

/// <summary>The words of split protocols.</summary>
public static class SplitProtocols
{
    /// <summary>The words that definitions use, in the order of the protocols.</summary>
    public static IReadOnlyList<string> Words { get; } = ["patients", "images-after-copies", "copies-tested-too"];

    /// <summary>The word of a protocol.</summary>
    public static string Word(this SplitProtocol protocol) => Words[(int)protocol];

    /// <summary>What every figure is marked with; empty for the protocol whose figures mean what they say.</summary>
    public static string Mark(this SplitProtocol protocol) => protocol switch
    {
        SplitProtocol.ImagesAfterCopies => "tested on what was trained on",
        SplitProtocol.CopiesTestedToo => "copies are tested",
        _ => "",
    };

    /// <summary>What is wrong with a protocol, in a sentence; empty for nothing.</summary>
    public static string Warning(this SplitProtocol protocol) => protocol switch
    {
        SplitProtocol.ImagesAfterCopies => "Images were split after they were copied: copies of an image, and images of a patient, were trained and tested on. The figures are too good, and say nothing of other patients.",
        SplitProtocol.CopiesTestedToo => "Copies of test images are tested as if they were other patients' images: the test set looks larger than it is.",
        _ => "",
    };
}

/// <summary>
/// The cases of a view with their copies, as rows of their own: for protocols that split after copying. Where images are split, each row is
/// a patient of its own, whose pseudonym begins with the true one's.
/// </summary>
internal sealed class CopiedCases : CaseSource
{
    private const char Separator = '~';

    private readonly CaseView _cases;
    private readonly IReadOnlyList<Func<Case>> _read;
    private readonly (string Content, string Form)[] _hashes;
    private readonly (int Case, int Copy)[] _rows;
    private readonly TrainingCopies _copies;
    private readonly SplitProtocol _protocol;
    private readonly ulong _seed;
    private readonly bool _isSimulated;

    public CopiedCases(CaseView cases, TrainingCopies copies, SplitProtocol protocol, ulong seed)
    {
        (_cases, _copies, _protocol, _seed) = (cases, copies, protocol, seed);
        cases.Settle();
        LearningTask task = cases.Task ?? throw new ArgumentException("Cases whose truth is not known are not split.", nameof(cases));
        Target[] targets = [.. cases.Read(images: false).Select(one => one.Target!)];
        _read = cases.Deferred();
        _hashes = [.. cases.Hashes()];
        _isSimulated = cases.Origin == DataOrigin.Simulated;
        _rows = [.. MultipliedSamples.Rows(task, targets, copies)];
    }

    /// <summary>The cases themselves.</summary>
    public CaseView Cases => _cases;

    public override CaseSchema Schema => _cases.Cases;

    public override LearningTask? Task => _cases.Task;

    public override int Count => _rows.Length;

    public override IReadOnlyList<LeftOutStudy> LeftOut => _cases.LeftOut;

    public override IReadOnlyList<Grouping> Groupings => _cases.Groupings;

    /// <summary>Whose row it is, whatever the protocol made of it.</summary>
    public static string PatientOf(string pseudonym) => pseudonym.Split(Separator)[0];

    public override StudyCases Read(int study)
    {
        (int index, int copy) = _rows[study];
        Case one = _read[index]();
        string id = string.Create(CultureInfo.InvariantCulture, $"{one.Id}{Separator}{copy}");
        Case row = one with
        {
            Id = id,
            PatientId = _protocol == SplitProtocol.ImagesAfterCopies ? string.Create(CultureInfo.InvariantCulture, $"{one.PatientId}{Separator}{study}") : one.PatientId,
            Images = copy == 0 ? one.Images : [.. one.Images.Select(image => Changed(image, index, copy))],
        };
        // A copy is known by what it was made from, and never by a pseudonym: that is another under another key.
        (string content, string form) = _hashes[index];
        return new StudyCases([row], string.Create(CultureInfo.InvariantCulture, $"{content}{Separator}{copy}"))
        {
            Form = string.Create(CultureInfo.InvariantCulture, $"{form}{Separator}{copy}"),
            Origin = StudyOrigin.Unknown with { Patient = new PatientFacts(one.PatientId, IsKnown: false, PatientSex.Unknown, null, null, null) { IsSimulated = _isSimulated } },
        };
    }

    private CaseImage Changed(CaseImage image, int index, int copy)
    {
        float[] values = new float[image.Shape.Length];
        _copies.Changes.Draw(_seed, -copy, (ulong)index, image.Shape).Apply(image.Values.Span, image.Shape, values);
        return image with { Values = values };
    }
}
