package dev.assay.verdict;

import dev.assay.criteria.Limit;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the units gave for one metric.
 *
 * @param values of the units that have one
 * @param gaps the units that have none, with the reason
 * @param broken why the values cannot be what they claim
 * @param expected units that must have one
 * @param what the units are, e.g. {@code GPUs}
 */
record Readings(
        List<UnitValue> values,
        List<Gap> gaps,
        Optional<String> broken,
        int expected,
        String what,
        List<String> details) {
    /** @param explained the device itself said why it has no value */
    record Gap(String unit, String reason, boolean explained) {}

    /** One unit's value, or why it has none. */
    record Reading(String unit, double value, Optional<Gap> gap) {
        static Reading of(String unit, double value) {
            return Double.isFinite(value)
                    ? new Reading(unit, value, Optional.empty())
                    : gap(unit, "its value is not a finite number: " + value, false);
        }

        /** A metric that the device refused stands among its facts, under the metric's key, with the library's reason. */
        static Reading missing(RankResult rank, Metric metric) {
            Optional<String> reason = Optional.ofNullable(rank.device().facts().get(metric.key()));
            String words = metric.key() + " is absent, "
                    + reason.map(said -> "the device says: " + said).orElse("no reason was given");
            return gap(rank.unit(), words, reason.isPresent());
        }

        static Reading gap(String unit, String reason, boolean explained) {
            return new Reading(unit, Double.NaN, Optional.of(new Gap(unit, reason, explained)));
        }
    }

    Readings {
        values = List.copyOf(values);
        gaps = List.copyOf(gaps);
        details = List.copyOf(details);
    }

    static Readings of(Evidence evidence) {
        return switch (evidence.criterion().metric().kind()) {
            case RECORDED -> recorded(evidence);
            case WATCHED -> recorded(evidence).more(Watching.holes(evidence));
            case HEALTH -> perGpu(evidence, rank -> HealthReadings.read(rank, evidence.criterion()));
            case NIC -> NicEvents.read(evidence);
            case NODE -> NicEvents.onlyNodes(evidence);
            case DERIVED -> derived(evidence);
        };
    }

    private static Readings recorded(Evidence evidence) {
        return switch (evidence.criterion().metric()) {
            case PAIR_BANDWIDTH, PAIR_LATENCY -> raw(evidence).details(PairReadings.blame(evidence));
            case RDMA_BANDWIDTH, RDMA_LATENCY, RDMA_TESTS -> RdmaReadings.read(evidence);
            case FABRIC_BANDWIDTH -> FabricReadings.ofGpus(evidence);
            case TRAIN_EXPOSED -> ExposedCommunication.byWaits(evidence);
            case SM_ACTIVE -> explained(raw(evidence), evidence);
            case HOST_BANDWIDTH, HOST_LATENCY -> perLink(evidence, rank -> FarMemory.read(rank, evidence.question()));
            default -> raw(evidence);
        };
    }

    private static Readings explained(Readings active, Evidence evidence) {
        return evidence.criterion().limit() instanceof Limit.AtLeast floor
                ? active.details(ExposedCommunication.explain(evidence, active.values(), floor.floor()))
                : active;
    }

    private static Readings raw(Evidence evidence) {
        return perLink(evidence, rank -> GpuReadings.raw(rank, evidence.question()));
    }

    /** A metric of this kind that nobody derives is a mistake in the suite, found by the test that asks for each. */
    private static Readings derived(Evidence evidence) {
        return switch (evidence.criterion().metric()) {
            case STEP_TFLOPS -> StepThroughput.read(evidence);
            case SENSITIVITY -> Sensitivity.read(evidence);
            case TRAIN_TOKENS, TRAIN_TOKENS_ALL, TRAIN_MFU, TRAIN_MFU_FULL, TRAIN_HFU -> TrainingRates.read(evidence);
            case TRAIN_TOKENS_JOULE -> perGpu(evidence, TrainingRates::tokensPerJoule);
            case TRAIN_EXPOSED_DIFFERENCE -> ExposedCommunication.byDifference(evidence);
            case TRAIN_COMMUNICATION ->
                perGpu(evidence, ExposedCommunication::communication)
                        .details(ExposedCommunication.collectives(evidence));
            case TRAIN_GRADIENTS_BUSBW ->
                perGpu(evidence, rank -> ExposedCommunication.busBandwidth(rank, "gradients"));
            case TRAIN_WEIGHTS_BUSBW -> perGpu(evidence, rank -> ExposedCommunication.busBandwidth(rank, "weights"));
            case TRAIN_FABRIC -> TrainingFabric.time(evidence);
            case MEMORY_PLAN_RATIO -> perGpu(evidence, TrainingRates::memoryRatio);
            case DISTINCT_RESULTS -> Digests.read(evidence);
            case WRONG_ELEMENTS -> Correctness.read(evidence);
            case LOAD_RATIO -> perGpu(evidence, rank -> GpuReadings.loadRatio(rank, evidence.question()));
            case WARMTH -> perGpu(evidence, rank -> GpuReadings.warmth(rank, evidence.criterion()));
            case NIC_BYTES_RATIO -> NicBytes.ratio(evidence);
            case NIC_SHARE -> NicBytes.share(evidence);
            case PAIR_NODE_BANDWIDTH -> PairReadings.ofNodes(evidence);
            case FABRIC_NODE_BANDWIDTH -> FabricReadings.ofNodes(evidence);
            case FABRIC_VICTIM -> FabricReadings.ofVictims(evidence);
            case IDENTITY_DIFFERENCES -> Identities.read(evidence);
            case REMAPPED_NEW -> perGpu(evidence, HealthReadings::newlyRemapped);
            case MEMORY_CAPACITY -> GpuReadings.inAll(perGpu(evidence, GpuReadings::memoryCapacity));
            // Scale efficiency has a judge of its own.
            default ->
                throw new IllegalStateException("the suite must know how to derive "
                        + evidence.criterion().metric().key() + " for "
                        + evidence.question().key());
        };
    }

    static Readings collect(List<Reading> readings, String what) {
        List<UnitValue> values = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>();
        for (Reading reading : readings) {
            reading.gap().ifPresentOrElse(gaps::add, () -> values.add(new UnitValue(reading.unit(), reading.value())));
        }
        return new Readings(values, gaps, Optional.empty(), readings.size(), what, List.of());
    }

    Readings broken(Optional<String> why) {
        return new Readings(values, gaps, broken.or(() -> why), expected, what, details);
    }

    Readings details(List<String> lines) {
        return new Readings(values, gaps, broken, expected, what, lines);
    }

    private Readings more(List<String> lines) {
        return details(Stream.concat(details.stream(), lines.stream()).toList());
    }

    Coverage coverage() {
        return new Coverage(expected - gaps.size(), expected, what);
    }

    /** One value a GPU and launch. */
    private static Readings perGpu(Evidence evidence, Function<RankResult, Reading> read) {
        return perLink(evidence, rank -> List.of(read.apply(rank)));
    }

    /** One value a GPU and launch, or one a link of it. */
    private static Readings perLink(Evidence evidence, Function<RankResult, List<Reading>> read) {
        List<RankResult> ranks = evidence.ranks();
        Optional<String> broken = ranks.stream()
                .flatMap(rank -> Physics.problem(rank, evidence).stream())
                .findFirst();
        String units = evidence.question().valuesPerRank() > 1 ? "links" : "GPUs";
        String what = evidence.measured().size() == 1
                ? units
                : (units.equals("GPUs") ? "ranks" : units) + " of "
                        + evidence.measured().size() + " launches";
        return collect(ranks.stream().flatMap(rank -> read.apply(rank).stream()).toList(), what)
                .broken(broken);
    }
}
