namespace MLNetScinti.Pipelines.Tests.Data;

/// <summary>A case without pixels, as a split sees it.</summary>
public sealed class CaseRow
{
    public string PatientID { get; set; } = "";

    public string Part { get; set; } = "";

    public bool Label { get; set; }

    public string Set { get; set; } = "";
}
