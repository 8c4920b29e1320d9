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
        Dictionary<int, string> creators = [];
        foreach (DicomItem item in dataset)
        {
            if (item.Tag.Group > 0x7053)
            {
                break;
            }

            if (item.Tag.Group != 0x7053 || item is not DicomElement element)
            {
                continue;
            }

            int block = item.Tag.Element >> 8;
            if (block == 0)
            {
                creators[item.Tag.Element] = Private(element);
                continue;
            }

            // Some anonymisers take away who a private element is from and leave the element.
            string creator = creators.GetValueOrDefault(block) ?? dataset.Text(DicomTag.Manufacturer);
            if (creator.Contains("Philips", StringComparison.OrdinalIgnoreCase))
            {
                suv = (item.Tag.Element & 0xFF) == 0x00 ? Factor(element) : suv;
                concentration = (item.Tag.Element & 0xFF) == 0x09 ? Factor(element) : concentration;
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
