namespace MLNetScinti.Notebooks.Tests;

/// <summary>What a cell of a test calls to have its run stopped from outside.</summary>
public static class Interruption
{
    public static Action Stop { get; set; } = () => { };
}
