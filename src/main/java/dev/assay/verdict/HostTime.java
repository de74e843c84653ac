package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the host's calls can have moved a rate, by what the ranks measured of their own enqueuing. They can only have made it
 * lower, so a floor that is met is met all the same: this is a remark and changes no state. Older results say nothing of it.
 */
final class HostTime {
    /** Of the time that was measured; less is said by nobody. */
    private static final double WORTH_SAYING_PERCENT = 1;

    /** Smaller messages are known to take as long as the host needs for them. */
    private static final long FEWEST_BYTES = 1 << 20;

    /** A step may be longer than the queue of a GPU, which then holds the host up: that it was late says nothing. */
    private static final String TRAINING = "sft";

    private HostTime() {}

    /** A rank's word, with the part of it that the judge reads. */
    private record Told(RankResult rank, Measurement measurement, double exposed) {
        static Told of(RankResult rank, Measurement measurement) {
            String words = measurement.conditions().getOrDefault("exposed", "");
            boolean number = words.matches("[0-9]+([.][0-9]+)?");
            return new Told(rank, measurement, number ? Double.parseDouble(words) : 100);
        }

        String words() {
            return "calls on the host can have added up to " + Numbers.of(exposed, Unit.PERCENT) + " to the time on "
                    + rank.unit() + ": enqueuing takes "
                    + Numbers.of(Samples.median(measurement.samples()), Unit.PERCENT)
                    + " of the GPU's time, and "
                    + measurement.conditions().getOrDefault("late", "an unknown number of pieces")
                    + " pieces were reached before they were enqueued (" + Metric.HOST_ENQUEUE_SHARE.key() + ")";
        }
    }

    /** What to say beside a rate; of the rank where it is worst. */
    static Optional<String> remark(Evidence evidence) {
        Criterion criterion = evidence.criterion();
        boolean rate = criterion.unit() == Unit.GIGABYTES_PER_SECOND || criterion.unit() == Unit.TFLOPS;
        if (!rate || evidence.contract().reference() || criterion.workload().equals(TRAINING)) {
            return Optional.empty();
        }
        Map<String, String> conditions = new HashMap<>(criterion.conditions());
        conditions.put("of", criterion.metric().key());
        return evidence.ranks().stream()
                .flatMap(rank -> told(rank, conditions).stream())
                .filter(told -> told.exposed() >= WORTH_SAYING_PERCENT)
                .max(Comparator.comparingDouble(Told::exposed))
                .map(Told::words);
    }

    private static List<Told> told(RankResult rank, Map<String, String> conditions) {
        return rank.measurements(Metric.HOST_ENQUEUE_SHARE, conditions).stream()
                .filter(measurement -> !small(measurement))
                .map(measurement -> Told.of(rank, measurement))
                .toList();
    }

    private static boolean small(Measurement measurement) {
        String bytes = measurement.conditions().getOrDefault("bytes", "");
        return bytes.matches("[0-9]{1,18}") && Long.parseLong(bytes) < FEWEST_BYTES;
    }
}
