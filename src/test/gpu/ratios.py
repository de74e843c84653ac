"""Ours against the peers, from a table of rounds: TSV lines of who, what, value, unit.

For each row the medians with their lowest and highest, and the geometric mean of ours over the peer's, round by round, with its
95 % interval (Student's t of the logarithms). With a goal it says whether the row meets it: a rate's mean ratio must be at least
the goal and the interval's lower end at least 0.99 where the goal is 1 or more; a time's mean ratio at most the goal. OURS=name
says who is ours, if not assay.

Usage: ratios.py TABLE [RATE_GOAL [TIME_GOAL]]
"""

import math
import os
import statistics
import sys

# 97.5 % quantiles of Student's t for 1 to 29 degrees of freedom.
STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
           2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045]
TIMES = ("ns", "us", "ms", "s")


def read(table):
    """By what and unit, by who: the values in the order of the rounds."""
    values = {}
    with open(table) as lines:
        for who, what, value, unit in (line.rstrip("\n").split("\t") for line in lines):
            values.setdefault((what, unit), {}).setdefault(who, []).append(float(value))
    return values


def ratio(ours, theirs):
    """Geometric mean of the rounds' ratios, and its 95 % interval; of one round none."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} rounds of ours, {len(theirs)} of theirs")
    if min(ours + theirs) <= 0:
        raise ValueError("a figure is not above zero")
    logs = [math.log(mine / other) for mine, other in zip(ours, theirs)]
    mean, half = statistics.mean(logs), math.inf
    if len(logs) > 1:
        half = STUDENT[min(len(logs) - 1, len(STUDENT)) - 1] * statistics.stdev(logs) / math.sqrt(len(logs))
    return math.exp(mean - half), math.exp(mean), math.exp(mean + half)


def met(low, middle, goal, is_time):
    if is_time:
        return middle <= goal
    return middle >= goal and (goal < 1 or low >= 0.99)


def words(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main(table, rate_goal="", time_goal=""):
    values = read(table)
    we = os.environ.get("OURS", "assay")
    missed = not values
    for (what, unit), by_who in values.items():
        ours = by_who.pop(we, [])
        for peer, theirs in sorted(by_who.items()):
            try:
                low, middle, high = ratio(ours, theirs)
            except ValueError as error:
                print(f"{what}\t{peer}: no ratio: {error}")
                missed = True
                continue
            goal = time_goal if unit in TIMES else rate_goal
            verdict = ""
            if goal:
                is_met = met(low, middle, float(goal), unit in TIMES)
                missed |= not is_met
                verdict = "\tgoal met" if is_met else f"\tGOAL OF {goal} MISSED"
            print(f"{what}\t{we} {words(ours)} {unit}\t{peer} {words(theirs)}\t"
                  f"ratio {middle:.4f} ({low:.4f}-{high:.4f}){verdict}")
        if not by_who:
            print(f"{what}\t{we} {words(ours)} {unit}\tno peer's figure")
            missed = True
    return 1 if missed else 0


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        print("usage: ratios.py TABLE [RATE_GOAL [TIME_GOAL]]", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
