package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Reading;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/** One GPU's value of a metric. */
final class GpuReadings {
    /** A GPU is warm that rose by so much (K), or started so hot (°C). */
    private static final double WARM_RISE = 10;

    private static final double WARM_START = 45;

    /** Its FLOP a step are known, of GEMMs and attention alike, all of them bf16. */
    private static final String TRAINING = "sft";

    /** Its rate is that of its steps, communication included. */
    private static final String COUPLED = "coupled";

    private GpuReadings() {}

    /** What a measurement calls the other end of a link. */
    private static final String TO = "to";

    /** The GPU's value under the criterion's conditions, or one of each of its links; a link named twice has no value. */
    static List<Reading> raw(RankResult rank, Question question) {
        Criterion criterion = question.criterion();
        List<Measurement> found = rank.measurements(criterion.metric(), criterion.conditions());
        if (found.isEmpty()) {
            return List.of(Reading.missing(rank, criterion.metric()));
        }
        Set<String> units = new HashSet<>();
        List<Reading> readings = new ArrayList<>();
        for (Measurement measurement : found) {
            String unit = unit(rank, measurement);
            readings.add(
                    units.add(unit)
                            ? value(unit, criterion.statistic(), measurement.samples())
                            : Reading.gap(unit, "it was measured twice under " + criterion.conditions(), false));
        }
        if (units.size() != question.valuesPerRank()) {
            readings.add(Reading.gap(
                    rank.unit(),
                    units.size() + " values of " + criterion.metric().key() + " where " + question.valuesPerRank()
                            + " must be",
                    false));
        }
        return readings;
    }

    private static Reading value(String unit, Statistic statistic, List<Double> samples) {
        if (statistic.isPercentile() && samples.size() < Samples.fewest(statistic.percent())) {
            return Reading.gap(
                    unit,
                    "a " + statistic.percent() + "th percentile needs " + Samples.fewest(statistic.percent())
                            + " samples, found " + samples.size(),
                    false);
        }
        return Reading.of(unit, Samples.of(statistic, samples));
    }

    private static String unit(RankResult rank, Measurement measurement) {
        return Optional.ofNullable(measurement.conditions().get(TO))
                .map(to -> rank.unit() + " to " + to)
                .orElse(rank.unit());
    }

    /** All device memory, MiB. */
    static Reading memoryCapacity(RankResult rank) {
        return Reading.of(rank.unit(), rank.device().memoryBytes() / (double) (1 << 20));
    }

    /** With the fleet's memory beside the parts'. */
    static Readings inAll(Readings parts) {
        double mebibytes = parts.values().stream().mapToDouble(UnitValue::value).sum();
        return parts.details(List.of("in all: " + Numbers.of(mebibytes, Unit.MEBIBYTES) + " on "
                + parts.values().size() + " of " + parts.expected() + " GPUs"));
    }

    /**
     * The load proof: achieved TFLOPS over those that the tensor pipes' activity and the clock account for. Idle pipes
     * account for none, and the ratio is no number.
     */
    static Reading loadRatio(RankResult rank, Question question) {
        Criterion criterion = question.criterion();
        Question.Contract contract = question.contract();
        if (criterion.workload().equals(COUPLED)) {
            return StepThroughput.loadRatio(rank, contract);
        }
        OptionalDouble trained = TrainingRates.enqueuedTflops(rank);
        boolean training = criterion.workload().equals(TRAINING);
        if (training && trained.isEmpty()) {
            return Reading.missing(rank, Metric.STEP_FLOP_EXECUTED);
        }
        Optional<Metric> absent = Stream.of(
                        training ? Metric.STEP_TIME : Metric.GEMM_TFLOPS, Metric.TENSOR_ACTIVE, Metric.SM_CLOCK)
                .filter(metric -> first(rank, metric, criterion).isEmpty())
                .findFirst();
        if (absent.isPresent()) {
            return Reading.missing(rank, absent.get());
        }
        double rate = first(rank, Metric.GEMM_TFLOPS, criterion)
                .map(contract::rateOverBf16)
                .orElse(training ? TrainingRates.enqueuedRate(rank, contract) : Double.NaN);
        double achieved =
                training ? trained.getAsDouble() : Samples.harmonicMean(samples(rank, Metric.GEMM_TFLOPS, criterion));
        double accounted = Samples.mean(samples(rank, Metric.TENSOR_ACTIVE, criterion))
                / 100
                * Samples.mean(samples(rank, Metric.SM_CLOCK, criterion))
                / contract.bf16AtMhz()
                * (rate * contract.bf16DenseTflops());
        return Reading.of(rank.unit(), achieved / accounted);
    }

    static Reading warmth(RankResult rank, Criterion criterion) {
        List<Double> temperatures = samples(rank, Metric.TEMPERATURE, criterion);
        if (temperatures.isEmpty()) {
            return Reading.missing(rank, Metric.TEMPERATURE);
        }
        double first = temperatures.get(0);
        double rise = Samples.maximum(temperatures) - first;
        return Reading.of(rank.unit(), Math.max(rise - WARM_RISE, first - WARM_START));
    }

    /** Of a metric that a launch measures once. */
    static List<Double> samples(RankResult rank, Metric metric) {
        return rank.measurement(metric).map(Measurement::samples).orElse(List.of());
    }

    /** Of the metric under the criterion's conditions. */
    static List<Double> samples(RankResult rank, Metric metric, Criterion criterion) {
        return first(rank, metric, criterion).map(Measurement::samples).orElse(List.of());
    }

    private static Optional<Measurement> first(RankResult rank, Metric metric, Criterion criterion) {
        return rank.measurements(metric, criterion.conditions()).stream().findFirst();
    }
}
