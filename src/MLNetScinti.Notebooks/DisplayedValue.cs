namespace MLNetScinti.Notebooks;

/// <summary>A value that is shown under a cell, and can be replaced by another one: for progress.</summary>
public sealed class DisplayedValue
{
    private readonly CellOutputs _outputs;
    private readonly int _place;

    internal DisplayedValue(CellOutputs outputs, int place)
    {
        _outputs = outputs;
        _place = place;
    }

    /// <summary>Shows another value in the same place.</summary>
    public void Update(object? updatedValue) => _outputs.Replace(_place, ValueFormatting.Bundle(updatedValue));
}
