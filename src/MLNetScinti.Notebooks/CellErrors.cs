using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace MLNetScinti.Notebooks;

/// <summary>What went wrong in a cell, told by its lines: frames of the runner and of the runtime are left out, and so are paths.</summary>
internal static partial class CellErrors
{
    private const int MostErrors = 10;

    private static readonly string[] s_machinery = ["MLNetScinti.Notebooks.", "Submission#", "Microsoft.CodeAnalysis.", "System.Runtime."];

    /// <summary>What the compiler and stack traces call a cell.</summary>
    public static string FileOf(int cell) => string.Create(CultureInfo.InvariantCulture, $"cell {cell}");

    public static CellFailure Describe(Exception problem, int cell) => problem switch
    {
        CompilationErrorException compilation => Describe(compilation, cell),
        CellException directive => new(cell, directive.Line, directive.Kind, directive.Message, [$"{FileOf(cell)}, line {directive.Line}: {directive.Message}"]),
        _ => Thrown(problem, cell),
    };

    private static CellFailure Describe(CompilationErrorException problem, int cell)
    {
        Diagnostic[] errors = [.. problem.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        string[] lines = [.. errors.Take(MostErrors).Select(error =>
            $"{FileOf(cell)}, line {LineOf(error)}: {error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}")];
        Diagnostic first = errors[0];
        return new(cell, LineOf(first), "CompilationError", $"{first.Id}: {first.GetMessage(CultureInfo.InvariantCulture)}", lines);
    }

    private static int LineOf(Diagnostic error) => error.Location.GetLineSpan().StartLinePosition.Line + 1;

    private static CellFailure Thrown(Exception problem, int cell)
    {
        string name = problem.GetType().FullName ?? problem.GetType().Name;
        List<string> trace = [$"{name}: {problem.Message}"];
        int? line = null;
        foreach (StackFrame frame in new StackTrace(problem, fNeedFileInfo: true).GetFrames())
        {
            // The compiler puts the notebook's folder before the name.
            string? file = Path.GetFileName(frame.GetFileName());
            bool own = file is not null && CellFile().IsMatch(file);
            if (own)
            {
                trace.Add(string.Create(CultureInfo.InvariantCulture, $"   at {file}, line {frame.GetFileLineNumber()}"));
                line ??= file == FileOf(cell) ? frame.GetFileLineNumber() : null;
            }
            else if (frame.GetMethod() is { DeclaringType: { } type } method && line is null && !IsMachinery(type.FullName!))
            {
                trace.Add($"   at {type.FullName}.{method.Name}");
            }
        }

        for (Exception? inner = problem.InnerException; inner is not null; inner = inner.InnerException)
        {
            trace.Add($" caused by {inner.GetType().FullName}: {inner.Message}");
        }

        return new(cell, line, problem.GetType().Name, problem.Message, trace);
    }

    private static bool IsMachinery(string type) =>
        s_machinery.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal));

    [GeneratedRegex("^cell [0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CellFile();
}
