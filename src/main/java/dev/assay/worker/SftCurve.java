package dev.assay.worker;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.ResultWriter;
import dev.assay.trainer.StepResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the steps gave, from the very first, as all ranks of the communicator see it.
 *
 * @param losses of each step, mean over the ranks
 * @param norms of each rank, by step
 */
record SftCurve(List<Double> losses, List<List<Double>> norms) {
    SftCurve {
        losses = List.copyOf(losses);
        norms = List.copyOf(norms);
    }

    /** Collective. */
    static SftCurve of(Group group, List<StepResult> warm, List<StepResult> measured) {
        List<StepResult> steps = Stream.concat(warm.stream(), measured.stream()).toList();
        ByteBuffer mine = ByteBuffer.allocate(2 * Double.BYTES * steps.size());
        steps.forEach(step -> mine.putDouble(step.loss()).putDouble(step.gradientNorm()));
        List<ByteBuffer> all = group.allGather("losses and norms", mine.array()).stream()
                .map(ByteBuffer::wrap)
                .toList();
        List<Double> losses = new ArrayList<>();
        for (int step = 0; step < steps.size(); step++) {
            int at = 2 * Double.BYTES * step;
            losses.add(all.stream()
                    .mapToDouble(rank -> rank.getDouble(at))
                    .average()
                    .orElseThrow());
        }
        return new SftCurve(losses, all.stream().map(SftCurve::norms).toList());
    }

    private static List<Double> norms(ByteBuffer rank) {
        List<Double> norms = new ArrayList<>();
        for (int at = Double.BYTES; at < rank.capacity(); at += 2 * Double.BYTES) {
            norms.add(rank.getDouble(at));
        }
        return norms;
    }

    int ranks() {
        return norms.size();
    }

    double first() {
        return losses.get(0);
    }

    double last() {
        return losses.get(losses.size() - 1);
    }

    /** Nothing of a curve that holds what is no number: the checks say so. */
    void write(ResultWriter writer) {
        write(writer, Metric.TRAIN_LOSS, losses);
        write(writer, Metric.TRAIN_GRADIENT_NORM, norms.get(0));
    }

    private static void write(ResultWriter writer, Metric metric, List<Double> samples) {
        if (samples.stream().allMatch(Double::isFinite)) {
            writer.write(Measurement.of(metric, samples, Map.of()));
        }
    }
}
