package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * C = A · Bᵀ; A is m × k, B is n × k, C is m × n, all row-major, so both inputs are contiguous along k.
 *
 * @param precision bf16 is written as nothing, as in plans that knew no other
 */
public record Gemm(
        int m,
        int n,
        int k,

        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Gemm.Unwritten.class)
        Precision precision) {
    private static final String PRECISION = "precision";
    private static final Set<String> SIDES = Set.of("m", "n", "k");

    public Gemm {
        if (m <= 0 || n <= 0 || k <= 0) {
            throw new IllegalArgumentException("gemm must have m, n, k > 0, got " + m + " × " + n + " × " + k);
        }
        int granule = precision.granule();
        if (m % granule != 0 || n % granule != 0 || k % granule != 0) {
            throw new IllegalArgumentException("gemm in " + precision.key() + " must have m, n, k in multiples of "
                    + granule + ", got " + m + " × " + n + " × " + k);
        }
    }

    /** In bf16. */
    public Gemm(int m, int n, int k) {
        this(m, n, k, Precision.BF16);
    }

    /** Strict, but for a precision that is not there. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Gemm read(Map<String, Object> written) {
        boolean known = written.keySet().stream().allMatch(key -> SIDES.contains(key) || key.equals(PRECISION));
        if (!known || !written.keySet().containsAll(SIDES)) {
            throw new IllegalArgumentException("gemm must have m, n, k and at most precision, got " + written.keySet());
        }
        Object precision = written.containsKey(PRECISION) ? written.get(PRECISION) : Precision.BF16.key();
        return new Gemm(
                side(written, "m"), side(written, "n"), side(written, "k"), Precision.of(String.valueOf(precision)));
    }

    private static int side(Map<String, Object> written, String name) {
        if (written.get(name) instanceof Integer side) {
            return side;
        }
        throw new IllegalArgumentException(
                "gemm's " + name + " must be a whole number of 32 bits, got " + written.get(name));
    }

    /** Its shape, m × n × k. */
    public String words() {
        return m + " × " + n + " × " + k;
    }

    /** Its shape as conditions name it. */
    public String shape() {
        return m + "x" + n + "x" + k;
    }

    /** What distinguishes it from every other GEMM: {@code fp8-e4m3 8192x8192x8192}. */
    public String label() {
        return precision.key() + " " + shape();
    }

    /** Floating-point operations (in int8: integer ones): 2·m·n·k. */
    public double flop() {
        return 2.0 * m * n * k;
    }

    /** FLOP for each byte of A, B and C, each of them moved once. */
    public double intensity() {
        return flop() / (bytesOfA() + bytesOfB() + bytesOfC());
    }

    public long elementsOfA() {
        return (long) m * k;
    }

    public long elementsOfB() {
        return (long) n * k;
    }

    public long elementsOfC() {
        return (long) m * n;
    }

    public long bytesOfA() {
        return precision.a().bytes() * elementsOfA();
    }

    public long bytesOfB() {
        return precision.b().bytes() * elementsOfB();
    }

    public long bytesOfC() {
        return precision.c().bytes() * elementsOfC();
    }

    /** Equals, as Jackson's value filters must, what is not written. */
    static final class Unwritten {
        @Override
        public boolean equals(Object value) {
            return value == Precision.BF16;
        }

        @Override
        public int hashCode() {
            return Objects.hashCode(Precision.BF16);
        }
    }
}
