using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.StructureSets;

/// <summary>Reads RT Structure Sets (PS3.3 A.19), whoever wrote them. Whatever the file holds, the answer is a structure set or a <see cref="DicomReadException"/>.</summary>
public static class StructureSetReader
{
    /// <summary>How far along the normal, in mm, the points of a contour may lie from each other: some workstations write tenths of a millimetre.</summary>
    public const double FlatWithin = 0.2;

    /// <summary>What is nowhere wider, in mm, is no gap and no part of a contour: more than rounding to hundredths leaves of a channel, and less than any pixel.</summary>
    internal static double LeastWidthOf(IReadOnlyList<IReadOnlyList<PlanePoint>> polygons)
    {
        const double usual = 0.02, ofExtent = 1e-3;
        double left = double.PositiveInfinity, right = double.NegativeInfinity, top = left, bottom = right;
        foreach (PlanePoint point in polygons.SelectMany(polygon => polygon))
        {
            (left, right, top, bottom) = (Math.Min(left, point.X), Math.Max(right, point.X), Math.Min(top, point.Y), Math.Max(bottom, point.Y));
        }

        return Math.Min(usual, ofExtent * Math.Max(Math.Max(right - left, bottom - top), 0));
    }

    /// <summary>Reads a structure set.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to name its patient; null for this user's key.</param>
    /// <exception cref="DicomReadException">It is none, or it contradicts itself: coordinates that are no triples or no numbers, contours that leave their plane, or that belong to no region.</exception>
    public static StructureSet Read(string path, DicomReadOptions? options = null) => DicomImageReader.Guard(path, () =>
    {
        using OpenedFile opened = OpenedFile.Open(path);
        return opened.File.IsPartial
            ? throw new DicomReadException(path, SkipReason.Truncated, "the file does not end where its data set ends, so that contours may be missing: copy it again from its source.")
            : Read(opened.Dataset, path, options ?? new());
    });

    private static StructureSet Read(DicomDataset dataset, string path, DicomReadOptions options)
    {
        if (!string.Equals(dataset.Text(DicomTag.SOPClassUID), DicomUID.RTStructureSetStorage.UID, StringComparison.Ordinal))
        {
            string name = StorageKind.Name(dataset);
            throw new DicomReadException(path, SkipReason.WrongKind, $"expected an RT Structure Set, found {(name.Length > 0 ? $"'{name}'" : "an object that does not say what it is")}: give a file of contours.");
        }

        List<string> warnings = [];
        string[] spaces = [.. dataset.Items(DicomTag.ReferencedFrameOfReferenceSequence).Select(item => item.Text(DicomTag.FrameOfReferenceUID)).Where(uid => uid.Length > 0).Distinct(StringComparer.Ordinal)];
        string own = dataset.Text(DicomTag.FrameOfReferenceUID);
        spaces = spaces.Length > 0 || own.Length == 0 ? spaces : [own];
        (PatientFacts patient, PatientIdentity identity) = PatientReading.Read(dataset, options.PseudonymKey);
        Dictionary<int, RegionOfInterest> regions = [];
        foreach (DicomDataset item in dataset.Items(DicomTag.StructureSetROISequence))
        {
            RegionOfInterest region = Region(item, path);
            // Of several frames of reference none is a region's own because it is named first.
            region = region.SpaceUid.Length > 0 || spaces.Length != 1 ? region : region with { SpaceUid = spaces[0] };
            region = region with { Name = identity.NameOf($"region {region.Number}", region.Name, warnings) };
            if (!regions.TryAdd(region.Number, region))
            {
                throw Contradiction(path, $"two of its regions have the number {region.Number}");
            }
        }

        foreach (DicomDataset item in dataset.Items(DicomTag.ROIContourSequence))
        {
            RegionOfInterest region = Referenced(item, regions, path, "contours");
            if (region.Contours.Count > 0)
            {
                throw Contradiction(path, $"region {region.Number} has its contours twice");
            }

            regions[region.Number] = WithContours(region, item, path, warnings);
        }

        foreach (DicomDataset item in dataset.Items(DicomTag.RTROIObservationsSequence))
        {
            RegionOfInterest region = Referenced(item, regions, path, "an observation");
            regions[region.Number] = region with
            {
                InterpretedType = item.Text(DicomTag.RTROIInterpretedType),
                Type = CodedConcept.Of(item.FirstItem(DicomTag.RTROIIdentificationCodeSequence)) ?? region.Type,
            };
        }

        if (regions.Count == 0)
        {
            warnings.Add("It has no regions.");
        }

        if (spaces.Length > 1 && regions.Values.Count(region => region.SpaceUid.Length == 0) is int nowhere and > 0)
        {
            warnings.Add($"{nowhere} of its regions do not say in which of its {spaces.Length} frames of reference they lie.");
        }

        return new StructureSet
        {
            File = path,
            InstanceUid = dataset.Text(DicomTag.SOPInstanceUID),
            PredecessorUids = [.. dataset.Items(DicomTag.PredecessorStructureSetSequence).Select(item => item.Text(DicomTag.ReferencedSOPInstanceUID)).Where(uid => uid.Length > 0)],
            Label = identity.Shown(dataset.Text(DicomTag.StructureSetLabel)),
            SpaceUids = [.. spaces.Concat(regions.Values.Select(region => region.SpaceUid)).Where(uid => uid.Length > 0).Distinct(StringComparer.Ordinal)],
            ImageUids = [.. dataset.Items(DicomTag.ReferencedFrameOfReferenceSequence)
                .SelectMany(item => item.Items(DicomTag.RTReferencedStudySequence)).SelectMany(study => study.Items(DicomTag.RTReferencedSeriesSequence))
                .SelectMany(series => series.Items(DicomTag.ContourImageSequence)).Select(image => image.Text(DicomTag.ReferencedSOPInstanceUID)).Where(image => image.Length > 0).Distinct(StringComparer.Ordinal)],
            Patient = patient,
            Regions = [.. regions.Values],
            Warnings = warnings,
        };
    }

    private static RegionOfInterest Region(DicomDataset item, string path)
    {
        if (item.Whole(DicomTag.ROINumber) is not int number)
        {
            throw Contradiction(path, "one of its regions has no number");
        }

        string description = item.Text(DicomTag.ROIDescription), tracking = item.Text(DicomTag.TrackingUID);
        int at = description.IndexOf(RegionOfInterest.TrackingWord, StringComparison.OrdinalIgnoreCase);
        if (tracking.Length == 0 && at >= 0)
        {
            tracking = string.Concat(description[(at + RegionOfInterest.TrackingWord.Length)..].TrimStart(' ', ':').TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.'));
        }

        return new RegionOfInterest(number, item.Text(DicomTag.ROIName))
        {
            TrackingUid = DatasetReading.IsIdentifier(tracking) ? tracking : "",
            SpaceUid = item.Text(DicomTag.ReferencedFrameOfReferenceUID),
            Kind = item.Text(DicomTag.ROIGenerationAlgorithm) switch
            {
                "AUTOMATIC" => GenerationKind.Automatic,
                "SEMIAUTOMATIC" => GenerationKind.Semiautomatic,
                "MANUAL" => GenerationKind.Manual,
                _ => null,
            },
            Algorithm = AlgorithmIdentity.Of(item.FirstItem(DicomTag.ROIDerivationAlgorithmIdentificationSequence)),
            StatedMillilitres = item.Number(DicomTag.ROIVolume),
        };
    }

    private static RegionOfInterest Referenced(DicomDataset item, Dictionary<int, RegionOfInterest> regions, string path, string what) => item.Whole(DicomTag.ReferencedROINumber) switch
    {
        null => throw Contradiction(path, $"{what} of it belong to no region: the number is missing"),
        int number when regions.TryGetValue(number, out RegionOfInterest? region) => region,
        int number => throw Contradiction(path, $"there are {what} of region {number}, which its list of regions does not have"),
    };

    private static RegionOfInterest WithContours(RegionOfInterest region, DicomDataset item, string path, List<string> warnings)
    {
        List<RoiContour> contours = [];
        int short_ = 0, miscounted = 0;
        foreach ((int i, DicomDataset one) in item.Items(DicomTag.ContourSequence).Index())
        {
            string Which() => string.Create(CultureInfo.InvariantCulture, $"contour {i + 1} of region {region.Number}");
            string term = one.Text(DicomTag.ContourGeometricType);
            ContourKind kind = term switch
            {
                // As the standard once misspelled it, with a letter too many.
                RoiContour.ExclusiveOrTerm or "CLOSED_PLANAR_XOR" => ContourKind.ClosedPlanarExclusiveOr,
                RoiContour.ClosedTerm or "" => ContourKind.ClosedPlanar,
                "POINT" or "OPEN_PLANAR" or "OPEN_NONPLANAR" => ContourKind.Open,
                _ => throw Contradiction(path, $"{Which()} is of a type that the standard does not know"),
            };
            Point3[] points = Points(one, Which, path);
            miscounted += one.Whole(DicomTag.NumberOfContourPoints) is int told && told != points.Length ? 1 : 0;
            // Some repeat the first point at the end.
            if (kind != ContourKind.Open && points.Length > 1 && points[^1] == points[0])
            {
                points = points[..^1];
            }

            if (kind != ContourKind.Open && points.Length < 3)
            {
                short_++;
                continue;
            }

            DicomDataset? image = one.FirstItem(DicomTag.ContourImageSequence);
            contours.Add(new RoiContour(kind, points, image?.Text(DicomTag.ReferencedSOPInstanceUID) ?? "", image?.Whole(DicomTag.ReferencedFrameNumber)));
        }

        if (short_ > 0)
        {
            warnings.Add($"{short_} closed contours of region {region.Number} have fewer than three points and were left out: they enclose nothing.");
        }

        if (miscounted > 0)
        {
            warnings.Add($"{miscounted} contours of region {region.Number} have another number of points than Number of Contour Points says: the coordinates were believed.");
        }

        double[] colour = item.Numbers(DicomTag.ROIDisplayColor);
        RegionOfInterest found = region with
        {
            Contours = contours,
            Colour = colour.Length == 3 && Array.TrueForAll(colour, part => part is >= 0 and <= 255) ? ((byte)colour[0], (byte)colour[1], (byte)colour[2]) : null,
        };
        return found with { Plane = CheckedPlane(found, path) };
    }

    private static Point3[] Points(DicomDataset contour, Func<string> which, string path)
    {
        // Longer than an element of explicit representation may be, it stands there as of unknown representation (PS3.5 section 6.2.2).
        DicomDataset holder = contour.GetDicomItem<DicomItem>(DicomTag.ContourData) is DicomUnknown unknown ? new DicomDataset().NotValidated().AddOrUpdate(new DicomDecimalString(DicomTag.ContourData, unknown.Buffer)) : contour;
        string[] texts = holder.Texts(DicomTag.ContourData);
        double[] numbers = holder.Numbers(DicomTag.ContourData);
        if (texts.Length == 0)
        {
            throw Contradiction(path, $"{which()} has no coordinates");
        }

        if (numbers.Length == 0 || !Array.TrueForAll(numbers, double.IsFinite))
        {
            throw Contradiction(path, $"{which()} has a coordinate that is no number");
        }

        if (numbers.Length % 3 != 0)
        {
            throw Contradiction(path, $"{which()} has {numbers.Length} coordinates, expected three for each point");
        }

        Point3[] points = new Point3[numbers.Length / 3];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = new(numbers[3 * i], numbers[(3 * i) + 1], numbers[(3 * i) + 2]);
        }

        return points;
    }

    private static ContourPlane? CheckedPlane(RegionOfInterest region, string path)
    {
        RoiContour[] closed = [.. region.Closed];
        if (ContourPlane.Of(closed.Select(contour => contour.Points)) is not ContourPlane plane)
        {
            return null;
        }

        foreach (RoiContour contour in closed)
        {
            double spread = plane.Spread(contour.Points);
            if (!(spread <= FlatWithin))
            {
                throw Contradiction(path, string.Create(CultureInfo.InvariantCulture, $"a contour of region {region.Number} leaves the plane of the region's contours by {spread:0.##} mm"));
            }
        }

        return plane;
    }

    private static DicomReadException Contradiction(string path, string what) =>
        new(path, SkipReason.InconsistentHeader, $"{what}: ask its source for another export.");
}
