using System.Reflection;

namespace Microsoft.ML.Transforms;

/// <summary>A custom mapping in a model file: the name of its contract, and the assembly in which its factory is looked for.</summary>
internal static class CustomMappingFormat
{
    public const string Signature = "CustomTransformer";

    public static object Load(ModelLoadContext context)
    {
        string contract = context.Reader.ReadString();
        string assembly = context.Reader.ReadString();
        if (assembly.Length > 0)
        {
            try
            {
                context.Environment.ComponentCatalog.RegisterAssembly(Assembly.Load(assembly));
            }
            catch (Exception error) when (error is IOException or BadImageFormatException)
            {
                // It may be registered under another name; if it is not, the lookup below says what is missing.
            }
        }

        ICustomMappingFactory factory = (ICustomMappingFactory)context.Environment.ComponentCatalog
            .GetExtensionInstance(typeof(CustomMappingFactoryAttributeAttribute), contract);
        return factory.CreateTransformer(context.Environment, contract);
    }
}
