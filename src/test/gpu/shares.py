"""What `shares` needs beside a shell: a config to train by, and the table of what enqueuing takes in the runs below a folder."""

import json
import pathlib
import statistics
import sys

from ours import main, write_ds_config

# What tells the values of a metric apart, in the order in which a person reads it; of some the value alone says too little.
NAMES = ("kernel", "footprint", "pattern", "operation", "type", "dtype", "shape", "mode", "method", "access", "direction",
         "load", "place", "scope", "batch", "bytes", "config", "run", "to", "round")
LABELLED = ("footprint", "load", "place", "batch", "bytes", "to", "round")
RATES = ("bandwidth", "busbw", "tflops")
MOST_PERCENT = 1.0
MIB = 1 << 20


def config(path):
    """Four layers of Llama-2-7B on one GPU: a few seconds, with steps as they are at full depth."""
    write_ds_config(path, 4, {"stage": 1})


def told(folder):
    """Every measurement of host.enqueue.share that any rank of any launch below the folder left."""
    for path in sorted(pathlib.Path(folder).rglob("rank-*.ndjson")):
        with path.open() as file:
            for line in map(json.loads, file):
                if line["type"] == "measurement" and line["metric"] == "host.enqueue.share":
                    yield line["conditions"], line["samples"]


def words(conditions):
    return ", ".join(f"{key} {conditions[key]}" if key in LABELLED else conditions[key] for key in NAMES if key in conditions)


def judged(conditions):
    """Of rates alone the issue is 1 %; of small messages the share is told. A step of training says nothing by lateness."""
    return conditions["of"].endswith(RATES) and int(conditions.get("bytes", MIB)) >= MIB


def show(folder):
    """A line a value, of all ranks and launches together: the highest of their medians, of all pieces, and of what is exposed."""
    rows = {}
    for conditions, samples in told(folder):
        name = conditions["of"], words(conditions)
        late, pieces = (int(word) for word in conditions["late"].split(" of "))
        row = rows.setdefault(name, dict(pieces=0, late=0, median=0.0, worst=0.0, exposed=0.0, judged=judged(conditions)))
        row["pieces"] += pieces
        row["late"] += late
        row["median"] = max(row["median"], statistics.median(samples))
        row["worst"] = max(row["worst"], *samples)
        row["exposed"] = max(row["exposed"], float(conditions["exposed"]))
    print("| of | what | pieces | share, median % | worst % | late | exposed % | |\n|---|---|--:|--:|--:|--:|--:|---|")
    missed = 0
    for (metric, what), row in rows.items():
        verdict = ""
        if row["judged"]:
            within = row["exposed"] < MOST_PERCENT
            missed += not within
            verdict = "within 1 %" if within else "MORE THAN 1 %"
        print(f"| `{metric}` | {what} | {row['pieces']} | {row['median']:.3g} | {row['worst']:.3g} | {row['late']} | "
              f"{row['exposed']:.3g} | {verdict} |")
    asked = sum(row["judged"] for row in rows.values())
    print(f"{len(rows)} values, {asked} rates of 1 MiB and more, {missed} of them not within 1 %")
    sys.exit(1 if missed or not asked else 0)


if __name__ == "__main__":
    main(config=config, show=show)
