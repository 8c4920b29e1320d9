namespace MLNetScinti.Cli;

/// <summary>What a process that watches over this one holds open for it to read: a line says to end, and its end says that nobody watches any more, however the other one ended.</summary>
internal static class ParentLine
{
    /// <summary>Listens from now on.</summary>
    /// <param name="told">A sign came.</param>
    /// <param name="gone">The other end was closed.</param>
    public static void Listen(Action told, Action gone)
    {
        Stream line = Console.OpenStandardInput();
        Thread watch = new(() =>
        {
            try
            {
                while (line.ReadByte() >= 0)
                {
                    told();
                }

                gone();
            }
            catch (Exception problem) when (problem is IOException or ObjectDisposedException)
            {
                // The run is over, or there is no line.
            }
        })
        {
            IsBackground = true,
            Name = "watching process",
        };
        watch.Start();
    }
}
