"""The table that TrainerSweep wrote, as people read it and as a picture.

Usage: sweep.py TABLE PICTURE.svg
Prints every setting, then the best ones. Exit code 1 where a setting that fits was not measured, or one measured is wrong.
"""

import math
import sys

# Of the GPU's memory, as the configs in ds-configs allow.
ALLOWED = 0.80
COLUMNS = ("sequence", "micro-batch", "accumulation", "checkpointing", "planned GiB", "taken GiB", "ms", "tokens/s", "MFU")
# Of Okabe and Ito's colours, which people tell apart however they see colours.
COLOURS = {1024: "#0072b2", 2048: "#d55e00", 4096: "#009e73", 8192: "#cc79a7"}
OTHERS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
WIDTH, LEFT, RIGHT, PANEL, GAP, TOP = 820, 70, 600, 200, 60, 60


def read(table):
    """The GPU's name and memory in GiB, and a dictionary a setting."""
    with open(table) as file:
        name, memory, _ = next(file).lstrip("# ").rstrip("\n").split("\t")
        head = next(file).rstrip("\n").split("\t")
        rows = [dict(zip(head, line.rstrip("\n").split("\t"))) for line in file]
    return name, float(memory), rows


def show(rows):
    widths = {column: max(len(column), *(len(row[column]) for row in rows)) for column in COLUMNS}
    print("  ".join(column.rjust(widths[column]) for column in COLUMNS))
    for row in rows:
        print("  ".join((row[column] or "-").rjust(widths[column]) for column in COLUMNS) + "  " + row["remark"])


def words(row):
    return (f"{row['tokens/s']} tokens/s and {row['planned GiB']} GiB at sequence {row['sequence']}, micro-batch "
            f"{row['micro-batch']}, accumulation {row['accumulation']}, checkpointing {row['checkpointing']}")


def best(rows, memory):
    """Of all sequences, and of each: a shorter one needs less work a token, so the best of all says little by itself."""
    inside = [row for row in rows if float(row["planned GiB"]) <= ALLOWED * memory]
    for what, those in ((f"within {ALLOWED:.0%} of the memory", inside), ("whatever fits", rows)):
        for sequence in sorted({int(row["sequence"]) for row in those}):
            top = max((row for row in those if int(row["sequence"]) == sequence), key=lambda row: float(row["tokens/s"]))
            print(f"best {what}: {words(top)}")


class Picture:
    """Tokens a second above, memory below, over the tokens of a micro-batch; a line a sequence, dashed without checkpointing."""

    def __init__(self, name, memory, rows):
        self.parts = []
        self.name, self.memory = name, memory
        # Accumulation is varied at one setting alone and would be points upon each other.
        usual = max({row["accumulation"] for row in rows}, key=lambda each: sum(row["accumulation"] == each for row in rows))
        self.rows = [row for row in rows if row["accumulation"] == usual]
        self.usual = usual
        self.sizes = sorted({self.tokens(row) for row in self.rows})

    @staticmethod
    def tokens(row):
        return int(row["sequence"]) * int(row["micro-batch"])

    def x(self, tokens):
        return LEFT + 20 + (RIGHT - LEFT - 40) * self.sizes.index(tokens) / max(1, len(self.sizes) - 1)

    def text(self, x, y, words, anchor="start", colour="#444444", size=11):
        safe = words.replace("&", "&amp;").replace("<", "&lt;")
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{safe}</text>')

    def line(self, x1, y1, x2, y2, colour, more=""):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>')

    def curves(self):
        keys = sorted({(int(row["sequence"]), row["checkpointing"]) for row in self.rows})
        sequences = sorted({sequence for sequence, _ in keys})
        for sequence, checkpointing in keys:
            colour = COLOURS.get(sequence, OTHERS[sequences.index(sequence) % len(OTHERS)])
            those = [row for row in self.rows if (int(row["sequence"]), row["checkpointing"]) == (sequence, checkpointing)]
            yield f"{sequence}, {checkpointing}", colour, "" if checkpointing == "full" else "5 4", sorted(those, key=self.tokens)

    def panel(self, top, title, column, low, high, limit=None):
        between = ticks(low, high)
        low, high = math.floor(low / between) * between, math.ceil(high / between) * between

        def y(value):
            return top + PANEL * (1 - (value - low) / (high - low))

        self.text(LEFT, top - 10, title, colour="#222222", size=12)
        for step in range(round((high - low) / between) + 1):
            value = low + between * step
            self.line(LEFT, y(value), RIGHT, y(value), "#e4e4e4")
            self.text(LEFT - 6, y(value) + 4, f"{value:,.{max(0, -math.floor(math.log10(between)))}f}", "end")
        for size in self.sizes:
            self.text(self.x(size), top + PANEL + 16, f"{size:,}", "middle")
        if limit is not None and low < limit < high:
            self.line(LEFT, y(limit), RIGHT, y(limit), "#b00020", 'stroke-dasharray="2 3"')
            self.text(RIGHT + 6, y(limit) + 4, f"{ALLOWED:.0%} of {self.memory:.4g} GiB", colour="#b00020")
        for _, colour, dashes, rows in self.curves():
            points = [(self.x(self.tokens(row)), y(float(row[column]))) for row in rows]
            path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
            self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6" '
                              f'stroke-dasharray="{dashes or "none"}"/>')
            self.parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.2" fill="{colour}"/>' for a, b in points]

    def legend(self):
        self.text(RIGHT + 30, TOP + 6, "sequence, checkpointing", colour="#222222")
        for number, (name, colour, dashes, _) in enumerate(self.curves()):
            y = TOP + 26 + 18 * number
            self.line(RIGHT + 30, y - 4, RIGHT + 58, y - 4, colour, f'stroke-width="2" stroke-dasharray="{dashes or "none"}"')
            self.text(RIGHT + 64, y, name)

    def svg(self):
        speeds = [float(row["tokens/s"]) for row in self.rows]
        sizes = [float(row["planned GiB"]) for row in self.rows]
        room = max(0.05 * (max(sizes) - min(sizes)), 0.01)
        self.text(LEFT, 24, f"Training step by setting, accumulation {self.usual}: {self.name}", colour="#222222", size=14)
        self.panel(TOP, "tokens/s", "tokens/s", 0, 1.05 * max(speeds))
        self.panel(TOP + PANEL + GAP, "memory planned, GiB", "planned GiB", min(sizes) - room, max(sizes) + room,
                   ALLOWED * self.memory)
        height = TOP + 2 * PANEL + GAP + 50
        self.text((LEFT + RIGHT) / 2, height - 12, "tokens of a micro-batch", "middle")
        self.legend()
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
                'font-family="sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>' + "\n".join(self.parts) + "</svg>\n")


def ticks(low, high):
    """Between ticks: 1, 2 or 5 times a power of ten."""
    raw = (high - low) / 4
    power = 10 ** math.floor(math.log10(raw))
    return next(each for each in (power, 2 * power, 5 * power, 10 * power) if raw <= each * (1 + 1e-9))


def main(table, picture):
    name, memory, rows = read(table)
    if not rows:
        sys.exit(f"{table} has no setting")
    show(rows)
    measured = [row for row in rows if row["tokens/s"]]
    if not measured:
        sys.exit("nothing was measured")
    best(measured, memory)
    with open(picture, "w") as file:
        file.write(Picture(name, memory, measured).svg())
    wrong = [row for row in rows if row["remark"] and not row["remark"].startswith("does not fit: ")]
    print(f"{len(measured)} of {len(rows)} settings measured, {len(rows) - len(measured) - len(wrong)} do not fit, {len(wrong)} "
          "went wrong or were left out")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__[__doc__.index("Usage:"):], file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
