using System.Globalization;
using MLNetScinti.Evaluation.Generated;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>The generated training images as a table, each marked as what it is.</summary>
internal static class GeneratedTable
{
    public const string Name = "generated.csv";

    /// <summary>Writes the table; where nothing was generated there is none, not even an earlier run's.</summary>
    public static void Write(string path, GenerationSection? section)
    {
        if (section is null)
        {
            File.Delete(path);
            return;
        }

        using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).ToText();
        foreach (GeneratedImage one in section.Images.Made)
        {
            using SepWriter.Row row = writer.NewRow();
            row["Set"].Set("training");
            row["CaseId"].Set(one.Image.Id);
            row["Label"].Set(PlainText.Cell(one.Image.Kind));
            row["Origin"].Set("generated");
            row["NearestDistance"].Set(Number(one.Distance));
            row["NearestRatio"].Set(Number(one.Ratio));
            row["Near"].Set(section.Images.Near.IsDefined ? one.IsNear ? "yes" : "no" : "");
        }

        AtomicFile.Write(path, writer.ToString());
    }

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.######", CultureInfo.InvariantCulture) : "";
}
