"""Training on two GPUs: its configs written, what the suite says of it read; for sft-pair."""

import glob
import json
import os
import statistics
import sys

import ours

MODELS = {"7b": (4096, 11008, 32), "13b": (5120, 13824, 40)}


def config(path, model, layers, micro_batch, baseline_nodes):
    """A DeepSpeed config of so many layers of a Llama-2 at ZeRO-3, two micro-batches a step; without a baseline where it is 0."""
    hidden, feed_forward, heads = MODELS[model]
    section = {
        "model": {"family": "llama", "layers": int(layers), "hidden": hidden, "heads": heads, "kvHeads": heads,
                  "headSize": hidden // heads, "feedForward": feed_forward, "vocabulary": 32000, "positions": 4096},
        "sequence": 2048, "activationCheckpointing": "full"}
    if int(baseline_nodes):
        section["baselineNodes"] = int(baseline_nodes)
    content = {
        "train_micro_batch_size_per_gpu": int(micro_batch), "gradient_accumulation_steps": 2, "gradient_clipping": 1.0,
        "bf16": {"enabled": True},
        "zero_optimization": {"stage": 3, "overlap_comm": True, "contiguous_gradients": True, "reduce_scatter": True,
                              "stage3_max_reuse_distance": 0},
        "optimizer": {"type": "AdamW", "params": {"lr": 1e-5, "betas": [0.9, 0.95], "eps": 1e-8, "weight_decay": 0.1}},
        "assay": section}
    with open(path, "w") as file:
        json.dump(content, file, indent=1)


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
