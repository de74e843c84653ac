"""What `collectives` needs beside a shell: the spec for our worker, our results and nccl-tests' read back."""

import json
import os
import re
import statistics
import sys
import time

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
    os.makedirs(folder, exist_ok=True)
    content = dict(schema=1, runId="collectives", planHash="collectives", experiment="collective", launch="collectives",
                   role="LOAD", repetition=0, workload=work, device="cuda", nodes=["n0", "n1"], gpusPerNode=1,
                   measuredSeconds=30.0, warmUpSeconds=0.0, phaseDeadlineSeconds=120.0,
                   seed=time.time_ns() & 0x7FFFFFFF, loopback=True, libraryDirectories=[])
    with open(os.path.join(folder, "spec.json"), "w") as file:
        json.dump(content, file, indent=1)


def row(who, operation, mode, size, microseconds, busbw):
    """Small sizes by their time, large ones by their bandwidth."""
    value, unit = (microseconds, "us") if size <= SMALL[-1] else (busbw, "GB/s")
    print(f"{who}\t{operation} {mode} {size} B\t{value:.4f}\t{unit}", flush=True)


def factor(operation, ranks):
    """Bus bandwidth over bytes a second, as nccl-tests has it."""
    return {"all-reduce": 2 * (ranks - 1) / ranks, "broadcast": 1, "reduce": 1, "send-receive": 1}.get(
        operation, (ranks - 1) / ranks)


def lines(folder, kind):
    for rank in (0, 1):
        with open(os.path.join(folder, f"rank-{rank}.ndjson")) as file:
            for line in map(json.loads, file):
                if line["type"] == kind:
                    yield line.get(kind, line)


def show(folder):
    """As nccl-tests means it: the time of the whole loop by its operations, averaged over the ranks."""
    checks = list(lines(folder, "check"))
    if not checks or any(check["wrong"] for check in checks):
        sys.exit(f"collectives: wrong or unchecked results in {folder}")
    times = {}
    for measurement in lines(folder, "measurement"):
        conditions = measurement["conditions"]
        if measurement["metric"] == "collective.time":
            key = conditions["operation"], conditions["mode"], int(conditions["bytes"]), int(conditions["ranks"])
            times.setdefault(key, []).append(statistics.mean(measurement["samples"]))
    for (operation, mode, size, ranks), found in times.items():
        time_us = statistics.mean(found)
        row("assay", operation, mode, size, time_us, size / time_us / 1e3 * factor(operation, ranks))


def peer(operation, mode, log):
    """nccl-tests' out-of-place columns."""
    with open(log) as file:
        found = [match for match in map(ROW.match, file) if match]
    if not found:
        sys.exit(f"collectives: no figures in {log}")
    for match in found:
        row("nccl-tests", operation, mode, int(match[1]), float(match[2]), float(match[4]))


if __name__ == "__main__":
    {"spec": spec, "show": show, "peer": peer}[sys.argv[1]](*sys.argv[2:])
