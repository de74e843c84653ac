"""What a fault costs training: our files read, and what was kept of the speed held beside the peer's; for train-faults."""

import glob
import json
import math
import os
import statistics
import sys

import ours

# Points of the speed without the fault.
MOST_APART = 2.0
# Least that a fault must cost the peer: what costs it nothing is no fault.
LEAST_LOST = 5.0


def config(path):
    """Eight layers of Llama-2-7B: two micro-batches of 4 x 2048 tokens, ZeRO-3 where there are GPUs."""
    ours.write_ds_config(path, 8, ours.ZERO3)


def speed(run):
    """Tokens a second and GPU of the config's own steps in a run's folder: by the slowest rank of each step."""
    folders = glob.glob(os.path.join(run, ".assay/runs/*/experiments/sft-*/*"))
    ranks = []
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(folder, "rank-*.ndjson"))):
            with open(path) as file:
                measured = {each["metric"]: each for each in map(json.loads, file) if each["type"] == "measurement"}
            if measured.get("step.time", {}).get("conditions", {}).get("run") == "nominal":
                ranks.append((measured["step.time"]["samples"], measured["step.tokens"]["samples"][0]))
    if not ranks:
        sys.exit(f"{run}: no rank measured a step")
    slowest = [max(times) for times in zip(*(samples for samples, _ in ranks))]
    print(ranks[0][1] / statistics.mean(slowest) * 1e3)


def named(run, *words):
    """Whether a run that must not be green says why: a verdict whose key or sentence has one of these words. Prints it."""
    with open(os.path.join(run, "assay-output/verdict.json")) as file:
        verdicts = json.load(file)["verdicts"]
    bad = [each for each in verdicts if each["state"] in ("FAIL", "INVALID")]
    hits = [each for each in bad if any(word in each["key"] + " " + each["sentence"] for word in words)]
    print(f"{run}: {'named' if hits else 'NOT NAMED'}: {len(bad)} verdicts FAIL or INVALID")
    for each in (hits or bad)[:4]:
        print(f"  {each['state']} {each['sentence']}"[:400])
    sys.exit(0 if hits else 1)


def kept(table):
    """From lines of who, with or without, tokens/s, a round after the other: what each kept, and how far they are apart."""
    values = {}
    with open(table) as lines:
        for line in lines:
            who, fault, *value = line.split()
            values.setdefault(who, {}).setdefault(fault, []).append(float(value[0]) if value else math.nan)
    shares = {}
    for who, by_fault in values.items():
        healthy, faulty = by_fault.get("without", []), by_fault.get("with", [])
        if not healthy or len(healthy) != len(faulty) or not min(healthy + faulty) > 0:
            sys.exit(f"{who}: a figure is missing: {by_fault}")
        rounds = [100 * slow / fast for fast, slow in zip(healthy, faulty)]
        shares[who] = statistics.mean(rounds)
        print(f"{who}: {statistics.median(healthy):.0f} tokens/s, with the fault {statistics.median(faulty):.0f}: kept "
              f"{shares[who]:.1f} % (rounds {', '.join(f'{each:.1f}' for each in rounds)})")
    apart = shares.get("assay", math.nan) - shares.get("pytorch", math.nan)
    right = abs(apart) <= MOST_APART
    print(f"apart by {apart:+.1f} points, at most {MOST_APART:g} wanted: {'met' if right else 'MISSED'}")
    if not shares.get("pytorch", math.nan) <= 100 - LEAST_LOST:
        print(f"the fault cost PyTorch less than {LEAST_LOST:g} %: it was none")
        right = False
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] == "named":
        named(*sys.argv[2:])
    ours.main(config=config, speed=speed, kept=kept)
