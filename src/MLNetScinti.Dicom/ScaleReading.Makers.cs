using System.Globalization;
using System.Text;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

internal sealed partial record ScaleReading
{
    /// <summary>
    /// What Philips PET scanners write beside Units CNTS: factors from rescaled values to SUV (7053,xx00) and to Bq/ml (7053,xx09).
    /// Source: the vendor's conformance statements, and the vendor-neutral SUV calculation of QIBA.
    /// </summary>
    private static Claim? Philips(DicomDataset dataset, string modality, Claim rescaled, Notes notes)
    {
        if (modality is not ("PT" or "NM"))
        {
            return null;
        }

        (double? suv, double? concentration) = (null, null);
        foreach ((string maker, DicomElement element) in PrivateElements(dataset, 0x7053))
        {
            // Some anonymisers take away who a private element is from and leave the element.
            string creator = maker.Length > 0 ? maker : dataset.Text(DicomTag.Manufacturer);
            if (creator.Contains("Philips", StringComparison.OrdinalIgnoreCase))
            {
                suv = (element.Tag.Element & 0xFF) == 0x00 ? Factor(element) : suv;
                concentration = (element.Tag.Element & 0xFF) == 0x09 ? Factor(element) : concentration;
            }
        }

        if ((suv is null && concentration is null) || rescaled.Unit is not { Unit: ImageUnit.Counts })
        {
            // The factors are from counts; images in Bq/ml carry a factor of 1 or none.
            return null;
        }

        if (concentration is > 0 and <= Largest)
        {
            return Factored("Philips' activity concentration factor (7053,1009)", UnitName.Concentration, rescaled, concentration.Value);
        }

        if (suv is > 0 and <= Largest)
        {
            return Factored("Philips' SUV factor (7053,1000)", UnitName.BodyWeight, rescaled, suv.Value);
        }

        notes.Add("Philips' factors from counts to SUV and Bq/ml (7053,1000 and 7053,1009) are not numbers above 0: values stay counts.");
        return null;
    }

    /// <summary>
    /// What GE's workstations write beside the pixels of Nuclear Medicine images: Pixel Scale (0011,xx3B). Public dictionaries name it, and
    /// none says what it multiplies: where it is not 1, stored values are no counts, and nobody can make counts of them. Null where it says nothing.
    /// </summary>
    private static double? PixelScaleOfGe(DicomDataset dataset)
    {
        foreach ((string maker, DicomElement element) in PrivateElements(dataset, 0x0011))
        {
            if ((element.Tag.Element & 0xFF) == 0x3B && string.Equals(maker, "GEMS_GENIE_1", StringComparison.Ordinal) && element.Buffer is { Size: >= 8 and <= 4096 } buffer)
            {
                byte[] bytes = buffer.Data;
                for (int at = 0; at + 8 <= bytes.Length; at += 8)
                {
                    if (BitConverter.ToDouble(bytes, at) is double scale && scale != 1)
                    {
                        return scale;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>The private elements of a group with the maker of each; the maker is empty where its block has none.</summary>
    private static IEnumerable<(string Maker, DicomElement Element)> PrivateElements(DicomDataset dataset, int group)
    {
        Dictionary<int, string> makers = [];
        foreach (DicomItem item in dataset)
        {
            if (item.Tag.Group > group)
            {
                yield break;
            }

            if (item.Tag.Group != group || item is not DicomElement element)
            {
                continue;
            }

            int block = item.Tag.Element >> 8;
            if (block == 0)
            {
                makers[item.Tag.Element] = Private(element);
            }
            else
            {
                yield return (makers.GetValueOrDefault(block) ?? "", element);
            }
        }
    }

    private static Claim Factored(string source, UnitName unit, Claim rescaled, double factor)
    {
        PixelScale scale = rescaled.Scale.Times(factor);
        string told = rescaled.IsScaled && scale.Linear.Source.Length > 0 ? $"{scale.Linear.Source} and {source}" : source;
        return new(source, unit, scale with { Linear = scale.Linear with { Source = told } }, IsScaled: true);
    }

    // Private elements are texts whatever representation a file gives them: implicit files give none.
    private static string Private(DicomElement element) =>
        element.Buffer is { Size: > 0 and <= 64 } buffer ? Encoding.ASCII.GetString(buffer.Data).Trim(' ', '\0') : "";

    private static double Factor(DicomElement element) =>
        double.TryParse(Private(element), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
