namespace FellowOakDicom;

public static class DicomDatasetExtensions
{
    public static DicomDataset Clone(this DicomDataset dataset) =>
        new(dataset, validate: false)
        {
            InternalTransferSyntax = dataset.InternalTransferSyntax,
            ValidateItems = dataset.ValidateItems,
        };

    public static DateTime GetDateTime(this DicomDataset dataset, DicomTag date, DicomTag time)
    {
        DateTime day = dataset.GetSingleValueOrDefault(date, DateTime.MinValue);
        DateTime clock = dataset.GetSingleValueOrDefault(time, DateTime.MinValue);
        return new DateTime(day.Year, day.Month, day.Day, clock.Hour, clock.Minute, clock.Second, DateTimeKind.Unspecified);
    }

    public static IEnumerable<DicomItem> EnumerateGroup(this DicomDataset dataset, ushort group) =>
        dataset.Where(item => item.Tag.Group == group && item.Tag.Element != 0);

    public static DicomDataset NotValidated(this DicomDataset dataset)
    {
        dataset.ValidateItems = false;
        return dataset;
    }

    public static DicomDataset Validated(this DicomDataset dataset)
    {
        dataset.ValidateItems = true;
        return dataset;
    }
}
