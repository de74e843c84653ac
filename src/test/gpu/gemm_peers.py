"""What `gemms` needs beside a shell: the spec for our worker, our results read back, and PyTorch's GEMMs.

Both time single GEMMs of a burst from event to event after the same pause, on standard normal data, and report the median;
sustained ones are timed after the same heating, over the same seconds. PyTorch's second operand is transposed, C = A B^T, as
ours is and as torch.nn.Linear calls it.
"""

import math
import statistics
import sys
import time

from ours import lines, main, row, write_spec
from peers import calls_per_second

SQUARE = (8192, 8192, 8192)
TRAINING = [(32768, 11008, 4096), (4096, 28672, 8192)]  # gate and up of Llama-2 7B and 70B
BURSTS = ([("bf16", shape) for shape in [SQUARE] + TRAINING]
          + [(precision, SQUARE) for precision in ("fp16", "tf32", "fp32", "fp64")]
          + [("fp8-e4m3", shape) for shape in [SQUARE] + TRAINING])
SUSTAINED = [("bf16", SQUARE), ("fp8-e4m3", SQUARE)]
PAUSE, LEAD_IN, SAMPLES = 0.2, 3, 10
HEAT, SECONDS, BATCH = 1.5, 2.0, 20


def gemm(precision, shape):
    sides = dict(zip("mnk", shape))
    return sides if precision == "bf16" else dict(sides, precision=precision)


def spec(folder):
    # The finder is made as small as it gets: mamf-finder is its peer, not this one.
    work = {"name": "gemm", "burst": [gemm(*case) for case in BURSTS],
            "sustained": [gemm(*case) for case in SUSTAINED], "pauseSeconds": PAUSE, "samples": SAMPLES,
            "heatSeconds": HEAT, "mostHeatSeconds": HEAT, "sustainedSeconds": SECONDS, "batch": BATCH,
            "finder": {"precision": "bf16", "sides": [1024], "finalists": 1, "repeats": 1}}
    write_spec(folder, "gemms", work, measured=60.0)


def name(mode, precision, shape):
    return f"{mode} {precision} {'x'.join(map(str, shape))}"


def show(folder):
    """Fails where a result is wrong, or a row of ours is missing."""
    for check in lines(folder, "check"):
        if check["wrong"] or not check["worst"] <= 1:
            sys.exit(f"gemms: wrong result in {folder}: {check}")
    seen = set()
    for measurement in lines(folder, "measurement"):
        conditions = measurement["conditions"]
        if measurement["metric"] != "gemm.tflops" or conditions["mode"] == "finder":
            continue
        mean = statistics.median if conditions["mode"] == "burst" else statistics.harmonic_mean
        what = f"{conditions['mode']} {conditions['dtype']} {conditions['shape']}"
        row("assay", what, mean(measurement["samples"]), "TFLOPS")
        seen.add(what)
    expected = {name(mode, precision, shape)
                for mode, cases in (("burst", BURSTS), ("sustained", SUSTAINED)) for precision, shape in cases}
    if seen != expected:
        sys.exit(f"gemms: {folder} lacks {sorted(expected - seen)}; its log says why")


def operation(precision, shape):
    """A call that enqueues one C = A B^T."""
    import torch
    m, n, k = shape
    a, b = (torch.randn(rows, k, device="cuda", dtype=torch.float64 if precision == "fp64" else torch.float32)
            for rows in (m, n))
    if precision == "fp8-e4m3":
        a, b = a.to(torch.float8_e4m3fn), b.to(torch.float8_e4m3fn).t()
        one = torch.ones((), device="cuda")
        return lambda: torch._scaled_mm(a, b, one, one, out_dtype=torch.bfloat16, use_fast_accum=True)
    kind = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp64": torch.float64}.get(precision, torch.float32)
    a, b = a.to(kind), b.to(kind).t()
    c = torch.empty(m, n, device="cuda", dtype=kind)
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"  # until the next operation is made
    return lambda: torch.mm(a, b, out=c)


def timed_burst(call, flop):
    import torch
    for _ in range(10):
        call()
    torch.cuda.synchronize()
    time.sleep(PAUSE)
    events = [torch.cuda.Event(enable_timing=True) for _ in range(LEAD_IN + SAMPLES + 1)]
    events[0].record()
    for event in events[1:]:
        call()
        event.record()
    torch.cuda.synchronize()
    times = [before.elapsed_time(after) for before, after in zip(events, events[1:])][LEAD_IN:]
    return flop / statistics.median(times) / 1e9


def timed_sustained(call, flop):
    return flop * calls_per_second(call, HEAT, SECONDS, BATCH) / 1e12


def torch_peer():
    import torch
    for mode, cases, timed in (("burst", BURSTS, timed_burst), ("sustained", SUSTAINED, timed_sustained)):
        for precision, shape in cases:
            call = operation(precision, shape)
            row("pytorch", name(mode, precision, shape), timed(call, 2.0 * math.prod(shape)), "TFLOPS")
            del call
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main(spec=spec, show=show, torch=torch_peer)
