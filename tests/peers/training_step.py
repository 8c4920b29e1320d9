"""Times a training step of the DMSA 2.5D network in the product's own training loop against Python's PyTorch, against a plain
loop of TorchSharp's modules, and, in bfloat16, against itself in 32 bits.

Both run on this machine in one run and in turns: an epoch of a few steps here, then one in the driver (a .NET process
that waits in between), so that whatever else the machine does falls on both. An epoch is the same on both sides: so many
steps of forward, weighted loss, backward and Adam, and one validation case. Usage: training_step.py DRIVER [options]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

FILTERS = [32, 64, 64, 128, 128, 256, 256]


def build(torch, size):
    """The network of DmsaNetworks.ThreeView, layer by layer."""
    nn = torch.nn

    class Branch(nn.Module):
        def __init__(self):
            super().__init__()
            channels = [1] + FILTERS
            self.convolutions = nn.ModuleList(
                nn.Conv2d(channels[i], channels[i + 1], 3, padding=1, bias=False) for i in range(7))
            self.norms = nn.ModuleList(nn.BatchNorm2d(filters) for filters in FILTERS)
            # A skip starts before convolutions 2, 4 and 6 and ends behind 3, 5 and 7.
            self.skips = nn.ModuleList(
                nn.Conv2d(channels[i - 1], channels[i + 1], 1) if channels[i - 1] != channels[i + 1] else nn.Identity()
                for i in (2, 4, 6))
            self.pool = nn.MaxPool2d(3, stride=2, padding=1)

        def forward(self, value):
            skip = None
            for i in range(7):
                if i % 2 == 1:
                    skip = value
                value = self.norms[i](self.convolutions[i](value))
                if i > 0 and i % 2 == 0:
                    value = value + self.skips[i // 2 - 1](skip)
                value = torch.relu(value)
                if i in (0, 2, 4):
                    value = self.pool(value)
            return value.mean(dim=(2, 3))

    class ThreeView(nn.Module):
        def __init__(self):
            super().__init__()
            self.branches = nn.ModuleList(Branch() for _ in range(3))
            self.dense = nn.Linear(3 * FILTERS[-1], 512)
            self.dropout = nn.Dropout(0.5)
            self.score = nn.Linear(512, 1)

        def forward(self, views):
            features = torch.cat([branch(view) for branch, view in zip(self.branches, views)], dim=1)
            return self.score(self.dropout(torch.relu(self.dense(features))))

    return ThreeView()


class PythonSide:
    def __init__(self, torch, size, batch):
        torch.manual_seed(1)
        self.torch = torch
        self.network = build(torch, size).train()
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-4)
        self.views = [torch.rand(batch, 1, size, size) for _ in range(3)]
        self.labels = torch.tensor([[float(i % 2)] for i in range(batch)])
        self.weights = torch.tensor([[3.421 if i % 2 else 1.413] for i in range(batch)])
        self.parameters = sum(parameter.numel() for parameter in self.network.parameters())

    def step(self):
        self.optimizer.zero_grad()
        loss = self.loss(self.network(self.views), self.labels, self.weights)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def validate(self):
        self.network.eval()
        with self.torch.no_grad():
            scores = self.network([view[:1] for view in self.views])
            result = self.loss(scores, self.labels[:1], self.weights[:1]).item(), scores[0].item() >= 0
        self.network.train()
        return result

    def loss(self, scores, labels, weights):
        return self.torch.nn.functional.binary_cross_entropy_with_logits(scores, labels, weight=weights)

    def close(self):
        pass

    def epoch(self, steps):
        """Milliseconds by the clock, and of processor time."""
        start, busy = time.perf_counter(), time.process_time()
        for _ in range(steps):
            self.step()
        self.validate()
        return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - busy)


class DriverSide:
    def __init__(self, driver, size, batch, steps, threads, work, *precision):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        if work == "plain-step":
            # Whoever writes that loop has glibc as it is: a setting of one's own, here the default, keeps the product's from it.
            environment["GLIBC_TUNABLES"] = "glibc.malloc.tcache_count=7"
        self.process = subprocess.Popen(
            ["dotnet", driver, work, str(size), str(batch), str(steps), str(threads), *precision],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.parameters = int(self._answer())

    def epoch(self, steps):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return tuple(float(word) for word in self._answer().split())

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("training_step.py: the C# driver ended early; what it said stands above.")
        return line


# Peer, its bar in times as fast, and what the C# side computes with.
PEERS = {
    "python": ("Python, PyTorch", 1.0, "float32"),
    "plain": ("a plain loop of TorchSharp's modules", 1.0, "float32"),
    "float32": ("the same loop in 32 bits", 1 / 0.72, "bfloat16"),
}


def faster(times):
    return statistics.median(peer / ours for ours, peer in zip(times["driver"], times["peer"]))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("driver", help="MLNetScinti.Peers.dll")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--steps", type=int, default=4, help="steps of each side in a round")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--size", type=int, default=128)
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--peer", choices=PEERS, default="python")
    chosen = options.parse_args()

    os.environ["OMP_NUM_THREADS"] = str(chosen.threads)
    # How long a thread spins before it sleeps decides a tenth of a step: libgomp's own default, said aloud so that it is
    # the same on both sides whatever the environment asks for.
    os.environ["GOMP_SPINCOUNT"] = "300000"
    name, bar, precision = PEERS[chosen.peer]
    arguments = (chosen.driver, chosen.size, chosen.batch, chosen.steps, chosen.threads)
    if chosen.peer == "python":
        try:
            import torch
        except ImportError:
            sys.exit("training_step.py: this Python has no PyTorch: install python3-torch and run this again.")
        torch.set_num_threads(chosen.threads)
        peer, name = PythonSide(torch, chosen.size, chosen.batch), f"{name} {torch.__version__}"
    elif chosen.peer == "plain":
        peer = DriverSide(*arguments, "plain-step")
    elif has_bfloat16():
        peer = DriverSide(*arguments, "training-step", "float32")
    else:
        print("training_step.py: this processor has no bfloat16 arithmetic: that step is not measured.", file=sys.stderr)
        return
    driver = DriverSide(*arguments, "training-step", precision)
    if peer.parameters != driver.parameters:
        sys.exit(f"training_step.py: not the same network: {peer.parameters} parameters in the peer, {driver.parameters} here.")

    sides = {"peer": peer, "driver": driver}
    times = {side: [] for side in sides}
    busy = {side: [] for side in sides}
    for number in range(-1, chosen.rounds):
        # Round -1 warms up both; after that who goes first changes.
        for side in sorted(sides, reverse=number % 2 == 0):
            clock, processor = sides[side].epoch(chosen.steps)
            if number >= 0:
                times[side].append(clock / chosen.steps)
                busy[side].append(processor / chosen.steps)
    for side in sides.values():
        side.close()

    print(json.dumps({
        "work": f"training step, 2.5D network, batch {chosen.batch}, {chosen.size} x {chosen.size}, {chosen.threads} threads" + (", bfloat16" if precision == "bfloat16" else ""),
        "peer": name,
        "peerMilliseconds": statistics.median(times["peer"]),
        "ours": "the product's training loop" + (" with convolutions in bfloat16" if precision == "bfloat16" else ""),
        "oursMilliseconds": statistics.median(times["driver"]),
        # Of neighbouring epochs, so that a slow moment of the machine counts on both sides.
        "timesAsFast": faster(times),
        "processorTimesAsFast": faster(busy),
        "bar": bar,
        "why": "",
        "note": f"{driver.parameters} parameters on both sides",
    }))


def has_bfloat16():
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as cpus:
            return not {"avx512_bf16", "amx_bf16"}.isdisjoint(cpus.read().split())
    except OSError:
        return False


if __name__ == "__main__":
    main()
