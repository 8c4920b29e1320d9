namespace MLNetScinti.Dicom;

/// <summary>What a Nuclear Medicine file says besides its pixels: the patient, the dates, the acquisition.</summary>
public sealed record NuclearMedicineStudy
{
    /// <summary>Patient ID, at most 64 characters.</summary>
    public required string PatientId { get; init; }

    /// <summary>Patient's name in DICOM form ("Family^Given"); empty where there is none.</summary>
    public string PatientName { get; init; } = "";

    /// <summary>Patient's sex.</summary>
    public PatientSex Sex { get; init; }

    /// <summary>Patient's birth date, or null.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>Patient's age in years at the acquisition, or null.</summary>
    public double? AgeYears { get; init; }

    /// <summary>Patient's weight in kg, or null.</summary>
    public double? WeightKilograms { get; init; }

    /// <summary>Patient's height in m, or null.</summary>
    public double? SizeMetres { get; init; }

    /// <summary>When the acquisition began.</summary>
    public DateTime AcquiredAt { get; init; } = new(2020, 1, 1, 12, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Study Description, at most 64 characters.</summary>
    public string StudyDescription { get; init; } = "";

    /// <summary>Series Description, at most 64 characters.</summary>
    public string SeriesDescription { get; init; } = "";

    /// <summary>Study ID, at most 16 characters.</summary>
    public string StudyId { get; init; } = "1";

    /// <summary>Accession Number, at most 16 characters.</summary>
    public string AccessionNumber { get; init; } = "";

    /// <summary>Series Number.</summary>
    public int SeriesNumber { get; init; } = 1;

    /// <summary>Instance Number.</summary>
    public int InstanceNumber { get; init; } = 1;

    /// <summary>Image ID, at most 16 characters: what cameras show in their lists.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>Free text about the image; the writer adds how counts were scaled.</summary>
    public string Comments { get; init; } = "";

    /// <summary>Body Part Examined (PS3.16 annex L), or empty.</summary>
    public string BodyPart { get; init; } = "";

    /// <summary>Manufacturer.</summary>
    public string Manufacturer { get; init; } = "MLNetScinti";

    /// <summary>Station Name, at most 16 characters.</summary>
    public string StationName { get; init; } = "";

    /// <summary>What the radiopharmaceutical was labelled with.</summary>
    public Radionuclide Radionuclide { get; init; } = Radionuclide.Technetium99m;

    /// <summary>Name of the radiopharmaceutical ("DMSA"); empty where it is not said.</summary>
    public string Radiopharmaceutical { get; init; } = "";

    /// <summary>Injected activity in MBq, or null.</summary>
    public double? InjectedMegabecquerels { get; init; }

    /// <summary>When it was injected, or null.</summary>
    public DateTime? InjectedAt { get; init; }

    /// <summary>The energy window of all frames.</summary>
    public EnergyWindow EnergyWindow { get; init; } = EnergyWindow.Technetium99m;

    /// <summary>Collimator, at most 16 characters ("LEHR").</summary>
    public string Collimator { get; init; } = "LEHR";

    /// <summary>Acquisition time of a view of a tomographic acquisition, or of a whole planar one, in seconds.</summary>
    public double FrameSeconds { get; init; } = 30;

    /// <summary>Views of a tomographic acquisition, of all detectors together.</summary>
    public int Views { get; init; } = 120;

    /// <summary>Arc of a tomographic acquisition, of all detectors together, in degrees.</summary>
    public double ScanArc { get; init; } = 360;

    /// <summary>Detectors of a tomographic acquisition: each turns through its part of the arc, and the views divide among them.</summary>
    public int Detectors { get; init; } = 1;

    /// <summary>How the detectors of a tomographic acquisition get from view to view.</summary>
    public DetectorMotion Motion { get; init; }

    /// <summary>Hardware zoom, 1 for none (PS3.3 table C.8-11, Zoom Factor).</summary>
    public double Zoom { get; init; } = 1;

    /// <summary>Radius of rotation in mm.</summary>
    public double RadialPosition { get; init; } = 200;

    /// <summary>The radius at each view of one detector where its orbit is no circle, in mm; empty for <see cref="RadialPosition"/> at all.</summary>
    public IReadOnlyList<double> RadialPositions { get; init; } = [];

    /// <summary>Method of reconstruction in words ("OSEM 8x6"), at most 16 characters.</summary>
    public string Reconstruction { get; init; } = "";

    /// <summary>What the values are: counts, or activity concentration in Bq/ml, which a Real World Value Mapping then says.</summary>
    public ImageUnit Unit { get; init; } = ImageUnit.Counts;

    /// <summary>Counts of the acquisition; null for what the image holds, of an image in another unit for none.</summary>
    public double? CountsAccumulated { get; init; }

    /// <summary>A name of the examination that this image is part of, such as SPECT and CT of one visit; empty for one of its own, named by its time.</summary>
    public string Examination { get; init; } = "";

    /// <summary>A name of the coordinates that this image shares with others; empty for those of its examination.</summary>
    public string Space { get; init; } = "";

    /// <summary>
    /// What the identifiers of study, series and instance are made from, besides the patient, the time and the series;
    /// two data sets with the same patients need different names here.
    /// </summary>
    public string UidSeed { get; init; } = "";
}

/// <summary>How detectors get from view to view (PS3.3 table C.8-6, Type of Detector Motion).</summary>
public enum DetectorMotion
{
    /// <summary>They count while they stand still.</summary>
    StepAndShoot,

    /// <summary>They turn while they count.</summary>
    Continuous,

    /// <summary>They stand still, and count on their way to the next stop as well.</summary>
    DuringStep,
}
