package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Limit;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** How often the judge is wrong, over many made-up acceptances with both looks. */
class ScaleEfficiencySimulationTest {
    private static final Limit LIMIT = new Limit.AtLeast(95);
    private static final int EXPERIMENTS = 4000;

    @Test
    void clusterJustBelowTheLimitPassesInAtMostFivePercent() {
        for (double noise : new double[] {0.002, 0.01, 0.03}) {
            double passed = share(94.999, noise, State.PASS, 41);

            assertThat(passed)
                    .as("false PASS at noise " + noise)
                    .isGreaterThan(0)
                    .isLessThanOrEqualTo(0.05);
        }
    }

    @Test
    void clusterAtTheLimitFailsInAtMostFivePercent() {
        assertThat(share(95, 0.01, State.FAIL, 42)).isGreaterThan(0).isLessThanOrEqualTo(0.05);
    }

    @Test
    void clearCasesAreTold() {
        double power = share(96.5, 0.005, State.PASS, 43);
        System.out.printf("power at E = 96.5 %%, noise 0.5 %%: %.3f of %d pass%n", power, EXPERIMENTS);

        assertThat(share(99, 0.002, State.PASS, 44)).isGreaterThan(0.99);
        assertThat(share(90, 0.002, State.FAIL, 45)).isGreaterThan(0.99);
    }

    /** @param noise standard deviation of one launch's log efficiency */
    private static double share(double percent, double noise, State state, long seed) {
        Random random = new Random(seed);
        int hits = 0;
        for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
            List<Double> launches = DoubleStream.generate(() -> percent * Math.exp(noise * random.nextGaussian()))
                    .limit(ScaleEfficiency.LAST_LOOK)
                    .boxed()
                    .toList();
            hits += accept(launches) == state ? 1 : 0;
        }
        return (double) hits / EXPERIMENTS;
    }

    private static State accept(List<Double> launches) {
        ScaleEfficiency.Look first = look(launches.subList(0, ScaleEfficiency.FIRST_LOOK));
        return first.extend() ? look(launches).state() : first.state();
    }

    private static ScaleEfficiency.Look look(List<Double> launches) {
        return ScaleEfficiency.look(Interval.of(launches), LIMIT, "node001");
    }
}
