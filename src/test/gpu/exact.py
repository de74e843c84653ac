"""What `exact` needs beside a shell: the spec of every kind of case, and whether each was checked and right."""

import collections
import json
import os
import sys

from collectives import OPERATIONS, RANKS
from ours import lines, main, write_spec

SIZES = [1 << 10, 1 << 20, 1 << 24]
TYPES = ["float", "bfloat16", "half", "int32"]
REDUCE = ["all-reduce", "reduce-scatter", "reduce"]
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


def spec(folder):
    """Writes spec.json: two ranks, as two nodes of this host."""
    work = dict(name="collective", scopes=["cluster"], cases=list(cases()), warmUpOperations=1, iterations=0)
    write_spec(folder, "exact", work, nodes=("n0", "n1"), measured=300.0, deadline=300.0)


def show(folder):
    """Ends badly where a case was not checked on both ranks, or one element was wrong."""
    with open(os.path.join(folder, "spec.json")) as file:
        asked = len(json.load(file)["workload"]["cases"])
    good = True
    for rank in RANKS:
        checks = list(lines(folder, "check", [rank]))
        wrong = [each for each in checks if each["wrong"]]
        measured = {json.dumps(each["conditions"], sort_keys=True): each["conditions"]["operation"]
                    for each in lines(folder, "measurement", [rank]) if each["metric"] == "collective.time"}
        counts = collections.Counter(measured.values())
        print(f"rank {rank}: {len(measured)} of {asked} cases, {len(checks)} checks, {len(wrong)} wrong: "
              + ", ".join(f"{name} {count}" for name, count in counts.items()))
        for each in wrong[:5]:
            print(f"rank {rank}: {each}")
        good &= len(measured) == asked and len(checks) >= asked and not wrong
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main(spec=spec, show=show)
