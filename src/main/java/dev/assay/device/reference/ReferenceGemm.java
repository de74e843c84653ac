package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.workload.Gemm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Sums in a fixed order, one rounding to C's type. The accumulator is a float, for fp64 and integers a double, in which sums of
 * int8 products are exact. The two candidates differ in the order.
 */
final class ReferenceGemm implements GemmRunner {
    private final Gemm gemm;
    private Order order = Order.FOUR_COLUMNS;

    ReferenceGemm(Gemm gemm) {
        this.gemm = gemm;
    }

    /** How the k products of an element are summed. */
    private enum Order {
        /** Ascending in one sum; four columns side by side. */
        FOUR_COLUMNS,
        /** Four interleaved partial sums, added at the end. */
        SPLIT_K
    }

    @Override
    public List<byte[]> candidates() {
        return List.of(bytes(Order.FOUR_COLUMNS), bytes(Order.SPLIT_K));
    }

    @Override
    public void choose(byte[] algorithm) {
        String name = new String(algorithm, StandardCharsets.UTF_8);
        for (Order candidate : Order.values()) {
            if (candidate.name().equals(name)) {
                order = candidate;
                return;
            }
        }
        throw new DeviceException("choosing a GEMM algorithm: the reference device has FOUR_COLUMNS and SPLIT_K, got "
                + algorithm.length + " bytes: " + name);
    }

    @Override
    public String describe() {
        return "reference " + order;
    }

    @Override
    public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        Matrix left = Matrix.of("A of the GEMM", a, gemm.precision().a(), gemm.elementsOfA());
        Matrix right = Matrix.of("B of the GEMM", b, gemm.precision().b(), gemm.elementsOfB());
        Matrix product = Matrix.of("C of the GEMM", c, gemm.precision().c(), gemm.elementsOfC());
        Order chosen = order;
        SerialStream.of(stream).enqueue(() -> {
            switch (gemm.precision()) {
                case FP64, INT8 -> multiplyInDoubles(chosen, left, right, product);
                case BF16, FP16, TF32, FP32, FP8_E4M3, FP8_E5M2 -> multiply(chosen, left, right, product);
            }
        });
    }

    @Override
    public void close() {}

    private void multiplyInDoubles(Order chosen, Matrix a, Matrix b, Matrix c) {
        double[] left = a.doubles(gemm.elementsOfA());
        double[] right = b.doubles(gemm.elementsOfB());
        int parts = chosen == Order.SPLIT_K ? 4 : 1;
        for (int i = 0; i < gemm.m(); i++) {
            for (int j = 0; j < gemm.n(); j++) {
                double[] sums = new double[parts];
                for (int p = 0; p < gemm.k(); p++) {
                    sums[p % parts] += left[i * gemm.k() + p] * right[j * gemm.k() + p];
                }
                c.set((long) i * gemm.n() + j, Arrays.stream(sums).reduce(0, Double::sum));
            }
        }
    }

    private void multiply(Order chosen, Matrix a, Matrix b, Matrix c) {
        float[] left = a.floats(gemm.elementsOfA());
        float[] right = b.floats(gemm.elementsOfB());
        for (int i = 0; i < gemm.m(); i++) {
            switch (chosen) {
                case FOUR_COLUMNS -> rowByFourColumns(left, right, i, c);
                case SPLIT_K -> rowBySplitK(left, right, i, c);
            }
        }
    }

    private void rowByFourColumns(float[] a, float[] b, int i, Matrix c) {
        int k = gemm.k();
        int j = 0;
        for (; j + 4 <= gemm.n(); j += 4) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            for (int p = 0, x = i * k, y = j * k; p < k; p++, x++, y++) {
                s0 += a[x] * b[y];
                s1 += a[x] * b[y + k];
                s2 += a[x] * b[y + 2 * k];
                s3 += a[x] * b[y + 3 * k];
            }
            long at = (long) i * gemm.n() + j;
            c.set(at, s0);
            c.set(at + 1, s1);
            c.set(at + 2, s2);
            c.set(at + 3, s3);
        }
        for (; j < gemm.n(); j++) {
            float sum = 0;
            for (int p = 0; p < k; p++) {
                sum += a[i * k + p] * b[j * k + p];
            }
            c.set((long) i * gemm.n() + j, sum);
        }
    }

    private void rowBySplitK(float[] a, float[] b, int i, Matrix c) {
        int k = gemm.k();
        for (int j = 0; j < gemm.n(); j++) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            int p = 0;
            for (int x = i * k, y = j * k; p + 4 <= k; p += 4, x += 4, y += 4) {
                s0 += a[x] * b[y];
                s1 += a[x + 1] * b[y + 1];
                s2 += a[x + 2] * b[y + 2];
                s3 += a[x + 3] * b[y + 3];
            }
            for (; p < k; p++) {
                s0 += a[i * k + p] * b[j * k + p];
            }
            c.set((long) i * gemm.n() + j, (s0 + s1) + (s2 + s3));
        }
    }

    private static byte[] bytes(Order order) {
        return order.name().getBytes(StandardCharsets.UTF_8);
    }
}
