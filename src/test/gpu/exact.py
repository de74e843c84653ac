"""What `exact` needs beside a shell: the spec of every kind of case, and whether each was checked and right."""

import collections
import json
import sys

from collectives import OPERATIONS
from ours import lines, main, write_spec

SIZES = [1 << 10, 1 << 20, 1 << 24]
TYPES = ["float", "bfloat16", "half", "int32"]
REDUCE = ["all-reduce", "reduce-scatter", "reduce"]
METRICS = {"collective": "collective", "node-pair": "pair", "fabric": "fabric", "cross-rail": "fabric"}
IN_PLACE = [*REDUCE, "all-gather", "broadcast"]


def cases():
    """A graph is out of place, since each of its operations must read what the first one read."""
    for operation in OPERATIONS:
        for reduction in ("sum", "max") if operation in REDUCE else ("sum",):
            for kind in TYPES:
                for in_place, graph in ((False, False), (True, False), (False, True)):
                    if in_place and operation not in IN_PLACE:
                        continue
                    for size in SIZES:
                        yield dict(operation=operation, bytes=size, type=kind, reduction=reduction, inPlace=in_place,
                                   graph=graph, batch=2, samples=1, warmUp=1)


def works():
    """Of each part the workload, and on how many nodes with how many GPUs each; sizes that sockets carry in seconds."""
    fabric = dict(name="fabric", patterns=["bisection", "cross-rail", "incast", "victim", "all-reduce"], bytes=1 << 20,
                  allReduceBytes=1 << 20, samples=2, warmUp=1, mostRounds=8, mostVictims=2, rails=2)
    return {
        "collective": (dict(name="collective", scopes=["cluster"], cases=list(cases()), warmUpOperations=1,
                            iterations=0), 2, 1),
        "node-pair": (dict(name="node-pair", bytes=1 << 20, samples=2, latencySamples=2, latencyBatch=2), 4, 2),
        "fabric": (fabric, 5, 2),
        "cross-rail": (fabric, 4, 2)}


def spec(folder, part):
    """Writes spec.json; patterns across rails are a launch of their own."""
    work, nodes, gpus = works()[part]
    write_spec(folder, "exact", work, nodes=[f"n{node}" for node in range(nodes)], gpus_per_node=gpus, measured=300.0,
               deadline=300.0, variant=part if part == "cross-rail" else "default")


def ranks(part):
    """Prints GPUS_PER_NODE and RANKS."""
    _, nodes, gpus = works()[part]
    print(gpus, nodes * gpus)


def show(folder, part):
    """Ends badly where a rank left work out or checked nothing, or an element was wrong."""
    work, nodes, gpus = works()[part]
    good = True
    checked = collections.Counter()
    for rank in range(nodes * gpus):
        checks = list(lines(folder, "check", [rank]))
        wrong = [each for each in checks if each["wrong"]]
        told = list(lines(folder, "measurement", [rank]))
        measured = [each for each in told if each["metric"].split(".")[0] == METRICS[part]]
        left_out = [each for each in told if each["metric"] == "left-out"]
        checked.update(each["name"] for each in checks)
        for each in (*wrong, *left_out):
            print(f"rank {rank}: {each}"[:300])
        good &= bool(checks) and bool(measured) and not wrong and not left_out
        if part == "collective":
            times = {json.dumps(each["conditions"], sort_keys=True) for each in measured
                     if each["metric"] == "collective.time"}
            good &= len(times) == len(work["cases"]) <= len(checks)
    print(f"{part}: {'right' if good else 'WRONG'} on {nodes * gpus} ranks, checks: "
          + ", ".join(f"{name} {count}" for name, count in sorted(checked.items())))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main(spec=spec, ranks=ranks, show=show)
