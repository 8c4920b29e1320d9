using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using MLNetScinti.Networks.Native;
using Xunit;

namespace MLNetScinti.Networks.Tests;

/// <summary>
/// A number that is handed to libtorch as a temporary may be freed while libtorch reads it: its finaliser does not know that native code
/// holds it. So numbers are kept, in one place.
/// </summary>
public sealed class NativeScalarTests
{
    [Fact]
    public void NoNumberIsHandedToLibtorchAsATemporary()
    {
        string callers = string.Join(", ", Callers(typeof(NetworkGraph).Assembly).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.True(callers == $"{nameof(KeptScalar)}.{nameof(KeptScalar.New)}", callers);
        // What is looked for is found where it is: this method makes one.
        Assert.Contains($"{nameof(NativeScalarTests)}.{nameof(Temporary)}", Callers(typeof(NativeScalarTests).Assembly));
    }

    private static TorchSharp.Scalar Temporary(double value) => value;

    [Fact]
    public void AKeptNumberIsMadeOnce()
    {
        Assert.Same(KeptScalar.Of(0.125), KeptScalar.Of(0.125));
        Assert.NotSame(KeptScalar.Of(0.125), KeptScalar.Of(0.25));
        Assert.Equal(0.125, TorchSharp.ScalarExtensionMethods.ToDouble(KeptScalar.Of(0.125)));
    }

    private static IEnumerable<string> Callers(Assembly assembly)
    {
        using FileStream file = File.OpenRead(assembly.Location);
        using PEReader image = new(file);
        MetadataReader metadata = image.GetMetadataReader();
        HashSet<int> conversions = [.. metadata.MemberReferences.Where(handle => IsConversion(metadata, metadata.GetMemberReference(handle))).Select(handle => MetadataTokens.GetToken(handle))];
        foreach (MethodDefinitionHandle handle in metadata.MethodDefinitions)
        {
            MethodDefinition method = metadata.GetMethodDefinition(handle);
            byte[] code = method.RelativeVirtualAddress == 0 ? [] : image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? [];
            for (int at = 0; at + 5 <= code.Length; at++)
            {
                // Bytes that look like a call and are none would name a method that makes no number: the list would show it.
                if (code[at] is 0x28 or 0x73 && conversions.Contains(BitConverter.ToInt32(code, at + 1)))
                {
                    yield return $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{metadata.GetString(method.Name)}";
                }
            }
        }
    }

    // To add without a factor makes one inside, a temporary again.
    private static bool IsConversion(MetadataReader metadata, MemberReference member) => IsAddition(metadata, member) || (
        (metadata.GetString(member.Name) is "op_Implicit" or ".ctor" or "ToScalar")
        && member.Parent.Kind == HandleKind.TypeReference && metadata.GetTypeReference((TypeReferenceHandle)member.Parent) is var parent
        && metadata.GetString(parent.Name) is "Scalar" or "ScalarExtensionMethods");

    private static bool IsAddition(MetadataReader metadata, MemberReference member)
    {
        if (metadata.GetString(member.Name) is not ("add" or "add_" or "sub" or "sub_" or "op_Addition" or "op_Subtraction" or "addcmul" or "addcdiv"))
        {
            return false;
        }

        // The signature: how it is called, how many parameters, what comes back, what goes in. A factor is of another type than the tensors.
        byte[] signature = metadata.GetBlobBytes(member.Signature);
        const byte ofClass = 0x12;
        return signature.AsSpan(2).Count(ofClass) >= 2 && signature[1] == (metadata.GetString(member.Name).StartsWith("op_", StringComparison.Ordinal) ? 2 : 1)
            && signature[2] == ofClass && signature.AsSpan(2, (signature.Length - 2) / (signature[1] + 1)).SequenceEqual(signature.AsSpan(signature.Length - ((signature.Length - 2) / (signature[1] + 1))));
    }
}
