using System.ComponentModel;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace MLNetScinti.Notebooks;

/// <summary>The state of a notebook's code: each piece goes on from where the last one ended.</summary>
internal sealed class ScriptSession : IDisposable
{
    // Those that .NET Interactive's C# kernel has from the start, and the extension methods that show values.
    private static readonly string[] s_imports =
        ["System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq", typeof(DisplayExtensions).Namespace!];

    private readonly InteractiveAssemblyLoader _loader = new();
    private readonly string _folder;
    private ScriptOptions _options;
    private ScriptState<object>? _state;

    public ScriptSession(string folder)
    {
        _folder = Path.GetFullPath(folder);
        _options = ScriptOptions.Default
            .WithReferences(CarriedAssemblies.References)
            .WithImports(s_imports)
            .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(_folder))
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8);
    }

    /// <summary>The variables that the code so far has declared.</summary>
    public IReadOnlyList<ScriptVariable> Variables => _state is null ? [] : [.. _state.Variables];

    /// <summary>Makes assemblies known to the code that follows.</summary>
    /// <exception cref="CellException">There is no such assembly, or no such package in the application.</exception>
    public void Reference(string what, int line)
    {
        if (what.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
        {
            string package = what["nuget:".Length..].Split(',')[0].Trim();
            if (!CarriedAssemblies.ContainsPackage(package))
            {
                throw new CellException(line, "Reference",
                    $"#r \"{what}\": this runner installs no packages, and the application carries none named {package}; use one that it carries, or run the notebook in .NET Interactive.");
            }

            return;
        }

        string name = what.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(what.Replace('\\', '/')) : what;
        if (CarriedAssemblies.Contains(name))
        {
            return;
        }

        string file = Path.Combine(_folder, what.Replace('\\', '/'));
        _options = File.Exists(file)
            ? _options.AddReferences(MetadataReference.CreateFromFile(file))
            : throw new CellException(line, "Reference", $"#r \"{what}\": there is no such assembly; paths start from the notebook's folder.");
    }

    /// <summary>Runs code and returns the value of its last expression.</summary>
    /// <param name="code">C# script.</param>
    /// <param name="file">What errors call the code.</param>
    /// <param name="host">What the code can call.</param>
    /// <param name="cancellationToken">Stops before the code, not within it.</param>
    /// <exception cref="CompilationErrorException">The code does not compile.</exception>
    public async Task<object?> RunAsync(string code, string file, NotebookHost host, CancellationToken cancellationToken)
    {
        ScriptOptions options = _options.WithFilePath(file);
        _state = _state is null
            ? await CSharpScript.Create<object>(code, options, typeof(NotebookHost), _loader).RunAsync(host, cancellationToken).ConfigureAwait(false)
            : await _state.ContinueWithAsync<object>(code, options, cancellationToken).ConfigureAwait(false);
        return _state.ReturnValue;
    }

    public void Dispose() => _loader.Dispose();
}

/// <summary>Gives variables of the cell of parameters other values.</summary>
internal static class NotebookParameters
{
    /// <exception cref="NotebookException">There is no such variable, or the text is no value of its type.</exception>
    public static void Apply(ScriptSession session, IReadOnlyDictionary<string, string> parameters, CellOutputs outputs)
    {
        foreach ((string name, string text) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            ScriptVariable variable = session.Variables.LastOrDefault(there => there.Name == name)
                ?? throw new NotebookException($"There is no parameter '{name}'; there are {string.Join(", ", session.Variables.Select(there => there.Name))}.");
            variable.Value = Convert(name, text, variable.Type);
            // The notebook says what it was run with.
            outputs.Print("stdout", $"{name} = {text} (set for this run)\n");
        }
    }

    private static object Convert(string name, string text, Type type)
    {
        try
        {
            return type == typeof(string) ? text : TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text)!;
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or NotSupportedException)
        {
            throw new NotebookException(string.Create(CultureInfo.InvariantCulture, $"Parameter '{name}': expected a value of {type.Name}, found '{text}'."), problem);
        }
    }
}
