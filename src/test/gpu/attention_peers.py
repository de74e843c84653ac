"""PyTorch's scaled_dot_product_attention for `attention`: its own choice of backend, flash attention, and cuDNN's.

Forward alone, and backward alone on what one forward kept; medians of single operations between two events. Queries, keys and
values lie as a model has them, heads of a row beside each other. FLOP are counted as ours are: of the half that causality
leaves, two products forward and five backward.
"""

import statistics
import sys

from ours import main, row

# name: batch, sequence, heads of queries, heads of keys, head size
SHAPES = {"7B": (4, 2048, 32, 32, 128), "70B": (1, 2048, 64, 8, 128), "head 64": (4, 2048, 32, 32, 64)}
WARM_UP, SAMPLES = 5, 20


def milliseconds(call):
    import torch
    events = [torch.cuda.Event(enable_timing=True) for _ in range(WARM_UP + SAMPLES + 1)]
    for event in events[:-1]:
        event.record()
        call()
    events[-1].record()
    torch.cuda.synchronize()
    return statistics.median(before.elapsed_time(after) for before, after in zip(events[WARM_UP:], events[WARM_UP + 1:]))


def timed(who, name, backend):
    import torch
    from torch.nn.attention import sdpa_kernel
    from torch.nn.functional import scaled_dot_product_attention
    batch, sequence, heads, kv_heads, size = SHAPES[name]

    def tensor(count):
        made = torch.randn(batch, sequence, count, size, device="cuda", dtype=torch.bfloat16)
        return made.transpose(1, 2).requires_grad_()

    q, k, v = tensor(heads), tensor(kv_heads), tensor(kv_heads)
    gradient = torch.randn_like(q)

    def forward():
        return scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=heads != kv_heads)

    with sdpa_kernel(backend):
        out = forward()
        back = milliseconds(lambda: torch.autograd.grad(out, (q, k, v), gradient, retain_graph=True))
        with torch.no_grad():
            there = milliseconds(forward)
    product = batch * heads * size * sequence * sequence
    for what, time, products in (("forward", there, 2), ("backward", back, 5)):
        row(who, f"attention {name} {what}", time, "ms")
        row(who, f"attention {name} {what}", products * product / time / 1e9, "TFLOPS")


def torch_peer():
    from torch.nn.attention import SDPBackend
    every = [SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
    for who, backend in (("pytorch", every), ("pytorch-flash", SDPBackend.FLASH_ATTENTION),
                         ("pytorch-cudnn", SDPBackend.CUDNN_ATTENTION)):
        for name in SHAPES:
            try:
                timed(who, name, backend)
            except RuntimeError as error:  # a backend that cannot have this shape, or is not there
                print(f"{who}, {name}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(torch=torch_peer)
