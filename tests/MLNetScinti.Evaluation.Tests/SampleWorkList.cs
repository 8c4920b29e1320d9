using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>A made-up work list.</summary>
internal static class SampleWorkList
{
    public static WorkList Make() => new()
    {
        Title = "What sample says of 3 kidneys",
        Model = "sample",
        Question = "For each of the kidneys: normal or abnormal?",
        Origin = DataOrigin.Simulated,
        TrainedOnSimulated = true,
        Words = new TaskWords { Case = "kidney", Cases = "kidneys", Positive = "abnormal", Negative = "normal" },
        Meaning = ["Risk: the probability where a class is as common as was stated."],
        TrainedOn = [new("Radionuclide", "Tc-99m"), new("Pixel", "1.75 mm")],
        Limits = ["Children only."],
        Cases = [.. Enumerable.Range(0, 3).Select(Case)],
        Refused = [new SkippedInput("F-000000000001", "its radionuclide is I-123, and the model was trained on Tc-99m: what the image shows cannot mean the same, so that it is not scored.")],
        LeftOut = [new SkippedInput("F-000000000002", "it is cut off.")],
    };

    private static WorkListCase Case(int number) => new()
    {
        CaseId = $"P-0123456789AB-7Q{number}-L",
        PatientId = "P-0123456789AB",
        FileId = $"F-ABCDEFGHIJK{number}",
        Facts = [new("Side", "left"), new("Age", "7"), new("Note", "<script>alert(1)</script>")],
        Decision = number == 0 ? "abnormal" : "normal",
        Answers = [new("abnormal", 0.6 - (0.2 * number), 0.5, number == 0, 0.3, 0.4 - (0.1 * number))],
        Unusual = number == 1 ? ["Its pixel size is 4.4 mm; the model was trained on 1.75 mm."] : [],
        Pictures = [Panel("transverse", "A", "P", number == 0), Panel("coronal", "H", "F", number == 0)],
    };

    private static WorkListPanel Panel(string name, string top, string bottom, bool withMap)
    {
        StoredPicture png = StoredPicture.Of(PngEncoder.Encode(new PngImage(32, 32, 1, [.. Enumerable.Range(0, 1024).Select(i => (byte)(i / 4))])));
        return new($"{name} maximum intensity projection", png, withMap ? png : null, 112, 112, "R", "L", top, bottom) { MapWords = "what speaks for abnormal" };
    }
}
