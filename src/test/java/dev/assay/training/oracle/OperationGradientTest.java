package dev.assay.training.oracle;

import static dev.assay.training.oracle.Slope.assertGradient;
import static dev.assay.training.oracle.Slope.dot;
import static dev.assay.training.oracle.Slope.normals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each operation alone: the gradient of Σ dy · y against finite differences, for every element of every input. */
class OperationGradientTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void linear() {
        Linear linear = new Linear(3, 7, 5);
        double[] x = normals(random, 21, 1);
        double[] weight = normals(random, 35, 1);
        double[] dy = normals(random, 15, 1);

        double[] dWeight = new double[35];
        double[] dx = linear.backward(x, weight, dy, dWeight);

        assertGradient("dx", seed, () -> dot(dy, linear.forward(x, weight)), x, dx);
        assertGradient("dWeight", seed, () -> dot(dy, linear.forward(x, weight)), weight, dWeight);
    }

    @Test
    void bias() {
        Bias bias = new Bias(3, 5);
        double[] x = normals(random, 15, 1);
        double[] b = normals(random, 5, 1);
        double[] dy = normals(random, 15, 1);

        double[] dBias = new double[5];
        bias.backward(dy, dBias);

        assertGradient("dx", seed, () -> dot(dy, bias.forward(x, b)), x, dy);
        assertGradient("dBias", seed, () -> dot(dy, bias.forward(x, b)), b, dBias);
    }

    @Test
    void embeddingOfRepeatedAndUnusedIds() {
        Embedding embedding = new Embedding(6, 3);
        int[] ids = {5, 0, 5, 2, 5};
        double[] table = normals(random, 18, 1);
        double[] dy = normals(random, 15, 1);

        double[] dTable = new double[18];
        embedding.backward(ids, dy, dTable);

        assertGradient("dTable", seed, () -> dot(dy, embedding.forward(ids, table)), table, dTable);
        assertThat(Arrays.copyOfRange(dTable, 9, 15)).containsOnly(0);
    }

    @Test
    void rmsNorm() {
        RmsNorm norm = new RmsNorm(3, 7);
        double[] x = normals(random, 21, 2);
        double[] weight = normals(random, 7, 1);
        double[] dy = normals(random, 21, 1);

        double[] dWeight = new double[7];
        double[] dx = norm.backward(x, weight, dy, dWeight);

        assertGradient("dx", seed, () -> dot(dy, norm.forward(x, weight)), x, dx);
        assertGradient("dWeight", seed, () -> dot(dy, norm.forward(x, weight)), weight, dWeight);
    }

    @Test
    void layerNorm() {
        LayerNorm norm = new LayerNorm(3, 7);
        double[] x = normals(random, 21, 2);
        double[] weight = normals(random, 7, 1);
        double[] bias = normals(random, 7, 1);
        double[] dy = normals(random, 21, 1);

        double[] dWeight = new double[7];
        double[] dBias = new double[7];
        double[] dx = norm.backward(x, weight, dy, dWeight, dBias);

        assertGradient("dx", seed, () -> dot(dy, norm.forward(x, weight, bias)), x, dx);
        assertGradient("dWeight", seed, () -> dot(dy, norm.forward(x, weight, bias)), weight, dWeight);
        assertGradient("dBias", seed, () -> dot(dy, norm.forward(x, weight, bias)), bias, dBias);
    }

    @Test
    void rope() {
        Rope rope = new Rope(2, 5, 3, 6, 500_000);
        double[] x = normals(random, 180, 1);
        double[] dy = normals(random, 180, 1);

        assertGradient("dx", seed, () -> dot(dy, rope.forward(x)), x, rope.backward(dy));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1, 1", "2, 5, 3, 3, 4", "2, 5, 4, 2, 3", "1, 7, 6, 1, 5"})
    void attention(int sequences, int length, int heads, int kvHeads, int headSize) {
        Attention attention = new Attention(sequences, length, heads, kvHeads, headSize);
        double[] q = normals(random, sequences * length * heads * headSize, 1);
        double[] k = normals(random, sequences * length * kvHeads * headSize, 1);
        double[] v = normals(random, k.length, 1);
        double[] dOut = normals(random, q.length, 1);

        double[] dq = new double[q.length];
        double[] dk = new double[k.length];
        double[] dv = new double[v.length];
        attention.backward(q, k, v, dOut, dq, dk, dv);

        assertGradient("dq", seed, () -> dot(dOut, attention.forward(q, k, v)), q, dq);
        assertGradient("dk", seed, () -> dot(dOut, attention.forward(q, k, v)), k, dk);
        assertGradient("dv", seed, () -> dot(dOut, attention.forward(q, k, v)), v, dv);
    }

    @Test
    void swiGlu() {
        double[] gate = normals(random, 23, 2);
        double[] up = normals(random, 23, 2);
        double[] dy = normals(random, 23, 1);

        double[] dGate = new double[23];
        double[] dUp = new double[23];
        SwiGlu.backward(gate, up, dy, dGate, dUp);

        assertGradient("dGate", seed, () -> dot(dy, SwiGlu.forward(gate, up)), gate, dGate);
        assertGradient("dUp", seed, () -> dot(dy, SwiGlu.forward(gate, up)), up, dUp);
    }

    @Test
    void gelu() {
        double[] x = normals(random, 23, 2);
        double[] dy = normals(random, 23, 1);

        assertGradient("dx", seed, () -> dot(dy, Gelu.forward(x)), x, Gelu.backward(x, dy));
    }

    @Test
    void crossEntropy() {
        CrossEntropy crossEntropy = new CrossEntropy(4, 3, 7);
        double[] x = normals(random, 12, 1);
        double[] weight = normals(random, 21, 1);
        int[] targets = {6, 0, 3, 3};

        double[] dWeight = new double[21];
        double[] dx = crossEntropy.backward(x, weight, targets, 0.37, dWeight);

        assertGradient("dx", seed, () -> 0.37 * sum(crossEntropy.forward(x, weight, targets)), x, dx);
        assertGradient("dWeight", seed, () -> 0.37 * sum(crossEntropy.forward(x, weight, targets)), weight, dWeight);
    }

    /** Gradients of parameters are added to what is there: micro-batches accumulate. */
    @Test
    void gradientsOfParametersAccumulate() {
        Linear linear = new Linear(2, 3, 4);
        double[] x = normals(random, 6, 1);
        double[] weight = normals(random, 12, 1);
        double[] dy = normals(random, 8, 1);
        double[] once = new double[12];
        linear.backward(x, weight, dy, once);

        double[] twice = once.clone();
        linear.backward(x, weight, dy, twice);

        assertThat(twice).as("seed %d", seed).containsExactly(Vectors.sum(once, once), within(1e-14));
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }
}
