namespace MLNetScinti.Hostile.Tests.Mutation;

/// <summary>A kind of file that the product reads.</summary>
internal abstract class InputKind : IDisposable
{
    /// <summary>What it is called.</summary>
    public abstract string Name { get; }

    /// <summary>The name of a file of it.</summary>
    public virtual string File => "damaged";

    /// <summary>Files that are whole.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Whether words are put in as well as bytes.</summary>
    public virtual bool IsText => false;

    /// <summary>Damages a file.</summary>
    public virtual byte[] Damaged(Random random) => Damage.Apply(random, Seeds[random.Next(Seeds.Count)], Seeds, IsText);

    /// <summary>Reads it, as the product does.</summary>
    public abstract void Read(string file);

    /// <summary>Whether this is how the product says that it does not take a file.</summary>
    public abstract bool IsRefusal(Exception problem);

    public virtual void Dispose()
    {
    }
}
