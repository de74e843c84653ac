package dev.assay.worker;

import dev.assay.host.NicSnapshot;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the NICs counted while the work was measured, told by the first rank of every node, of launches over several nodes.
 * Open it on all ranks before the barrier that begins the work, close it on all ranks when their own part is done.
 */
final class NicWindow {
    private static final Path SYS = Path.of("/sys");

    private final RankContext context;
    private final boolean spansNodes;
    private final Optional<NicSnapshot> before;

    private NicWindow(RankContext context) {
        this.context = context;
        this.spansNodes = context.spec().nodes().size() > 1;
        boolean first = context.world().rank() % context.spec().gpusPerNode() == 0;
        this.before = spansNodes && first ? Optional.of(take()) : Optional.empty();
    }

    /**
     * What the work sends out of a node in the window.
     *
     * @param algorithm how the bytes travel, e.g. {@code ring}
     * @param per {@code node}: every node sends as many; {@code mean}: so many on the mean of all nodes
     */
    record Prediction(String algorithm, String per, double bytes) {
        static Prediction ofEachNode(String algorithm, double bytes) {
            return new Prediction(algorithm, "node", bytes);
        }

        static Prediction onTheMean(String algorithm, double bytes) {
            return new Prediction(algorithm, "mean", bytes);
        }
    }

    static NicWindow open(RankContext context) {
        return new NicWindow(context);
    }

    /**
     * Waits for all ranks, so that the last byte has crossed, and writes what the NICs counted.
     *
     * @param predictions each a way in which the work may have travelled; none where nothing crosses between nodes
     */
    void close(List<Prediction> predictions) {
        if (!spansNodes) {
            return;
        }
        context.world().all().barrier("NIC counters");
        before.ifPresent(then -> {
            take().since(then).forEach(context.writer()::write);
            predictions.forEach(this::write);
        });
    }

    private NicSnapshot take() {
        return NicSnapshot.take(SYS, context.spec().loopback());
    }

    private void write(Prediction prediction) {
        context.writer()
                .write(Measurement.of(
                        Metric.NIC_BYTES_PREDICTED,
                        List.of(prediction.bytes()),
                        Map.of("algorithm", prediction.algorithm(), "per", prediction.per())));
    }
}
