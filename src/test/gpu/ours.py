"""Our worker's files, for the scripts beside this one: its spec written, its results read, rows of a table printed."""

import inspect
import json
import os
import sys
import time


def write_spec(folder, name, workload, nodes=("n0",), gpus_per_node=1, role="LOAD", measured=30.0, warm_up=0.0,
               deadline=120.0, variant="default"):
    """Writes spec.json: a launch of its own on this host, with fresh data."""
    os.makedirs(folder, exist_ok=True)
    content = dict(schema=1, runId=name, planHash=name, experiment=workload["name"], launch=name, role=role, repetition=0,
                   workload=workload, device="cuda", nodes=list(nodes), gpusPerNode=gpus_per_node,
                   measuredSeconds=measured, warmUpSeconds=warm_up, phaseDeadlineSeconds=deadline,
                   seed=time.time_ns() & 0x7FFFFFFF, loopback=True, libraryDirectories=[], variant=variant)
    with open(os.path.join(folder, "spec.json"), "w") as file:
        json.dump(content, file, indent=1)


def lines(folder, kind, ranks=(0,)):
    """What the ranks wrote of one kind, e.g. every measurement."""
    for rank in ranks:
        with open(os.path.join(folder, f"rank-{rank}.ndjson")) as file:
            for line in map(json.loads, file):
                if line["type"] == kind:
                    yield line.get(kind, line)


def require_right(folder, ranks=(0,)):
    """Ends where a rank checked nothing or found something wrong."""
    for rank in ranks:
        checks = list(lines(folder, "check", [rank]))
        if not checks or any(check["wrong"] for check in checks):
            sys.exit(f"rank {rank} in {folder}: wrong or unchecked results: {checks}")


def row(who, what, value, unit):
    """A line of the table that ratios.py reads."""
    print(f"{who}\t{what}\t{value:.4f}\t{unit}", flush=True)


def main(**commands):
    """Calls the command that the first argument names with the others; else says how to call it."""
    name, *arguments = sys.argv[1:] or [""]
    try:
        inspect.signature(commands[name]).bind(*arguments)
    except (KeyError, TypeError):
        script = os.path.basename(sys.argv[0])
        ways = (" ".join([script, each, *map(str.upper, inspect.signature(command).parameters)])
                for each, command in commands.items())
        print("usage: " + "\n       ".join(ways), file=sys.stderr)
        sys.exit(2)
    commands[name](*arguments)
