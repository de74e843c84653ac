"""Counts what DeepSpeed gathers in a micro-batch by ZeRO-3, tensor by tensor, and holds our schedule beside it.

DeepSpeed trains a Hugging Face model made in memory with random weights, as the only rank: two ranks gather the same. It
records its trace in the first micro-batch; the last of four is counted, and the one before must be the same. A tensor counts
where the coordinator finds it missing and gathers it, or where a module gathers it past the coordinator.

"forward" is what is asked for until backward is called, ahead of time too; "backward" is all after that, second forwards of
checkpointed layers too.

Widths may be divided, and with them all limits: the counts are the same, which `same` checks, and all layers of the largest
models fit a host without a GPU. DeepSpeed goes by tensors where ours goes by modules, so the last layers, which stay gathered
until backward, differ, and totals of a few layers say little.

Usage: gathers.py count MODEL:LAYERS DS_CONFIG FILE [cuda|cpu [SCALE [reentrant]]]
       gathers.py compare THEIRS OURS    exit code 1 if elements gathered differ by more than 2 %; OURS is by GatherCounts
       gathers.py same THEIRS THEIRS     exit code 1 if a tensor was gathered more often in one than in the other
       gathers.py check                  exit code 1 if comparisons do not find what differs
  SCALE      divides every width; limits in elements are divided by its square
"""

import json
import os
import random
import socket
import sys
import time

TOTAL = 2e-2
MICRO_BATCHES = 4
TOKENS = 128

# Hidden, feed-forward, heads, heads of keys and values, vocabulary. GPT-3's vocabulary is padded as ours is.
LLAMA = {"llama2-7b": (4096, 11008, 32, 32, 32000), "llama2-13b": (5120, 13824, 40, 40, 32000),
         "llama2-70b": (8192, 28672, 64, 8, 32000)}
GPT = {"gpt3-175b": (12288, 49152, 96, 96, 50304)}
POSITIONS = 2048

# Hugging Face's names in the order of our tensors.
LLAMA_LAYER = ("input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
               "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")
GPT_LAYER = ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj")

# Names of limits in our set-up.
LIMITS = {"stage3_prefetch_bucket_size": "prefetchBucket", "stage3_max_live_parameters": "maxLive",
          "stage3_max_reuse_distance": "maxReuse"}
PERSISTENCE = "stage3_param_persistence_threshold"


def names(family, layers):
    """Of all tensors, in our order."""
    if family == "llama":
        return ["model.embed_tokens.weight",
                *(f"model.layers.{layer}.{each}.weight" for layer in range(layers) for each in LLAMA_LAYER),
                "model.norm.weight", "lm_head.weight"]
    return ["transformer.wte.weight", "transformer.wpe.weight",
            *(f"transformer.h.{layer}.{each}.{part}" for layer in range(layers) for each in GPT_LAYER
              for part in ("weight", "bias")),
            "transformer.ln_f.weight", "transformer.ln_f.bias"]


def progress(text, began=time.monotonic()):
    print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)


def zero_section(ds_config, scale):
    """The config's own, its limits scaled: of matrices by the square, the persistence of vectors by the scale."""
    with open(ds_config) as file:
        zero = json.load(file)["zero_optimization"]
    for key in zero:
        if key.endswith(("_size", "_parameters", "_distance")):
            zero[key] = int(zero[key]) // scale ** 2
    zero[PERSISTENCE] = int(zero[PERSISTENCE]) // scale
    return zero


def build(name, layers, scale):
    """A model and its config's family; no file is read."""
    # Not at the top: the comparison needs none of it.
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM
    if name in LLAMA:
        hidden, inner, heads, groups, vocabulary = LLAMA[name]
        config = LlamaConfig(
            hidden_size=hidden // scale, intermediate_size=inner // scale, num_hidden_layers=layers,
            num_attention_heads=heads, num_key_value_heads=groups, vocab_size=vocabulary // scale,
            max_position_embeddings=POSITIONS, tie_word_embeddings=False, use_cache=False, attn_implementation="sdpa")
        return LlamaForCausalLM(config), "llama"
    hidden, inner, heads, _, vocabulary = GPT[name]
    config = GPT2Config(
        n_embd=hidden // scale, n_inner=inner // scale, n_layer=layers, n_head=heads, vocab_size=vocabulary // scale,
        n_positions=POSITIONS // scale, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0,
        use_cache=False, attn_implementation="sdpa")
    return GPT2LMHeadModel(config), "gpt"


class Gathers:
    """What was gathered since the last start, in order, an operation each."""

    def __init__(self):
        self.operations = []
        self.part = None
        self.coordinator = None

    def watch(self):
        """The coordinator's one method through which tensors not there are gathered, ahead of time or not."""
        from deepspeed.runtime.zero.partition_parameters import ZeroParamStatus
        from deepspeed.runtime.zero.partitioned_param_coordinator import PartitionedParameterCoordinator as Coordinator
        method = "_PartitionedParameterCoordinator__all_gather_params_"
        gather = getattr(Coordinator, method)

        def counted(coordinator, params, forward, *rest, **named):
            self.coordinator = coordinator
            self.note([each for each in params if each.ds_status == ZeroParamStatus.NOT_AVAILABLE],
                      "forward" if forward else "backward")
            return gather(coordinator, params, forward, *rest, **named)

        setattr(Coordinator, method, counted)
        self.missing = ZeroParamStatus.NOT_AVAILABLE

    def watch_tensors(self, module):
        """Gathers past the coordinator: of tensors that another module than their own reads."""
        for tensor in module.parameters():
            def counted(param_list=None, *rest, own=tensor, gather=tensor.all_gather, **named):
                asked = [own] if param_list is None else param_list
                self.note([each for each in asked if each.ds_status == self.missing], "past the coordinator")
                return gather(param_list, *rest, **named)

            tensor.all_gather = counted

    def start(self, part):
        """Pass that what follows belongs to."""
        self.part = part

    def note(self, tensors, by):
        if self.part and tensors:
            self.operations.append((self.part, by, sorted(each.ds_id for each in tensors)))

    def taken(self):
        operations, self.operations = self.operations, []
        return operations


def count(model, ds_config, path, device="cuda", scale="1", reentrant=""):
    name, layers = model.split(":")
    scale, layers = int(scale), int(layers)
    # No op of DeepSpeed's own is needed: the optimizer is PyTorch's.
    os.environ.update(DS_BUILD_OPS="0", RANK="0", LOCAL_RANK="0", WORLD_SIZE="1", MASTER_ADDR="127.0.0.1")
    if device == "cpu":
        os.environ["DS_ACCELERATOR"] = "cpu"
    os.environ["MASTER_PORT"] = str(free_port())
    import deepspeed
    import torch
    import transformers
    # Nor may one be compiled where a host has no compiler: all are taken for missing.
    deepspeed.ops.__compatible_ops__.update(dict.fromkeys(deepspeed.ops.__compatible_ops__, False))
    progress(f"{model}: DeepSpeed {deepspeed.__version__}, PyTorch {torch.__version__}, transformers "
             f"{transformers.__version__} on {device}, scale 1/{scale}")
    deepspeed.init_distributed(dist_backend="nccl" if device == "cuda" else "gloo")
    zero = zero_section(ds_config, scale)
    config = {
        # More than are run, so that no step comes in between.
        "train_micro_batch_size_per_gpu": 1, "gradient_accumulation_steps": 1000, "bf16": {"enabled": True},
        "zero_optimization": zero, "zero_allow_untested_optimizer": True}
    with deepspeed.zero.Init(config_dict_or_path=config):
        module, family = build(name, layers, scale)
    module.gradient_checkpointing_enable({"use_reentrant": bool(reentrant)})
    module.train()
    gathers = Gathers()
    gathers.watch()
    engine, *_ = deepspeed.initialize(model=module, config=config, optimizer=torch.optim.SGD(module.parameters(), lr=1e-6))
    gathers.watch_tensors(engine.module)
    by_id = {each.ds_id: tensor for tensor, each in engine.module.named_parameters()}
    sizes = {tensor: each.ds_numel for tensor, each in engine.module.named_parameters()}
    progress(f"{sum(sizes.values()):,} parameters are there")
    runs = []
    random.seed(1)
    for number in range(MICRO_BATCHES):
        tokens = min(TOKENS, POSITIONS // scale)
        ids = torch.tensor([[random.randrange(LLAMA.get(name, GPT.get(name))[4] // scale) for _ in range(tokens)]],
                           device=engine.device)
        gathers.start("forward")
        loss = engine(input_ids=ids, labels=ids, use_cache=False).loss
        gathers.start("backward")
        engine.backward(loss)
        gathers.start(None)
        engine.step()
        traced = gathers.coordinator.is_complete_trace()
        operations = [(part, by, [by_id[each] for each in ids]) for part, by, ids in gathers.taken()]
        runs.append(dict(traced=traced, operations=operations))
        progress(f"micro-batch {number + 1}: loss {loss.item():.4f}, {len(operations)} gathers"
                 + (", by the recorded trace" if traced else ""))
    if device == "cuda":
        progress(f"at most {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB of the GPU were taken")
    last, before = ([counts(run["operations"], tensor) for tensor in names(family, layers)] for run in runs[:-3:-1])
    if not all(run["traced"] for run in runs[-2:]) or last != before:
        sys.exit(f"{model}: the last two micro-batches gathered otherwise, or not by a recorded trace")
    if set(sizes) != set(names(family, layers)):
        sys.exit(f"{model}: tensors {sorted(set(sizes) ^ set(names(family, layers)))} are not of both")
    result = dict(
        model=model, family=family, layers=layers, scale=scale, reentrant=bool(reentrant), deepspeed=deepspeed.__version__,
        torch=torch.__version__, transformers=transformers.__version__, zero=zero,
        tensors=[dict(name=tensor, size=sizes[tensor], forward=at[0], backward=at[1])
                 for tensor, at in zip(names(family, layers), last)],
        operations=runs[-1]["operations"])
    with open(path, "w") as file:
        json.dump(result, file, indent=1)
    torch.distributed.destroy_process_group()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def counts(operations, tensor):
    """How often it was gathered in forward and in backward."""
    return [sum(tensor in tensors for part, _, tensors in operations if part == each) for each in ("forward", "backward")]


def limits_agree(zero, ours):
    """Whether both sides had the same limits, and says which differ."""
    pairs = {key: (zero[key], ours[own]) for key, own in {**LIMITS, PERSISTENCE: "persistenceThreshold"}.items()}
    for key, (their, our) in pairs.items():
        if their != our:
            print(f"{key} is {their:,} in theirs, {our:,} in ours")
    return all(their == our for their, our in pairs.values())


def of_layer(name):
    """A tensor's layer, or None."""
    parts = name.split(".")
    return next((int(each) for each in parts if each.isdigit()), None)


def agree(theirs, ours):
    """Prints both sides, and whether they agree."""
    layers = theirs["layers"]
    shown = {None, 0, layers // 2, layers - 1}
    print(f"{theirs['model']}, DeepSpeed {theirs['deepspeed']}, PyTorch {theirs['torch']}, transformers "
          f"{theirs['transformers']}, checkpoints {'' if theirs['reentrant'] else 'not '}reentrant"
          + (f", widths of 1/{theirs['scale']}" if theirs["scale"] > 1 else ""))
    pairs = list(zip(theirs["tensors"], ours["tensors"]))
    wrong = [their["name"] for their, our in pairs if their["size"] != our["size"]]
    if wrong or len(theirs["tensors"]) != len(ours["tensors"]):
        print(f"{len(theirs['tensors'])} tensors of theirs, {len(ours['tensors'])} of ours; of other sizes: {wrong}")
        return False
    if not limits_agree(theirs["zero"], ours["zero"]):
        return False
    print(f"{'gathers of a micro-batch':46s} {'elements':>13s}   forward: theirs ours   backward: theirs ours")
    for their, our in pairs:
        apart = (their["forward"], their["backward"]) != (our["forward"], our["backward"])
        if apart or of_layer(their["name"]) in shown:
            print(f"{their['name']:46s} {their['size']:13,d}            {their['forward']:6d} {our['forward']:4d}"
                  f"             {their['backward']:6d} {our['backward']:4d}{'   DIFFERS' if apart else ''}")
    totals = []
    for part in ("forward", "backward"):
        totals.append([sum(each["size"] * each[part] for each in side["tensors"]) for side in (theirs, ours)])
        print(f"elements gathered in {part:8s}: {totals[-1][0]:16,d} theirs, {totals[-1][1]:16,d} ours, "
              f"ours over theirs {ratio(*totals[-1]):.4f}")
    their, our = (sum(each) for each in zip(*totals))
    near = abs(ratio(their, our) - 1) <= TOTAL
    print(f"elements gathered in all     : {their:16,d} theirs, {our:16,d} ours, ours over theirs {ratio(their, our):.4f}"
          + ("" if near else "  DIFFERS"))
    return near


def ratio(theirs, ours):
    return ours / theirs if theirs else float(ours == theirs) or float("inf")


def compared(compare, path, other_path):
    """Exit code of a comparison of two files."""
    with open(path) as file, open(other_path) as other:
        return 0 if compare(json.load(file), json.load(other)) else 1


def of_tensors(counted):
    return [(each["name"], each["forward"], each["backward"]) for each in counted["tensors"]]


def same(one, other):
    """Prints where two counts of theirs differ, and whether none does."""
    pairs = list(zip(of_tensors(one), of_tensors(other)))
    for (name, *first), (_, *second) in pairs:
        if first != second:
            print(f"{name}: {first[0]} + {first[1]} gathers at 1/{one['scale']}, {second[0]} + {second[1]} at 1/{other['scale']}")
    alike = of_tensors(one) == of_tensors(other)
    print(f"{one['model']}: widths of 1/{one['scale']} and 1/{other['scale']} gather {'the same' if alike else 'NOT THE SAME'}")
    return alike


def check():
    """Comparisons of a count as of a run with the same, and with such as differ."""
    tensors = [dict(name=name, size=size, forward=1, backward=1)
               for name, size in zip(names("llama", 1), (64, 2, 16, 16, 16, 16, 2, 32, 32, 32, 2, 64))]
    zero = {"stage3_prefetch_bucket_size": 8, "stage3_max_live_parameters": 9, "stage3_max_reuse_distance": 10, PERSISTENCE: 1}
    theirs = dict(model="llama:1", layers=1, scale=1, reentrant=False, deepspeed="-", torch="-", transformers="-", zero=zero,
                  tensors=tensors)
    limits = dict(prefetchBucket=8, maxLive=9, maxReuse=10, persistenceThreshold=1)

    def ours(**changes):
        return dict(zero=limits, tensors=[dict(each, **changes) if each["name"].endswith("q_proj.weight") else dict(each)
                                          for each in tensors])

    operations = [("forward", "forward", ["a", "b"]), ("backward", "forward", ["a"]), ("backward", "backward", ["a"])]
    right = (counts(operations, "a") == [1, 2] and counts(operations, "b") == [1, 0] and agree(theirs, ours())
             and not agree(theirs, ours(backward=2)) and not agree(theirs, ours(forward=0)) and not agree(theirs, ours(size=8))
             and same(theirs, dict(theirs, scale=2)) and not same(theirs, dict(theirs, tensors=ours(backward=2)["tensors"]))
             and not agree(dict(theirs, zero=dict(zero, stage3_max_live_parameters=8)), ours()))
    print("the comparison finds what differs" if right else "THE COMPARISON IS WRONG")
    return right


def main(command="", *arguments):
    if command == "count" and 3 <= len(arguments) <= 6:
        count(*arguments)
    elif command in ("compare", "same") and len(arguments) == 2:
        return compared({"compare": agree, "same": same}[command], *arguments)
    elif command == "check" and not arguments:
        return 0 if check() else 1
    else:
        print(__doc__[__doc__.index("Usage:"):], file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
