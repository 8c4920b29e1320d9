using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Reports;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Structures;

namespace MLNetScinti.Pacs.Results;

/// <summary>
/// Makes of one study what its archive gets: of a model that draws, RT Structure Set, Segmentation, Structured Report and Secondary Capture; of one that classifies, Structured Report and
/// Secondary Capture; and where the model does not answer, a Structured Report that says why. All of it in the study of its images, under identifiers that follow from these and from the model.
/// </summary>
public static class StudyAnswering
{
    /// <summary>The kinds of objects that are made, with their SOP classes.</summary>
    public static IReadOnlyDictionary<string, DicomUID> Kinds { get; } = new Dictionary<string, DicomUID>(StringComparer.Ordinal)
    {
        ["RTSTRUCT"] = DicomUID.RTStructureSetStorage,
        ["SEG"] = DicomUID.SegmentationStorage,
        ["SR"] = DicomUID.Comprehensive3DSRStorage,
        ["SC"] = DicomUID.SecondaryCaptureImageStorage,
    };

    /// <summary>Answers for one study.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="systemOf">The system of a model.</param>
    /// <param name="say">Is told what cannot be seen from the result, without a name of a patient or a file.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What was made; it is written beside the objects too.</returns>
    /// <exception cref="ModelBundleException">The model cannot be used.</exception>
    public static StudyResult Answer(StudyRequest request, Func<BundleCard, SystemDefinition> systemOf, Action<string> say, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(systemOf);
        ArgumentNullException.ThrowIfNull(say);
        using ModelBundle bundle = ModelBundle.Load(request.Model);
        SystemDefinition system = systemOf(bundle.Card);
        AlgorithmIdentity algorithm = new(PlainText.Short(bundle.Card.Name, 64), typeof(StudyAnswering).Assembly.GetName().Version?.ToString(3) ?? "0") { ModelHash = bundle.Card.Seal, Request = request.Request };
        SourceStudy source = Source(request.Studies, cancellation);
        List<LeftOutStudy> leftOut = [];
        List<(string Kind, string File)> made = [];
        string refusal = "";
        Directory.CreateDirectory(request.Output);
        try
        {
            made.AddRange(bundle.Model.Task is SegmentationTask ? Drawn(bundle, system, request, source, algorithm, leftOut.Add, cancellation) : Told(bundle, system, request, source, algorithm, leftOut.Add, cancellation));
        }
        catch (Exception problem) when (problem is NoStudyException or DicomReadException { Fault: not ReadFault.Defect } or SpectCtException or UnitException)
        {
            refusal = problem is DicomReadException image ? image.Sentence : "nothing in the study is what the model was made for";
        }

        // What is no matter of the images is no answer about them: it is tried again, and in the end looked at.
        if (leftOut.Find(study => study.Reason is nameof(SkipReason.Unreadable) or nameof(SkipReason.Defect)) is { } unread)
        {
            throw new InvalidDataException($"an image could not be read: {unread.What}");
        }

        if (made.Count == 0)
        {
            // An object that the model has no use for is the least of reasons.
            LeftOutStudy? first = leftOut.OrderByDescending(study => study.IsRefused).ThenByDescending(study => study.IsLoss).FirstOrDefault();
            refusal = first is not null ? first.What : refusal.Length > 0 ? refusal : "nothing in the study is what the model was made for";
            made.Add(("SR", Path.Combine(request.Output, "refused-sr.dcm")));
            AnswerReportWriter.WriteRefusal(made[^1].File, source, refusal, algorithm);
        }

        foreach (LeftOutStudy study in leftOut.Where(study => study.IsLoss || study.IsRefused))
        {
            say($"{(study.IsRefused ? "refused" : "left out")}: {study}");
        }

        StudyResult result = new([.. made.Select(one => Object(one.Kind, one.File))], refusal);
        result.Write(Path.Combine(request.Output, StudyResult.FileName));
        return result;
    }

    private static SourceStudy Source(string folder, CancellationToken cancellation)
    {
        StudyIndex index = StudyIndex.Build(folder, cancel: cancellation);
        string[] files = [.. index.Studies.SelectMany(study => study.Series).SelectMany(series => series.Files.Select(series.PathOf))];
        return files.Length > 0 ? SourceStudy.Read(files) : throw new InvalidDataException("the study holds no image that could be read");
    }

    private static List<(string Kind, string File)> Drawn(ModelBundle bundle, SystemDefinition system, StudyRequest request, SourceStudy source, AlgorithmIdentity algorithm, Action<LeftOutStudy> leftOut, CancellationToken cancellation)
    {
        SegmentationSettings settings = new() { Output = request.Output, StructureSet = true, Segmentation = true, Report = true, Capture = true, Request = request.Request, AcceptOutside = request.AcceptOutside, Threads = request.Threads };
        List<(string Kind, string File)> made = [];
        List<string> without = [];
        foreach (SegmentedStudy study in StudySegmentation.Write(bundle, system, request.Studies, settings, leftOut, cancellation))
        {
            made.AddRange(study.Files.Select(file => (KindOf(file), file)));
            without.AddRange(study.Structures.Where(structure => structure.Millilitres is null).Select(structure => $"{structure.Name}: {string.Join("; ", structure.Notes)}"));
        }

        if (made.Count > 0 && !made.Exists(one => one.Kind == "SR"))
        {
            // Whoever waits for the report learns that there is none, and why.
            made.Add(("SR", Path.Combine(request.Output, "refused-sr.dcm")));
            AnswerReportWriter.WriteRefusal(made[^1].File, source, $"no volume could be measured ({string.Join("; ", without)})", algorithm);
        }

        return made;
    }

    private static string KindOf(string file) => Path.GetFileNameWithoutExtension(file).Split('-')[^1].ToUpperInvariant();

    private static List<(string Kind, string File)> Told(ModelBundle bundle, SystemDefinition system, StudyRequest request, SourceStudy source, AlgorithmIdentity algorithm, Action<LeftOutStudy> leftOut, CancellationToken cancellation)
    {
        AnsweredStudyCase[] cases = [.. StudyAnswers.Of(bundle, system, request.Studies, new WorkListSettings { Threads = request.Threads, AcceptOutside = request.AcceptOutside }, leftOut, cancellation).OrderBy(one => one.Told.CaseId, StringComparer.Ordinal)];
        if (cases.Length == 0)
        {
            return [];
        }

        ReportedCase[] reported = [.. cases.Select((one, place) => new ReportedCase(NameOf(one, place), one.Told.Decision, [.. one.Told.Answers.Select(answer => new ReportedAnswer(answer.Name, answer.Probability, answer.Threshold))], one.Told.Unusual))];
        string report = Path.Combine(request.Output, "answer-sr.dcm"), capture = Path.Combine(request.Output, "answer-sc.dcm");
        AnswerReportWriter.Write(report, source, reported, algorithm);
        string words = string.Join("; ", reported.Select(one => $"{one.Name}: {one.Decision} ({string.Join(", ", one.Answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Name} {answer.Probability:0.000}{(answer.Threshold is { } threshold ? $", called from {threshold:0.000} on" : "")}")))})"));
        SecondaryCaptureWriter.Write(capture, source, MarkedPicture.Of([.. cases.Select(one => one.Picture)]), words, algorithm);
        return [("SR", report), ("SC", capture)];
    }

    // By what is known of it, and never by a pseudonym: the report is of the patient's own archive, where a pseudonym would tell who stands behind it elsewhere.
    private static string NameOf(AnsweredStudyCase one, int place) =>
        PlainText.Short(string.Join(", ", one.Told.Facts.Where(fact => fact.Value.Length > 0 && !double.TryParse(fact.Value, CultureInfo.InvariantCulture, out _)).Select(fact => $"{fact.Key} {fact.Value}").Prepend($"case {(place + 1).ToString(CultureInfo.InvariantCulture)}")), 120);

    private static ResultObject Object(string kind, string file)
    {
        DicomDataset dataset = DicomFile.Open(file).Dataset;
        return new(Path.GetFileName(file), kind, dataset.GetSingleValue<string>(DicomTag.SOPClassUID), dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID));
    }
}
