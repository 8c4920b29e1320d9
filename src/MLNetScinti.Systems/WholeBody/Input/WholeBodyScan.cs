using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Systems.WholeBody.Input;

/// <summary>How the views of a scan are told apart.</summary>
public sealed record ScanReading
{
    /// <summary>Views that are known with less confidence (0.5 to 1) are not guessed: the scan is left out.</summary>
    public double MinimumConfidence { get; init; } = 0.95;

    /// <summary>Whether a view that is not there is taken from the other one, mirrored, and flagged as such.</summary>
    public bool MirrorsMissingView { get; init; }
}

/// <summary>A view of a whole-body scan.</summary>
/// <param name="View">From the front or from behind.</param>
/// <param name="Confidence">How sure that is, from 0.5 to 1, by header and image together.</param>
/// <param name="Image">Its counts, the background low, in the file's pixels.</param>
/// <param name="Header">The header of its file.</param>
public sealed record ScannedView(DetectorView View, double Confidence, PlanarImage Image, ImageHeader Header)
{
    /// <summary>Whether it is the mirror image of the other view.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>Whether the file's values were inverted or negated.</summary>
    public bool WasInverted { get; init; }

    /// <summary>Where the body is; null where nothing in the image is like one.</summary>
    public BodyOutline? Outline { get; init; }

    /// <summary>What the image says of itself: how much it is like a whole-body scan, where crown and toes are; null without an outline.</summary>
    public ViewReading? Reading { get; init; }

    /// <summary>What stands for the other view where that is not there.</summary>
    internal ScannedView Mirrored()
    {
        float[] pixels = [.. Image.Pixels];
        for (int row = 0; row < Image.Rows; row++)
        {
            pixels.AsSpan(row * Image.Columns, Image.Columns).Reverse();
        }

        PlanarImage image = new(Image.Columns, Image.Rows, Image.ColumnSpacing, Image.RowSpacing, pixels);
        return this with { View = View == DetectorView.Anterior ? DetectorView.Posterior : DetectorView.Anterior, Image = image, IsMirrored = true, Outline = Outline?.Mirrored(Image.Columns) };
    }
}

/// <summary>
/// The views of a patient's whole-body scan, whatever the camera made of them: a file each or two frames of one, any matrix and pixel, inverted, with margins, in the
/// wrong order. From where a view looks is decided by header and image together; where they contradict each other that is a warning, and where that
/// leaves it open the scan is left out.
/// </summary>
/// <param name="Anterior">The view from the front, or null.</param>
/// <param name="Posterior">The view from behind, or null.</param>
/// <param name="Warnings">What to know before using them.</param>
public sealed record WholeBodyScan(ScannedView? Anterior, ScannedView? Posterior, IReadOnlyList<string> Warnings)
{
    // Evidence as the natural logarithm of odds: what a header knows is rarely wrong, what words say more often; images say for themselves how sure they are.
    private const double Known = 4, Told = 2, Usual = 1;

    // An image that contradicts its header has to be this sure.
    private const double Strong = 3;

    // Below this an image is not like a whole-body scan from either side, and says nothing of its view.
    private const double LeastLikeness = 0.65;

    /// <summary>The views that there are, the anterior one first.</summary>
    public IReadOnlyList<ScannedView> Views => [.. new[] { Anterior, Posterior }.OfType<ScannedView>()];

    /// <summary>A scan of two views that are known for what they are, such as simulated ones.</summary>
    /// <param name="anterior">The view from the front, columns to the patient's left.</param>
    /// <param name="posterior">The view from behind, columns to the patient's right.</param>
    internal static WholeBodyScan Of(PlanarImage anterior, PlanarImage posterior)
    {
        ScannedView View(PlanarImage image, DetectorView direction)
        {
            BodyOutline? outline = BodyOutline.Find(image);
            return new(direction, 1, image, null!) { Outline = outline, Reading = outline is null ? null : ViewTemplate.Shipped.Measure(image, outline, iodine: false).Reading };
        }

        return new WholeBodyScan(View(anterior, DetectorView.Anterior), View(posterior, DetectorView.Posterior), []);
    }

    /// <summary>Puts the views of a study together.</summary>
    /// <param name="images">The study's images.</param>
    /// <param name="reading">How; by default nothing is guessed and nothing mirrored.</param>
    /// <exception cref="LeaveOutException">None of them is a whole-body view, or it is not known which.</exception>
    public static WholeBodyScan Of(IReadOnlyList<ScintigraphyImage> images, ScanReading? reading = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        reading ??= new ScanReading();
        List<string> warnings = [];
        List<Candidate> candidates = Candidates(images, warnings);
        List<ScannedView> views = candidates.Count == 2 && IsPair(candidates[0], candidates[1])
            ? Pair(candidates[0], candidates[1], reading, warnings)
            : [.. candidates.Select(one => Single(one, reading, warnings))];
        ScannedView? Best(DetectorView direction)
        {
            ScannedView[] same = [.. views.Where(view => view.View == direction).OrderByDescending(view => view.Image.Pixels.Sum(value => (double)value))];
            if (same.Length > 1)
            {
                warnings.Add($"There are {same.Length} {direction.ToString().ToLowerInvariant()} views: the one with most counts was taken.");
            }

            return same.FirstOrDefault();
        }

        (ScannedView? anterior, ScannedView? posterior) = (Best(DetectorView.Anterior), Best(DetectorView.Posterior));
        if (reading.MirrorsMissingView && (anterior is null || posterior is null))
        {
            warnings.Add($"The {(anterior is null ? "anterior" : "posterior")} view is not there: the other one's mirror image stands for it.");
            anterior ??= posterior!.Mirrored();
            posterior ??= anterior.Mirrored();
        }

        return new WholeBodyScan(anterior, posterior, warnings);
    }

    private static List<Candidate> Candidates(IReadOnlyList<ScintigraphyImage> images, List<string> warnings)
    {
        List<Candidate> found = [];
        bool blank = false, none = false;
        foreach (ScintigraphyImage image in images)
        {
            ImageHeader header = image.Header;
            // Whole bodies are long; other planar views are not of this system.
            if (header.Kind != ImageKind.WholeBody && !(header.Kind == ImageKind.Static && header.Rows * header.RowSpacing >= 1.8 * header.Columns * header.ColumnSpacing))
            {
                continue;
            }

            IReadOnlyList<PlanarImage> frames = image.ToPlanarImages();
            HashSet<int> windows = [.. header.Frames.Select(frame => frame[FrameDimension.EnergyWindow])];
            int window = windows.Count <= 1 ? header.Frames[0][FrameDimension.EnergyWindow]
                : header.Frames.GroupBy(frame => frame[FrameDimension.EnergyWindow]).MaxBy(group => group.Sum(frame => frames[frame.Index].Pixels.Sum(value => (double)value)))!.Key;
            if (windows.Count > 1)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"There are {windows.Count} energy windows: number {window}, which counted most, was taken."));
            }

            foreach (ImageFrame frame in header.Frames.Where(frame => frame[FrameDimension.EnergyWindow] == window))
            {
                if (frame.View is not (DetectorView.Unknown or DetectorView.Anterior or DetectorView.Posterior))
                {
                    continue;
                }

                if (GreyScale.Of(frames[frame.Index]) is not { } scale)
                {
                    blank = true;
                    continue;
                }

                Candidate candidate = Candidate.Of(scale, header, frame, warnings);
                if (candidate.Measured is null && Math.Abs(candidate.Header) < Known)
                {
                    // Neither the image nor the header says what this is.
                    none = true;
                    continue;
                }

                found.Add(candidate);
            }
        }

        return found.Count > 0 ? found
            : throw new LeaveOutException("NoView", blank ? "expected a whole-body view, found blank images." : none ? "expected a whole-body view, found no body in the images." : "expected a whole-body view, long and narrow, from the front or from behind, found none.");
    }

    private static bool IsPair(Candidate first, Candidate second) =>
        // Two scans from one side are no pair.
        !(Math.Abs(first.Evidence) > Strong && Math.Abs(second.Evidence) > Strong && Math.Sign(first.Evidence) == Math.Sign(second.Evidence))
        && Math.Abs((first.Image.Rows * first.Image.RowSpacing) - (second.Image.Rows * second.Image.RowSpacing)) < .02 * first.Image.Rows * first.Image.RowSpacing;

    private static List<ScannedView> Pair(Candidate first, Candidate second, ScanReading reading, List<string> warnings)
    {
        double image = first is { IsLike: true, Measured: { } one } && second is { IsLike: true, Measured: { } other } ? ViewTemplate.Shipped.Compare(one, other) : 0;
        double header = first.Header - second.Header;
        // A header that names one view twice says nothing about the other.
        header = first.Header * second.Header > 0 ? 0 : header;
        double total = Weigh(image, header, "the two views", reading, warnings);
        double confidence = Confidence(total);
        return total > 0 ? [first.As(DetectorView.Anterior, confidence), second.As(DetectorView.Posterior, confidence)] : [second.As(DetectorView.Anterior, confidence), first.As(DetectorView.Posterior, confidence)];
    }

    private static ScannedView Single(Candidate one, ScanReading reading, List<string> warnings)
    {
        double total = Weigh(one.Evidence, one.Header, "the view", reading, warnings);
        return one.As(total > 0 ? DetectorView.Anterior : DetectorView.Posterior, Confidence(total));
    }

    private static double Weigh(double image, double header, string what, ScanReading reading, List<string> warnings)
    {
        double total = image + header;
        bool contradicts = image * header < 0 && Math.Abs(image) > Strong && Math.Abs(header) >= Told;
        if (Confidence(total) < reading.MinimumConfidence)
        {
            throw new LeaveOutException("ViewUnknown", string.Create(CultureInfo.InvariantCulture,
                $"it is not known from where {what} look{(what == "the view" ? "s" : "")}: {(contradicts ? "header and image contradict each other" : header == 0 ? "the header does not say, and the image does not tell" : "the header is not sure, and the image does not tell")} (confidence {Confidence(total):0.00}, expected {reading.MinimumConfidence:0.00}); give the file a View Code Sequence that is right."));
        }

        if (contradicts)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Header and image contradict each other on from where {what} look{(what == "the view" ? "s" : "")}: the image was believed (confidence {Confidence(total):0.00})."));
        }

        return total;
    }

    private static double Confidence(double logOdds) => 1 / (1 + Math.Exp(-Math.Abs(logOdds)));

    /// <summary>A frame that may be a view.</summary>
    private sealed record Candidate(PlanarImage Image, BodyOutline? Outline, ViewTemplate.MeasuredView? Measured, ImageHeader File, bool WasInverted, double Header)
    {
        // Lengths of bodies, mm, beyond which a pixel size is not believed.
        private const double Least = 700, Most = 2500, Adult = 1700;

        public bool IsLike => Measured?.Reading.Likeness >= LeastLikeness;

        public double Evidence => IsLike ? Measured!.Reading.Evidence : 0;

        public static Candidate Of(GreyScale scale, ImageHeader header, ImageFrame frame, List<string> warnings)
        {
            if (scale.IsInverted)
            {
                warnings.Add("The file's values are inverted, more stands for less: they were turned round, and are not counts.");
            }

            if (scale.Margin)
            {
                warnings.Add("The image has a margin of one value that is no background: it was emptied.");
            }

            PlanarImage image = scale.Image, scaled = image;
            BodyOutline? outline = BodyOutline.Find(image);
            double length = outline is null ? Adult : (outline.Bottom - outline.Top + 1) * image.RowSpacing;
            if (outline is not null && (header.SpacingIsAssumed || length is < Least or > Most))
            {
                // Only for reading the image: the pixels' size stays what the file says.
                double spacing = Adult / (outline.Bottom - outline.Top + 1);
                scaled = new PlanarImage(image.Columns, image.Rows, spacing * image.ColumnSpacing / image.RowSpacing, spacing, image.Pixels);
                warnings.Add(header.SpacingIsAssumed ? "The size of a pixel is not known: the body was taken to be 1.7 m long." : string.Create(CultureInfo.InvariantCulture, $"By the size of its pixels the body is {length / 1000:0.00} m long: to read the view it was taken to be 1.7 m."));
                outline = BodyOutline.Find(scaled) ?? outline;
            }

            ViewTemplate.MeasuredView? measured = outline is null ? null : ViewTemplate.Shipped.Measure(scaled, outline, Iodine(header));
            if (!(measured?.Reading.Likeness >= LeastLikeness))
            {
                warnings.Add(measured is null ? "No body was found in the image." : string.Create(CultureInfo.InvariantCulture, $"The image is little like a whole-body scan (likeness {measured.Reading.Likeness:0.00})."));
            }

            double sure = frame.ViewEvidence switch { ViewEvidence.Code or ViewEvidence.Orientation or ViewEvidence.StartAngle => Known, ViewEvidence.Words => Told, ViewEvidence.Order => Usual, _ => 0 };
            return new Candidate(image, outline, measured, header, scale.IsInverted, frame.View == DetectorView.Anterior ? sure : frame.View == DetectorView.Posterior ? -sure : 0);
        }

        public ScannedView As(DetectorView view, double confidence) => new(view, confidence, Image, File) { WasInverted = WasInverted, Outline = Outline, Reading = Measured?.Reading };

        private static bool? Iodine(ImageHeader header) => header.Radionuclide?.Radionuclide.Symbol is { } symbol ? symbol == "I-131" : null;
    }
}
