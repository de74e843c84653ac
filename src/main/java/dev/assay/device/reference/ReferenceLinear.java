package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.workload.LinearGemm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Each element's products added in fp64 in ascending order, then what C held, then rounded as an fp32 accumulator is. Tiny
 * models train on this in unit tests, so {@link BlockedProduct} is written to be fast.
 */
final class ReferenceLinear implements GemmRunner {
    private static final byte[] ALGORITHM = "ASCENDING".getBytes(StandardCharsets.UTF_8);

    private final LinearGemm gemm;
    private Optional<Scales> scales = Optional.empty();

    /** Of FP8's operands. */
    private record Scales(Fp32 a, Fp32 b) {
        double product() {
            return (double) a.get(0) * b.get(0);
        }
    }

    ReferenceLinear(LinearGemm gemm) {
        this.gemm = gemm;
    }

    @Override
    public List<byte[]> candidates() {
        return List.of(ALGORITHM.clone());
    }

    @Override
    public void choose(byte[] algorithm) {
        if (!Arrays.equals(algorithm, ALGORITHM)) {
            throw new DeviceException("choosing an algorithm for the GEMM " + gemm.label()
                    + ": the reference device has ASCENDING, got " + algorithm.length + " bytes: "
                    + new String(algorithm, StandardCharsets.UTF_8));
        }
    }

    @Override
    public String describe() {
        return "reference ASCENDING";
    }

    @Override
    public void scaleBy(DeviceMemory a, DeviceMemory b) {
        if (!gemm.precision().scaled()) {
            throw new IllegalArgumentException("scaling the GEMM " + gemm.label() + ": it must be of FP8");
        }
        scales = Optional.of(new Scales(Fp32.of(a, 1), Fp32.of(b, 1)));
    }

    @Override
    public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        Matrix left =
                Matrix.of("A of the GEMM " + gemm.label(), a, gemm.precision().a(), gemm.elementsOfA());
        Matrix right =
                Matrix.of("B of the GEMM " + gemm.label(), b, gemm.precision().b(), gemm.elementsOfB());
        Matrix product = Matrix.of("C of the GEMM " + gemm.label(), c, gemm.output(), gemm.elementsOfC());
        Optional<Scales> by = scales;
        SerialStream.of(stream).enqueue(() -> {
            multiplication(left.bf16Bits(gemm.elementsOfA()), right.bf16Bits(gemm.elementsOfB()))
                    .into(product, gemm.accumulate(), by.map(Scales::product).orElse(1.0));
        });
    }

    /** The pass as C = L · R. */
    private BlockedProduct multiplication(short[] a, short[] b) {
        int rows = gemm.rows();
        int inputs = gemm.inputs();
        int outputs = gemm.outputs();
        if (gemm.precision().scaled()) {
            return transposed(a, b);
        }
        return switch (gemm.pass()) {
            case FORWARD ->
                new BlockedProduct(
                        rows,
                        outputs,
                        inputs,
                        Strided.rows(a, inputs),
                        Strided.rows(b, inputs).transpose());
            case INPUT_GRADIENT ->
                new BlockedProduct(rows, inputs, outputs, Strided.rows(a, outputs), Strided.rows(b, inputs));
            case WEIGHT_GRADIENT ->
                new BlockedProduct(
                        outputs, inputs, rows, Strided.rows(a, outputs).transpose(), Strided.rows(b, inputs));
        };
    }

    /** A · Bᵀ, as FP8 lies. */
    private BlockedProduct transposed(short[] a, short[] b) {
        return switch (gemm.pass()) {
            case FORWARD -> transposed(a, b, gemm.rows(), gemm.outputs(), gemm.inputs());
            case INPUT_GRADIENT -> transposed(a, b, gemm.rows(), gemm.inputs(), gemm.outputs());
            case WEIGHT_GRADIENT -> transposed(a, b, gemm.outputs(), gemm.inputs(), gemm.rows());
        };
    }

    private static BlockedProduct transposed(short[] a, short[] b, int m, int n, int k) {
        return new BlockedProduct(
                m, n, k, Strided.rows(a, k), Strided.rows(b, k).transpose());
    }

    @Override
    public void close() {}
}
