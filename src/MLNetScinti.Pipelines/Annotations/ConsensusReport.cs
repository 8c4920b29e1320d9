using System.Globalization;
using System.Text;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines.Annotations;

/// <summary>A consensus in words: who read what, how far readers agree, what was decided and what was left out.</summary>
public static class ConsensusText
{
    /// <summary>The text.</summary>
    public static string Of(ReaderConsensus consensus)
    {
        ArgumentNullException.ThrowIfNull(consensus);
        StringBuilder text = new();
        int ties = consensus.Pictures.Count(picture => picture.IsTie), open = consensus.Pictures.Count(picture => picture.Classes is null);
        Line($"{consensus.Pictures.Count} pictures, {consensus.Readers.Count} readers: {string.Join(", ", consensus.Readers.Select((reader, index) => $"{reader} ({consensus.Pictures.Count(picture => picture.Readings[index] is not null)})"))}");
        foreach (IGrouping<string, ReadPicture> group in consensus.Pictures.GroupBy(picture => picture.Classes is { } classes ? consensus.Words(classes) : "left open").OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Line($"  {group.Key}: {group.Count()}");
        }

        Line($"Taken for true: what more than half of those who read a picture say of it as a whole. {ties} pictures have no such reading: {Rule(consensus.Ties)}{(open > 0 ? $" ({open} left open)" : "")}.");
        if (consensus.Agreement() is { } agreement)
        {
            if (consensus.Pictures.Any(picture => picture.Readings.All(reading => reading is not null)))
            {
                FleissKappa fleiss = agreement.Fleiss();
                Line($"Fleiss' kappa {Number(fleiss.Kappa)} (z {Number(fleiss.Z)} under chance), all agree on {Number(agreement.AllAgree())} of the pictures that all read");
            }

            Line($"Light's kappa {Number(agreement.Light())}; Krippendorff's alpha {Number(agreement.Krippendorff())}");
            foreach (PairwiseKappa pair in agreement.Pairs())
            {
                ConfidenceInterval interval = pair.Interval();
                Line($"  {consensus.Readers[pair.First]} and {consensus.Readers[pair.Second]}: kappa {Number(pair.Kappa)}, standard error {Number(pair.Error)}, 95 % interval {Number(interval.Lower)} to {Number(interval.Upper)}");
            }
        }
        else
        {
            Line($"Agreement is not defined: it needs two readers, and readings that differ.");
        }

        foreach (AnnotationFault fault in consensus.Faults)
        {
            Line($"{fault.Reader}/{fault.File}: {fault.Sentence}");
        }

        return text.ToString().TrimEnd('\n');

        void Line(FormattableString line) => text.Append(PlainText.OneLine(line.ToString(CultureInfo.InvariantCulture))).Append('\n');
    }

    private static string Rule(TieRule rule) => rule switch
    {
        TieRule.EachFinding => "each finding that more than half of the readers gave is taken, and none where there is none",
        TieRule.FirstReader => "the first reader decides",
        _ => "they are left out",
    };

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "undefined";
}

/// <summary>A consensus as files: a labels table, masks of what most readers drew, and pictures of what they disagree on.</summary>
public static class ConsensusFiles
{
    /// <summary>The table: picture, label, tie, each reader's reading, the parts of the body that were named, the report.</summary>
    public const string LabelsName = "labels.csv";

    /// <summary>Writes them.</summary>
    public static void Write(ReaderConsensus consensus, string folder, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(consensus);
        WriteLabels(consensus, Path.Combine(folder, LabelsName));
        foreach (ReadPicture picture in consensus.Pictures)
        {
            cancellation.ThrowIfCancellationRequested();
            (byte[] labels, ImageShape shape) = consensus.Mask(picture);
            (double rows, double columns) = picture.Readings.OfType<Reading>().Select(reading => reading.File.Spacing).FirstOrDefault(spacing => spacing is not null) ?? (1, 1);
            ImageGeometry geometry = new()
            {
                Columns = shape.Columns,
                Rows = shape.Rows,
                Sections = 1,
                ColumnSpacing = columns,
                RowSpacing = rows,
                SectionSpacing = 1,
                RowDirection = new(1, 0, 0),
                ColumnDirection = new(0, 0, -1),
                SectionDirection = new(0, 1, 0),
            };
            AtomicFile.Write(Path.Combine(folder, "masks", $"{picture.Name}.nii.gz"), NiftiLabels.Encode(labels, geometry, "what most readers drew"));
            if (picture.Readings.OfType<Reading>().Select(reading => consensus.Words(reading.Classes)).Distinct(StringComparer.Ordinal).Count() > 1)
            {
                PngEncoder.Save(ReaderConsensus.Draw(picture), Path.Combine(folder, "disagreement", $"{picture.Name}.png"));
            }
        }
    }

    private static void WriteLabels(ReaderConsensus consensus, string path) =>
        AtomicFile.WriteText(path, text =>
        {
            string[] readers = [.. consensus.Readers.Select((reader, index) => PlainText.Cell(string.Create(CultureInfo.InvariantCulture, $"Reader{index + 1}.{reader}")))];
            using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture }).To(text, leaveOpen: true);
            writer.Header.Add(["File", "Label", "Tie", .. readers, "Parts", "Report"]);
            foreach (ReadPicture picture in consensus.Pictures.Where(picture => picture.Classes is not null))
            {
                IEnumerable<string> parts = picture.Readings.OfType<Reading>().SelectMany(reading => reading.Regions).Where(region => region.Part.Length > 0)
                    .Select(region => $"{consensus.Codes.Classes[region.Class]} {region.Part}").Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase);
                using SepWriter.Row row = writer.NewRow();
                row["File"].Set(PlainText.Cell(picture.Readings.OfType<Reading>().Select(reading => reading.File.Picture).FirstOrDefault(name => name.Length > 0) ?? picture.Name));
                row["Label"].Set(consensus.Words(picture.Classes!));
                row["Tie"].Set(picture.IsTie ? "yes" : "no");
                for (int reader = 0; reader < readers.Length; reader++)
                {
                    row[readers[reader]].Set(picture.Readings[reader] is { } reading ? consensus.Words(reading.Classes) : "");
                }

                row["Parts"].Set(PlainText.Cell(string.Join("; ", parts)));
                row["Report"].Set(PlainText.Cell(PlainText.OneLine(picture.Report)));
            }
        });
}
