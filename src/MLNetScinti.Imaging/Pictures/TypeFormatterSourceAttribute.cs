using System.Reflection;
using System.Runtime.Loader;

namespace MLNetScinti.Imaging;

/// <summary>
/// Says how a type draws itself in a notebook. .NET Interactive knows attributes of this name by convention: it takes
/// <see cref="FormatterSourceType"/>, makes one, calls its CreateTypeFormatters and uses what has a MimeType and a Format
/// method. So results draw themselves without a reference to its packages, and this product's notebook runner does the same.
/// </summary>
/// <remarks>The drawing itself is in MLNetScinti.Interactive, beside this assembly; where that is not there, nothing is drawn.</remarks>
/// <param name="formatted">The type that bears the attribute.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = true)]
public sealed class TypeFormatterSourceAttribute(Type formatted) : Attribute
{
    private const string DrawingAssembly = "MLNetScinti.Interactive";

    private static readonly Lazy<Type?> s_source = new(() => Drawing()?.GetType("MLNetScinti.Interactive.FormatterSource`1"));

    /// <summary>The type that is drawn.</summary>
    public Type Formatted { get; } = formatted;

    /// <summary>The type that makes the formatters; null where MLNetScinti.Interactive is not there.</summary>
    public Type? FormatterSourceType => s_source.Value?.MakeGenericType(Formatted);

    // A notebook's kernel may keep assemblies in a context of its own: the one that this assembly is in is the right one.
    private static Assembly? Drawing()
    {
        Assembly own = typeof(TypeFormatterSourceAttribute).Assembly;
        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(own) ?? AssemblyLoadContext.Default;
        try
        {
            return context.LoadFromAssemblyName(new AssemblyName(DrawingAssembly));
        }
        catch (FileNotFoundException)
        {
            string beside = Path.Combine(Path.GetDirectoryName(own.Location) ?? "", DrawingAssembly + ".dll");
            return File.Exists(beside) ? context.LoadFromAssemblyPath(Path.GetFullPath(beside)) : null;
        }
    }
}
