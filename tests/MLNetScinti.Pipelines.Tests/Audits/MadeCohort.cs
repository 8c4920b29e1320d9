using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Tests.Audits;

/// <summary>Patients with two views of a smooth thing on a small matrix, in counts; nothing of them says of which of three classes they are until a fault is planted.</summary>
internal sealed class MadeCohort
{
    public const int Rows = 48, Columns = 24, Patients = 60;

    public static readonly MulticlassTask Task = new("high", "middle", "low");

    private static readonly ImageShape s_shape = new(Rows, Columns);

    public MadeCohort(ulong seed)
    {
        for (int patient = 0; patient < Patients; patient++)
        {
            // Where it is brightest is the patient's own, and shared by both views.
            CounterRandom random = new(seed, 0, (ulong)patient, "patient");
            double row = random.NextDouble(12, 36), column = random.NextDouble(8, 16), level = random.NextDouble(30, 80);
            Camera.Add(string.Create(CultureInfo.InvariantCulture, $"camera {random.NextInt32(3)}"));
            Views.Add([.. Enumerable.Range(0, 2).Select(view => View(new CounterRandom(seed, view, (ulong)patient, "counts"), row, view == 0 ? column : Columns - column + 2, level))]);
        }
    }

    public List<string> Camera { get; } = [];

    /// <summary>The images of each patient.</summary>
    public List<float[][]> Views { get; } = [];

    public static int ClassOf(int patient) => patient % 3;

    public CaseView Cases() => new(new Held(this), new CaseViewOptions { Parallelism = 1 });

    private static float[] View(CounterRandom random, double row, double column, double level)
    {
        float[] values = new float[Rows * Columns];
        for (int i = 0; i < values.Length; i++)
        {
            double down = (i / Columns) - row, across = (i % Columns) - column;
            values[i] = random.NextPoisson(level * (0.3 + Math.Exp(-((down * down) / 200) - ((across * across) / 60))));
        }

        return values;
    }

    private sealed class Held(MadeCohort cohort) : CaseSource
    {
        private readonly (int Patient, int View)[] _cases = [.. cohort.Views.SelectMany((views, patient) => views.Select((_, view) => (patient, view)))];

        public override CaseSchema Schema { get; } = new([new CaseImageColumn("Image", s_shape)], [], []);

        public override LearningTask Task => MadeCohort.Task;

        public override int Count => _cases.Length;

        public override StudyCases Read(int study)
        {
            (int patient, int view) = _cases[study];
            string id = string.Create(CultureInfo.InvariantCulture, $"P{patient:00}-{view}");
            return new StudyCases(
            [
                new Case
                {
                    Id = id,
                    PatientId = string.Create(CultureInfo.InvariantCulture, $"P{patient:00}"),
                    File = id,
                    Images = [new CaseImage(s_shape, cohort.Views[patient][view].ToArray())],
                    Target = new ClassTarget(ClassOf(patient)),
                    Acquisition = Facts.Of(("Camera", cohort.Camera[patient]), ("Matrix", "48 x 24")),
                },
            ], id);
        }
    }
}
