using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class CohortTests
{
    [Fact]
    public void ThePapersCohortHasItsProportions()
    {
        DmsaCohort cohort = new(DmsaCohortOptions.Paper);
        DmsaPatient[] patients = [.. cohort];
        DmsaPatient[] training = [.. patients.Where(patient => patient.Set == CohortSet.Training)];
        Assert.Equal(261, training.Length);
        int abnormal = training.Sum(patient => (patient.Anatomy.Left.IsAbnormal ? 1 : 0) + (patient.Anatomy.Right.IsAbnormal ? 1 : 0));
        Assert.Equal((int)Math.Round(522 * 152 / 520.0), abnormal);
        foreach (CohortSet set in (CohortSet[])[CohortSet.Validation, CohortSet.Test])
        {
            IEnumerable<int> kinds = patients.Where(patient => patient.Set == set)
                .GroupBy(patient => (patient.Anatomy.Left.IsAbnormal, patient.Anatomy.Right.IsAbnormal))
                .Select(group => group.Count());
            Assert.Equal([5, 5, 5, 5], kinds);
        }

        // Drawn once, judged at once: 301 patients are enough for these bounds.
        Assert.InRange(patients.Average(patient => patient.Anatomy.Age), 3.0, 4.6);
        Assert.InRange(patients.Min(patient => patient.Anatomy.Age), 0.2, 0.5);
        Assert.All(patients, patient =>
        {
            double weight = patient.Anatomy.Weight;
            Assert.Equal(Math.Max(18.5, 1.85 * weight), patient.InjectedMegabecquerels, 6);
            KidneyAnatomy left = patient.Anatomy.Left;
            KidneyAnatomy right = patient.Anatomy.Right;
            Assert.True(left.Centre.X > 0 && right.Centre.X < 0);
            // The kidneys neither meet in the middle nor leave the body.
            Assert.True(left.Centre.X - (left.Width / 2) > 4 && right.Centre.X + (right.Width / 2) < -4, patient.Id);
            Assert.True(Math.Abs(left.Centre.X) + (left.Width / 2) < patient.Anatomy.HalfWidth, patient.Id);
            foreach (KidneyAnatomy kidney in (KidneyAnatomy[])[left, right])
            {
                double expected = (0.051 * patient.Anatomy.Height) + (kidney.Side == BodySide.Left ? 22.8 : 21.02);
                bool usual = (kidney.Variants & (KidneyVariant.Small | KidneyVariant.Duplex | KidneyVariant.Hydronephrosis)) == 0;
                Assert.InRange(kidney.Length / expected, usual ? kidney.IsAbnormal ? 0.65 : 0.8 : 0.45, usual ? 1.25 : 1.55);
                Assert.InRange(kidney.Uptake, 0.02, 0.33);
                Assert.All(kidney.Defects, defect => Assert.InRange(defect.Retained, 0, 0.6));
            }
        });

        // Normal pairs share the uptake about evenly: 45 to 55 % in most.
        double[] shares = [.. patients.Where(patient => !patient.Anatomy.Left.IsAbnormal && !patient.Anatomy.Right.IsAbnormal)
            .Select(patient => patient.Anatomy.Left.Uptake / (patient.Anatomy.Left.Uptake + patient.Anatomy.Right.Uptake))];
        Assert.InRange(shares.Count(share => share is > 0.45 and < 0.55) / (double)shares.Length, 0.75, 1);
        Assert.True(patients.SelectMany(patient => (KidneyAnatomy[])[patient.Anatomy.Left, patient.Anatomy.Right])
            .Count(kidney => kidney.IsAbnormal && kidney.Defects[0].MissingMillilitres < PhysicsConstants.SmallestDefect) < 5);
    }

    [Fact]
    public void ADefectLeavesTheRestOfThePatientAsItWouldBe()
    {
        PatientAnatomy well = Small.Cohort(3, 0)[1].Anatomy;
        PatientAnatomy ill = Small.Cohort(3, 1)[1].Anatomy;
        Assert.Empty(well.Left.Defects);
        Assert.NotEmpty(ill.Left.Defects);
        Assert.Equal(well.Weight, ill.Weight);
        Assert.Equal(well.Liver, ill.Liver);
        Assert.Equal(well.Left.Centre, ill.Left.Centre);
    }

    [Fact]
    public void PlainerScarsCanBeAskedFor()
    {
        DmsaCohort plain = new(new DmsaCohortOptions { Patients = 6, AbnormalKidneys = 1, SmallestDefectMillilitres = 2 });
        KidneyAnatomy[] kidneys = [.. plain.SelectMany(patient => (KidneyAnatomy[])[patient.Anatomy.Left, patient.Anatomy.Right])];
        Assert.All(kidneys, kidney => Assert.NotEmpty(kidney.Defects));
        // All but those of kidneys without room for one.
        Assert.True(kidneys.Count(kidney => kidney.Defects[0].MissingMillilitres < 2) <= 2);
    }

    [Fact]
    public void PatientsDependOnTheSeedAndTheirNumberOnly()
    {
        DmsaCohort few = Small.Cohort(3, 0);
        DmsaCohort many = Small.Cohort(30, 0);
        Assert.Equal(few[2].Anatomy.Left, many[2].Anatomy.Left with { Defects = few[2].Anatomy.Left.Defects });
        Assert.NotEqual(few[2].Anatomy.Age, Small.Cohort(3, 0, seed: 6)[2].Anatomy.Age);
        Assert.Equal("SIM-5-000003", few[2].Id);
    }

    [Theory]
    [InlineData(0, 0, 0, 0.3)]
    [InlineData(10, 6, 5, 0.3)]
    [InlineData(10, -1, 0, 0.3)]
    [InlineData(10, 0, 0, 1.5)]
    public void NumbersThatDoNotFitTogetherAreRefused(int patients, int validation, int test, double abnormal) =>
        Assert.Throws<ArgumentException>(() => new DmsaCohort(
            new DmsaCohortOptions { Patients = patients, Validation = validation, Test = test, AbnormalKidneys = abnormal }));

    [Fact]
    public void GrowthIsMonotonousAndPlausible()
    {
        foreach (Sex sex in Enum.GetValues<Sex>())
        {
            for (double age = 0; age < 18; age += 0.25)
            {
                Assert.True(GrowthReference.Height(age + 0.25, sex) >= GrowthReference.Height(age, sex));
                Assert.True(GrowthReference.Weight(age + 0.25, sex) > GrowthReference.Weight(age, sex));
            }
        }

        Assert.Equal(875, GrowthReference.Height(2, Sex.Male));
        Assert.Equal(GrowthReference.Weight(18, Sex.Female), GrowthReference.Weight(40, Sex.Female));
    }
}
