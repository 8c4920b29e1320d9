namespace MLNetScinti.Imaging;

/// <summary>The anatomical view of a projection through transverse sections.</summary>
public enum ProjectionAxis
{
    /// <summary>Through the sections: [rows, columns].</summary>
    Transverse,

    /// <summary>Through the columns, from the side: [sections, rows].</summary>
    Sagittal,

    /// <summary>Through the rows, from the front or back: [sections, columns].</summary>
    Coronal,
}
