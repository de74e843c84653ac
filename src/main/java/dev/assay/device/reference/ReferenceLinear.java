package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Each element's products added in fp64 in ascending order, then what C held, then rounded as an fp32 accumulator is. Tiny
 * models train on this in unit tests, so {@link BlockedProduct} is written to be fast.
 */
final class ReferenceLinear implements GemmRunner {
    private static final byte[] ALGORITHM = "ASCENDING".getBytes(StandardCharsets.UTF_8);

    private final LinearGemm gemm;

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
    public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
        Matrix left = Matrix.of("A of the GEMM " + gemm.label(), a, ElementType.BF16, gemm.elementsOfA());
        Matrix right = Matrix.of("B of the GEMM " + gemm.label(), b, ElementType.BF16, gemm.elementsOfB());
        Matrix product = Matrix.of("C of the GEMM " + gemm.label(), c, gemm.output(), gemm.elementsOfC());
        SerialStream.of(stream).enqueue(() -> {
            multiplication(left.bits(gemm.elementsOfA()), right.bits(gemm.elementsOfB()))
                    .into(product, gemm.accumulate());
        });
    }

    /** The pass as C = L · R. */
    private BlockedProduct multiplication(short[] a, short[] b) {
        int rows = gemm.rows();
        int inputs = gemm.inputs();
        int outputs = gemm.outputs();
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

    @Override
    public void close() {}
}
