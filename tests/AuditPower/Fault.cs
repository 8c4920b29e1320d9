using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Audits;

namespace MLNetScinti.AuditPower;

/// <summary>A fault that is planted into a cohort, and the audit that should find it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Strength">What its strength is.</param>
/// <param name="Strengths">The strengths that are planted; the middle one should be found 18 times in 20.</param>
/// <param name="Run">Plants it and audits the cohort; strength 0 plants nothing.</param>
internal sealed record Fault(string Name, string Strength, double[] Strengths, Func<List<PlantedView>, double, int, AuditFinding> Run)
{
    public const int Patients = 160;

    private const string Marked = "metastasis";

    // Half of the usual permutations: the alarm is as exact, and a little more is missed.
    private static readonly AuditOptions s_options = new() { Permutations = 79 };

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("shortcut-acquisition", "share of all patients whose camera goes with their class (others: any of four cameras)", [0.3, 0.6, 0.9], (views, strength, number) =>
        {
            CounterRandom random = new(7, number, 0, "cameras");
            foreach (PlantedView[] patient in ByPatient(views))
            {
                if (random.NextBoolean(strength))
                {
                    Each(patient, view => view.Camera = string.Create(CultureInfo.InvariantCulture, $"camera {Array.IndexOf(Cohorts.Classes, view.Class)}"));
                }
            }

            return Audited(views, cases => ShortcutAudit.Run(cases, s_options));
        }),
        new("shortcut-noise", "share of the patients of one of four classes whose images came through a filter (Gaussian, deviation half a pixel)", [0.2, 0.5, 0.8], (views, strength, number) =>
        {
            CounterRandom random = new(8, number, 0, "filters");
            Smooth filter = new(0.5);
            ImageShape shape = new(BasePatient.Rows, BasePatient.Columns);
            foreach (PlantedView[] patient in ByPatient(views).Where(patient => patient[0].Class == Marked))
            {
                if (random.NextBoolean(strength))
                {
                    Each(patient, view =>
                    {
                        float[] values = new float[shape.Length];
                        filter.Apply(view.Values, shape, values);
                        view.Values = values;
                    });
                }
            }

            return Audited(views, cases => ShortcutAudit.Run(cases, s_options));
        }),
        new("augmentation-signature", "copies a patient of one of four classes has more than those of the others, who have one each", [0.2, 0.5, 1], (views, strength, _) =>
        {
            Dictionary<string, double> factors = Cohorts.Classes.ToDictionary(name => name, name => name == Marked ? 2 + strength : 2, StringComparer.Ordinal);
            return Audited(views, cases => AugmentationSignatureAudit.Run(cases, new TrainingCopies(factors, 1, new Augmentation(new RandomRotate(3), new RandomTranslate(2))), s_options));
        }),
        new("missing-view", "share by which the spread of the paper's lost views is taken (of normal patients 13 %, of the others 51, 24 and 2 % lack a view, at 1); at 0 each class lacks 21 %", [0.4, 1, 1.5], (views, strength, number) =>
        {
            double[] paper = [24.0 / 179, 60.0 / 117, 34.0 / 143, 4.0 / 161];
            CounterRandom random = new(9, number, 0, "views");
            List<PlantedView> left = [];
            foreach (PlantedView[] patient in ByPatient(views))
            {
                double part = 122.0 / 600;
                if (random.NextBoolean(part + (strength * (paper[Array.IndexOf(Cohorts.Classes, patient[0].Class)] - part))))
                {
                    // The other view's mirror image stands for the one that is lost.
                    int lost = random.NextInt32(2);
                    float[] values = [.. patient[1 - lost].Values];
                    for (int start = 0; start < values.Length; start += BasePatient.Columns)
                    {
                        values.AsSpan(start, BasePatient.Columns).Reverse();
                    }

                    patient[lost].Values = values;
                }

                left.AddRange(patient);
            }

            return Audited(left, cases => MissingViewAudit.Run(cases, s_options));
        }),
        new("leakage", "share of the rows of 80 patients whose patient is their own (the others' patients are dealt anew within the class, so that a split cannot leak)", [0.2, 0.5, 1], (views, strength, number) =>
        {
            // As many rows as a pipeline makes that doubles each image; whose they are is decided here.
            CounterRandom random = new(10, number, 0, "owners");
            ImageShape shape = new(BasePatient.Rows, BasePatient.Columns);
            Augmentation changes = new(new RandomRotate(3), new RandomTranslate(2));
            // Rows are what this audit costs: half of the patients are enough.
            HashSet<int> half = [.. views.Select(view => view.Patient).Distinct().Take(Patients / 2)];
            views = [.. views.Where(view => half.Contains(view.Patient))];
            views = [.. views, .. views.Select((view, index) =>
            {
                float[] values = new float[shape.Length];
                changes.Draw((ulong)number, -1, (ulong)index, shape).Apply(view.Values, shape, values);
                return new PlantedView(view.Patient, view.Class, view.Iodine, view.Direction, values);
            })];
            foreach (IGrouping<string, PlantedView> own in views.GroupBy(view => view.Class))
            {
                PlantedView[] dealt = [.. own.Where(_ => !random.NextBoolean(strength))];
                string[] ids = [.. dealt.Select(view => view.PatientId)];
                random.Shuffle<string>(ids);
                foreach ((PlantedView view, string id) in dealt.Zip(ids))
                {
                    view.PatientId = id;
                }
            }

            return Audited(views, cases => LeakageControl.Run(cases, new TrainingCopies(new Dictionary<string, double>(StringComparer.Ordinal), 1, Augmentation.None), s_options));
        }),
    ];

    private static IEnumerable<PlantedView[]> ByPatient(List<PlantedView> views) => views.GroupBy(view => view.Patient).Select(group => group.ToArray());

    private static void Each(PlantedView[] views, Action<PlantedView> change)
    {
        foreach (PlantedView view in views)
        {
            change(view);
        }
    }

    private static AuditFinding Audited(IEnumerable<PlantedView> views, Func<CaseView, AuditFinding> audit)
    {
        using CaseView cases = Cohorts.View(views);
        return audit(cases);
    }
}
