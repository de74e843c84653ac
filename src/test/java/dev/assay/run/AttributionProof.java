package dev.assay.run;

import dev.assay.run.SyntheticFleet.Fault;
import dev.assay.run.SyntheticFleet.Noise;
import dev.assay.run.SyntheticFleet.Setup;
import dev.assay.verdict.Better;
import dev.assay.verdict.Culprit;
import dev.assay.verdict.PairPasses;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Searches many made-up fleets, half of them clean, and counts what came of it. */
final class AttributionProof {
    static final List<Double> SIZES = List.of(0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5);
    private static final List<Fault> FAULTS = List.of(Fault.NODE, Fault.GPU, Fault.NIC, Fault.LINK);
    private static final int[] NODES = {8, 16, 32, 64, 128, 256, 512, 1024};
    /** Of the fleets of all sizes, and of those of a quick sample. */
    static final double[] ALL = {0.42, 0.25, 0.13, 0.1, 0.06, 0.025, 0.01, 0.005};

    static final double[] SMALL = {0.85, 0.1, 0, 0.02, 0.03, 0, 0, 0};

    private AttributionProof() {}

    /** @param set of the culprit that holds the truth; 0 where it was not found */
    record Trial(Setup setup, int set, int innocents, int rounds) {
        boolean found() {
            return set > 0;
        }

        /** Whether somebody looked slow in the first pass. */
        boolean retested() {
            return rounds > PairSearch.Budget.of(setup.nodes()).screening();
        }
    }

    static List<Trial> run(int fleets, double[] shares, long seed) {
        return IntStream.range(0, fleets)
                .parallel()
                .mapToObj(i -> {
                    SplittableRandom random = new SplittableRandom(seed + i);
                    return trial(setup(random, shares, i), random.nextLong());
                })
                .toList();
    }

    static Trial trial(Setup setup, long seed) {
        SyntheticFleet fleet = new SyntheticFleet(setup, seed);
        PairPasses passes = PairSearch.search(fleet.fleet(), PairSearch.Budget.of(setup.nodes()), seed, fleet)
                .get(0);
        int set = 0;
        int innocents = 0;
        for (Culprit culprit : passes.verdict().culprits()) {
            if (setup.fault() != Fault.NONE && culprit.parts().contains(fleet.truth())) {
                set = culprit.parts().size();
            } else {
                innocents++;
            }
        }
        return new Trial(setup, set, innocents, fleet.rounds());
    }

    private static Setup setup(SplittableRandom random, double[] shares, int i) {
        int nodes = NODES[pick(shares, random.nextDouble())];
        int rails = random.nextInt(4) == 0 ? 1 : 8;
        Better better = random.nextInt(4) == 0 ? Better.LOWER : Better.HIGHER;
        Fault fault = i % 2 == 0 ? Fault.NONE : FAULTS.get(random.nextInt(FAULTS.size()));
        double size = SIZES.get(random.nextInt(SIZES.size()));
        return new Setup(nodes, rails, better, fault, size, Noise.realistic(random));
    }

    private static int pick(double[] shares, double share) {
        int i = 0;
        double left = share;
        while (i + 1 < shares.length && left >= shares[i]) {
            left -= shares[i++];
        }
        return i;
    }
}
