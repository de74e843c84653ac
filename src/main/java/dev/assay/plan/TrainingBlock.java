package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.InputException;
import dev.assay.training.ComputingParts;
import dev.assay.training.Machine;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.MemoryBudget;
import dev.assay.training.StepFlops;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepSetup;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** One config's part of the plan. */
record TrainingBlock(TrainingCase config, Machine machine, MemoryBudget budget) {
    private static final String FP8 =
            "fp8, this suite's extension and not DeepSpeed's: the layers' matrices multiply in e4m3 and e5m2,"
                    + " one scale a tensor made anew before each use; MFU is of the FP8 peak. Predicted as if those GEMMs reached the same"
                    + " share of it as bf16's, and their copies the memory's rate (assumed, never measured)";

    List<String> lines(List<Integer> counts, Cluster cluster) {
        List<String> lines = new ArrayList<>();
        List<TrainingPlace> places = places(counts, cluster, lines);
        if (places.isEmpty()) {
            lines.add(0, config.name() + ": " + config.model());
            return lines;
        }
        List<String> refused = List.copyOf(lines);
        lines.clear();
        head(lines, places);
        lines.addAll(refused);
        lines.addAll(TrainingTables.memory(places, config, budget));
        places.stream().filter(place -> place.prediction().isEmpty()).forEach(place -> misfit(lines, place));
        lines.addAll(TrainingTables.collectives(places.get(places.size() - 1)));
        List<TrainingPlace> fitting =
                places.stream().filter(place -> place.prediction().isPresent()).toList();
        if (fitting.isEmpty()) {
            wrap(lines, "  prediction   ", "none: it fits on none of these");
            return lines;
        }
        predict(lines, fitting, cluster.device() == DeviceKind.REFERENCE);
        return lines;
    }

    private List<TrainingPlace> places(List<Integer> counts, Cluster cluster, List<String> refused) {
        List<TrainingPlace> places = new ArrayList<>();
        for (int nodes : counts) {
            if (nodes > cluster.nodes().size()) {
                wrap(
                        refused,
                        "  not here     ",
                        Words.plural(nodes, "node") + ": the cluster has "
                                + cluster.nodes().size());
                continue;
            }
            try {
                TrainingPlace place = place(config.setup(), nodes);
                Optional<String> cannot = config.refused(place);
                cannot.ifPresent(why -> wrap(refused, "  cannot run   ", Words.plural(nodes, "node") + ": " + why));
                if (cannot.isEmpty()) {
                    places.add(place);
                }
            } catch (InputException e) {
                wrap(refused, "  cannot run   ", Words.plural(nodes, "node") + ": " + oneLine(e));
            }
        }
        return places;
    }

    private TrainingPlace place(IntFunction<StepSetup> setup, int nodes) {
        return TrainingPlace.of(setup.apply(nodes * machine.gpusPerNode()), machine, budget, nodes);
    }

    private static String oneLine(InputException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    }

    private void head(List<String> lines, List<TrainingPlace> places) {
        TrainingPlace most = places.get(places.size() - 1);
        StepSetup setup = most.setup();
        StepFlops flops = StepFlops.of(setup);
        lines.add(config.name() + ": " + config.model() + ", " + Words.fixed(config.parameters() / 1e9, 3)
                + " G parameters");
        wrap(lines, "  step         ", words(setup));
        wrap(
                lines,
                "  FLOP a token ",
                Words.fixed(flops.causal() / 1e9, 2) + " G causal, " + Words.fixed(flops.full() / 1e9, 2)
                        + " G with full attention, " + Words.fixed(flops.executed() / 1e9, 2)
                        + " G executed, recomputation included");
        if (setup.precision() == MatrixPrecision.FP8) {
            wrap(lines, "  precision    ", FP8);
        }
        wrap(lines, "  scaling      ", config.scaling());
        config.notes().forEach(note -> wrap(lines, "  note         ", note));
        config.terms().thirdGathers(most).ifPresent(note -> wrap(lines, "  note         ", note));
        if (!config.withoutEffect().isEmpty()) {
            wrap(lines, "  no effect    ", String.join(", ", config.withoutEffect()));
        }
        List<Integer> counts = places.stream().map(TrainingPlace::nodes).toList();
        lines.addAll(TrainingConfig.of(config, counts, machine.gpusPerNode()).values(TrainingPlan.COLUMNS));
    }

    private static String words(StepSetup setup) {
        return setup.modes() + ", micro-batch " + setup.microBatch() + " × " + setup.sequence()
                + " tokens, accumulation " + setup.accumulation();
    }

    private void misfit(List<String> lines, TrainingPlace place) {
        wrap(lines, "  does not fit ", place.arithmetic(budget) + ". Not run, and not made smaller.");
    }

    private void predict(List<String> lines, List<TrainingPlace> fitting, boolean reference) {
        SftBaseline baselines = new SftBaseline(config, Sft.Run.NOMINAL, machine, budget, reference);
        int nodes = baselines.nodes(most(fitting));
        Optional<StepPrediction> baseline = baseline(baselines, nodes);
        times(lines, "  predicted, seconds a step; " + against(nodes, baseline), fitting, baseline);
        stress(lines, fitting, reference);
    }

    private static int most(List<TrainingPlace> places) {
        return places.get(places.size() - 1).nodes();
    }

    private static Optional<StepPrediction> baseline(SftBaseline baselines, int nodes) {
        try {
            return baselines.place(nodes).prediction();
        } catch (InputException e) {
            return Optional.empty();
        }
    }

    private static String against(int nodes, Optional<StepPrediction> baseline) {
        String words = Words.plural(nodes, "node");
        return baseline.isPresent()
                ? "scale against " + words
                : "no scale, as the baseline of " + words + " cannot run";
    }

    private void stress(List<String> lines, List<TrainingPlace> fitting, boolean reference) {
        List<TrainingPlace> places = fitting.stream()
                .map(place -> place(config::stressed, place.nodes()))
                .filter(place -> config.refused(place).isEmpty())
                .filter(place -> place.prediction().isPresent())
                .toList();
        if (places.isEmpty()) {
            wrap(lines, "  stress       ", "the variant that loads the network fits or runs on none of these");
            return;
        }
        TrainingPlace first = places.get(0);
        StepSetup setup = first.setup();
        SftBaseline baselines = new SftBaseline(config, Sft.Run.STRESS, machine, budget, reference);
        int nodes = baselines.nodes(most(places));
        Optional<StepPrediction> baseline = baseline(baselines, nodes);
        wrap(lines, "  stress variant: ", words(setup));
        lines.addAll(TrainingTables.memory(places, config, budget));
        lines.addAll(TrainingTables.collectives(places.get(places.size() - 1)));
        times(lines, "  stress, predicted, seconds a step; " + against(nodes, baseline), places, baseline);
        config.terms()
                .thirdGathers(places.get(places.size() - 1))
                .ifPresent(note -> wrap(lines, "    note         ", note));
    }

    private void times(
            List<String> lines, String title, List<TrainingPlace> places, Optional<StepPrediction> baseline) {
        lines.addAll(TrainingTables.times(title, places, config, baseline));
        TrainingPlace most = places.get(places.size() - 1);
        most.prediction().ifPresent(step -> wrap(lines, "    parts        ", parts(most, step)));
        lines.addAll(TrainingLimits.table(places, config));
        most.prediction().ifPresent(step -> TrainingLimits.describe(lines, machine, most, step, baseline));
    }

    /** Where every millisecond of a step goes that computes. */
    private String parts(TrainingPlace place, StepPrediction step) {
        ComputingParts parts = ComputingParts.of(place.setup(), machine, place.nodes());
        return "on " + Words.plural(place.nodes(), "node") + ", milliseconds a step: GEMMs "
                + milliseconds(parts.gemms()) + ", attention " + milliseconds(parts.attention())
                + ", kernels bound by memory " + milliseconds(parts.memory()) + ", together "
                + milliseconds(step.computing()) + " of computing; AdamW " + milliseconds(step.optimizer())
                + ", slowed by hidden collectives " + milliseconds(step.disturbance()) + ", waiting for exposed ones "
                + milliseconds(step.exposed()) + ": the step's " + milliseconds(step.step());
    }

    private static String milliseconds(double seconds) {
        return Words.fixed(1e3 * seconds, 1e3 * seconds < 100 ? 1 : 0);
    }

    private static void wrap(List<String> lines, String head, String text) {
        PlanText.wrap(lines, head, text, TrainingPlan.COLUMNS);
    }
}
