package dev.assay.training.oracle;

import static dev.assay.training.oracle.Slope.normals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionTest {
    private static final int ROWS = 2 * 5;
    private static final int HEADS = 6;
    private static final int KV_HEADS = 2;
    private static final int SIZE = 3;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /** By the definition, one number at a time. */
    @Test
    void twoPositionsByHand() {
        double[] q = {9, 9, 1, 2};
        double[] k = {3, 1, -1, 2};
        double[] v = {10, 20, 30, 50};

        double[] out = new Attention(1, 2, 1, 1, 2).forward(q, k, v);

        double first = Math.exp(5 / Math.sqrt(2));
        double second = Math.exp(3 / Math.sqrt(2));
        assertThat(out)
                .containsExactly(
                        new double[] {
                            10,
                            20,
                            (10 * first + 30 * second) / (first + second),
                            (20 * first + 50 * second) / (first + second)
                        },
                        within(1e-13));
    }

    @Test
    void sharedHeadsEqualRepeatedHeads() {
        double[] q = normals(random, ROWS * HEADS * SIZE, 1);
        double[] k = normals(random, ROWS * KV_HEADS * SIZE, 1);
        double[] v = normals(random, k.length, 1);
        double[] dOut = normals(random, q.length, 1);
        Attention grouped = new Attention(2, 5, HEADS, KV_HEADS, SIZE);
        Attention full = new Attention(2, 5, HEADS, HEADS, SIZE);

        assertThat(grouped.forward(q, k, v)).containsExactly(full.forward(q, repeated(k), repeated(v)));

        double[] dq = new double[q.length];
        double[] dk = new double[k.length];
        double[] dv = new double[v.length];
        grouped.backward(q, k, v, dOut, dq, dk, dv);
        double[] fullDq = new double[q.length];
        double[] fullDk = new double[q.length];
        double[] fullDv = new double[q.length];
        full.backward(q, repeated(k), repeated(v), dOut, fullDq, fullDk, fullDv);
        assertThat(dq).containsExactly(fullDq);
        assertThat(dk).as("seed %d", seed).containsExactly(summed(fullDk), within(1e-13));
        assertThat(dv).as("seed %d", seed).containsExactly(summed(fullDv), within(1e-13));
    }

    /** Head 0 three times, then head 1 three times. */
    private static double[] repeated(double[] shared) {
        double[] all = new double[ROWS * HEADS * SIZE];
        for (int i = 0; i < all.length; i++) {
            all[i] = shared[shared(i)];
        }
        return all;
    }

    private static double[] summed(double[] all) {
        double[] shared = new double[ROWS * KV_HEADS * SIZE];
        for (int i = 0; i < all.length; i++) {
            shared[shared(i)] += all[i];
        }
        return shared;
    }

    private static int shared(int i) {
        int row = i / (HEADS * SIZE);
        int head = i / SIZE % HEADS;
        return (row * KV_HEADS + head / 3) * SIZE + i % SIZE;
    }

    @Test
    void largeScoresDoNotOverflow() {
        double[] q = {1e4, 1e4};
        double[] k = {1e4, 2e4};

        assertThat(new Attention(1, 2, 1, 1, 1).forward(q, k, new double[] {3, 5}))
                .containsExactly(3, 5);
    }

    @Test
    void aWrongShapeIsRefused() {
        assertThatThrownBy(() -> new Attention(1, 2, 3, 2, 1)).hasMessageContaining("multiples of kvHeads");
        assertThatThrownBy(() -> new Attention(1, 2, 1, 1, 1).forward(new double[2], new double[3], new double[2]))
                .hasMessage("training oracle: k must have 2 elements, got 3");
    }
}
