using System.Globalization;
using MLNetScinti.Peers;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["training-step", var size, var batch, var steps, var lanes]:
        TrainingStep.Serve(Number(size), Number(batch), Number(steps), Number(lanes));
        return 0;
    case ["scoring", var size, var rounds, var images]:
        Scoring.Measure(Number(size), Number(rounds), Number(images));
        return 0;
    case ["reading", var file]:
        Reading.Serve(file);
        return 0;
    default:
        Console.Error.WriteLine("Usage: MLNetScinti.Peers training-step SIZE BATCH STEPS LANES | scoring SIZE ROUNDS IMAGES");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
