package dev.assay.worker;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.ResultWriter;
import dev.assay.trainer.StepResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the steps gave, from the very first, as all ranks of the communicator see it.
 *
 * @param losses of each rank, by step
 * @param norms of each rank, by step
 */
record SftCurve(List<List<Double>> losses, List<List<Double>> norms) {
    SftCurve {
        losses = losses.stream().map(List::copyOf).toList();
        norms = norms.stream().map(List::copyOf).toList();
    }

    /** Collective. */
    static SftCurve of(Group group, List<StepResult> warm, List<StepResult> measured) {
        List<StepResult> steps = Stream.concat(warm.stream(), measured.stream()).toList();
        ByteBuffer mine = ByteBuffer.allocate(2 * Double.BYTES * steps.size());
        steps.forEach(step -> mine.putDouble(step.loss()).putDouble(step.gradientNorm()));
        List<ByteBuffer> all = group.allGather("losses and norms", mine.array()).stream()
                .map(ByteBuffer::wrap)
                .toList();
        return new SftCurve(
                all.stream().map(rank -> everySecond(rank, 0)).toList(),
                all.stream().map(rank -> everySecond(rank, Double.BYTES)).toList());
    }

    private static List<Double> everySecond(ByteBuffer rank, int from) {
        List<Double> values = new ArrayList<>();
        for (int at = from; at < rank.capacity(); at += 2 * Double.BYTES) {
            values.add(rank.getDouble(at));
        }
        return values;
    }

    int ranks() {
        return norms.size();
    }

    int steps() {
        return losses.get(0).size();
    }

    double first(int rank) {
        return losses.get(rank).get(0);
    }

    double last(int rank) {
        return losses.get(rank).get(steps() - 1);
    }

    double lastNorm(int rank) {
        return norms.get(rank).get(steps() - 1);
    }

    /** Of each step, over the ranks. */
    List<Double> means() {
        return IntStream.range(0, steps())
                .mapToObj(step -> losses.stream()
                        .mapToDouble(rank -> rank.get(step))
                        .average()
                        .orElseThrow())
                .toList();
    }

    /** Nothing of a curve that holds what is no number: the checks say so. */
    void write(ResultWriter writer) {
        write(writer, Metric.TRAIN_LOSS, means());
        write(writer, Metric.TRAIN_GRADIENT_NORM, norms.get(0));
    }

    private static void write(ResultWriter writer, Metric metric, List<Double> samples) {
        if (samples.stream().allMatch(Double::isFinite)) {
            writer.write(Measurement.of(metric, samples, Map.of()));
        }
    }
}
