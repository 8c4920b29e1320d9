using System.Collections;

namespace TorchSharp.Utils;

/// <summary>A dictionary that keeps the order in which its entries were added.</summary>
public class OrderedDict<TKey, TValue> : IEnumerable<(TKey, TValue)>
{
    private readonly List<(TKey Key, TValue Value)> _list = [];
    private readonly Dictionary<TKey, TValue> _dict = [];

    public int Count => _list.Count;

    public IEnumerable<TKey> Keys => _list.Select(e => e.Key);

    public IEnumerable<TValue> Values => _list.Select(e => e.Value);

    public TValue this[TKey key]
    {
        get => _dict[key];
        set
        {
            int at = _dict.ContainsKey(key) ? _list.FindIndex(e => EqualityComparer<TKey>.Default.Equals(e.Key, key)) : -1;
            _dict[key] = value;
            if (at < 0)
            {
                _list.Add((key, value));
            }
            else
            {
                _list[at] = (key, value);
            }
        }
    }

    public (TKey, TValue) this[int index] => _list[index];

    public void Add(TKey key, TValue value)
    {
        _dict.Add(key, value);
        _list.Add((key, value));
    }

    public bool ContainsKey(TKey key) => _dict.ContainsKey(key);

    public bool TryGetValue(TKey key, out TValue value) => _dict.TryGetValue(key, out value);

    public bool Remove(TKey key)
    {
        _list.RemoveAll(e => EqualityComparer<TKey>.Default.Equals(e.Key, key));
        return _dict.Remove(key);
    }

    public void Clear()
    {
        _list.Clear();
        _dict.Clear();
    }

    public IEnumerator<(TKey, TValue)> GetEnumerator() => _list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
