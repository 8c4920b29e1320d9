using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>Finds by name what a model file asks for: classes that carry an attribute with a contract name.</summary>
public sealed class ComponentCatalog
{
    private readonly object _lock = new();
    private readonly HashSet<string> _assemblies = new(StringComparer.Ordinal);
    private readonly Dictionary<(Type Attribute, string Contract), Type> _extensions = [];

    internal ComponentCatalog()
    {
    }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        Guard.NotNull(assembly, nameof(assembly));
        lock (_lock)
        {
            if (!_assemblies.Add(assembly.FullName))
            {
                return;
            }

            foreach (Type type in assembly.GetTypes().Where(type => type.IsClass && !type.IsAbstract))
            {
                foreach (ExtensionBaseAttribute extension in type.GetCustomAttributes<ExtensionBaseAttribute>(inherit: false))
                {
                    if (!_extensions.TryAdd((extension.GetType(), extension.ContractName), type) && throwOnError)
                    {
                        throw new InvalidOperationException($"ComponentCatalog cannot map one name and signature pair ('{extension.ContractName}', '{extension.GetType()}') to multiple classes.");
                    }
                }
            }
        }
    }

    internal object GetExtensionInstance(Type attribute, string contract)
    {
        lock (_lock)
        {
            return _extensions.TryGetValue((attribute, contract), out Type type)
                ? Activator.CreateInstance(type)
                : throw new InvalidOperationException(
                    $"Unable to locate an extension for the contract '{contract}'. Ensure you have called {nameof(ComponentCatalog)}.{nameof(RegisterAssembly)} with the Assembly that contains a class decorated with a '{attribute.FullName}'.");
        }
    }
}
