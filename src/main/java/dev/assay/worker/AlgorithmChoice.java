package dev.assay.worker;

import dev.assay.device.GemmRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which of a GEMM's candidates runs, as rank 0 of a launch decides it for all.
 *
 * <p>What a power-capped GPU does for a moment says little about what it does for long, so a GEMM for bursts is chosen by
 * bursts and one for lasting load under load. Where launches are compared with each other the first one decides for its whole
 * run: they must not differ in it, and candidates that noise alone tells apart would alternate.
 */
final class AlgorithmChoice {
    /** How long a GEMM is to run. */
    enum Load {
        BURST,
        LASTING
    }

    /** Times so many GEMMs by the algorithm that was chosen last. */
    @FunctionalInterface
    interface Clock {
        double milliseconds(int gemms) throws Exception;
    }

    private static final String FOLDER = "algorithms";

    /** Another candidate must be this much faster than the library's favourite: noise must not choose. */
    private static final double WORTH_CHANGING = 0.995;

    private static final int TIMED = 3;

    /** Clocks rise within tens of milliseconds: the first candidate must not pay for it. */
    private static final double RAMP_MILLISECONDS = 50;

    private static final int MOST_RAMPS = 8;

    /** Of the first look at bursts; the favourite is one more. */
    private static final int FINALISTS = 4;

    /** Odd, so that their median is one of them. */
    private static final int ROUNDS_OF_BURSTS = 5;

    /** Of load until the power limit holds the clocks down. */
    private static final double HEAT_MILLISECONDS = 1000;

    /** Of load by one candidate, for its own power to set the clocks; only the second half is timed. */
    private static final double SLOT_MILLISECONDS = 120;

    private static final int ROUNDS = 2;

    private final GemmRunner runner;
    private final Clock clock;

    AlgorithmChoice(GemmRunner runner, Clock clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /** Where a run keeps what its launches share; nowhere for a launch by hand. */
    static Optional<Path> place(RankEnvironment environment, String name) {
        return environment
                .canary()
                .map(canary -> canary.toAbsolutePath().resolveSibling(FOLDER).resolve(name));
    }

    /** @param kept where the run's choice lies or is to lie */
    byte[] decide(Load load, Optional<Path> kept) throws Exception {
        List<byte[]> candidates = runner.candidates();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        Optional<byte[]> earlier = kept.isPresent() ? read(kept.get(), candidates) : Optional.empty();
        if (earlier.isPresent()) {
            return earlier.get();
        }
        byte[] best = load == Load.BURST ? fastestBurst(candidates) : fastestUnderLoad(candidates);
        if (kept.isPresent()) {
            write(kept.get(), best);
        }
        return best;
    }

    private byte[] fastestBurst(List<byte[]> candidates) throws Exception {
        runner.choose(candidates.get(0));
        double ramp = 0;
        for (int i = 0; i < MOST_RAMPS && ramp < RAMP_MILLISECONDS; i++) {
            ramp += burst();
        }
        double[] times = new double[candidates.size()];
        for (int i = 0; i < times.length; i++) {
            runner.choose(candidates.get(i));
            times[i] = burst();
        }
        int[] finalists = finalists(times);
        double[][] shares = new double[finalists.length][ROUNDS_OF_BURSTS];
        for (int round = 0; round < ROUNDS_OF_BURSTS; round++) {
            double favourite = 0;
            for (int i = 0; i < finalists.length; i++) {
                runner.choose(candidates.get(finalists[i]));
                double time = burst();
                favourite = i == 0 ? time : favourite;
                shares[i][round] = time / favourite;
            }
        }
        return candidates.get(finalists[
                fastest(Arrays.stream(shares)
                        .mapToDouble(AlgorithmChoice::median)
                        .toArray())]);
    }

    /** A clock that rises for a moment makes any candidate look fast once: the best of its rounds says nothing. */
    private static double median(double[] odd) {
        double[] sorted = odd.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static int[] finalists(double[] times) {
        return IntStream.concat(
                        IntStream.of(0),
                        IntStream.range(1, times.length)
                                .boxed()
                                .sorted(Comparator.comparing(i -> times[i]))
                                .limit(FINALISTS)
                                .mapToInt(i -> i))
                .toArray();
    }

    private static int fastest(double[] times) {
        int best = 0;
        for (int i = 1; i < times.length; i++) {
            if (times[i] < (best == 0 ? WORTH_CHANGING : 1) * times[best]) {
                best = i;
            }
        }
        return best;
    }

    private double burst() throws Exception {
        clock.milliseconds(1);
        return clock.milliseconds(TIMED);
    }

    private byte[] fastestUnderLoad(List<byte[]> candidates) throws Exception {
        runner.choose(candidates.get(0));
        clock.milliseconds(1);
        double one = clock.milliseconds(1);
        clock.milliseconds(pieces(HEAT_MILLISECONDS, one));
        int half = pieces(SLOT_MILLISECONDS / 2, one);
        double[] times = new double[candidates.size()];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < times.length; i++) {
                runner.choose(candidates.get(i));
                clock.milliseconds(half);
                times[i] += clock.milliseconds(half);
            }
        }
        return candidates.get(fastest(times));
    }

    private static int pieces(double milliseconds, double one) {
        return (int) Math.max(1, Math.min(10_000, Math.ceil(milliseconds / one)));
    }

    /** What another library or another GPU model chose is no candidate here, and neither is a damaged file. */
    private static Optional<byte[]> read(Path file, List<byte[]> candidates) throws IOException {
        String words;
        try {
            words = Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return candidates.stream()
                .filter(candidate -> words.equals(HexFormat.of().formatHex(candidate)))
                .findFirst()
                .map(candidate -> Arrays.copyOf(candidate, candidate.length));
    }

    private static void write(Path file, byte[] algorithm) throws IOException {
        Path folder = file.resolveSibling(".").normalize();
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(folder, ".algorithm", "");
        Files.writeString(fresh, HexFormat.of().formatHex(algorithm) + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
