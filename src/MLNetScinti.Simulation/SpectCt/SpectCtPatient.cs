using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>A radiopharmaceutical with 177Lu.</summary>
public enum LutetiumTracer
{
    /// <summary>177Lu-DOTATATE (S4).</summary>
    Dotatate,

    /// <summary>177Lu-PSMA-617 (S5's test patients).</summary>
    Psma,
}

/// <summary>The parts of the body whose activity has kinetics of its own.</summary>
public enum SourceOrgan
{
    /// <summary>The left kidney.</summary>
    LeftKidney,

    /// <summary>The right kidney.</summary>
    RightKidney,

    /// <summary>Liver.</summary>
    Liver,

    /// <summary>Spleen.</summary>
    Spleen,

    /// <summary>Bowel.</summary>
    Bowel,

    /// <summary>Metastases.</summary>
    Tumours,

    /// <summary>The rest of the body.</summary>
    Remainder,
}

/// <summary>
/// Activity of an organ over time: a share of the injected activity that decays, physically and biologically, with one or two half-lives.
/// </summary>
/// <param name="Share">Part of the injected activity at the injection; of tumours and the remainder the concentration, per gram and injected activity.</param>
/// <param name="HalfLife">Effective half-life, hours.</param>
/// <param name="FastPart">The part of it that leaves quickly.</param>
/// <param name="FastHalfLife">The effective half-life of that part, hours.</param>
public sealed record OrganKinetics(double Share, double HalfLife, double FastPart = 0, double FastHalfLife = 1)
{
    /// <summary>Part of the injected activity that is there.</summary>
    /// <param name="hours">Hours from the injection.</param>
    public double At(double hours) => Share * (((1 - FastPart) * Math.Pow(2, -hours / HalfLife)) + (FastPart * Math.Pow(2, -hours / FastHalfLife)));

    /// <summary>Time-integrated activity from the injection on for ever, hours for each unit of injected activity.</summary>
    public double Integral => Share * (((1 - FastPart) * HalfLife) + (FastPart * FastHalfLife)) / Math.Log(2);
}

/// <summary>A visit: a SPECT at a time, and where the patient and the organs are during it.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Cycle">The cycle of therapy, from 1: each has an injection of its own, eight weeks after the one before.</param>
/// <param name="Hours">Hours from that cycle's injection to the SPECT.</param>
/// <param name="Shift">Where the patient lies against the first visit, mm.</param>
/// <param name="Left">The left kidney's displacement on the SPECT against this visit's CT, mm.</param>
/// <param name="Right">The right kidney's displacement, mm.</param>
/// <param name="IsDrawnOnSpect">Whether readers draw the kidneys on the SPECT, since they lie elsewhere on the CT.</param>
public sealed record SpectCtVisit(int Number, int Cycle, double Hours, Point3 Shift, Point3 Left, Point3 Right, bool IsDrawnOnSpect)
{
    /// <summary>The displacement of a side's kidney.</summary>
    public Point3 DisplacementOf(BodySide side) => side == BodySide.Left ? Left : Right;
}

/// <summary>A simulated patient of SPECT/CT with 177Lu: anatomy, kinetics, visits, and how the CT is done.</summary>
public sealed record SpectCtPatient
{
    /// <summary>The number in the cohort, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The cohort's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number that its draws come from: that of the candidate, since some are excluded.</summary>
    public required ulong Candidate { get; init; }

    /// <summary>The name in files.</summary>
    public string Id => CohortFolder.IdOf(Seed, Number);

    /// <summary>Age in years.</summary>
    public required double Age { get; init; }

    /// <summary>Sex.</summary>
    public required Sex Sex { get; init; }

    /// <summary>Height, mm.</summary>
    public required double Height { get; init; }

    /// <summary>Weight, kg.</summary>
    public required double Weight { get; init; }

    /// <summary>The body, as the first visit's CT sees it.</summary>
    public required AbdomenAnatomy Anatomy { get; init; }

    /// <summary>The radiopharmaceutical.</summary>
    public required LutetiumTracer Tracer { get; init; }

    /// <summary>Injected activity, MBq.</summary>
    public required double InjectedMegabecquerels { get; init; }

    /// <summary>Kinetics by organ.</summary>
    public required IReadOnlyDictionary<SourceOrgan, OrganKinetics> Kinetics { get; init; }

    /// <summary>Standard deviation of each kidney's place over a breath, along the body, mm.</summary>
    public required (double Left, double Right) Breathing { get; init; }

    /// <summary>Visits in order of time; none where only the CT is done.</summary>
    public required IReadOnlyList<SpectCtVisit> Visits { get; init; }

    /// <summary>How the CT is done.</summary>
    public required CtScanner Scanner { get; init; }

    /// <summary>What all values of the CT are off, HU.</summary>
    public required double HounsfieldOffset { get; init; }

    /// <summary>The liver's value on CT before contrast, HU.</summary>
    public required double LiverHounsfield { get; init; }

    /// <summary>The middle of all scans along the body, mm.</summary>
    public required double ScanMiddle { get; init; }

    /// <summary>The kidneys that are cut by an edge of the scans.</summary>
    public required IReadOnlyList<BodySide> Truncated { get; init; }

    /// <summary>A name for masks and rows: "V1" of the first visit.</summary>
    public static string NameOf(SpectCtVisit? visit) => string.Create(CultureInfo.InvariantCulture, $"V{visit?.Number ?? 1}");
}

/// <summary>What is known of tracers' kinetics.</summary>
internal static class LutetiumKinetics
{
    /// <summary>Half-life of 177Lu, hours.</summary>
    public static readonly double HalfLife = PhysicalHalfLife.HoursOf("Lu-177");

    /// <summary>
    /// Shares and effective half-lives of a patient. DOTATATE: one patient's measured values (MRTDosimetry, patient 4): kidneys 1.37 and 1.29 % of the injected activity at 3.7 h and 49.2 and
    /// 47.7 h, liver 5.25 % and 92.7 h, spleen 1.21 % and 65.1 h. PSMA-617: medians of 20 patients (35.5, 22.9 and 16.8 h); the kidneys' share gives .82 Gy/GBq (PMC5472088); liver and
    /// spleen are judgement. The remainder (blood: 1.6 and 40 h) and bowel are judgement, tumours' 80 h convention.
    /// </summary>
    public static IReadOnlyDictionary<SourceOrgan, OrganKinetics> Draw(ulong seed, ulong patient, LutetiumTracer tracer, SpectCtParameters parameters, double bodyWeight)
    {
        CounterRandom random = new(seed, 0, patient, "kinetics");
        double common = Math.Exp(parameters.KidneyUptakeSpread * Math.Clamp(random.NextNormal(), -2.2, 2.2));
        double kidneyHalf = LogNormal(ref random, parameters.KidneyHalfLifeSpread);
        double Organ(ref CounterRandom from) => Math.Exp(parameters.OrganUptakeSpread * Math.Clamp(from.NextNormal(), -2.2, 2.2));
        double Half(ref CounterRandom from, double median) => Bounded(median * LogNormal(ref from, parameters.OrganHalfLifeSpread));
        double left = common * Math.Exp(parameters.SideUptakeSpread * random.NextNormal()), right = common * Math.Exp(parameters.SideUptakeSpread * random.NextNormal());
        bool dotatate = tracer == LutetiumTracer.Dotatate;
        (double Left, double Right) share = dotatate ? (0.0144, 0.0136) : (0.029, 0.029);
        (double Left, double Right) half = dotatate ? (49.2, 47.7) : (35.5, 35.5);
        return new Dictionary<SourceOrgan, OrganKinetics>
        {
            [SourceOrgan.LeftKidney] = new(share.Left * left, Bounded(half.Left * kidneyHalf)),
            [SourceOrgan.RightKidney] = new(share.Right * right, Bounded(half.Right * kidneyHalf)),
            [SourceOrgan.Liver] = new((dotatate ? 0.054 : 0.03) * Organ(ref random), Half(ref random, dotatate ? 92.7 : 22.9)),
            [SourceOrgan.Spleen] = new((dotatate ? 0.0126 : 0.006) * Organ(ref random), Half(ref random, dotatate ? 65.1 : 16.8)),
            [SourceOrgan.Bowel] = new((dotatate ? 0.005 : 0.02) * Organ(ref random), Half(ref random, 40)),
            // Per gram: about as much as a kidney of 200 g.
            [SourceOrgan.Tumours] = new(1.0e-4 * Math.Exp(0.7 * Math.Clamp(random.NextNormal(), -2, 2)), Half(ref random, 80)),
            [SourceOrgan.Remainder] = new(0.3 / (1000 * bodyWeight) * Organ(ref random), 40, 0.7, 1.6),
        };
    }

    /// <summary>The organ whose activity a tissue holds.</summary>
    public static SourceOrgan? OrganOf(Tissue tissue) => tissue switch
    {
        Tissue.Air or Tissue.Gas or Tissue.LeftCyst or Tissue.RightCyst or Tissue.LeftSinus or Tissue.RightSinus or Tissue.LeftUrine or Tissue.RightUrine => null,
        Tissue.Liver => SourceOrgan.Liver,
        Tissue.Spleen => SourceOrgan.Spleen,
        Tissue.Bowel => SourceOrgan.Bowel,
        Tissue.Tumour => SourceOrgan.Tumours,
        Tissue.LeftCortex or Tissue.LeftMedulla => SourceOrgan.LeftKidney,
        Tissue.RightCortex or Tissue.RightMedulla => SourceOrgan.RightKidney,
        _ => SourceOrgan.Remainder,
    };

    /// <summary>The concentration in a tissue relative to the densest part of its organ.</summary>
    public static double WeightOf(Tissue tissue, SpectCtParameters parameters) => tissue switch
    {
        Tissue.LeftMedulla or Tissue.RightMedulla => 1 / Math.Max(1, parameters.CortexToMedulla),
        Tissue.SubcutaneousFat or Tissue.VisceralFat => 0.2,
        Tissue.Lung => 0.3,
        Tissue.Stool or Tissue.CompactBone or Tissue.Disc => 0.2,
        Tissue.Blood => 2,
        _ => 1,
    };

    private static double LogNormal(ref CounterRandom random, double relative) =>
        Math.Exp(Math.Sqrt(Math.Log(1 + (relative * relative))) * Math.Clamp(random.NextNormal(), -2.2, 2.2));

    // Nothing decays more slowly than the nuclide.
    private static double Bounded(double hours) => Math.Min(hours, HalfLife * 0.98);
}
