package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Readings.Reading;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** {@code step.tflops}: the GEMM FLOP of a step per GPU over the slowest rank's step time. The unit is the launch. */
final class StepThroughput {
    private static final double FLOP_PER_MILLI_TO_TFLOPS = 1e-9;

    private StepThroughput() {}

    static Readings read(Evidence evidence) {
        List<Reading> readings =
                evidence.measured().stream().map(StepThroughput::read).toList();
        Optional<String> broken = evidence.contract().reference()
                ? Optional.empty()
                : evidence.measured().stream()
                        .flatMap(launch -> tooFast(launch, evidence.contract()).stream())
                        .findFirst();
        return Readings.collect(readings, "launches").broken(broken);
    }

    private static Reading read(LaunchResult launch) {
        OptionalDouble tflops = tflops(launch);
        return tflops.isPresent()
                ? Reading.of(name(launch), tflops.getAsDouble())
                : Reading.gap(name(launch), "its ranks lack equal steps or one FLOP count", false);
    }

    private static OptionalDouble tflops(LaunchResult launch) {
        OptionalDouble millis = Steps.meanMillis(launch.ranks());
        OptionalDouble flop = Steps.constant(launch.ranks(), Metric.STEP_FLOP);
        return millis.isPresent() && flop.isPresent()
                ? OptionalDouble.of(flop.getAsDouble() / millis.getAsDouble() * FLOP_PER_MILLI_TO_TFLOPS)
                : OptionalDouble.empty();
    }

    /**
     * The load proof of one rank's steps, in bf16: waits lower its rate and its tensor activity alike. 0.906 to 0.918 in the
     * scaled launches of the recorded run on two H200s.
     */
    static Reading loadRatio(RankResult rank, Question.Contract contract) {
        for (Metric metric : List.of(Metric.STEP_TIME, Metric.STEP_FLOP, Metric.TENSOR_ACTIVE, Metric.SM_CLOCK)) {
            if (GpuReadings.samples(rank, metric).isEmpty()) {
                return Reading.missing(rank, metric);
            }
        }
        double achieved = mean(rank, Metric.STEP_FLOP) / mean(rank, Metric.STEP_TIME) * FLOP_PER_MILLI_TO_TFLOPS;
        double accounted = mean(rank, Metric.TENSOR_ACTIVE)
                / 100
                * mean(rank, Metric.SM_CLOCK)
                / contract.bf16AtMhz()
                * contract.bf16DenseTflops();
        return Reading.of(rank.unit(), achieved / accounted);
    }

    private static double mean(RankResult rank, Metric metric) {
        return Samples.mean(GpuReadings.samples(rank, metric));
    }

    /** The slowest rank sets the step, so the weakest GPU's ceiling holds for all. */
    private static Optional<String> tooFast(LaunchResult launch, Question.Contract contract) {
        double ceiling = Double.POSITIVE_INFINITY;
        for (RankResult rank : launch.ranks()) {
            ceiling = Math.min(ceiling, Physics.ceilingTflops(rank, contract));
        }
        OptionalDouble tflops = tflops(launch);
        return tflops.isEmpty()
                ? Optional.empty()
                : Physics.above(tflops, ceiling, name(launch), "SMs × FLOP per clock × highest SM clock");
    }

    static String name(LaunchResult launch) {
        return "launch " + launch.id() + " on " + String.join(", ", launch.nodes());
    }
}
