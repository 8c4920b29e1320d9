using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>A simulated scan with its truth. All volumes have one geometry: columns to the left, rows to the back, sections to the head.</summary>
public sealed class DmsaStudy
{
    private readonly Lazy<Volume> _activity;
    private readonly Lazy<(Volume Kidneys, Volume Defects)> _truth;

    internal DmsaStudy(DmsaPatient patient, Volume image, double counts, DmsaPhantom phantom)
    {
        Patient = patient;
        Image = image;
        Counts = counts;
        LeftActivity = phantom.LeftActivity;
        RightActivity = phantom.RightActivity;
        // Whoever wants the image alone, as a cohort's files do, need not wait for the truth.
        _activity = new(phantom.ActivityVolume);
        _truth = new(phantom.Truth);
    }

    /// <summary>The patient.</summary>
    public DmsaPatient Patient { get; }

    /// <summary>The reconstructed and filtered counts.</summary>
    public Volume Image { get; }

    /// <summary>MBq in each voxel at the middle of the scan: what a perfect camera would show.</summary>
    public Volume Activity => _activity.Value;

    /// <summary>1 in the left kidney, 2 in the right, 0 elsewhere.</summary>
    public Volume Kidneys => _truth.Value.Kidneys;

    /// <summary>1, 2, ... in the defects of the left kidney, 11, 12, ... in those of the right, 0 elsewhere.</summary>
    public Volume Defects => _truth.Value.Defects;

    /// <summary>All counts of all views.</summary>
    public double Counts { get; }

    /// <summary>MBq in the left kidney at the middle of the scan.</summary>
    public double LeftActivity { get; }

    /// <summary>MBq in the right kidney at the middle of the scan.</summary>
    public double RightActivity { get; }
}
