"""What `enqueue` needs beside a shell: the spec for our worker, its times read back, and plain over graph."""

import json
import os
import statistics
import sys
import time

from collectives import OPERATIONS, case, lines
from ratios import met, ratio

SIZES = [1 << 20, 1 << 22, 1 << 25, 1 << 28, 1 << 30]
MOST = 1.01


def spec(folder, number):
    """Writes spec.json: every operation and size both ways, next to each other, the graph first in every other round."""
    cases = []
    for operation in OPERATIONS:
        for size in SIZES:
            batch = max(1, min(50, (1 << 28) // size))
            modes = (True, False) if int(number) % 2 else (False, True)
            cases += [case(operation, size, graph, batch, 20, 5) for graph in modes]
    work = dict(name="collective", scopes=["cluster"], cases=cases, warmUpOperations=20_000, iterations=0)
    os.makedirs(folder, exist_ok=True)
    content = dict(schema=1, runId="enqueue", planHash="enqueue", experiment="collective", launch="enqueue", role="LOAD",
                   repetition=0, workload=work, device="cuda", nodes=["n0", "n1"], gpusPerNode=1, measuredSeconds=60.0,
                   warmUpSeconds=0.0, phaseDeadlineSeconds=120.0, seed=time.time_ns() & 0x7FFFFFFF, loopback=True,
                   libraryDirectories=[])
    with open(os.path.join(folder, "spec.json"), "w") as file:
        json.dump(content, file, indent=1)


def show(folder):
    """The median time of an operation, of the slower rank, by operation, size and mode."""
    checks = list(lines(folder, "check"))
    if not checks or any(check["wrong"] for check in checks):
        sys.exit(f"enqueue: wrong or unchecked results in {folder}")
    times = {}
    for measurement in lines(folder, "measurement"):
        if measurement["metric"] == "collective.time":
            conditions = measurement["conditions"]
            key = conditions["operation"], int(conditions["bytes"]), conditions["mode"]
            times.setdefault(key, []).append(statistics.median(measurement["samples"]))
    for (operation, size, mode), both in times.items():
        print(f"{operation}\t{size}\t{mode}\t{max(both):.4f}", flush=True)


def ratios(table):
    """Plain over graph, round by round: geometric mean with its 95 % interval."""
    values = {}
    with open(table) as file:
        for operation, size, mode, value in (line.rstrip("\n").split("\t") for line in file):
            values.setdefault((operation, int(size)), {}).setdefault(mode, []).append(float(value))
    missed = 0 if len(values) == len(OPERATIONS) * len(SIZES) else 1
    for (operation, size), by_mode in values.items():
        plain, graph = by_mode.get("plain", []), by_mode.get("graph", [])
        if not plain or len(plain) != len(graph):
            print(f"{operation}\t{size}\tplain {len(plain)} rounds, graph {len(graph)}: no ratio")
            missed += 1
            continue
        low, middle, high = ratio(plain, graph)
        within = met(low, middle, MOST, True)
        missed += not within
        print(f"{operation}\t{size}\tplain {statistics.median(plain):.2f} us\tgraph {statistics.median(graph):.2f} us\t"
              f"ratio {middle:.4f} ({low:.4f}-{high:.4f})\t{'within 1 %' if within else 'MORE THAN 1 %'}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    {"spec": spec, "show": show, "ratios": ratios}[sys.argv[1]](*sys.argv[2:])
