namespace MLNetScinti.Testing;

/// <summary>Where the folder of real images is: <c>SCINTI_TEST_DATA</c>, or <c>../shared/data</c> beside the repository.</summary>
public static class TestData
{
    public static string? Root { get; } = FindRoot();

    /// <summary>The repository's root: the folder that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The full path of a file in the folder of real images. Throws where the folder is absent.</summary>
    public static string Path(string relative) =>
        Root is null ? throw new DirectoryNotFoundException("There is no folder of real images here.") : System.IO.Path.Combine(Root, relative);

    internal static string? ReasonToSkip(IReadOnlyList<string> files)
    {
        if (Root is null)
        {
            return "The folder of real images is absent: set SCINTI_TEST_DATA.";
        }

        string? missing = files.FirstOrDefault(file => !System.IO.Path.Exists(System.IO.Path.Combine(Root, file)));
        return missing is null ? null : $"The real image {missing} is absent.";
    }

    private static string? FindRoot()
    {
        string? told = Environment.GetEnvironmentVariable("SCINTI_TEST_DATA");
        if (!string.IsNullOrEmpty(told))
        {
            return Directory.Exists(told) ? told : null;
        }

        string beside = System.IO.Path.Combine(FindRepository(), "..", "shared", "data");
        return Directory.Exists(beside) ? System.IO.Path.GetFullPath(beside) : null;
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "MLNetScinti.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No MLNetScinti.sln above {AppContext.BaseDirectory}.");
    }
}
