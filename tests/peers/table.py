"""Prints measurements (one JSON object a line, from standard input) as one table; ends with 1 where a bar is missed."""

import json
import sys


def main():
    results = [json.loads(line) for line in sys.stdin if line.strip()]
    if not results:
        sys.exit("tests/peers: nothing was measured.")
    head = ("work", "ours", "peer", "times as fast", "by processor time", "bar", "")
    limits = [result for result in results if "limits" in result]
    results = [result for result in results if "limits" not in result]
    if results:
        compared(results, head)
    promised(limits)
    sys.exit(0 if all(met(result) or result.get("excused") for result in results) and all(keeps(limit) for result in limits for limit in result["limits"]) else 1)


def compared(results, head):
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
    print()


def promised(results):
    """What has no peer, against what is promised."""
    for result in results:
        print(f"{result['work']}:")
        for limit in result["limits"]:
            bound = f"at least {limit['atLeast']:g}" if "atLeast" in limit else f"at most {limit['atMost']:g}" if "atMost" in limit else ""
            print(f"  {limit['value']:8.2f} {limit['what']}" + (f", {bound} {'met' if keeps(limit) else 'NOT MET'}" if bound else ""))


def keeps(limit):
    return limit.get("atLeast", float("-inf")) <= limit["value"] <= limit.get("atMost", float("inf"))


def met(result):
    return result["timesAsFast"] >= result["bar"]


def milliseconds(value):
    return f"{value:.3f} ms" if value < 10 else f"{value:.1f} ms"


if __name__ == "__main__":
    main()
