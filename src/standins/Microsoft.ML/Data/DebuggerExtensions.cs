using Microsoft.ML.Data;

namespace Microsoft.ML;

public static class DebuggerExtensions
{
    public static DataDebuggerPreview Preview(this IDataView data, int maxRows = DataDebuggerPreview.Defaults.MaxRows) =>
        new(Guard.NotNull(data, nameof(data)), maxRows);

    public static DataDebuggerPreview Preview(this ITransformer transformer, IDataView data, int maxRows = DataDebuggerPreview.Defaults.MaxRows) =>
        new(Guard.NotNull(transformer, nameof(transformer)).Transform(Guard.NotNull(data, nameof(data))), maxRows);
}
