"""Prints measurements (files of one JSON object each) as a table; ends with 1 where a ratio misses its bar."""

import json
import sys


def main():
    results = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            results.append(json.load(file))
    missed = False
    for result in results:
        within = result["ratio"] <= result["bar"]
        missed = missed or not within
        print(result["what"])
        print(f"  {result['peer']:<42} {result['peerMilliseconds']:10.1f} ms   (median of {result['samples']})")
        print(f"  {result['ours']:<42} {result['oursMilliseconds']:10.1f} ms")
        print(f"  {'ratio':<42} {result['ratio']:10.3f}      "
              f"{'within' if within else 'MISSES'} the bar of {result['bar']:.2f}")
        print(f"  {'ratio of processor time':<42} {result['processorRatio']:10.3f}")
        print()
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
