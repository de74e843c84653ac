"""Repeats in plain PyTorch the training steps that TrainerRecord wrote down, and holds losses, gradient norms and the first
step's gradients beside them.

The recipe is ours: bf16 weights, activations and gradients, micro-batches summed in bf16, float32 master weights and moments,
clipping by the global norm, AdamW with decay on every tensor. Written from its description, with PyTorch's own attention,
norms, automatic differentiation and optimizer. Gradients are also held against the same model in float32, so that it shows
which of the two bf16 ones errs: ours may err as much as PyTorch's own, and a little more.

PyTorch trains twice, the second time with attention by plain matrix products, which rounds otherwise: "spread" is by what the
two differ. Once the tokens are learned by heart, the gradient is what rounding leaves: PyTorch's own norms differed by up to 22 %
there (Llama-2-7B, 8 layers, step 8 of 10), so norms are judged while there is something to learn, in four steps at least.
Exit code 1 where a loss differs by more than 1 % (or by 1 % of a thousandth of the first one), a norm (of all gradients, or of a
tensor's) by more than 2 %, or a tensor's gradient points elsewhere. Losses alone say little: with RoPE of another base they agree
to 1e-4, gradients do not.

Usage: same.py FOLDER [cuda|cpu]
"""

import contextlib
import json
import math
import os
import sys

import torch
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

LOSS = 1e-2
NORM = 2e-2
# A loss below this of the first one is of tokens learned by heart: it is held against that share, as bf16 logits leave few digits
# of 1e-5, and norms are not judged.
LEARNED = 1e-3
JUDGED_STEPS = 4
# Least cosine between two gradients of a tensor: as of two vectors of which one has noise of 4.5 %.
COSINE = 0.999
# Errors beyond that are ours only where they are more than so many times PyTorch's own.
TIMES = 2.0
# A bias of the keys shifts all scores of a row alike: its gradient is 0, and only rounding is left.
WITHOUT_GRADIENT = ".attention.key.bias"


class Model:
    """The forward pass; weights are a dictionary by the names of the record, linear ones [outputs, inputs]."""

    def __init__(self, record):
        self.shape = record["model"]
        self.epsilon = record["normEpsilon"]
        self.rope_base = record["ropeBase"]
        self.gpt = self.shape["family"] == "GPT"

    def loss(self, w, tokens, targets):
        sequences, length = tokens.shape
        x = F.embedding(tokens, w["embedding"])
        if self.gpt:
            x = x + w["positions"][:length]
        turn = self.rotation(length, tokens.device)
        for layer in range(self.shape["layers"]):
            attention, inner = f"layers.{layer}.attention", f"layers.{layer}.feedforward"
            x = x + self.attention(w, self.norm(w, x, attention + ".norm"), attention, turn)
            x = x + self.feed_forward(w, self.norm(w, x, inner + ".norm"), inner)
        logits = F.linear(self.norm(w, x, "norm"), w["embedding" if self.gpt else "head"])
        return F.cross_entropy(logits.float().view(sequences * length, -1), targets.reshape(-1))

    def norm(self, w, x, name):
        weight = w[name][0]
        if self.gpt:
            return F.layer_norm(x, x.shape[-1:], weight, w[name + ".bias"][0], self.epsilon)
        wide = x.float()
        normed = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return (normed * weight.float()).to(x.dtype)

    def linear(self, w, x, name):
        return F.linear(x, w[name], w[name + ".bias"][0] if self.gpt else None)

    def rotation(self, length, device):
        """Cosine and sine of position times frequency; element i turns with element i + half."""
        half = self.shape["headSize"] // 2
        frequency = self.rope_base ** (-torch.arange(half, dtype=torch.float64, device=device) / half)
        angle = torch.arange(length, dtype=torch.float64, device=device)[:, None] * frequency
        return angle.cos().float(), angle.sin().float()

    def turned(self, x, turn):
        if self.gpt:
            return x
        cosine, sine = turn
        first, second = x.float().chunk(2, -1)
        return torch.cat((first * cosine - second * sine, second * cosine + first * sine), -1).to(x.dtype)

    def attention(self, w, x, name, turn):
        sequences, length, _ = x.shape

        def heads(part, count):
            return self.linear(w, x, f"{name}.{part}").view(sequences, length, count, -1).transpose(1, 2)

        queries, groups = self.shape["heads"], self.shape["kvHeads"]
        q = self.turned(heads("query", queries), turn)
        k = self.turned(heads("key", groups), turn)
        v = heads("value", groups)
        k, v = (each.repeat_interleave(queries // groups, 1) for each in (k, v))
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.linear(w, out.transpose(1, 2).reshape(sequences, length, -1), name + ".output")

    def feed_forward(self, w, x, name):
        up = self.linear(w, x, name + ".up")
        inner = F.gelu(up, approximate="tanh") if self.gpt else F.silu(self.linear(w, x, name + ".gate")) * up
        return self.linear(w, inner, name + ".down")


def read_tensors(folder, file, record, device):
    """bf16 tensors by name."""
    tensors = {}
    path = os.path.join(folder, file)
    with open(path, "rb") as data:
        for each in record["tensors"]:
            count = each["rows"] * each["columns"]
            content = bytearray(data.read(2 * count))
            if len(content) != 2 * count:
                sys.exit(f"{path} ends within {each['name']}")
            flat = torch.frombuffer(content, dtype=torch.bfloat16)
            tensors[each["name"]] = flat.reshape(each["rows"], each["columns"]).to(device)
        if data.read(1):
            sys.exit(f"{path} is longer than its tensors")
    return tensors


def read_batches(folder, record, device):
    """Tokens and targets of each micro-batch, [sequences, length]."""
    shape = (record["accumulation"], 2, record["microBatch"], record["sequence"])
    with open(os.path.join(folder, "tokens.i32"), "rb") as data:
        flat = torch.frombuffer(bytearray(data.read()), dtype=torch.int32)
    return [(tokens, targets) for tokens, targets in flat.reshape(shape).long().to(device)]


def backward(model, weights, batches):
    """The mean loss; each weight's .grad becomes the sum over the micro-batches."""
    losses = []
    for tokens, targets in batches:
        loss = model.loss(weights, tokens, targets)
        loss.backward()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def first_gradients(model, start, batches, dtype):
    """Mean gradients by name, at the initial weights, computed in a type."""
    weights = {name: value.to(dtype).clone().requires_grad_() for name, value in start.items()}
    backward(model, weights, batches)
    return {name: weight.grad / len(batches) for name, weight in weights.items()}


class Training:
    """Steps of AdamW on float32 masters of bf16 weights."""

    def __init__(self, model, record, start):
        self.model = model
        self.max_norm = record["maxNorm"]
        self.weights = {name: value.clone().requires_grad_() for name, value in start.items()}
        self.masters = {name: value.float() for name, value in start.items()}
        adam = record["optimizer"]
        # Without temporaries as large as all weights.
        fused = {"fused": True} if next(iter(start.values())).is_cuda else {}
        self.optimizer = torch.optim.AdamW(list(self.masters.values()), lr=adam["learningRate"],
                                           betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"],
                                           weight_decay=adam["weightDecay"], **fused)

    def step(self, batches):
        """Loss and gradient norm before the update."""
        loss = backward(self.model, self.weights, batches)
        mean = 1 / len(batches)
        squares = sum(weight.grad.float().pow(2).sum(dtype=torch.float64).item() for weight in self.weights.values())
        norm = mean * math.sqrt(squares)
        factor = mean * min(1.0, self.max_norm / (norm + 1e-6))
        with torch.no_grad():
            for name, weight in self.weights.items():
                self.masters[name].grad = weight.grad.float() * factor
                weight.grad = None
            self.optimizer.step()
            for name, weight in self.weights.items():
                self.masters[name].grad = None
                weight.copy_(self.masters[name])
        return loss, norm


def cosine(a, b):
    a, b = a.double().flatten(), b.double().flatten()
    return (a @ b / (a.norm() * b.norm())).item()


def gradients_agree(ours, theirs, exact):
    """Prints the tensors that agree least, and whether all do."""
    rows = []
    for name in (name for name in ours if not name.endswith(WITHOUT_GRADIENT)):
        away, own_error, peer_error = (1 - cosine(*pair) for pair in (
            (ours[name], theirs[name]), (ours[name], exact[name]), (theirs[name], exact[name])))
        # Not "more than", so that what is not a number does not agree.
        ratio, peer_ratio = ((each[name].double().norm() / exact[name].double().norm()).item() for each in (ours, theirs))
        right = (away <= 1 - COSINE or own_error <= max(1 - COSINE, TIMES * peer_error)) and (
            abs(ratio - 1) <= NORM or abs(ratio / peer_ratio - 1) <= NORM)
        rows.append((not right, away if away == away else math.inf, name, own_error, peer_error, ratio))
    rows.sort(reverse=True)
    print(f"gradients of step 1, {len(rows)} tensors; 1 - cosine, the worst first:")
    for wrong, away, name, own_error, peer_error, ratio in rows[:6]:
        print(f"  {name:32s} ours to PyTorch {away:.2e}, ours to float32 {own_error:.2e}, PyTorch to float32 "
              f"{peer_error:.2e}; norm over float32's {ratio:.4f}{'  DIFFERS' if wrong else ''}")
    return bool(rows) and not any(row[0] for row in rows)


def main(folder, device="cuda"):
    with open(os.path.join(folder, "record.json")) as file:
        record = json.load(file)
    model = Model(record)
    print(f"{record['model']}, {record['accumulation']} x {record['microBatch']} x {record['sequence']} tokens, "
          f"PyTorch {torch.__version__} on {device}")
    start = read_tensors(folder, "weights.bf16", record, device)
    batches = read_batches(folder, record, device)

    theirs = first_gradients(model, start, batches, torch.bfloat16)
    exact = first_gradients(model, start, batches, torch.float32)
    agree = gradients_agree(read_tensors(folder, "gradients.bf16", record, device), theirs, exact)
    del theirs, exact
    if device == "cuda":
        torch.cuda.empty_cache()

    agree &= curves_agree(record, curve(model, record, start, batches), curve(model, record, start, batches, plain=True))
    print("the same" if agree else "NOT THE SAME")
    return 0 if agree else 1


def curve(model, record, start, batches, plain=False):
    """Loss and norm of each step; by PyTorch's favourite attention, or by plain matrix products."""
    training = Training(model, record, start)
    with sdpa_kernel(SDPBackend.MATH) if plain else contextlib.nullcontext():
        steps = [training.step(batches) for _ in record["losses"]]
    del training
    if batches[0][0].is_cuda:
        torch.cuda.empty_cache()
    return steps


def curves_agree(record, peer, twin):
    """Prints every step, and whether all agree."""
    losses, norms = record["losses"], record["norms"]
    agree, judged = True, 0
    print("step   loss ours   PyTorch     away      spread     norm ours   PyTorch     away      spread")
    for number, (loss, norm, (peer_loss, peer_norm), (twin_loss, twin_norm)) in enumerate(
            zip(losses, norms, peer, twin), 1):
        learned = max(loss, peer_loss) < LEARNED * losses[0]
        judged += not learned
        loss_away, loss_spread = (away(each, peer_loss, losses[0]) for each in (loss, twin_loss))
        norm_away, norm_spread = (each / peer_norm - 1 for each in (norm, twin_norm))
        right = abs(loss_away) <= LOSS and (learned or abs(norm_away) <= NORM)
        agree &= right
        print(f"{number:4d}   {loss:<11.6f} {peer_loss:<11.6f} {loss_away:+.2e} {loss_spread:+.2e}  "
              f" {norm:<11.6f} {peer_norm:<11.6f} {norm_away:+.2e} {norm_spread:+.2e}"
              + ("" if right else "  DIFFERS") + ("  by heart" if learned else ""))
    if judged < JUDGED_STEPS:
        print(f"norms of {judged} steps could be judged, {JUDGED_STEPS} are asked for")
    return agree and judged >= JUDGED_STEPS


def away(ours, theirs, first):
    return (ours - theirs) / max(theirs, LEARNED * first)


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        print(__doc__[__doc__.index("Usage:"):], file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
