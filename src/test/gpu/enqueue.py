"""What `enqueue` needs beside a shell: the spec for our worker, its times read back, and plain over graph."""

import statistics
import sys

from collectives import OPERATIONS, RANKS, case
from ours import lines, main, require_right, write_spec
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
    write_spec(folder, "enqueue", work, nodes=("n0", "n1"), measured=60.0)


def show(folder):
    """The median time of an operation, of the slower rank, by operation, size and mode."""
    require_right(folder, RANKS)
    times = {}
    for measurement in lines(folder, "measurement", RANKS):
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
    main(spec=spec, show=show, ratios=ratios)
