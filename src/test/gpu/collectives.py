"""What `collectives` needs beside a shell: the spec for our worker, our results and nccl-tests' read back, and the ratios."""

import json
import math
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
# 97.5 % quantiles of Student's t by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def case(operation, size, graph, batch, samples, warm_up):
    return dict(operation=operation, bytes=size, type="float", reduction="sum", inPlace=False, graph=graph,
                batch=batch, samples=samples, warmUp=warm_up)


def spec(folder):
    """Writes spec.json: two ranks, as two nodes of this host."""
    cases = [case("all-reduce", size, graph, 50, 40, 10) for graph in (False, True) for size in SMALL]
    cases += [case(operation, size, False, max(1, min(50, (1 << 28) // size)), 20, 5)
              for operation in OPERATIONS for size in LARGE]
    work = dict(name="collective", scopes=["cluster"], cases=cases, warmUpOperations=20_000)
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
    print(f"{who}\t{operation}\t{mode}\t{size}\t{value:.4f}\t{unit}", flush=True)


def lines(folder, kind):
    for rank in (0, 1):
        with open(os.path.join(folder, f"rank-{rank}.ndjson")) as file:
            for line in map(json.loads, file):
                if line["type"] == kind:
                    yield line.get(kind, line)


def show(folder):
    """Times as nccl-tests means them: of the whole loop by its operations, averaged over the ranks."""
    checks = list(lines(folder, "check"))
    if not checks or any(check["wrong"] for check in checks):
        sys.exit(f"collectives: wrong or unchecked results in {folder}")
    times, busbws = {}, {}
    for measurement in lines(folder, "measurement"):
        conditions = measurement["conditions"]
        key = conditions["operation"], conditions["mode"], int(conditions["bytes"])
        if measurement["metric"] == "collective.time":
            times.setdefault(key, []).append(statistics.mean(measurement["samples"]))
        if measurement["metric"] == "collective.busbw":
            busbws[key] = statistics.harmonic_mean(measurement["samples"])
    for key, busbw in busbws.items():
        row("assay", *key, statistics.mean(times[key]), busbw)


def peer(operation, mode, log):
    """nccl-tests' out-of-place columns."""
    with open(log) as file:
        found = [match for match in map(ROW.match, file) if match]
    if not found:
        sys.exit(f"collectives: no figures in {log}")
    for match in found:
        row("nccl-tests", operation, mode, int(match[1]), float(match[2]), float(match[4]))


def ratios(table):
    """Medians, and ours over the peer's round by round: geometric mean with its 95 % interval, and the goal."""
    values = {}
    with open(table) as file:
        for who, operation, mode, size, value, unit in (line.rstrip("\n").split("\t") for line in file):
            values.setdefault((operation, mode, int(size), unit), {}).setdefault(who, []).append(float(value))
    for (operation, mode, size, unit), by_who in values.items():
        ours, theirs = by_who.get("assay", []), by_who.get("nccl-tests", [])
        what = f"{operation}\t{mode}\t{size}\t{unit}"
        if not ours or len(ours) != len(theirs):
            print(f"{what}\tassay {len(ours)} rounds, nccl-tests {len(theirs)}: no ratio")
            continue
        logs = [math.log(mine / other) for mine, other in zip(ours, theirs) if mine > 0 and other > 0]
        if len(logs) != len(ours):
            print(f"{what}\ta figure is zero: no ratio")
            continue
        mean, half = statistics.mean(logs), math.inf
        if len(logs) > 1:
            half = STUDENT.get(len(logs) - 1, 2.262) * statistics.stdev(logs) / math.sqrt(len(logs))
        low, middle, high = (math.exp(each) for each in (mean - half, mean, mean + half))
        met = middle <= 1.05 if unit == "us" else middle >= 0.99
        print(f"{what}\tassay {statistics.median(ours):.2f}\tnccl-tests {statistics.median(theirs):.2f}\t"
              f"ratio {middle:.4f} ({low:.4f}-{high:.4f})\t{'goal met' if met else 'GOAL MISSED'}")


if __name__ == "__main__":
    {"spec": spec, "show": show, "peer": peer, "ratios": ratios}[sys.argv[1]](*sys.argv[2:])
