using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>A file that holds a secret: it may be read and changed by its owner alone.</summary>
public static class SecretFile
{
    /// <summary>Reads one, without the white space around it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What it holds, for messages: "the connection string".</param>
    /// <exception cref="ScheduleException">Others can read or change it, or it cannot be read.</exception>
    public static string Read(string file, string what)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw new ScheduleException($"{file}: {what} can be read or changed by others than its owner: run 'chmod 600' on it.");
            }

            return InputFile.ReadAllText(file).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ScheduleException($"{file}: {what} cannot be read: {PlainText.Short(problem.Message, 200)}", problem);
        }
    }
}
