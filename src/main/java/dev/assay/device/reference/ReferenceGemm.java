package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.workload.Gemm;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** bf16 inputs, float sums in a fixed order, one rounding to bf16. The two candidates differ in that order. */
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
        HostMemory left = HostMemory.of(a);
        HostMemory right = HostMemory.of(b);
        HostMemory product = HostMemory.of(c);
        left.requireElements("A of the GEMM", (long) gemm.m() * gemm.k());
        right.requireElements("B of the GEMM", (long) gemm.n() * gemm.k());
        product.requireElements("C of the GEMM", (long) gemm.m() * gemm.n());
        Order chosen = order;
        SerialStream.of(stream).enqueue(() -> multiply(chosen, left, right, product));
    }

    @Override
    public void close() {}

    private void multiply(Order chosen, HostMemory a, HostMemory b, HostMemory c) {
        float[] left = a.floats(gemm.m() * gemm.k());
        float[] right = b.floats(gemm.n() * gemm.k());
        for (int i = 0; i < gemm.m(); i++) {
            switch (chosen) {
                case FOUR_COLUMNS -> rowByFourColumns(left, right, i, c);
                case SPLIT_K -> rowBySplitK(left, right, i, c);
            }
        }
    }

    private void rowByFourColumns(float[] a, float[] b, int i, HostMemory c) {
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

    private void rowBySplitK(float[] a, float[] b, int i, HostMemory c) {
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
