namespace Microsoft.ML;

/// <summary>An assembly's list of the components that it can load: a class with a parameterless constructor.</summary>
internal interface IComponentLoaders
{
    void Register();
}
