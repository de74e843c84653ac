"""Verdicts of several runs beside each other: states, mean, and coefficient of variation of every criterion."""

import json
import statistics
import sys

MOST_PERCENT = 0.5
JUDGED_UNITS = ("GB/s", "TFLOPS")


def main(paths):
    by_key = {}
    for path in paths:
        with open(path) as file:
            for verdict in json.load(file)["verdicts"]:
                by_key.setdefault(verdict["key"], []).append(verdict)
    bad = 0
    for key, verdicts in by_key.items():
        states = sorted({verdict["state"] for verdict in verdicts})
        values = [verdict["value"] for verdict in verdicts if isinstance(verdict.get("value"), (int, float))]
        words, varies = "no value", False
        if len(values) > 1 and statistics.mean(values) != 0:
            percent = 100 * statistics.stdev(values) / abs(statistics.mean(values))
            varies = percent > MOST_PERCENT and verdicts[0]["unit"] in JUDGED_UNITS
            words = f"{statistics.mean(values):.2f} {verdicts[0]['unit']}, varies by {percent:.2f} %"
        elif values:
            words = f"always {values[0]:g} {verdicts[0]['unit']}" if len(set(values)) == 1 else f"{values}"
        flips = len(states) > 1 or len(verdicts) < len(paths)
        bad += flips or varies
        print(f"{'FLIPS' if flips else 'VARIES' if varies else 'ok':6}  {key:32}  {'/'.join(states)}  {words}"
              f"  ({len(verdicts)} of {len(paths)} runs)")
    print(f"{len(by_key)} criteria, {bad} of them flip or vary by more than {MOST_PERCENT} %")
    return 1 if bad or not by_key else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print("usage: repeat.py VERDICT_JSON...", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
