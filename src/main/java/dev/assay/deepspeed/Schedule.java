package dev.assay.deepspeed;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code scheduler}: which rate a schedule is about, as DeepSpeed 0.19.6 has it ({@code runtime/lr_schedules.py}; a name that
 * it does not know is looked for in {@code torch.optim.lr_scheduler}).
 *
 * @param key of the rate that goes before the optimizer's own; empty: the optimizer's own is the highest
 */
record Schedule(Optional<String> key, double rate) {
    /** Where {@code WarmupDecayLR} leaves {@code warmup_max_lr} out; {@code WarmupLR} takes the optimizer's rate then. */
    private static final double DECAYING = 1e-3;

    /** Where {@code LRRangeTest} leaves out what it begins with. */
    private static final double TESTED_FROM = 1e-3;

    private static final String TYPE = "scheduler.type";
    private static final String WARMED = "warmup_max_lr";
    private static final String TESTED = "lr_range_test_min_lr";

    /** PyTorch's that begin at, or rise to, the optimizer's rate. */
    private static final Set<String> BY_THE_OPTIMIZER = Set.of(
            "StepLR",
            "MultiStepLR",
            "ConstantLR",
            "LinearLR",
            "ExponentialLR",
            "PolynomialLR",
            "CosineAnnealingLR",
            "CosineAnnealingWarmRestarts");

    /** PyTorch's that need a function, a measure or other schedules, which a file cannot give. */
    private static final Set<String> OF_PROGRAMS =
            Set.of("LambdaLR", "MultiplicativeLR", "SequentialLR", "ChainedScheduler", "ReduceLROnPlateau");

    /** @param own the optimizer's rate */
    static Schedule of(Findings findings, double own, Optional<Node> scheduler) {
        Optional<Node> type = scheduler.flatMap(node -> node.find("type")).filter(node -> !node.isNull());
        return type.isEmpty() ? byTheOptimizer(own) : new Reader(findings, own, scheduler.get()).read(type.get());
    }

    private static Schedule byTheOptimizer(double own) {
        return new Schedule(Optional.empty(), own);
    }

    private record Reader(Findings findings, double own, Node scheduler) {
        private Schedule read(Node type) {
            String name = type.text().orElse("");
            return switch (name) {
                case "WarmupLR" -> warmUp(byTheOptimizer(own));
                case "WarmupDecayLR" -> {
                    required("total_num_steps");
                    yield warmUp(new Schedule(Optional.of(WARMED), DECAYING));
                }
                case "WarmupCosineLR" -> {
                    required("total_num_steps");
                    yield byTheOptimizer(own);
                }
                case "OneCycle" -> oneCycle();
                case "LRRangeTest" -> rate(TESTED).orElse(new Schedule(Optional.of(TESTED), TESTED_FROM));
                case "OneCycleLR", "CyclicLR" -> {
                    required("max_lr");
                    yield rate("max_lr").orElse(byTheOptimizer(own));
                }
                default -> {
                    if (!BY_THE_OPTIMIZER.contains(name)) {
                        unknown(type, OF_PROGRAMS.contains(name));
                    }
                    yield byTheOptimizer(own);
                }
            };
        }

        private void unknown(Node type, boolean ofPrograms) {
            findings.problem(
                    type,
                    type.found()
                            + (ofPrograms
                                    ? ": it needs what only a program can give it"
                                    : ": DeepSpeed and PyTorch have no such schedule"),
                    "LRRangeTest, OneCycle, WarmupLR, WarmupDecayLR, WarmupCosineLR, or one of torch.optim.lr_scheduler"
                            + " that a file can describe; upper and lower case count",
                    "correct the type, or remove the scheduler: rates change no work");
        }

        /** {@code auto} is the Trainer's rate, which is the optimizer's, and so is null. */
        private Schedule warmUp(Schedule leftOut) {
            Optional<Node> most = param(WARMED);
            if (most.isEmpty()) {
                return leftOut;
            }
            return most.get().isAuto() || most.get().isNull()
                    ? byTheOptimizer(own)
                    : rate(WARMED).orElse(byTheOptimizer(own));
        }

        /** Rises to {@code cycle_max_lr} first of all; Adam's betas go the other way. */
        private Schedule oneCycle() {
            required("cycle_min_lr");
            required("cycle_max_lr");
            boolean momentum = param("cycle_momentum").flatMap(Node::flag).orElse(true);
            if (momentum) {
                findings.note(
                        Note.Kind.WARNING,
                        "optimizer.params.betas",
                        "are held; DeepSpeed's OneCycle puts (cycle_min_mom to cycle_max_mom, by default 0.8 to 0.9; 0.99) in"
                                + " their place unless cycle_momentum is false; they change no work");
            }
            return rate("cycle_max_lr").orElse(byTheOptimizer(own));
        }

        private Optional<Node> param(String key) {
            return scheduler.find("params").flatMap(params -> params.find(key));
        }

        private void required(String key) {
            if (param(key).isEmpty()) {
                findings.problem(
                        TYPE,
                        "no params." + key,
                        "a " + key + ": DeepSpeed stops here, too",
                        "add it to scheduler.params, or remove the scheduler: rates change no work");
            }
        }

        /** Empty: not there, or wrong, which is said. */
        private Optional<Schedule> rate(String key) {
            Optional<Node> node = param(key);
            if (node.isEmpty()) {
                return Optional.empty();
            }
            List<Node> groups = node.get().array().orElse(List.of(node.get()));
            Optional<Double> rate = groups.size() == 1
                    ? groups.get(0).number().map(Number::doubleValue).filter(value -> value > 0)
                    : Optional.empty();
            if (rate.isEmpty()) {
                findings.problem(
                        node.get(),
                        node.get().found(),
                        "one learning rate above 0: parameters have one group here, and a run is judged by its loss",
                        "write the rate that you train with, or remove the scheduler: rates change no work");
            }
            return rate.map(value -> new Schedule(Optional.of(key), value));
        }
    }
}
