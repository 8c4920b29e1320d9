using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>Scans of 128 x 32 pixels with a trunk, a head, and spots where a disease has them: enough for a network to learn from in seconds.</summary>
internal static class SmallScans
{
    private const int Rows = 128, Columns = 32;
    private const double Pixel = 2.26 * 8;

    private static readonly Dictionary<string, (double Row, double Column)[]> s_spots = new(StringComparer.Ordinal)
    {
        ["normal"] = [],
        ["metastasis"] = [(40, 16), (52, 16), (46, 11)],
        ["arthritis"] = [(92, 12), (92, 20)],
        ["thyroid"] = [(18, 16)],
    };

    /// <summary>Writes a scan for each label, in turn, and labels.csv.</summary>
    public static void Write(string folder, int first, int count, string[] labels, bool table = true, Func<string, NuclearMedicineStudy, NuclearMedicineStudy>? acquired = null, Func<string, bool>? lost = null)
    {
        Directory.CreateDirectory(folder);
        List<string> lines = ["File,Label,Age,Lesions"];
        for (int patient = first; patient < first + count; patient++)
        {
            string label = labels[patient % labels.Length], name = FormattableString.Invariant($"{patient:000}.dcm");
            (double Row, double Column)[] spots = [.. label.Split('+').SelectMany(one => s_spots[one])];
            PlanarImage anterior = View(patient, "anterior", spots), posterior = View(patient, "posterior", [.. spots.Select(spot => (spot.Row, Columns - spot.Column))]);
            string path = Path.Combine(folder, name);
            NuclearMedicineStudy study = new()
            {
                PatientId = FormattableString.Invariant($"patient {patient}"),
                UidSeed = "whole body",
                Sex = patient % 2 == 0 ? PatientSex.Female : PatientSex.Male,
                AgeYears = 40 + (patient % 40),
            };
            study = acquired?.Invoke(label, study) ?? study;
            if (lost?.Invoke(label) == true)
            {
                NuclearMedicineWriter.WriteWholeBody(path, [(DetectorView.Anterior, anterior)], study);
            }
            else
            {
                NuclearMedicineWriter.WriteWholeBody(path, anterior, posterior, study);
            }

            lines.Add(FormattableString.Invariant($"{name},{label},{40 + (patient % 40)},{spots.Length}"));
        }

        if (table)
        {
            File.WriteAllLines(Path.Combine(folder, "labels.csv"), lines);
        }
    }

    private static PlanarImage View(int patient, string side, (double Row, double Column)[] spots)
    {
        CounterRandom random = new(7, 0, (ulong)patient, side);
        double shift = random.NextDouble(-1, 1), lift = random.NextDouble(-2, 2);
        float[] pixels = new float[Rows * Columns];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                double x = (column - 15.5 - shift) / 16, y = (row - 63.5 - lift) / 64;
                double trunk = Math.Exp(-0.5 * ((x * x / 0.09) + (y * y / 0.2)));
                double value = 4 + (40 * trunk);
                foreach ((double spotRow, double spotColumn) in spots)
                {
                    double dr = row - spotRow - lift, dc = column - spotColumn - shift;
                    value += 80 * Math.Exp(-0.5 * ((dr * dr) + (dc * dc)) / 2);
                }

                pixels[(row * Columns) + column] = (float)Math.Max(0, Math.Round(value + (Math.Sqrt(value) * ((random.NextDouble() + random.NextDouble() + random.NextDouble()) - 1.5) * 2)));
            }
        }

        return new PlanarImage(Columns, Rows, Pixel, Pixel, pixels);
    }
}
