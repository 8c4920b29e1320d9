namespace TorchSharp;

/// <summary>The name under which a field of a module is registered, where that is not the field's own.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ComponentNameAttribute : Attribute
{
    public string Name { get; set; }
}
