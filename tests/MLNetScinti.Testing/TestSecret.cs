using System.Security.Cryptography;
using System.Text;

namespace MLNetScinti.Testing;

/// <summary>Keys for pseudonyms that look like random ones, as a key has to, and are the same each time.</summary>
public static class TestSecret
{
    /// <summary>The key of a name: 64 hexadecimal digits.</summary>
    public static string Of(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
