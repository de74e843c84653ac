package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.worker.AlgorithmChoice.Load;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlgorithmChoiceTest {
    @TempDir
    private Path run;

    /** The third is quicker at once and slower in the long run, as a candidate is that draws more power. */
    private final Library library = new Library(new double[] {1.02, 1.00, 0.95}, new double[] {1.02, 1.00, 1.03});

    @Test
    void aBurstIsChosenByBurstsAndLastingLoadUnderLoad() throws Exception {
        assertThat(choice(library).decide(Load.BURST, Optional.empty())).containsExactly(2);
        assertThat(choice(library).decide(Load.LASTING, Optional.empty())).containsExactly(1);
    }

    @Test
    void theLibrarysFavouriteStaysWhereAnotherIsFasterByNoise() throws Exception {
        Library alike = new Library(new double[] {1.00, 0.997, 1.01}, new double[] {1.00, 0.998, 0.999});

        assertThat(choice(alike).decide(Load.BURST, Optional.empty())).containsExactly(0);
        assertThat(choice(alike).decide(Load.LASTING, Optional.empty())).containsExactly(0);
    }

    /** One that is a little faster than the favourite, among many: seen on H200s, where three bursts could not tell. */
    @Test
    void aSecondLookTellsTheFastestOfMany() throws Exception {
        double[] many = new double[16];
        Arrays.fill(many, 1.1);
        many[0] = 1;
        many[9] = 0.976;
        many[12] = 0.99;
        Library noisy = new Library(many, many);
        noisy.noise = Optional.of(new Random());

        assertThat(choice(noisy).decide(Load.BURST, Optional.empty())).containsExactly(9);
    }

    /** Seen on an H200 in fp64: clocks rose by 8 % for a moment, and a candidate that is 7 % slower was taken. */
    @Test
    void aMomentOfHigherClocksChoosesNobody() throws Exception {
        double[] two = {1.00, 1.07};
        for (int moment = 0; moment < 40; moment++) {
            Library unsteady = new Library(two, two);
            unsteady.fastMoment = OptionalInt.of(moment);

            assertThat(choice(unsteady).decide(Load.BURST, Optional.empty()))
                    .as("clocks high at call %d", moment)
                    .containsExactly(0);
        }
    }

    @Test
    void theFirstLaunchChoosesForTheWholeRun() throws Exception {
        Optional<Path> kept = kept();
        assertThat(choice(library).decide(Load.LASTING, kept)).containsExactly(1);
        Library later = new Library(new double[] {1, 1, 1}, new double[] {1.00, 2.00, 1.50});

        assertThat(choice(later).decide(Load.LASTING, kept)).containsExactly(1);
        assertThat(later.timed).isZero();
        assertThat(Files.readString(kept.orElseThrow())).isEqualTo("01\n");
    }

    @Test
    void whatIsNoCandidateHereIsChosenAnew() throws Exception {
        Path file = kept().orElseThrow();
        Files.createDirectories(file.getParent());
        for (String words : List.of("", "ff", "01 02", "not hex")) {
            Files.writeString(file, words);

            assertThat(choice(library).decide(Load.LASTING, kept())).containsExactly(1);
            assertThat(Files.readString(file)).isEqualTo("01\n");
        }
    }

    @Test
    void oneCandidateNeedsNoClock() throws Exception {
        Library only = new Library(new double[] {1}, new double[] {1});

        assertThat(choice(only).decide(Load.LASTING, kept())).containsExactly(0);
        assertThat(only.timed).isZero();
        assertThat(kept().orElseThrow()).doesNotExist();
    }

    @Test
    void aLaunchByHandKeepsNothing() {
        RankEnvironment alone = RankEnvironment.alone(run.resolve("spec.json"), "n0", OptionalInt.empty());

        assertThat(AlgorithmChoice.place(alone, "bf16-8x8x8")).isEmpty();
    }

    private Optional<Path> kept() {
        return Optional.of(run.resolve("algorithms").resolve("bf16-8x8x8"));
    }

    private static AlgorithmChoice choice(Library library) {
        return new AlgorithmChoice(library, library::milliseconds);
    }

    /** Candidate i takes {@code cold[i]} milliseconds a GEMM in short bursts and {@code hot[i]} in long ones. */
    private static final class Library implements GemmRunner {
        private final double[] cold;
        private final double[] hot;
        private int chosen;
        private int timed;
        private Optional<Random> noise = Optional.empty();
        private OptionalInt fastMoment = OptionalInt.empty();

        Library(double[] cold, double[] hot) {
            this.cold = cold.clone();
            this.hot = hot.clone();
        }

        double milliseconds(int gemms) {
            timed++;
            double clocks = fastMoment.isPresent() && Math.abs(timed - fastMoment.getAsInt()) < 2 ? 0.9 : 1;
            double slowed = noise.map(random -> (random.nextInt(16) == 0 ? 0.05 : 0.002) * random.nextDouble())
                    .orElse(0.0);
            return gemms * (gemms < 50 ? cold : hot)[chosen] * (1 + slowed) * clocks;
        }

        @Override
        public List<byte[]> candidates() {
            return IntStream.range(0, cold.length)
                    .mapToObj(i -> new byte[] {(byte) i})
                    .toList();
        }

        @Override
        public void choose(byte[] algorithm) {
            chosen = algorithm[0];
        }

        @Override
        public String describe() {
            return "candidate " + chosen;
        }

        @Override
        public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
            throw new UnsupportedOperationException("timed by a clock of its own");
        }

        @Override
        public void close() {}
    }
}
