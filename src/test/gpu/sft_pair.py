"""Training on two GPUs: its configs written, what the suite says of it read; for sft-pair."""

import glob
import json
import os
import statistics
import sys

import ours


def config(path, model, layers, micro_batch, baseline_nodes):
    """So many layers of a Llama-2 at ZeRO-3, two micro-batches a step; without a baseline where it is 0."""
    baseline = {"baselineNodes": int(baseline_nodes)} if int(baseline_nodes) else {}
    ours.write_ds_config(path, int(layers), ours.ZERO3, model, int(micro_batch), **baseline)


def speed(run):
    """Tokens a second and GPU of the config's own steps, by the slowest rank of each; of launches of all ranks alone."""
    found = []
    for folder in sorted(glob.glob(os.path.join(run, ".assay/runs/*/experiments/sft-*/scaled-*"))):
        ranks = len(glob.glob(os.path.join(folder, "rank-*.ndjson")))
        measured = [{each["metric"]: each for each in ours.lines(folder, "measurement", [rank])} for rank in range(ranks)]
        times = [each["step.time"] for each in measured if each.get("step.time", {}).get("conditions", {}).get("run") == "nominal"]
        if times:
            ours.require_right(folder, range(ranks))
            slowest = [max(step) for step in zip(*(each["samples"] for each in times))]
            found.append(measured[0]["step.tokens"]["samples"][0] / statistics.mean(slowest) * 1e3)
    if not found:
        sys.exit(f"{run}: no rank measured a step; see {run}/log")
    print(statistics.mean(found))


def told(run, prefix, *names):
    """Prints the rows of these names; ends badly where one has no value, or the steps or weights are wrong or unchecked."""
    try:
        with open(os.path.join(run, "assay-output/verdict.json")) as file:
            verdicts = {each["key"].split("@")[0]: each for each in json.load(file)["verdicts"]}
    except OSError as error:
        sys.exit(f"{run}: no verdict: {error}; see {run}/log")
    good = True
    for name in ("correct", "equal", *names):
        verdict = verdicts.get(f"{prefix}-{name}")
        print(f"{run}: " + (f"{verdict['state']} {verdict['sentence']}"[:600] if verdict else f"no row {prefix}-{name}"))
        must_pass = name in ("correct", "equal")
        good &= verdict is not None and (verdict["state"] == "PASS" if must_pass else verdict.get("value") is not None)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    if len(sys.argv) > 4 and sys.argv[1] == "told":
        told(*sys.argv[2:])
    ours.main(config=config, speed=speed)
