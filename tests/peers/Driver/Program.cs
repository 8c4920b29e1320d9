using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Peers;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["training-step", var size, var batch, var steps, var lanes, var precision]:
        TrainingStep.Serve(Number(size), Number(batch), Number(steps), Number(lanes), Enum.Parse<TrainingPrecision>(precision, ignoreCase: true));
        return 0;
    case ["plain-step", var size, var batch, var steps, var threads]:
        PlainStep.Serve(Number(size), Number(batch), Number(steps), Number(threads));
        return 0;
    case ["end-to-end", var folder, var rounds]:
        EndToEnd.Measure(folder, Number(rounds));
        return 0;
    case ["flat-memory", var folder]:
        EndToEnd.Flat(folder);
        return 0;
    case ["cohort", var folder, var patients]:
        Studies.WriteCohort(folder, Number(patients));
        return 0;
    case ["copies", var from, var to, var count, var form]:
        Studies.Copy(from, to, Number(count), half: form == "half");
        return 0;
    case ["scoring", var size, var width, var rounds, var images]:
        Scoring.Measure(Number(size), double.Parse(width, CultureInfo.InvariantCulture), Number(rounds), Number(images));
        return 0;
    case ["batches", var rounds, .. var networks]:
        BatchedScoring.Measure(Number(rounds), networks);
        return 0;
    case ["studies", var folder]:
        Studies.Write(folder);
        return 0;
    case ["reading", var file, var output, var memory]:
        Reading.Serve(file, output, reuse: memory == "reuse");
        return 0;
    case ["augmentation", var input, var output, var rows, var columns, var sample]:
        Images.Augment(input, output, new ImageShape(Number(rows), Number(columns)), (ulong)Number(sample));
        return 0;
    case ["augmentation", var input, var output, var sections, var rows, var columns, var sample]:
        Images.Augment(input, output, new ImageShape(Number(sections), Number(rows), Number(columns)), (ulong)Number(sample));
        return 0;
    case ["projections", var input, var output, var sections, var rows, var columns]:
        Images.Project(input, output, new ImageShape(Number(sections), Number(rows), Number(columns)));
        return 0;
    case ["osem", var input, var output, var views, var bins, var sections, var subsets, var iterations]:
        Reconstruction.Serve(input, output, Number(views), Number(bins), Number(sections), Number(subsets), Number(iterations));
        return 0;
    case ["delong", var input, var output, var cases]:
        Statistics.Compare(input, output, Number(cases));
        return 0;
    case ["bootstrap", var input, var output, var cases, var replicates]:
        Statistics.Resample(input, output, Number(cases), Number(replicates));
        return 0;
    default:
        Console.Error.WriteLine("This is the C# side of tests/peers/run: start that.");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
