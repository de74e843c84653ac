package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.assay.device.AdamW;
import dev.assay.device.Attention;
import dev.assay.device.Attention.Qkv;
import dev.assay.device.AttentionShape;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Lookup;
import dev.assay.device.Normalization;
import dev.assay.device.Normalization.Gradients;
import dev.assay.device.Normalization.Residual;
import dev.assay.device.Normalization.Statistics;
import dev.assay.device.RopeShape;
import dev.assay.device.SeededNormal;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.device.TrainingKernels.Rotation;
import dev.assay.workload.ElementType;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle itself, against formulas of the test's own in fp64, gradients against finite differences of those. */
class ReferenceTrainingTest {
    private final Tensors tensors = new Tensors();
    private final TrainingKernels kernels = tensors.kernels();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void normsAndTheirGradientsAreTheFormulas(boolean layer) {
        int rows = 3;
        int width = 5;
        double eps = 0.01f;
        double[] x = tensors.random(rows * width);
        double[] w = tensors.random(width);
        double[] b = layer ? tensors.random(width) : new double[width];
        double[] dOut = tensors.random(rows * width);
        DeviceMemory input = tensors.bf16(x);
        DeviceMemory weight = tensors.bf16(w);
        DeviceMemory bias = tensors.bf16(b);
        DeviceMemory out = tensors.poisonedBf16(rows * width);
        DeviceMemory mean = tensors.words(rows);
        DeviceMemory rstd = tensors.words(rows);
        DeviceMemory dX = tensors.bf16(new double[rows * width]);
        DeviceMemory dWeight = tensors.bf16(new double[width]);
        DeviceMemory dBias = tensors.bf16(new double[width]);
        DeviceMemory scratch = tensors.bytes(TrainingKernels.scratchBytes(rows, width));
        Statistics statistics = new Statistics(layer ? Optional.of(mean) : Optional.empty(), rstd);
        Normalization norm = new Normalization(
                rows, width, weight, layer ? Optional.of(bias) : Optional.empty(), (float) eps, statistics);
        kernels.norm(norm, new Residual(input, Optional.empty(), input), out, tensors.stream());
        Gradients gradients = new Gradients(dX, dWeight, layer ? Optional.of(dBias) : Optional.empty());
        kernels.normGradient(norm, tensors.bf16(dOut), input, gradients, scratch, tensors.stream());

        Tensors.assertClose(tensors.values(out), norm(layer, x, w, b, eps));
        Tensors.assertClose(
                tensors.values(dX), Tensors.numeric(x, at -> Tensors.dot(dOut, norm(layer, at, w, b, eps))));
        Tensors.assertClose(
                tensors.values(dWeight), Tensors.numeric(w, at -> Tensors.dot(dOut, norm(layer, x, at, b, eps))));
        if (layer) {
            Tensors.assertClose(
                    tensors.values(dBias), Tensors.numeric(b, at -> Tensors.dot(dOut, norm(true, x, w, at, eps))));
        }
    }

    private static double[] norm(boolean layer, double[] x, double[] w, double[] b, double eps) {
        int width = w.length;
        double[] out = new double[x.length];
        for (int start = 0; start < x.length; start += width) {
            double[] row = Arrays.copyOfRange(x, start, start + width);
            double mean = layer ? Arrays.stream(row).average().orElseThrow() : 0;
            double variance = Arrays.stream(row)
                    .map(v -> (v - mean) * (v - mean))
                    .average()
                    .orElseThrow();
            for (int i = 0; i < width; i++) {
                out[start + i] = (row[i] - mean) / Math.sqrt(variance + eps) * w[i] + b[i];
            }
        }
        return out;
    }

    @Test
    void deltaIsAddedAndGradientsAreAddedToWhatIsThere() {
        DeviceMemory before = tensors.bf16(1, 2);
        DeviceMemory after = tensors.poisonedBf16(2);
        DeviceMemory rstd = tensors.words(1);
        DeviceMemory dResidual = tensors.bf16(8, -8);
        DeviceMemory dWeight = tensors.bf16(16, 32);
        DeviceMemory ones = tensors.bf16(1, 1);
        Statistics statistics = new Statistics(Optional.empty(), rstd);
        Normalization norm = new Normalization(1, 2, ones, Optional.empty(), 0, statistics);
        kernels.norm(
                norm,
                new Residual(before, Optional.of(tensors.bf16(2, 2)), after),
                tensors.poisonedBf16(2),
                tensors.stream());
        kernels.normGradient(
                norm,
                ones,
                after,
                new Gradients(dResidual, dWeight, Optional.empty()),
                tensors.bytes(TrainingKernels.scratchBytes(1, 2)),
                tensors.stream());

        double r = 1 / Math.sqrt(12.5);
        assertThat(tensors.values(after)).containsExactly(3, 4);
        Tensors.assertClose(tensors.values(dWeight), 16 + 3 * r, 32 + 4 * r);
        Tensors.assertClose(tensors.values(dResidual), 8 + r * (1 - 3 * r * r * 3.5), -8 + r * (1 - 4 * r * r * 3.5));
    }

    @Test
    void ropeIsAComplexProductAndItsGradientTheInverse() {
        int rows = 5;
        int sequence = 4;
        double[] x = tensors.random(rows * 13);
        DeviceMemory memory = tensors.bf16(x);
        RopeShape shape = new RopeShape(rows, 2, 6, 13, sequence, 10_000);
        kernels.rope(memory, shape, Rotation.FORWARD, tensors.stream());
        double[] turned = x.clone();
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < 2; head++) {
                for (int i = 0; i < 3; i++) {
                    int at = row * 13 + head * 6 + i;
                    double angle = row % sequence / Math.pow(10_000, 2.0 * i / 6);
                    turned[at] = x[at] * Math.cos(angle) - x[at + 3] * Math.sin(angle);
                    turned[at + 3] = x[at] * Math.sin(angle) + x[at + 3] * Math.cos(angle);
                }
            }
        }
        Tensors.assertClose(tensors.values(memory), turned);

        kernels.rope(memory, shape, Rotation.BACKWARD, tensors.stream());

        double[] back = tensors.values(memory);
        for (int i = 0; i < x.length; i++) {
            assertThat(back[i]).isCloseTo(x[i], offset(0.03));
        }
    }

    @Test
    void activationsAndTheirGradients() {
        int n = 7;
        double[] gate = tensors.random(n);
        double[] up = tensors.random(n);
        double[] bias = tensors.random(n);
        double[] dOut = tensors.random(n);
        DeviceMemory swiGlu = tensors.poisonedBf16(n);
        DeviceMemory gateUp = tensors.bf16(joined(gate, up));
        DeviceMemory dGateUp = tensors.poisonedBf16(2 * n);
        DeviceMemory gelu = tensors.poisonedBf16(n);
        DeviceMemory dX = tensors.poisonedBf16(n);
        DeviceMemory g = tensors.bf16(gate);
        DeviceMemory dy = tensors.bf16(dOut);
        kernels.swiGlu(gateUp, 1, n, swiGlu, tensors.stream());
        kernels.swiGluGradient(dy, gateUp, 1, n, dGateUp, tensors.stream());
        kernels.gelu(g, tensors.bf16(bias), 1, n, gelu, tensors.stream());
        kernels.geluGradient(dy, g, tensors.bf16(bias), 1, n, dX, tensors.stream());

        Tensors.assertClose(tensors.values(swiGlu), swiGlu(gate, up));
        Tensors.assertClose(
                tensors.values(dGateUp),
                joined(
                        Tensors.numeric(gate, at -> Tensors.dot(dOut, swiGlu(at, up))),
                        Tensors.numeric(up, at -> Tensors.dot(dOut, swiGlu(gate, at)))));
        Tensors.assertClose(tensors.values(gelu), gelu(gate, bias));
        Tensors.assertClose(tensors.values(dX), Tensors.numeric(gate, at -> Tensors.dot(dOut, gelu(at, bias))));
    }

    private static double[] joined(double[] first, double[] second) {
        double[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static double[] swiGlu(double[] gate, double[] up) {
        double[] out = new double[gate.length];
        Arrays.setAll(out, i -> gate[i] / (1 + Math.exp(-gate[i])) * up[i]);
        return out;
    }

    private static double[] gelu(double[] x, double[] bias) {
        double[] out = new double[x.length];
        Arrays.setAll(out, i -> {
            double h = x[i] + bias[i];
            return 0.5 * h * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (h + 0.044715 * Math.pow(h, 3))));
        });
        return out;
    }

    @Test
    void crossEntropyAndItsGradient() {
        double[] x = tensors.random(3 * 5);
        DeviceMemory logits = tensors.bf16(x);
        DeviceMemory losses = tensors.words(3);
        kernels.crossEntropy(logits, tensors.ints(4, -1, 0), 3, 5, 0.5f, losses, tensors.stream());

        double[] first = Arrays.copyOf(x, 5);
        double[] third = Arrays.copyOfRange(x, 10, 15);
        double[] gradient = tensors.values(logits);
        Tensors.assertClose(tensors.floats(losses), loss(first, 4), 0, loss(third, 0));
        Tensors.assertClose(Arrays.copyOf(gradient, 5), Tensors.numeric(first, at -> 0.5 * loss(at, 4)));
        assertThat(Arrays.copyOfRange(gradient, 5, 10)).containsOnly(0);
        Tensors.assertClose(Arrays.copyOfRange(gradient, 10, 15), Tensors.numeric(third, at -> 0.5 * loss(at, 0)));
    }

    private static double loss(double[] x, int target) {
        return Math.log(Arrays.stream(x).map(Math::exp).sum()) - x[target];
    }

    @Test
    void aTargetOutsideTheVocabularyIsNotANumber() {
        DeviceMemory losses = tensors.words(2);
        kernels.crossEntropy(tensors.bf16(1, 2, 3, 4), tensors.ints(2, -2), 2, 2, 1, losses, tensors.stream());

        assertThat(tensors.floats(losses)).containsOnly(Double.NaN);
    }

    @Test
    void embedsAndAddsGradientsOfRowsThatShareAToken() {
        DeviceMemory out = tensors.poisonedBf16(6);
        DeviceMemory dTable = tensors.bf16(100, 100, 100, 100, 100, 100);
        Lookup lookup = new Lookup(tensors.ints(2, 0, 2), 3, 3, 2);
        kernels.embed(lookup, tensors.bf16(1, 2, 3, 4, 5, 6), out, tensors.stream());
        kernels.embedGradient(lookup, tensors.bf16(1, 2, 4, 8, 16, 32), dTable, tensors.stream());

        assertThat(tensors.values(out)).containsExactly(5, 6, 1, 2, 5, 6);
        assertThat(tensors.values(dTable)).containsExactly(104, 108, 100, 100, 117, 134);
    }

    /** Two heads that share keys and values, three rows. */
    @Test
    void attentionIsTheSoftmaxOfProductsAndItsGradientTheDifferences() {
        AttentionShape shape = new AttentionShape(1, 3, 2, 1, 64, 128, 64);
        double[] q = tensors.random(3 * 128);
        double[] k = tensors.random(3 * 64);
        double[] v = tensors.random(3 * 64);
        double[] dOut = tensors.random(3 * 128);
        DeviceMemory query = tensors.bf16(q);
        DeviceMemory key = tensors.bf16(k);
        DeviceMemory value = tensors.bf16(v);
        DeviceMemory out = tensors.poisonedBf16(3 * 128);
        DeviceMemory lse = tensors.words(6);
        DeviceMemory dQuery = tensors.poisonedBf16(3 * 128);
        DeviceMemory dKey = tensors.poisonedBf16(3 * 64);
        DeviceMemory dValue = tensors.poisonedBf16(3 * 64);
        Attention attention = new Attention(shape, new Qkv(query, key, value), out, lse);
        kernels.attention(attention, tensors.stream());
        double[] rounded = tensors.values(out);
        Qkv gradients = new Qkv(dQuery, dKey, dValue);
        kernels.attentionGradient(attention, tensors.bf16(dOut), gradients, tensors.words(6), tensors.stream());

        Tensors.assertClose(rounded, attention(q, k, v));
        // dO · out is taken of the rounded out, 2⁻⁹ of terms up to 4
        assertNear(tensors.values(dQuery), Tensors.numeric(q, at -> Tensors.dot(dOut, attention(at, k, v))));
        assertNear(tensors.values(dKey), Tensors.numeric(k, at -> Tensors.dot(dOut, attention(q, at, v))));
        assertNear(tensors.values(dValue), Tensors.numeric(v, at -> Tensors.dot(dOut, attention(q, k, at))));
    }

    private static void assertNear(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as("element %d", i).isCloseTo(expected[i], offset(0.03));
        }
    }

    private static double[] attention(double[] q, double[] k, double[] v) {
        double[] out = new double[q.length];
        for (int head = 0; head < 2; head++) {
            for (int row = 0; row < 3; row++) {
                double[] weights = new double[row + 1];
                for (int key = 0; key <= row; key++) {
                    for (int e = 0; e < 64; e++) {
                        weights[key] += q[row * 128 + head * 64 + e] * k[key * 64 + e] / 8;
                    }
                }
                double sum = Arrays.stream(weights).map(Math::exp).sum();
                for (int key = 0; key <= row; key++) {
                    for (int e = 0; e < 64; e++) {
                        out[row * 128 + head * 64 + e] += Math.exp(weights[key]) / sum * v[key * 64 + e];
                    }
                }
            }
        }
        return out;
    }

    @Test
    void biasesAreAddedAndTheirGradientIsTheSumOfColumns() {
        DeviceMemory x = tensors.bf16(1, 2, 3, 4, 5, 6);
        DeviceMemory dBias = tensors.bf16(1, 1, 1);
        kernels.biasGradient(x, 2, 3, dBias, tensors.bytes(TrainingKernels.scratchBytes(2, 3)), tensors.stream());
        kernels.addBias(x, tensors.bf16(1, 0, -1), 2, 3, tensors.stream());

        assertThat(tensors.values(dBias)).containsExactly(6, 8, 10);
        assertThat(tensors.values(x)).containsExactly(2, 2, 2, 5, 5, 5);
    }

    @Test
    void normAndClipping() {
        DeviceMemory partials = tensors.bytes((long) TrainingKernels.SQUARE_PARTS * Double.BYTES);
        DeviceMemory sum = tensors.words(1);
        DeviceMemory clipped = tensors.words(2);
        DeviceMemory free = tensors.words(2);
        kernels.sumOfSquares(new Tensor(tensors.bf16(6, -8), ElementType.BF16, 2), partials, tensors.stream());
        kernels.sumPartials(partials, TrainingKernels.SQUARE_PARTS, sum, tensors.stream());
        kernels.clipScale(sum, 0.5f, 1, clipped, tensors.stream());
        kernels.clipScale(sum, 0.5f, 6, free, tensors.stream());

        assertThat(tensors.floats(sum)).containsExactly(100);
        Tensors.assertClose(tensors.floats(clipped), 0.1, 5);
        assertThat(tensors.floats(free)).containsExactly(0.5, 5);
    }

    /** torch.optim.AdamW's single-tensor loop, written down again. */
    @Test
    void adamWIsTorchs() {
        int n = 3;
        double[] p = {1, -2, 0.5};
        double[] m = new double[n];
        double[] v = new double[n];
        double[] gradient = {0.5, -1, 4};
        DeviceMemory master = tensors.fp32(p);
        DeviceMemory first = tensors.fp32(m);
        DeviceMemory second = tensors.fp32(v);
        DeviceMemory weight = tensors.poisonedBf16(n);
        for (int step = 1; step <= 10; step++) {
            kernels.adamW(
                    new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1, step),
                    new AdamW.States(master, first, second),
                    new Tensor(tensors.bf16(gradient), ElementType.BF16, n),
                    tensors.fp32(0.5),
                    weight,
                    tensors.stream());
            for (int i = 0; i < n; i++) {
                double g = 0.5 * gradient[i];
                p[i] *= 1 - 0.01 * 0.1;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                double denominator = Math.sqrt(v[i]) / Math.sqrt(1 - Math.pow(0.999, step)) + 1e-8;
                p[i] -= 0.01 / (1 - Math.pow(0.9, step)) * m[i] / denominator;
            }
            Tensors.assertClose(tensors.floats(master), 1e-5, p);
        }
        Tensors.assertClose(tensors.values(weight), p);
        Tensors.assertClose(tensors.floats(first), 1e-5, m);
        Tensors.assertClose(tensors.floats(second), 1e-5, v);
    }

    @Test
    void aShardOfInitialWeightsIsAPieceOfTheWhole() {
        int n = 10_000;
        DeviceMemory whole = tensors.words(n);
        DeviceMemory shard = tensors.words(10);
        DeviceMemory weight = tensors.poisonedBf16(n);
        kernels.initNormal(whole, weight, n, new SeededNormal(77, 0, 0, 0.02), tensors.stream());
        kernels.initNormal(shard, tensors.poisonedBf16(10), 10, new SeededNormal(77, 500, 0, 0.02), tensors.stream());

        double[] values = tensors.floats(whole);
        assertThat(tensors.floats(shard)).containsExactly(Arrays.copyOfRange(values, 500, 510));
        assertThat(Arrays.stream(values).average().orElseThrow()).isCloseTo(0, offset(0.02 * 5 / 100));
        assertThat(Math.sqrt(Arrays.stream(values).map(x -> x * x).average().orElseThrow()))
                .isCloseTo(0.02, offset(0.02 * 0.04));
        Tensors.assertClose(tensors.values(weight), values);
    }

    @Test
    void aDeviationOfZeroIsAConstant() {
        DeviceMemory weight = tensors.poisonedBf16(3);
        kernels.initNormal(tensors.words(3), weight, 3, new SeededNormal(1, 0, 1, 0), tensors.stream());

        assertThat(tensors.values(weight)).containsOnly(1);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        DeviceMemory small = tensors.bf16(1, 2, 3);
        DeviceMemory right = tensors.bf16(1, 2, 3, 4);

        assertThatThrownBy(() -> kernels.swiGlu(tensors.bf16(new double[8]), 2, 2, small, tensors.stream()))
                .hasMessage("enqueuing swiGlu on 2 × 2: out must hold at least 8 bytes, got 6;"
                        + " see dev.assay.device.TrainingKernels for the shapes of its operands");
        assertThatThrownBy(() -> kernels.addBias(right, right, 0, 2, tensors.stream()))
                .hasMessageContaining("rows or elements must be above 0, got 0");
        assertThatThrownBy(() -> kernels.addBias(right, right, Long.MAX_VALUE, 2, tensors.stream()))
                .hasMessageContaining("elements must be at most");
        assertThatThrownBy(() -> rope(right, new RopeShape(1, 1, 3, 4, 1, 10_000)))
                .hasMessageContaining("headSize must be even, got 3");
        assertThatThrownBy(() -> rope(right, new RopeShape(1, 2, 4, 7, 1, 10_000)))
                .hasMessageContaining("stride must be at least heads · headSize, got 7");
        assertThatThrownBy(() -> kernels.embed(new Lookup(right, 1, 1, 20_000), right, right, tensors.stream()))
                .hasMessageContaining("width must be at most 12288, got 20000");
        assertThatThrownBy(() -> kernels.sumOfSquares(new Tensor(right, ElementType.INT8, 1), right, tensors.stream()))
                .hasMessageContaining("type must be BF16 or FP32, got INT8");
        Tensor two = new Tensor(right, ElementType.BF16, 2);
        Tensor four = new Tensor(right, ElementType.BF16, 4);
        assertThatThrownBy(() -> kernels.carry(two, four, false, tensors.stream()))
                .hasMessageContaining("both must have as many elements, got 2");
        Statistics withoutMean = new Statistics(Optional.empty(), right);
        Normalization norm = new Normalization(1, 2, right, Optional.empty(), 0, withoutMean);
        Gradients ofLayerNorm = new Gradients(right, right, Optional.of(right));
        assertThatThrownBy(() -> kernels.normGradient(norm, right, right, ofLayerNorm, right, tensors.stream()))
                .hasMessageContaining("a bias must have a gradient, and nothing else may, got one");
        assertThatThrownBy(() -> new Normalization(1, 2, right, Optional.of(right), 0, withoutMean))
                .hasMessageContaining("got a bias alone");
        assertThatThrownBy(() -> new AdamW(0.1, 1, 0.9, 0, 0, 1)).hasMessageContaining("betas in [0, 1)");
    }

    private void rope(DeviceMemory x, RopeShape shape) {
        kernels.rope(x, shape, Rotation.FORWARD, tensors.stream());
    }
}
