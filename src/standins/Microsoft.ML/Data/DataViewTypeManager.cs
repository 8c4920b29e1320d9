namespace Microsoft.ML.Data;

public static class DataViewTypeManager
{
    public static void Register(DataViewType dataViewType, Type type, DataViewTypeAttribute typeAttribute = null) =>
        TypeTable.Register(dataViewType, type, typeAttribute);
}
