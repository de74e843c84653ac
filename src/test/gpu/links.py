"""What `links` needs beside a shell: specs for our worker, our results and nvbandwidth's read back, the PyTorch peer."""

import importlib.util
import json
import statistics
import sys

from ours import lines, main, require_right, row, write_spec

MIB = 1 << 20
# The sizes that the plan gives to a cluster of H200s.
WORKLOADS = {
    "host-link": {"name": "host-link", "bytes": 256 * MIB, "copies": 2, "samples": 10},
    "peer": {"name": "peer", "bytes": 256 * MIB, "copies": 4, "samples": 6, "footprint": 2 * MIB, "chaseSteps": 10000},
    "hbm": {"name": "hbm", "bytes": 4096 * MIB, "samples": 40, "footprints": [4 * MIB, 1024 * MIB], "chaseSteps": 20000},
}
# What: its unit, our metric and its conditions on rank 0, nvbandwidth's test cases (their values on GPU 0 are added up), and
# what they are multiplied by to count the same bytes.
PEER = {"to": "GPU 1"}
ROWS = {
    "H2D": ("GB/s", "host.bandwidth", {"direction": "h2d", "load": "alone", "place": "near"},
            ["host_to_device_memcpy_ce"], 1),
    "D2H": ("GB/s", "host.bandwidth", {"direction": "d2h", "load": "alone", "place": "near"},
            ["device_to_host_memcpy_ce"], 1),
    "H2D and D2H at once, sum": ("GB/s", "host.bandwidth", {"direction": "both", "load": "alone", "place": "near"},
                                 ["host_to_device_bidirectional_memcpy_ce",
                                  "device_to_host_bidirectional_memcpy_ce"], 1),
    "peer CE write": ("GB/s", "peer.bandwidth", {**PEER, "method": "ce", "access": "write", "direction": "one"},
                      ["device_to_device_memcpy_write_ce"], 1),
    "peer CE read": ("GB/s", "peer.bandwidth", {**PEER, "method": "ce", "access": "read", "direction": "one"},
                     ["device_to_device_memcpy_read_ce"], 1),
    "peer CE both ways, sum": ("GB/s", "peer.bandwidth", {**PEER, "method": "ce", "access": "write", "direction": "both"},
                               ["device_to_device_bidirectional_memcpy_write_ce"], 1),
    "peer SM write": ("GB/s", "peer.bandwidth", {**PEER, "method": "sm", "access": "write", "direction": "one"},
                      ["device_to_device_memcpy_write_sm"], 1),
    "peer SM read": ("GB/s", "peer.bandwidth", {**PEER, "method": "sm", "access": "read", "direction": "one"},
                     ["device_to_device_memcpy_read_sm"], 1),
    "peer SM both ways, sum": ("GB/s", "peer.bandwidth", {**PEER, "method": "sm", "access": "write", "direction": "both"},
                               ["device_to_device_bidirectional_memcpy_write_sm"], 1),
    "peer latency": ("ns", "peer.latency", PEER, ["device_to_device_latency_sm"], 1),
    # nvbandwidth counts the bytes once; read and written they are two.
    "HBM copy, read and written": ("GB/s", "hbm.bandwidth", {"kernel": "copy"}, ["device_local_copy"], 2),
    "HBM triad, read and written": ("GB/s", "hbm.bandwidth", {"kernel": "triad"}, [], 1),
}
METRICS = {"host-link": "host.", "peer": "peer.", "hbm": "hbm."}


def rows(gpus):
    """Those that so many GPUs can have."""
    return {what: row for what, row in ROWS.items() if int(gpus) > 1 or not row[1].startswith("peer.")}


def spec(workload, folder, gpus):
    write_spec(folder, "links", WORKLOADS[workload], gpus_per_node=int(gpus), measured=20.0, warm_up=0.5, deadline=60.0)


def show(workload, folder, gpus):
    """Rank 0's medians; a wrong element on any rank ends it all."""
    require_right(folder, ranks=range(int(gpus)))
    measurements = list(lines(folder, "measurement"))
    for what, (unit, metric, conditions, _, _) in rows(gpus).items():
        if metric.startswith(METRICS[workload]):
            found = [m for m in measurements
                     if m["metric"] == metric and conditions.items() <= m["conditions"].items()]
            if len(found) != 1:
                sys.exit(f"{workload}: {len(found)} measurements of {what} in {folder}, expected 1")
            row("assay", what, statistics.median(found[0]["samples"]), unit)


def cases(gpus):
    print(*(case for _, _, _, names, _ in rows(gpus).values() for case in names))


def value(testcases, name):
    """GPU 0's value, or that of the pair 0, 1. Of three matrices of a bidirectional case the last is the sum."""
    found = [case for case in testcases if case["name"] in (name, name + "_total") and case.get("bandwidth_matrix")]
    if not found:
        sys.exit(f"nvbandwidth has no {name}: {[(case['name'], case.get('status')) for case in testcases]}")
    matrix = found[-1]["bandwidth_matrix"]
    return float(matrix[-len(matrix[-1])][1] if name.startswith("device_to_device") else matrix[-1][0])


def read(path, gpus):
    with open(path) as file:
        testcases = json.load(file)["nvbandwidth"]["testcases"]
    for what, (unit, _, _, names, factor) in rows(gpus).items():
        if names:
            row("nvbandwidth", what, factor * sum(value(testcases, name) for name in names), unit)


def torch():
    """PyTorch's copy and triad over the same 4 GiB, read and written; nothing where there is no torch."""
    if importlib.util.find_spec("torch") is None:
        return
    import torch as t
    a, b = (t.randn(1024 * MIB, device="cuda") for _ in range(2))
    c = t.empty_like(a)
    for what, buffers, work in (("HBM copy, read and written", 2, lambda: c.copy_(a)),
                                ("HBM triad, read and written", 3, lambda: t.add(a, b, alpha=0.5, out=c))):
        times = []
        for _ in range(45):
            start, stop = (t.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            work()
            stop.record()
            times.append((start, stop))
        t.cuda.synchronize()
        milliseconds = statistics.median(start.elapsed_time(stop) for start, stop in times[5:])
        row("pytorch", what, buffers * 4096 * MIB / milliseconds / 1e6, "GB/s")


if __name__ == "__main__":
    main(spec=spec, show=show, cases=cases, read=read, torch=torch)
