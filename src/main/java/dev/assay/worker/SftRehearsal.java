package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.measurement.Check;
import dev.assay.trainer.Traffic;
import dev.assay.trainer.Trainer;
import dev.assay.trainer.WeightSums;
import dev.assay.training.StepSetup;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether what travels between the ranks is right, and what it left. Of a rank that is alone nothing travels. */
final class SftRehearsal {
    /** Beside the seeds of the steps' own data. */
    private static final long SEED = 0x747261666669634CL;

    private final RankContext context;
    private final StepSetup setup;
    private final Trainer trainer;
    private int rehearsals;

    SftRehearsal(RankContext context, StepSetup setup, Trainer trainer) {
        this.context = context;
        this.setup = setup;
        this.trainer = trainer;
    }

    /** Collective. What was learned is lost. */
    void run(String when) {
        Group group = context.group();
        if (group.size() == 1) {
            return;
        }
        context.watchdog().at("rehearsing the traffic of a step " + when);
        long seed = Counter.hash(context.spec().seed() ^ SEED, rehearsals++);
        List<Traffic> found = trainer.rehearse(seed, context.left());
        int expected = setup.zero().stage() == 0 ? 1 : 2;
        if (found.size() != expected) {
            throw new WorkerException("rehearsing the traffic of a step " + when + ": " + found.size()
                    + " kinds of it were compared, expected " + expected + " at ZeRO-"
                    + setup.zero().stage() + "; this suite is broken, please report it");
        }
        for (Traffic each : found) {
            context.writer()
                    .write(new Check(
                            "sft.traffic." + each.what(),
                            each.elements(),
                            each.wrong(),
                            each.wrong() == 0 ? 0 : Double.MAX_VALUE,
                            when + ", exact patterns by " + each.detail()));
        }
    }

    /** Collective. Of the last step, so before anything else is done with the trainer. */
    void check(SftCurve curve, WeightSums sums) {
        Group group = context.group();
        if (group.size() == 1) {
            return;
        }
        byte[] mine = ByteBuffer.allocate(Double.BYTES)
                .putDouble(trainer.ownSquares())
                .array();
        List<Double> squares = group.allGather("squares of the gradient norm", mine).stream()
                .map(each -> ByteBuffer.wrap(each).getDouble())
                .toList();
        context.writer().write(norm(curve.lastNorm(group.rank()), squares));
        context.writer()
                .write(weights(group.allGather("checksums of the weights", bytes(sums)).stream()
                        .map(SftRehearsal::longs)
                        .toList()));
    }

    /**
     * The sum over n ranks in fp32 strays by (n + 1) · 2⁻²⁴ at most, its root by half of that; the rest is for the root, the
     * product with the mean's factor, and the kernels' own roundings.
     */
    static Check norm(double norm, List<Double> squares) {
        double expected =
                Math.sqrt(squares.stream().mapToDouble(Double::doubleValue).sum());
        double bound = expected * (squares.size() + 8) * 0x1p-24;
        double deviation = Math.abs(norm - expected) / bound;
        boolean right = deviation <= 1;
        return new Check(
                "sft.norm",
                1,
                right ? 0 : 1,
                Double.isFinite(deviation) ? deviation : Double.MAX_VALUE,
                String.format(
                        Locale.ROOT,
                        "the last step's global norm is %.9g, by the squares of %d ranks, which came by the host, %.9g ± %.1g",
                        norm,
                        squares.size(),
                        expected,
                        bound));
    }

    /** @param ranks of each the modules' checksums as forward reads them, then as backward does */
    static Check weights(List<List<Long>> ranks) {
        List<Long> right = ranks.get(0).subList(0, ranks.get(0).size() / 2);
        long wrong = 0;
        String first = "";
        for (int rank = 0; rank < ranks.size(); rank++) {
            List<Long> sums = ranks.get(rank);
            for (int i = 0; i < sums.size(); i++) {
                if (!sums.get(i).equals(right.get(i % right.size()))) {
                    first = first.isEmpty() ? "; first " + place(rank, i, right.size()) : first;
                    wrong++;
                }
            }
        }
        return new Check(
                "sft.weights",
                (long) ranks.size() * 2 * right.size(),
                wrong,
                wrong == 0 ? 0 : Double.MAX_VALUE,
                "checksums of all " + right.size() + " modules, as forward and as backward of the next step would read"
                        + " them, on " + ranks.size() + " ranks; against forward's on rank 0 of the communicator"
                        + first);
    }

    private static String place(int rank, int index, int modules) {
        return "rank " + rank + " of the communicator, module " + index % modules + " in "
                + (index < modules ? "forward" : "backward");
    }

    private static byte[] bytes(WeightSums sums) {
        ByteBuffer bytes = ByteBuffer.allocate(
                Long.BYTES * (sums.forward().size() + sums.backward().size()));
        sums.forward().forEach(bytes::putLong);
        sums.backward().forEach(bytes::putLong);
        return bytes.array();
    }

    private static List<Long> longs(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        List<Long> all = new ArrayList<>();
        while (buffer.hasRemaining()) {
            all.add(buffer.getLong());
        }
        return all;
    }
}
