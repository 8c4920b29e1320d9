using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNetScinti.Evaluation;

/// <summary>One thing that is known of a case: a number or a text.</summary>
[JsonConverter(typeof(FactConverter))]
public readonly record struct Fact
{
    private readonly string? _text;
    private readonly double _number;

    private Fact(string? text, double number) => (_text, _number) = (text, number);

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => _text is null;

    /// <summary>The number; null for a text.</summary>
    public double? Number => IsNumber ? _number : null;

    /// <summary>The text; null for a number.</summary>
    public string? Text => _text;

    /// <summary>A fact that is a text, such as a camera's name.</summary>
    public static Fact Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, 0);
    }

    /// <summary>A fact that is a number, such as an age in years.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite: what is not known is left out.</exception>
    public static Fact Of(double number) => double.IsFinite(number)
        ? new(null, number)
        : throw new ArgumentOutOfRangeException(nameof(number), number, "A fact is a finite number; what is not known is left out.");

    /// <summary>A text is a fact.</summary>
    public static implicit operator Fact(string text) => Of(text);

    /// <summary>A number is a fact.</summary>
    public static implicit operator Fact(double number) => Of(number);

    /// <summary>The text, or the number with all its digits.</summary>
    public override string ToString() => _text ?? _number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>
/// What is known of a case besides its images and its truth, by name: age, side, camera, centre. Names are told apart by their
/// letters' case and keep the order in which they were given; two lists with the same names and values are equal.
/// </summary>
public sealed class Facts : IReadOnlyCollection<KeyValuePair<string, Fact>>, IEquatable<Facts>
{
    private readonly OrderedDictionary<string, Fact> _facts;

    /// <summary>Takes the facts.</summary>
    /// <exception cref="ArgumentException">A name is blank, or there twice.</exception>
    public Facts(IEnumerable<KeyValuePair<string, Fact>> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        _facts = new(StringComparer.Ordinal);
        foreach ((string name, Fact fact) in facts)
        {
            if (string.IsNullOrWhiteSpace(name) || !_facts.TryAdd(name, fact))
            {
                throw new ArgumentException(string.IsNullOrWhiteSpace(name) ? "A fact needs a name." : $"Fact '{name}' is there twice.", nameof(facts));
            }
        }
    }

    /// <summary>Nothing is known.</summary>
    public static Facts None { get; } = new([]);

    /// <summary>Some facts: <c>Facts.Of(("age", 7), ("side", "left"))</c>.</summary>
    /// <exception cref="ArgumentException">A name is blank, or there twice.</exception>
    public static Facts Of(params IEnumerable<(string Name, Fact Fact)> facts) => new(facts.Select(fact => KeyValuePair.Create(fact.Name, fact.Fact)));

    /// <summary>How many facts there are.</summary>
    public int Count => _facts.Count;

    /// <summary>The names, in the order given.</summary>
    public IEnumerable<string> Names => _facts.Keys;

    /// <summary>A fact by its name; null where it is not known.</summary>
    public Fact? this[string name] => _facts.TryGetValue(name, out Fact fact) ? fact : default(Fact?);

    /// <summary>The number of this name; null where it is not known, or a text.</summary>
    public double? Number(string name) => this[name]?.Number;

    /// <summary>The text of this name; null where it is not known, or a number.</summary>
    public string? Text(string name) => this[name]?.Text;

    /// <summary>Gives a fact where it is known.</summary>
    public bool TryGet(string name, out Fact fact) => _facts.TryGetValue(name, out fact);

    /// <summary>These facts and one more, or one of them replaced.</summary>
    public Facts With(string name, Fact fact) =>
        new(this.Where(known => known.Key != name).Append(new(name, fact)));

    /// <summary>These facts and one more where it is known; a number that is not finite, and a text that is null or empty, are not known.</summary>
    public Facts WithKnown(string name, double? number) => number is { } known && double.IsFinite(known) ? With(name, known) : this;

    /// <inheritdoc cref="WithKnown(string, double?)"/>
    public Facts WithKnown(string name, string? text) => string.IsNullOrEmpty(text) ? this : With(name, text);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Fact>> GetEnumerator() => _facts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] Facts? other) => other is not null && Count == other.Count && this.All(fact => other.TryGet(fact.Key, out Fact same) && same == fact.Value);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as Facts);

    /// <inheritdoc/>
    public override int GetHashCode() => this.Aggregate(Count, (hash, fact) => hash ^ HashCode.Combine(StringComparer.Ordinal.GetHashCode(fact.Key), fact.Value));

    /// <summary>"side left, age 7".</summary>
    public override string ToString() => string.Join(", ", this.Select(fact => $"{fact.Key} {fact.Value}"));
}

/// <summary>A fact in JSON is a string or a number.</summary>
internal sealed class FactConverter : JsonConverter<Fact>
{
    public override Fact Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? Fact.Of(reader.GetDouble()) : Fact.Of(reader.GetString() ?? throw new JsonException("A fact is a text or a number, found null."));

    public override void Write(Utf8JsonWriter writer, Fact value, JsonSerializerOptions options)
    {
        if (value.Number is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value.Text);
        }
    }
}
