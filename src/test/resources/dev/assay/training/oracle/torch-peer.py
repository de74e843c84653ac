"""Writes torch-peer.txt: what PyTorch's own operations, automatic differentiation, clip_grad_norm_ and AdamW make of two tiny
models in double precision. The generator, the parameter order and the models are written a second time here, from their
description, so that TorchPeerTest compares two independent works. Run: python3 torch-peer.py > torch-peer.txt"""
import numpy, torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
SEED = 20_251_123
MASK = (1 << 64) - 1


def hash64(seed, index):
    z = numpy.uint64(seed) + (numpy.asarray(index, numpy.uint64) + numpy.uint64(1)) * numpy.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def normal(seed, count):
    index = numpy.arange(count, dtype=numpy.uint64)
    bits, sums = hash64(seed, index), numpy.zeros(count, numpy.int64) - 1020
    for byte in range(8):
        sums += ((bits >> numpy.uint64(8 * byte)) & numpy.uint64(255)).astype(numpy.int64)
    fraction = (hash64(~seed & MASK, index) >> numpy.uint64(40)).astype(numpy.int64) - (1 << 23)
    return ((sums << 24) + fraction).astype(numpy.float64) * (1 / numpy.sqrt(8 * (256.0**2 - 1) / 12) * 2.0**-24)


def key(word, number):
    return SEED ^ int(hash64([int.from_bytes(word, "big")], [number])[0])


def tokens(vocabulary, sequence, length):
    bits = hash64(key(b"tokens", sequence), numpy.arange(length + 1, dtype=numpy.uint64)) >> numpy.uint64(33)
    return torch.from_numpy((bits % numpy.uint64(vocabulary)).astype(numpy.int64))


class Model:
    """Linear weights are [out, in]; names as in ParameterLayout."""

    def __init__(self, gpt, layers, hidden, heads, kv_heads, size, inner, vocabulary, positions):
        self.gpt, self.layers, self.heads, self.kv_heads, self.size = gpt, layers, heads, kv_heads, size
        self.vocabulary = vocabulary
        q, kv = heads * size, kv_heads * size
        shapes = {"embedding": (vocabulary, hidden)}
        if gpt:
            shapes["positions"] = (positions, hidden)
        for l in range(layers):
            a, f = f"layers.{l}.attention", f"layers.{l}.feedforward"
            groups = [
                [(a + ".norm", (1, hidden))],
                [(a + ".query", (q, hidden)), (a + ".key", (kv, hidden)), (a + ".value", (kv, hidden))],
                [(a + ".output", (hidden, q))],
                [(f + ".norm", (1, hidden))],
                ([] if gpt else [(f + ".gate", (inner, hidden))]) + [(f + ".up", (inner, hidden))],
                [(f + ".down", (hidden, inner))],
            ]
            for group in groups:
                shapes.update(group)
                if gpt:
                    shapes.update({n + ".bias": (1, c if n.endswith("norm") else r) for n, (r, c) in group})
        shapes["norm"] = (1, hidden)
        shapes.update({"norm.bias": (1, hidden)} if gpt else {"head": (vocabulary, hidden)})
        self.shapes = shapes

    def initial(self):
        """As training begins."""
        weights = {}
        for index, (name, shape) in enumerate(self.shapes.items()):
            if name.endswith("norm"):
                weights[name] = torch.ones(shape)
            elif name.endswith("bias"):
                weights[name] = torch.zeros(shape)
            else:
                residual = self.gpt and name.endswith((".output", ".down"))
                deviation = 0.02 / numpy.sqrt(2.0 * self.layers) if residual else 0.02
                values = torch.from_numpy(normal(key(b"weights", index), shape[0] * shape[1]) * deviation)
                weights[name] = values.float().bfloat16().double().reshape(shape)
        return weights

    def rough(self):
        """Every tensor of order 0.3 around its norm's one: nothing hides behind a small or a trivial weight."""
        weights = {}
        for index, (name, shape) in enumerate(self.shapes.items()):
            values = torch.from_numpy(0.3 * normal(key(b"weights", index), shape[0] * shape[1]))
            weights[name] = (values + (1 if name.endswith("norm") else 0)).reshape(shape).requires_grad_()
        return weights

    def loss(self, w, ids, targets):
        s, t = ids.shape

        def norm(x, name):
            if self.gpt:
                return F.layer_norm(x, x.shape[-1:], w[name][0], w[name + ".bias"][0], 1e-5)
            return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * w[name][0]

        def linear(x, name):
            return F.linear(x, w[name], w[name + ".bias"][0] if self.gpt else None)

        def heads(x, count):
            return x.view(s, t, count, self.size).transpose(1, 2)

        def rotated(x):
            if self.gpt:
                return x
            half = self.size // 2
            angle = torch.arange(t).double()[:, None] * 10000.0 ** (-2 * torch.arange(half).double() / self.size)
            z = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angle), angle)
            return torch.cat((z.real, z.imag), -1)

        def attention(x, name):
            q = rotated(heads(linear(x, name + ".query"), self.heads))
            k = rotated(heads(linear(x, name + ".key"), self.kv_heads))
            v = heads(linear(x, name + ".value"), self.kv_heads)
            k, v = (y.repeat_interleave(self.heads // self.kv_heads, 1) for y in (k, v))
            scores = (q @ k.transpose(2, 3)) / self.size**0.5
            scores = scores.masked_fill(torch.ones(t, t).triu(1).bool(), -float("inf"))
            out = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(s, t, -1)
            return linear(out, name + ".output")

        def feedforward(x, name):
            up = linear(x, name + ".up")
            inner = F.gelu(up, approximate="tanh") if self.gpt else F.silu(linear(x, name + ".gate")) * up
            return linear(inner, name + ".down")

        x = F.embedding(ids, w["embedding"])
        if self.gpt:
            x = x + w["positions"][:t]
        for l in range(self.layers):
            x = x + attention(norm(x, f"layers.{l}.attention.norm"), f"layers.{l}.attention")
            x = x + feedforward(norm(x, f"layers.{l}.feedforward.norm"), f"layers.{l}.feedforward")
        logits = norm(x, "norm") @ w["embedding" if self.gpt else "head"].T
        return F.cross_entropy(logits.view(-1, self.vocabulary), targets.reshape(-1))


def told(tensor):
    """Sum of element i times cos(i): depends on every element and its place."""
    flat = tensor.detach().reshape(-1)
    return repr(float((flat * torch.cos(torch.arange(flat.numel()).double())).sum()))


def train(label, model):
    data = [tokens(model.vocabulary, sequence, 7) for sequence in range(4)]
    ids, targets = torch.stack([d[:-1] for d in data]), torch.stack([d[1:] for d in data])
    print(label, "initial-loss", repr(float(model.loss(model.initial(), ids, targets))))
    weights = model.rough()
    optimizer = torch.optim.AdamW(weights.values(), lr=3e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
    for step in range(10):
        optimizer.zero_grad()
        loss = 0
        for half in (slice(0, 2), slice(2, 4)):
            part = model.loss(weights, ids[half], targets[half]) / 2
            part.backward()
            loss += float(part)
        if step == 0:
            for name, weight in weights.items():
                print(label, "gradient", name, told(weight.grad))
        norm = torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        optimizer.step()
        print(label, "step", step, repr(loss), repr(float(norm)))
    for name, weight in weights.items():
        print(label, "weight", name, told(weight))


train("LLAMA", Model(False, 2, 12, 4, 2, 4, 17, 31, 8))
train("GPT", Model(True, 2, 12, 3, 3, 5, 19, 31, 9))
