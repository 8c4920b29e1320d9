"""Measures two sides in turns: work in this Python, and the same work in the C# driver (a .NET process that waits in between).

Both run on one core, the same one, so that neither has threads that the other has not, and whatever else the machine does
falls on both. A round is a block of work of each side; who goes first changes from round to round.
"""

import json
import os
import statistics
import subprocess
import sys
import time

BLOCK = 0.08  # seconds that a block of work should take
WARM_UP = (0.5, 0.3)  # seconds of work and of rest: .NET compiles anew what it sees often, and needs the core for it


def use_one_core():
    """Before numpy is imported: its threads are counted then."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class PythonSide:
    def __init__(self, work):
        self.work = work

    def block(self, times):
        start, busy = time.perf_counter(), time.process_time()
        for _ in range(times):
            self.work()
        return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - busy)


class DriverSide:
    def __init__(self, driver, arguments):
        self.process = subprocess.Popen(
            ["dotnet", driver, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer = [float(word) for word in self._line().split()]

    def block(self, times):
        self.process.stdin.write(f"{times}\n")
        self.process.stdin.flush()
        clock, busy = self._line().split()
        return float(clock), float(busy)

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def _line(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("tests/peers: the C# driver ended early; what it said stands above.")
        return line


def warm_up(side, turns):
    """Gives how often the work fits into a block."""
    work, rest = WARM_UP
    done = 1
    for _ in range(turns):
        start = time.perf_counter()
        while time.perf_counter() - start < work:
            clock, _ = side.block(done)
            done = max(1, min(2 * done, round(1000 * BLOCK * done / max(clock, 1e-3))))
        time.sleep(rest)
    return done


def measure(rounds, driver, work, ours, peer, label, peer_label, bar, why="", note=""):
    """Prints what came out as one JSON object. The bar is how many times as fast the C# side has to be at least."""
    sides = {"ours": ours, "peer": PythonSide(peer)}
    times = {name: warm_up(side, 10 if side is ours else 2) for name, side in sides.items()}  # how often the work is done in a block
    clock = {name: [] for name in sides}
    busy = {name: [] for name in sides}
    for number in range(rounds):
        for name in sorted(sides, reverse=number % 2 == 0):
            block, processor = sides[name].block(times[name])
            clock[name].append(block / times[name])
            busy[name].append(processor / times[name])
    ours.close()
    middle = {name: statistics.median(values) for name, values in clock.items()}
    # What else the machine does can only add to a block: the least of them is the work's own.
    least_busy = {name: min(values) for name, values in busy.items()}
    print(json.dumps({
        "work": work,
        "ours": label,
        "oursMilliseconds": middle["ours"],
        "peer": peer_label,
        "peerMilliseconds": middle["peer"],
        "leastProcessorMilliseconds": [least_busy["ours"], least_busy["peer"]],
        "timesAsFast": middle["peer"] / middle["ours"],
        "processorTimesAsFast": least_busy["peer"] / least_busy["ours"],
        "bar": bar,
        "why": why,
        "note": note,
    }), flush=True)


def faster(name_and_work):
    """Of several ways to do the same in Python the one that takes least processor time: the peer is given its best."""
    def cost(work):
        work()
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            work()
            best = min(best, time.process_time() - start)
        return best
    return min(name_and_work, key=lambda pair: cost(pair[1]))
