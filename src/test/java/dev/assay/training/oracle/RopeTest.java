package dev.assay.training.oracle;

import static dev.assay.training.oracle.Slope.normals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RopeTest {
    private static final int LENGTH = 9;
    private static final int SIZE = 6;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Rope rope = new Rope(1, LENGTH, 1, SIZE, 10_000);

    @Test
    void worksByHand() {
        Rope two = new Rope(2, 2, 1, 4, 10_000);
        double[] x = {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4};

        double[] y = two.forward(x);

        double slow = 0.01; // 10000^(−2/4)
        assertThat(Arrays.copyOf(y, 4)).containsExactly(1, 2, 3, 4);
        assertThat(Arrays.copyOfRange(y, 4, 8))
                .containsExactly(
                        new double[] {
                            Math.cos(1) - 3 * Math.sin(1),
                            2 * Math.cos(slow) - 4 * Math.sin(slow),
                            3 * Math.cos(1) + Math.sin(1),
                            4 * Math.cos(slow) + 2 * Math.sin(slow)
                        },
                        within(1e-15));
        assertThat(Arrays.copyOfRange(y, 8, 16)).as("each sequence begins anew").containsExactly(Arrays.copyOf(y, 8));
    }

    @Test
    void aLargerBaseTurnsSlower() {
        double[] y = new Rope(1, 2, 1, 4, 500_000).forward(new double[] {1, 1, 0, 0, 1, 1, 0, 0});

        double slow = 1 / Math.sqrt(500_000);
        assertThat(Arrays.copyOfRange(y, 4, 8))
                .containsExactly(
                        new double[] {Math.cos(1), Math.cos(slow), Math.sin(1), Math.sin(slow)}, within(1e-15));
    }

    @Test
    void keepsNorms() {
        double[] x = normals(random, LENGTH * SIZE, 1);

        double[] y = rope.forward(x);

        for (int position = 0; position < LENGTH; position++) {
            int at = position * SIZE;
            assertThat(Vectors.dot(y, at, y, at, SIZE))
                    .as("seed %d, position %d", seed, position)
                    .isCloseTo(Vectors.dot(x, at, x, at, SIZE), within(1e-13));
        }
    }

    /** The product of one query and one key at every pair of positions is a function of their distance. */
    @Test
    void productsDependOnDistanceOnly() {
        double[] q = rope.forward(everywhere(normals(random, SIZE, 1)));
        double[] k = rope.forward(everywhere(normals(random, SIZE, 1)));

        double[] ofDistance = new double[LENGTH];
        for (int distance = 0; distance < LENGTH; distance++) {
            ofDistance[distance] = Vectors.dot(q, distance * SIZE, k, 0, SIZE);
            for (int key = 0; key + distance < LENGTH; key++) {
                assertThat(Vectors.dot(q, (key + distance) * SIZE, k, key * SIZE, SIZE))
                        .as("seed %d, key %d, distance %d", seed, key, distance)
                        .isCloseTo(ofDistance[distance], within(1e-13));
            }
        }
        assertThat(Arrays.stream(ofDistance).distinct()).hasSize(LENGTH);
    }

    private static double[] everywhere(double[] vector) {
        double[] all = new double[LENGTH * SIZE];
        for (int position = 0; position < LENGTH; position++) {
            System.arraycopy(vector, 0, all, position * SIZE, SIZE);
        }
        return all;
    }
}
