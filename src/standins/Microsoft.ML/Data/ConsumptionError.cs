namespace Microsoft.ML.Data;

/// <summary>How an exception of a row arrives behind a row mapper.</summary>
internal static class ConsumptionError
{
    private const string Message = "Splitter/consolidator worker encountered exception while consuming source data";

    public static InvalidOperationException Of(Exception inner) => new(Message, inner);
}
