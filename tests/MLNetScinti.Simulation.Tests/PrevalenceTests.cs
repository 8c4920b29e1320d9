using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

/// <summary>What is drawn for a thousand patients, without scanning any.</summary>
public sealed class PrevalenceTests
{
    private const int Patients = 1000;
    private static readonly DmsaPatient[] s_patients = [.. new DmsaCohort(new DmsaCohortOptions { Patients = Patients, Seed = 20 })];

    private static readonly Dictionary<string, (double Part, Func<DmsaPatient, bool> Has)> s_parts = new()
    {
        ["duplex"] = (DmsaPrevalence.Published.DuplexPatients, patient => Any(patient, KidneyVariant.Duplex)),
        ["small"] = (DmsaPrevalence.Published.SmallKidneyPatients, patient => Any(patient, KidneyVariant.Small)),
        ["malrotated"] = (DmsaPrevalence.Published.MalrotatedPatients, patient => Any(patient, KidneyVariant.Malrotated)),
        // A patient whose kidneys are both duplex has none that is dilated: 2 % of 3 %.
        ["dilated"] = (DmsaPrevalence.Published.DilatedPatients, patient => Any(patient, KidneyVariant.Hydronephrosis)),
        ["low liver"] = (DmsaPrevalence.Published.LowLiver, patient => Any(patient, KidneyVariant.LiverOverlap)),
        ["flattened left"] = (DmsaPrevalence.Published.FlattenedLeft, patient => patient.Anatomy.Left.Variants.HasFlag(KidneyVariant.Flattened)),
        ["flattened right"] = (DmsaPrevalence.Published.FlattenedRight, patient => patient.Anatomy.Right.Variants.HasFlag(KidneyVariant.Flattened)),
        ["lobulated left"] = (DmsaPrevalence.Published.Lobulated, patient => patient.Anatomy.Left.Variants.HasFlag(KidneyVariant.Lobulated)),
        ["wide right"] = (DmsaPrevalence.Published.WidePelvis, patient => patient.Anatomy.Right.Variants.HasFlag(KidneyVariant.WidePelvis)),
        ["short"] = (DmsaPrevalence.Published.ShortScans, patient => patient.ScanVariants.HasFlag(ScanVariant.ShortAcquisition)),
        ["beside the vein"] = (DmsaPrevalence.Published.Extravasations, patient => patient.LostInjection > 0),
        ["moved"] = (DmsaPrevalence.Published.MovedPatients, patient => patient.Motion is not null),
    };

    [Theory]
    [InlineData("duplex")]
    [InlineData("small")]
    [InlineData("malrotated")]
    [InlineData("dilated")]
    [InlineData("low liver")]
    [InlineData("flattened left")]
    [InlineData("flattened right")]
    [InlineData("lobulated left")]
    [InlineData("wide right")]
    [InlineData("short")]
    [InlineData("beside the vein")]
    [InlineData("moved")]
    public void PrevalenceIsMet(string name) => AssertPart(name, s_parts[name].Part, s_patients, s_parts[name].Has);

    [Fact]
    public void DefectsAreDistributedAsSaid()
    {
        KidneyAnatomy[] abnormal = [.. Kidneys(s_patients).Where(kidney => kidney.IsAbnormal)];
        Assert.Equal((int)Math.Round(2 * Patients * PhysicsConstants.AbnormalKidneys), abnormal.Length);
        CorticalDefect[] defects = [.. abnormal.SelectMany(kidney => kidney.Defects)];
        // The limit of what is drawn takes smaller defects away, and those that overlap: parts are met roughly, the order exactly.
        Assert.Equal(DmsaPrevalence.Poles.Upper, Part(defects, defect => defect.Location == DefectLocation.UpperPole), 0.08);
        Assert.Equal(DmsaPrevalence.Poles.Lower, Part(defects, defect => defect.Location == DefectLocation.LowerPole), 0.08);
        Assert.InRange(Part(abnormal, kidney => kidney.Defects.Count == 1), 0.64, 0.84);
        Assert.InRange(Part(abnormal, kidney => kidney.Defects.Count >= 4), 0.02, 0.12);
        foreach (DefectShape shape in Enum.GetValues<DefectShape>())
        {
            Assert.InRange(Part(defects, defect => defect.Shape == shape), 0.03, 0.7);
        }

        Assert.All(defects, defect =>
        {
            Assert.InRange(defect.Retained, 0, DmsaPrevalence.MostRetained.Usual);
            Assert.True(defect.MissingMillilitres > 0);
            Assert.True(defect.Depth >= DmsaPrevalence.Smallest.Depth && defect.Radius >= DmsaPrevalence.Smallest.Radius);
        });
        Assert.All(abnormal, kidney => Assert.Equal(kidney.Defects.OrderByDescending(defect => defect.MissingMillilitres), kidney.Defects));
    }

    [Fact]
    public void NormalPairsShareTheUptakeAsReported()
    {
        // Child Kidney Dis 2016;20:63: 17 of 154 children differ by more than 10 % with no or minimal defects.
        DmsaPatient[] normal = [.. s_patients.Where(patient => !patient.Anatomy.Left.IsAbnormal && !patient.Anatomy.Right.IsAbnormal)];
        AssertPart("uneven", 17.0 / 154, normal, patient => Math.Abs(ShareOf(patient.Anatomy, BodySide.Left) - 0.5) > 0.05, slack: 0.02);
    }

    [Fact]
    public void VariantsAloneNeverMakeAKidneyAbnormal()
    {
        DmsaPrevalence everything = new()
        {
            DuplexPatients = 0.5,
            DilatedPatients = 1,
            SmallKidneyPatients = 1,
            MalrotatedPatients = 1,
            WidePelvis = 1,
            Lobulated = 1,
            FlattenedLeft = 1,
            FlattenedRight = 1,
            LowLiver = 1,
            ShortScans = 1,
            Extravasations = 1,
            MovedPatients = 1,
        };
        DmsaCohort cohort = new(new DmsaCohortOptions { Patients = 50, AbnormalKidneys = 0, Prevalence = everything });
        Assert.All(Kidneys(cohort), kidney => Assert.False(kidney.IsAbnormal));
        Assert.All(cohort, patient => Assert.Equal(ScanVariant.Motion | ScanVariant.ShortAcquisition, patient.ScanVariants & ~ScanVariant.Extravasation));
    }

    [Fact]
    public void WithoutVariantsThereAreNone()
    {
        DmsaCohort cohort = new(new DmsaCohortOptions { Patients = 50, Prevalence = DmsaPrevalence.None });
        Assert.All(Kidneys(cohort), kidney => Assert.Equal(KidneyVariant.None, kidney.Variants));
        Assert.All(cohort, patient => Assert.Equal(ScanVariant.None, patient.ScanVariants));
    }

    [Fact]
    public void OneVariantChangesNothingElseAboutThePatients()
    {
        DmsaCohort still = new(new DmsaCohortOptions { Patients = 60, Seed = 20, Prevalence = new() { MovedPatients = 0 } });
        DmsaCohort known = new(new DmsaCohortOptions { Patients = 60, Seed = 20 });
        Assert.Contains(known, patient => patient.Motion is not null);
        foreach ((DmsaPatient a, DmsaPatient b) in still.Zip(known))
        {
            Assert.Equal(a.Anatomy.Left.Uptake, b.Anatomy.Left.Uptake);
            Assert.Equal(a.Anatomy.Right.Defects, b.Anatomy.Right.Defects);
            Assert.Equal((a.Cycles, a.LostInjection, a.Margins), (b.Cycles, b.LostInjection, b.Margins));
            Assert.Null(a.Motion);
        }
    }

    [Fact]
    public void WhoMovedLiesInTheReferencePositionForTheGreaterPart() => Assert.All(s_patients.Where(patient => patient.Motion is not null), patient =>
    {
        PatientMotion motion = patient.Motion!;
        Assert.InRange(motion.To - motion.From, 0.1, 0.5 + 1e-12);
        Assert.True(motion.From >= 0 && motion.To <= 1);
        Assert.True(Math.Abs(motion.Shift.Z) <= 2 * DmsaPrevalence.Movement.Along);
        Assert.True(Math.Abs(motion.Shift.Z) < DmsaPhantom.Beyond * PhysicsConstants.Pixel);
    });

    [Fact]
    public void InfantsTakeUpLessAndGirlsMore()
    {
        double Uptake(Func<DmsaPatient, bool> of) => s_patients.Where(of).Average(patient => patient.Anatomy.Left.Uptake + patient.Anatomy.Right.Uptake);
        Assert.True(Uptake(patient => patient.Anatomy.Age < 0.6) < 0.93 * Uptake(patient => patient.Anatomy.Age > 1.5));
        Assert.Equal(1.17, Uptake(patient => patient.Anatomy.Sex == Sex.Female) / Uptake(patient => patient.Anatomy.Sex == Sex.Male), 0.05);
    }

    [Fact]
    public void APartThatIsNoneIsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new DmsaCohort(new DmsaCohortOptions { Prevalence = new() { MovedPatients = 1.2 } }));
        Assert.Contains("movedPatients", error.Message, StringComparison.Ordinal);
    }

    private static double ShareOf(PatientAnatomy body, BodySide side) => body.Of(side).Uptake / (body.Left.Uptake + body.Right.Uptake);

    private static bool Any(DmsaPatient patient, KidneyVariant variant) => (patient.Anatomy.Left.Variants | patient.Anatomy.Right.Variants).HasFlag(variant);

    private static IEnumerable<KidneyAnatomy> Kidneys(IEnumerable<DmsaPatient> patients) =>
        patients.SelectMany(patient => (KidneyAnatomy[])[patient.Anatomy.Left, patient.Anatomy.Right]);

    private static double Part<T>(IReadOnlyCollection<T> all, Func<T, bool> has) => (double)all.Count(has) / all.Count;

    /// <summary>Within four standard deviations of the binomial distribution: the cohort is drawn once, so the test always says the same.</summary>
    private static void AssertPart(string name, double expected, IReadOnlyCollection<DmsaPatient> patients, Func<DmsaPatient, bool> has, double slack = 0.001)
    {
        double found = Part(patients, has);
        double bound = (4 * Math.Sqrt(expected * (1 - expected) / patients.Count)) + slack;
        Assert.True(Math.Abs(found - expected) <= bound, $"{name}: found {found:0.000}, expected {expected:0.000} within {bound:0.000}");
    }
}
