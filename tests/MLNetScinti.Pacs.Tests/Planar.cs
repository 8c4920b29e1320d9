using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pacs.Tests;

/// <summary>Small files of DICOM.</summary>
internal static class Planar
{
    /// <summary>A reconstructed SPECT of eight sections, of a simulated patient.</summary>
    public static string Write(string file, int number = 1)
    {
        NuclearMedicineWriter.WriteReconTomo(file, new Volume(ImageGeometry.Axial(16, 16, 8, 4, 4), [.. Enumerable.Repeat((float)number, 16 * 16 * 8)]), new NuclearMedicineStudy
        {
            PatientId = FormattableString.Invariant($"SIM-9-{number:000000}"),
            Comments = SimulatedPatient.Mark,
            Radionuclide = Radionuclide.Lutetium177,
            EnergyWindow = new EnergyWindow(1, "Lu-177 208 keV", [new EnergyRange(187.6, 229.2)]),
        });
        return file;
    }
}
