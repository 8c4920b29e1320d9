using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>From where something looks at the patient, and what says so.</summary>
/// <param name="View">The view.</param>
/// <param name="Evidence">What says so.</param>
internal readonly record struct ViewFinding(DetectorView View, ViewEvidence Evidence);

/// <summary>
/// Tells from where the detectors of a planar image look: View Code Sequence, Image Orientation (Patient), Start Angle and words
/// are compared. A source that cannot tell two detectors apart, where another one can, is left over from one of them.
/// </summary>
internal static class ViewReading
{
    // Directions further apart than this contradict each other: cos 60 degrees.
    private const double Contrary = 0.5;

    private static readonly ViewEvidence[] s_sources = [ViewEvidence.Code, ViewEvidence.Orientation, ViewEvidence.StartAngle];

    /// <summary>The detectors with their views.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="detectors">Its detectors.</param>
    /// <param name="used">The numbers of those that frames come from.</param>
    /// <param name="warnings">Gets what contradicts what; null where views do not matter.</param>
    public static IReadOnlyList<CameraDetector> Read(DicomDataset dataset, IReadOnlyList<CameraDetector> detectors, IReadOnlyCollection<int> used, List<string>? warnings)
    {
        IReadOnlyList<DicomDataset> items = dataset.Items(DicomTag.DetectorInformationSequence);
        List<string> notes = warnings ?? [];
        Evidence[] evidence = [.. detectors.Select((detector, index) => Evidence.Of(items[index], detector, notes))];
        int[] together = [.. Enumerable.Range(0, evidence.Length).Where(index => used.Contains(index + 1))];
        DropLeftOver(evidence, together, notes);
        ViewFinding[] found = [.. evidence.Select(one => Resolve(one, notes))];
        foreach (IGrouping<DetectorView, int> same in together.Where(index => found[index].View is not (DetectorView.Unknown or DetectorView.Oblique)).GroupBy(index => found[index].View).Where(group => group.Count() > 1))
        {
            string numbers = string.Join(" and ", same.Select(index => index + 1));
            if (same.All(index => found[index].Evidence == ViewEvidence.Code))
            {
                notes.Add($"The codes of detectors {numbers} name one view, {Words(same.Key)}.");
                continue;
            }

            notes.Add($"Detectors {numbers} cannot both look {Words(same.Key)}, and nothing else tells them apart: their views are unknown.");
            foreach (int index in same)
            {
                found[index] = default;
            }
        }

        return [.. detectors.Select((detector, index) => detector with { View = found[index].View, ViewEvidence = found[index].Evidence })];
    }

    /// <summary>The view of a single detector's frames by the words of the image, and whether those contradict what is known otherwise.</summary>
    /// <param name="known">What the detector itself says.</param>
    /// <param name="texts">What the image is called, the best name first.</param>
    /// <param name="warnings">Gets a contradiction.</param>
    public static ViewFinding WithWords(ViewFinding known, IEnumerable<string> texts, List<string> warnings)
    {
        DetectorView[] named = [.. texts.Select(ViewWords.Of).Where(view => view != DetectorView.Unknown).Distinct()];
        if (named.Length > 1)
        {
            warnings.Add($"The words of the file name two views, {Words(named[0])} and {Words(named[1])}{(known.View == DetectorView.Unknown ? ": the view is unknown" : "")}.");
            return known;
        }

        if (named.Length == 0)
        {
            return known;
        }

        if (known.View == DetectorView.Unknown)
        {
            warnings.Add($"The view, {Words(named[0])}, is guessed from the words of the file.");
            return new(named[0], ViewEvidence.Words);
        }

        if (named[0] != known.View && named[0] != DetectorView.Oblique && known.View != DetectorView.Oblique)
        {
            warnings.Add($"The words of the file name a view {Words(named[0])}, {Source(known.Evidence)} one {Words(known.View)}: the latter was believed.");
        }

        return known;
    }

    /// <summary>A view as messages name it.</summary>
    public static string Words(DetectorView view) => view switch
    {
        DetectorView.Anterior => "from the front (anterior)",
        DetectorView.Posterior => "from behind (posterior)",
        DetectorView.LeftLateral => "from the left (left lateral)",
        DetectorView.RightLateral => "from the right (right lateral)",
        DetectorView.Oblique => "from between two sides (oblique)",
        _ => "from nobody knows where",
    };

    private static string Source(ViewEvidence evidence) => evidence switch
    {
        ViewEvidence.Code => "its view code",
        ViewEvidence.Orientation => "the detector's orientation",
        ViewEvidence.StartAngle => "its Start Angle",
        ViewEvidence.Words => "what the detector is called",
        _ => "the usual order",
    };

    private static void DropLeftOver(Evidence[] evidence, int[] together, List<string> warnings)
    {
        foreach (ViewEvidence source in s_sources)
        {
            foreach ((int a, int b) in together.SelectMany((a, at) => together.Skip(at + 1).Select(b => (a, b))))
            {
                if (evidence[a][source] is not { } first || evidence[b][source] is not { } second || first.Dot(second) < Contrary)
                {
                    continue;
                }

                foreach (ViewEvidence other in s_sources)
                {
                    if (other != source && evidence[a][other] is { } one && evidence[b][other] is { } two && one.Dot(two) < Contrary)
                    {
                        warnings.Add($"Detectors {a + 1} and {b + 1} look {Words(View(first))} by {Source(source)}, both of them, and {Words(View(one))} and {Words(View(two))} by {Source(other)}: the latter was believed.");
                        evidence[a].Drop(source);
                        evidence[b].Drop(source);
                        break;
                    }
                }
            }
        }
    }

    private static ViewFinding Resolve(Evidence evidence, List<string> warnings)
    {
        ViewEvidence[] known = [.. s_sources.Where(source => evidence[source] is not null)];
        if (evidence.IsCodedOblique)
        {
            return new(DetectorView.Oblique, ViewEvidence.Code);
        }

        if (known.Length == 0)
        {
            if (evidence.Named == DetectorView.Unknown)
            {
                return default;
            }

            warnings.Add($"Detector {evidence.Number}: its view, {Words(evidence.Named)}, is guessed from the words of the file.");
            return new(evidence.Named, ViewEvidence.Words);
        }

        ViewEvidence first = known[0];
        DetectorView view = View(evidence[first]!.Value);
        foreach (ViewEvidence other in known.Skip(1))
        {
            if (evidence[first]!.Value.Dot(evidence[other]!.Value) >= Contrary)
            {
                continue;
            }

            DetectorView second = View(evidence[other]!.Value);
            string contradiction = $"Detector {evidence.Number} looks {Words(view)} by {Source(first)} and {Words(second)} by {Source(other)}";
            if (first == ViewEvidence.Code || evidence.Named == view)
            {
                warnings.Add($"{contradiction}: the former was believed.");
                continue;
            }

            if (evidence.Named == second)
            {
                warnings.Add($"{contradiction}: the latter was believed, since the words of the file say the same.");
                return new(second, other);
            }

            warnings.Add($"{contradiction}: its view is unknown.");
            return default;
        }

        if (evidence.Named is not (DetectorView.Unknown or DetectorView.Oblique) && view != DetectorView.Oblique && evidence.Named != view)
        {
            warnings.Add($"Detector {evidence.Number} is called one that looks {Words(evidence.Named)}, and looks {Words(view)} by {Source(first)}: the latter was believed.");
        }

        return new(view, first);
    }

    // The direction in which the viewer looks: into the image, which is row direction times column direction.
    private static DetectorView View(Point3 into)
    {
        const double oblique = 0.9659; // cos 15 degrees
        return into switch
        {
            { Y: > oblique } => DetectorView.Anterior,
            { Y: < -oblique } => DetectorView.Posterior,
            { X: < -oblique } => DetectorView.LeftLateral,
            { X: > oblique } => DetectorView.RightLateral,
            { Z: > -0.5 and < 0.5 } => DetectorView.Oblique,
            _ => DetectorView.Unknown,
        };
    }

    /// <summary>What a detector's item says, each source as the direction in which it looks.</summary>
    private sealed class Evidence
    {
        private readonly Dictionary<ViewEvidence, Point3> _directions = [];

        public required int Number { get; init; }

        public bool IsCodedOblique { get; private init; }

        public DetectorView Named { get; private init; }

        public Point3? this[ViewEvidence source] => _directions.TryGetValue(source, out Point3 direction) ? direction : null;

        public void Drop(ViewEvidence source) => _directions.Remove(source);

        public static Evidence Of(DicomDataset item, CameraDetector detector, List<string> warnings)
        {
            DicomDataset? code = item.FirstItem(DicomTag.ViewCodeSequence);
            DetectorView coded = FromCode(code?.Text(DicomTag.CodeValue) ?? "");
            DetectorView named = ViewWords.Of(detector.ViewName);
            if (coded != DetectorView.Unknown && named != DetectorView.Unknown && coded != named)
            {
                warnings.Add($"Detector {detector.Number}: the view code says {Words(coded)}, its meaning {Words(named)}: the code was believed.");
                named = DetectorView.Unknown;
            }

            Evidence evidence = new() { Number = detector.Number, IsCodedOblique = coded == DetectorView.Oblique, Named = named };
            if (Direction(coded) is Point3 byCode)
            {
                evidence._directions[ViewEvidence.Code] = byCode;
            }

            if (detector is { RowDirection: Point3 row, ColumnDirection: Point3 column } && View(row.Cross(column)) != DetectorView.Unknown)
            {
                evidence._directions[ViewEvidence.Orientation] = row.Cross(column);
            }

            if (detector.StartAngle is double degrees)
            {
                // 0 degrees is at the patient's back, 90 at the left side (PS3.3 table C.8-11, Start Angle).
                double radians = degrees * Math.PI / 180;
                evidence._directions[ViewEvidence.StartAngle] = new Point3(-Math.Sin(radians), -Math.Cos(radians), 0);
            }

            return evidence;
        }

        private static Point3? Direction(DetectorView view) => view switch
        {
            DetectorView.Anterior => new Point3(0, 1, 0),
            DetectorView.Posterior => new Point3(0, -1, 0),
            DetectorView.LeftLateral => new Point3(-1, 0, 0),
            DetectorView.RightLateral => new Point3(1, 0, 0),
            _ => null,
        };

        // PS3.16 CID 26 in the codes of SNOMED RT and CT, and those of CID 4010 that say the same. Antero-posterior and postero-anterior
        // are left out: they do not say on which side the detector was.
        private static DetectorView FromCode(string code) => code switch
        {
            "G-5215" or "399321004" => DetectorView.Anterior,
            "G-5216" or "399001007" => DetectorView.Posterior,
            "G-5223" or "R-10236" or "399118008" or "399173006" => DetectorView.LeftLateral,
            "G-5222" or "R-10232" or "399297009" or "399198007" => DetectorView.RightLateral,
            "G-5206" or "G-5207" or "G-5208" or "G-5209" => DetectorView.Oblique,
            "399108003" or "399074003" or "399075002" or "399136008" => DetectorView.Oblique,
            "399356000" or "399135007" or "399038007" or "399006002" => DetectorView.Oblique,
            _ => DetectorView.Unknown,
        };
    }
}
