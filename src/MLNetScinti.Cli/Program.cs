using System.CommandLine;
using MLNetScinti.Cli;

RootCommand root = new("Deep-learning pipelines on nuclear-medicine images: build, train, evaluate and run them. Research use only.")
{
    RunCommand.Create(),
    CompareCommand.Create(),
    DemoCommand.Create(),
    SimulateCommand.Create(),
    InspectCommand.Create(),
    ScanCommand.Create(),
    ScoreCommand.Create(),
    NetworksCommand.Create(),
    CheckPaperCommand.Create(),
    NotebookCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
    {
        Console.Error.WriteLine($"scinti: {error.Message}");
    }

    Console.Error.WriteLine("scinti: see 'scinti --help'.");
    return ExitCode.WrongUsage;
}

return parsed.Invoke();
