using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;

namespace MLNetScinti.AuditPower;

/// <summary>Cases that are held in memory.</summary>
internal sealed class HeldCases(CaseSchema schema, LearningTask task, IReadOnlyList<Case> cases) : CaseSource
{
    public override CaseSchema Schema => schema;

    public override LearningTask Task => task;

    public override int Count => cases.Count;

    public override StudyCases Read(int study) => new([cases[study]], cases[study].Id);
}

/// <summary>A view of a cohort's patient, to be changed by a fault.</summary>
internal sealed class PlantedView(int patient, string name, bool iodine, string direction, float[] values)
{
    public int Patient => patient;

    public string Class => name;

    public bool Iodine => iodine;

    public string Direction => direction;

    public float[] Values { get; set; } = values;

    public string PatientId { get; set; } = string.Create(CultureInfo.InvariantCulture, $"P{patient:0000}");

    public string Camera { get; set; } = "";
}

/// <summary>Cohorts of the base's patients: drawn without their being there twice, each with counts of its own.</summary>
internal static class Cohorts
{
    public static readonly string[] Classes = ["normal", "metastasis", "arthritis", "thyroid"];

    private static readonly ImageShape s_shape = new(BasePatient.Rows, BasePatient.Columns);

    /// <summary>Both views of so many patients. Half of the base's counts are kept, each for itself: what is left scatters as fresh counts do.</summary>
    public static List<PlantedView> Draw(IReadOnlyList<BasePatient> people, int patients, int cohort)
    {
        int[] order = [.. Enumerable.Range(0, people.Count)];
        CounterRandom random = new(5, cohort, 0, "cohort");
        random.Shuffle<int>(order);
        List<PlantedView> views = [];
        foreach (int one in order.Take(patients))
        {
            BasePatient person = people[one];
            string camera = string.Create(CultureInfo.InvariantCulture, $"camera {random.NextInt32(4)}");
            views.Add(new PlantedView(one, person.Class, person.Iodine, "anterior", Thinned(person.Anterior, cohort, one)) { Camera = camera });
            views.Add(new PlantedView(one, person.Class, person.Iodine, "posterior", Thinned(person.Posterior, cohort, one + people.Count)) { Camera = camera });
        }

        return views;
    }

    /// <summary>The cohort as the audits see it.</summary>
    public static CaseView View(IEnumerable<PlantedView> views)
    {
        MulticlassTask task = new(Classes);
        CaseSchema schema = new([new CaseImageColumn("Scan", s_shape)], [], []);
        return new CaseView(new HeldCases(schema, task, [.. views.Select((view, index) => new Case
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"C{index:00000}"),
            PatientId = view.PatientId,
            File = string.Create(CultureInfo.InvariantCulture, $"{index:00000}"),
            Images = [new CaseImage(s_shape, view.Values)],
            Target = new ClassTarget(Array.IndexOf(Classes, view.Class)),
            Acquisition = Facts.Of(("Camera", view.Camera), ("Radionuclide", view.Iodine ? "I-131" : "Tc-99m"), ("Collimator", view.Iodine ? "HEGP PARA" : "LEHR PARA")),
        })]), new CaseViewOptions { Parallelism = 1 });
    }

    private static float[] Thinned(float[] values, int cohort, int sample)
    {
        float[] kept = new float[values.Length];
        CounterRandom random = new(6, cohort, (ulong)sample, "thinning");
        for (int i = 0; i < values.Length; i++)
        {
            int count = (int)values[i], bits = 0;
            for (; count >= 32; count -= 32)
            {
                bits += System.Numerics.BitOperations.PopCount(random.NextUInt32());
            }

            kept[i] = bits + (count > 0 ? System.Numerics.BitOperations.PopCount(random.NextUInt32() >> (32 - count)) : 0);
        }

        return kept;
    }
}
