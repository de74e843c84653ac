"""Our files, for the scripts beside this one: specs and configs written, results read, rows of a table printed."""

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


# Hidden, feed-forward width and heads of Llama-2.
LLAMA2 = {"7b": (4096, 11008, 32), "13b": (5120, 13824, 40)}
# As the shipped configs for ZeRO-3.
ZERO3 = {"stage": 3, "overlap_comm": True, "contiguous_gradients": True, "reduce_scatter": True,
         "stage3_max_reuse_distance": 0}


def write_ds_config(path, layers, zero, model="7b", micro_batch=4, **section):
    """A DeepSpeed config of so many layers of a Llama-2: two micro-batches of sequences of 2048 a step, full checkpointing.

    What else is given goes into the suite's own section.
    """
    hidden, feed_forward, heads = LLAMA2[model]
    content = {
        "train_micro_batch_size_per_gpu": micro_batch, "gradient_accumulation_steps": 2, "gradient_clipping": 1.0,
        "bf16": {"enabled": True}, "zero_optimization": zero,
        "optimizer": {"type": "AdamW", "params": {"lr": 1e-5, "betas": [0.9, 0.95], "eps": 1e-8, "weight_decay": 0.1}},
        "assay": {
            "model": {"family": "llama", "layers": layers, "hidden": hidden, "heads": heads, "kvHeads": heads,
                      "headSize": hidden // heads, "feedForward": feed_forward, "vocabulary": 32000, "positions": 4096},
            "sequence": 2048, "activationCheckpointing": "full", **section}}
    with open(path, "w") as file:
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
