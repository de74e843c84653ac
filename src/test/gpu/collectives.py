"""What `collectives` needs beside a shell: the spec for our worker, our results and nccl-tests' read back."""

import re
import statistics
import sys

from ours import lines, main, require_right, row, write_spec

RANKS = (0, 1)
SMALL = [8 << power for power in range(16)]  # 8 B to 256 KiB
LARGE = [1 << 20, 1 << 25, 1 << 30]
OPERATIONS = ["all-reduce", "all-gather", "reduce-scatter", "broadcast", "reduce",
              "all-to-all", "send-receive", "gather", "scatter"]
ROW = re.compile(r"\s*(\d+)\s+\d+\s+float\s+(?:\S+\s+)?-?\d+\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s")


def case(operation, size, graph, batch, samples, warm_up):
    return dict(operation=operation, bytes=size, type="float", reduction="sum", inPlace=False, graph=graph,
                batch=batch, samples=samples, warmUp=warm_up)


def spec(folder):
    """Writes spec.json: two ranks, as two nodes of this host."""
    cases = [case("all-reduce", size, graph, 50, 40, 10) for graph in (False, True) for size in SMALL]
    cases += [case(operation, size, False, max(1, min(50, (1 << 28) // size)), 20, 5)
              for operation in OPERATIONS for size in LARGE]
    work = dict(name="collective", scopes=["cluster"], cases=cases, warmUpOperations=20_000, iterations=0)
    write_spec(folder, "collectives", work, nodes=("n0", "n1"))


def case_row(who, operation, mode, size, microseconds, busbw):
    """Small sizes by their time, large ones by their bandwidth."""
    value, unit = (microseconds, "us") if size <= SMALL[-1] else (busbw, "GB/s")
    row(who, f"{operation} {mode} {size} B", value, unit)


def factor(operation, ranks):
    """Bus bandwidth over bytes a second, as nccl-tests has it."""
    return {"all-reduce": 2 * (ranks - 1) / ranks, "broadcast": 1, "reduce": 1, "send-receive": 1}.get(
        operation, (ranks - 1) / ranks)


def show(folder):
    """As nccl-tests means it: the time of the whole loop by its operations, averaged over the ranks."""
    require_right(folder, RANKS)
    times = {}
    for measurement in lines(folder, "measurement", RANKS):
        conditions = measurement["conditions"]
        if measurement["metric"] == "collective.time":
            key = conditions["operation"], conditions["mode"], int(conditions["bytes"]), int(conditions["ranks"])
            times.setdefault(key, []).append(statistics.mean(measurement["samples"]))
    for (operation, mode, size, ranks), found in times.items():
        time_us = statistics.mean(found)
        case_row("assay", operation, mode, size, time_us, size / time_us / 1e3 * factor(operation, ranks))


def peer(operation, mode, log):
    """nccl-tests' out-of-place columns."""
    with open(log) as file:
        found = [match for match in map(ROW.match, file) if match]
    if not found:
        sys.exit(f"collectives: no figures in {log}")
    for match in found:
        case_row("nccl-tests", operation, mode, int(match[1]), float(match[2]), float(match[4]))


if __name__ == "__main__":
    main(spec=spec, show=show, peer=peer)
