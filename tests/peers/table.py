"""Prints measurements (one JSON object a line, from standard input) as one table; ends with 1 where a bar is missed."""

import json
import sys


def main():
    results = [json.loads(line) for line in sys.stdin if line.strip()]
    if not results:
        sys.exit("tests/peers: nothing was measured.")
    head = ("work", "ours", "peer", "times as fast", "by processor time", "bar", "")
    rows = [(
        result["work"],
        milliseconds(result["oursMilliseconds"]),
        milliseconds(result["peerMilliseconds"]),
        f"{result['timesAsFast']:.2f}",
        f"{result['processorTimesAsFast']:.2f}",
        f"{result['bar']:.2f}",
        "met" if met(result) else "not met, see why" if result.get("excused") else "NOT MET",
    ) for result in results]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        print("  ".join(cell.ljust(width) if column in (0, 6) else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))).rstrip())
    print()
    for result in results:
        print(f"{result['work']}:\n  {result['ours']} against {result['peer']}; {result['note']}.")
        if result["why"] and (not met(result) or result["timesAsFast"] < 1):
            print(f"  {result['why']}")
    sys.exit(0 if all(met(result) or result.get("excused") for result in results) else 1)


def met(result):
    return result["timesAsFast"] >= result["bar"]


def milliseconds(value):
    return f"{value:.3f} ms" if value < 10 else f"{value:.1f} ms"


if __name__ == "__main__":
    main()
