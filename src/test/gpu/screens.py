"""What `screens` needs beside a shell: specs for our worker, our results and the peers' read back."""

import re
import statistics
import sys

from ours import lines, main, require_right, row, write_spec

GIB = 1 << 30
SIDES = [4096, 8192, 12288]
FASTEST = 5
SQUARE = {"m": 8192, "n": 8192, "k": 8192}
NO_FINDER = {"precision": "bf16", "sides": [1024], "finalists": 1, "repeats": 1}


def gemm_work(burst, finder):
    # A sweep must sustain something; these are the fewest.
    sustained = [{"m": 1024, "n": 1024, "k": 1024}]
    return {"name": "gemm", "burst": burst, "sustained": sustained, "pauseSeconds": 0.2, "samples": 10,
            "heatSeconds": 0.0, "mostHeatSeconds": 0.0, "sustainedSeconds": 0.5, "batch": 20, "finder": finder}


WORKLOADS = {
    "memtest": {"name": "memtest", "mostBytes": 16 * GIB, "chunkBytes": 4 * GIB, "walkingSteps": 8, "passes": 1},
    "sdc": gemm_work([dict(SQUARE, precision=precision) for precision in ("fp32", "fp16")], NO_FINDER),
    "finder": gemm_work([SQUARE], {"precision": "bf16", "sides": SIDES, "finalists": 3, "repeats": 20}),
}


def spec(what, folder):
    write_spec(folder, "screens", WORKLOADS[what], warm_up=0.5)


def show(what, folder):
    require_right(folder)
    found = 0
    for measurement in lines(folder, "measurement"):
        samples, conditions = measurement["samples"], measurement["conditions"]
        if what == "memtest" and measurement["metric"] == "memtest.bandwidth" and conditions["pattern"] == "walking-bits":
            row("assay", "memory test", statistics.median(samples), "GB/s")
        elif what == "sdc" and measurement["metric"] == "gemm.compared" and conditions["mode"] == "burst":
            row("assay", f"GEMMs compared, {conditions['dtype']}", statistics.median(samples), "TFLOPS")
        elif what == "finder" and measurement["metric"] == "gemm.tflops" and conditions["mode"] == "finder":
            row("assay", "fastest shape, bf16", statistics.median(sorted(samples)[-FASTEST:]), "TFLOPS")
        else:
            continue
        found += 1
    if found != (2 if what == "sdc" else 1):
        sys.exit(f"screens: {found} figures of {what} in {folder}; its log says why")


def sides():
    print(*SIDES)


# The name of the row, the last match of what in the peer's words, who, the unit, and what its figure is multiplied by.
READERS = {
    # MiB in a millisecond.
    "memtest": ("memory test", r"bandwidth=([\d.]+) GB/s", "cuda_memtest", "GB/s", (1 << 20) / 1e6),
    "sdc-fp32": ("GEMMs compared, fp32", r"\((\d+) Gflop/s\)", "gpu-burn", "TFLOPS", 1e-3),
    "sdc-fp16": ("GEMMs compared, fp16", r"\((\d+) Gflop/s\)", "gpu-burn -tc", "TFLOPS", 1e-3),
    "finder": ("fastest shape, bf16", r"MAMF \(max achievable[^)]*\):\s*([\d.]+)", "mamf-finder", "TFLOPS", 1),
}


def read(what, log):
    name, pattern, who, unit, factor = READERS[what]
    with open(log, errors="replace") as file:
        text = file.read()
    if re.search(r"errors: [1-9]|FAULTY", text):
        sys.exit(f"screens: the peer found errors; see {log}")
    found = re.findall(pattern, text)
    if not found:
        sys.exit(f"screens: no figure in {log}: {text[-500:]}")
    row(who, name, float(found[-1]) * factor, unit)


if __name__ == "__main__":
    main(spec=spec, show=show, sides=sides, read=read)
