"""What `compare` needs beside a shell: specs for our worker, our results read back, and the PyTorch and pynvml peers."""

import json
import os
import statistics
import time

from ours import lines, main, row, write_spec

SIDE, BATCH = 8192, 20
WARM_UP, MEASURED = 4.0, 8.0
BUCKETS, GEMMS_PER_BUCKET, BUCKET = 32, 1, 46_000_128  # bf16 elements; 92 MB
NODES = {"burn": ["n0"], "coupled": ["n0", "n1"]}


def spec(workload, folder):
    """Writes spec.json; prints the bytes of one bucket."""
    gemm = {"m": SIDE, "n": SIDE, "k": SIDE}
    work = {"burn": {"name": "burn", "gemm": gemm, "batch": BATCH},
            "coupled": {"name": "coupled", "gemm": gemm, "buckets": BUCKETS,
                        "gemmsPerBucket": GEMMS_PER_BUCKET, "bucketElements": BUCKET}}[workload]
    write_spec(folder, "compare", work, nodes=NODES[workload], role="LOAD" if workload == "burn" else "SCALED",
               measured=MEASURED, warm_up=WARM_UP)
    print(2 * BUCKET)


def show(workload, folder):
    ours = {measurement["metric"]: measurement["samples"] for measurement in lines(folder, "measurement")}
    if workload == "coupled":
        bucket_seconds = statistics.median(ours["communication.alone"]) / 1e3 / BUCKETS
        row("assay", "all-reduce busbw", 2 * BUCKET / bucket_seconds / 1e9, "GB/s")
        return
    row("assay", "GEMM bf16 8192", statistics.harmonic_mean(ours["gemm.tflops"]), "TFLOPS")
    row("assay", "SM-active", ours["sm.active"][0], "%")
    with open(os.path.join(folder, "watched.ndjson")) as file:
        seconds = [json.loads(line) for line in file]
    busy = [second["sm"] for second in seconds if second["sm"] > 90]
    row("pynvml", "SM-active", statistics.mean(busy[int(WARM_UP):-1]), "%")


def calls_per_second(call, heat, seconds, batch):
    """Of a PyTorch call back to back, two batches queued ahead, timed by events after a while of heating."""
    import torch

    def loop(seconds):
        count, queued, end = 0, [], time.time() + seconds
        while time.time() < end:
            for _ in range(batch):
                call()
            count += batch
            queued.append(torch.cuda.Event())
            queued[-1].record()
            if len(queued) > 2:
                queued.pop(0).synchronize()
        return count

    loop(heat)
    start, stop = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    count = loop(seconds)
    stop.record()
    torch.cuda.synchronize()
    return count / (start.elapsed_time(stop) / 1e3)


def gemm():
    """PyTorch's own loop over the same shape and kind of data."""
    import torch
    a = torch.randn(SIDE, SIDE, device="cuda").bfloat16()
    b = torch.randn(SIDE, SIDE, device="cuda").bfloat16()
    c = torch.empty_like(a)
    rate = calls_per_second(lambda: torch.mm(a, b, out=c), WARM_UP, MEASURED, BATCH)
    row("pytorch", "GEMM bf16 8192", 2 * SIDE**3 * rate / 1e12, "TFLOPS")


def watch(seconds):
    """SM-active of GPU 0 by pynvml's GPM, a line a second."""
    import pynvml
    pynvml.nvmlInit()
    gpu = pynvml.nvmlDeviceGetHandleByIndex(0)
    before, after = pynvml.nvmlGpmSampleAlloc(), pynvml.nvmlGpmSampleAlloc()
    pynvml.nvmlGpmSampleGet(gpu, before)
    end = time.time() + float(seconds)
    while time.time() < end:
        time.sleep(1)
        pynvml.nvmlGpmSampleGet(gpu, after)
        request = pynvml.c_nvmlGpmMetricsGet_t()
        request.version, request.numMetrics, request.sample1, request.sample2 = 1, 1, before, after
        request.metrics[0].metricId = 2
        pynvml.nvmlGpmMetricsGet(request)
        print(json.dumps({"sm": request.metrics[0].value}), flush=True)
        before, after = after, before


if __name__ == "__main__":
    main(spec=spec, show=show, gemm=gemm, watch=watch)
