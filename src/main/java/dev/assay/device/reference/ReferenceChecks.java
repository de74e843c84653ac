package dev.assay.device.reference;

import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.FreivaldsBound;
import dev.assay.measurement.Check;
import dev.assay.workload.Gemm;
import java.util.Locale;

/** The checks, as plain as they can be: every other device's are compared with these. */
final class ReferenceChecks {
    /** Two random vectors: what one hides by chance the other shows. */
    private static final int VECTORS = 2;

    private ReferenceChecks() {}

    static long wrongSums(HostMemory reduced, long elements, long seed, int ranks) {
        reduced.requireElements("checking sums", elements);
        long wrong = 0;
        for (long i = 0; i < elements; i++) {
            int sum = 0;
            for (int rank = 0; rank < ranks; rank++) {
                sum += Counter.gradient(seed, i, rank, ranks);
            }
            if (!(reduced.get(i) == sum)) {
                wrong++;
            }
        }
        return wrong;
    }

    static Check freivalds(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, long seed) {
        Operands operands = Operands.of(gemm, a, b, c);
        Worst worst = new Worst();
        boolean[] wrongRow = new boolean[gemm.m()];
        double[] squares = operands.squaresOfColumns();
        for (int vector = 0; vector < VECTORS; vector++) {
            long signs = Counter.hash(seed, vector);
            double[] combined = operands.combinedColumns(signs);
            for (int i = 0; i < gemm.m(); i++) {
                double units = operands.rowDeviation(combined, squares, signs, i);
                wrongRow[i] |= !(units <= 1);
                worst.see(units, "row " + i);
            }
        }
        long wrong = 0;
        for (boolean row : wrongRow) {
            wrong += row ? 1 : 0;
        }
        return new Check(
                "gemm.freivalds",
                gemm.elementsOfC(),
                wrong,
                worst.units,
                VECTORS + " random vectors over all of C, wrong counted in rows of " + gemm.n()
                        + ", bound 8 standard deviations of rounding in "
                        + gemm.precision().key() + worst.words());
    }

    static Check elements(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, int samples, long seed) {
        Operands operands = Operands.of(gemm, a, b, c);
        Worst worst = new Worst();
        long wrong = 0;
        for (int s = 0; s < samples; s++) {
            int i = (int) Long.remainderUnsigned(Counter.hash(seed, 2L * s), gemm.m());
            int j = (int) Long.remainderUnsigned(Counter.hash(seed, 2L * s + 1), gemm.n());
            double units = operands.elementDeviation(i, j);
            wrong += units <= 1 ? 0 : 1;
            worst.see(units, "element (" + i + ", " + j + ")");
        }
        return new Check(
                "gemm.fp64",
                samples,
                wrong,
                worst.units,
                "elements recomputed in fp64, bound one rounding of "
                        + gemm.precision().key() + worst.words());
    }

    private record Operands(Gemm gemm, Matrix a, Matrix b, Matrix c) {
        static Operands of(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
            return new Operands(
                    gemm,
                    Matrix.of("A of the check", a, gemm.precision().a(), gemm.elementsOfA()),
                    Matrix.of("B of the check", b, gemm.precision().b(), gemm.elementsOfB()),
                    Matrix.of("C of the check", c, gemm.precision().c(), gemm.elementsOfC()));
        }

        /** Bᵀ·r, one value for each of k. */
        double[] combinedColumns(long signs) {
            double[] combined = new double[gemm.k()];
            for (int j = 0; j < gemm.n(); j++) {
                int sign = Counter.sign(signs, j);
                for (int p = 0; p < gemm.k(); p++) {
                    combined[p] += sign * b.get((long) j * gemm.k() + p);
                }
            }
            return combined;
        }

        /** Σⱼ bⱼₚ², one value for each of k. */
        double[] squaresOfColumns() {
            double[] squares = new double[gemm.k()];
            for (int j = 0; j < gemm.n(); j++) {
                for (int p = 0; p < gemm.k(); p++) {
                    double value = b.get((long) j * gemm.k() + p);
                    squares[p] += value * value;
                }
            }
            return squares;
        }

        double rowDeviation(double[] combined, double[] squares, long signs, int row) {
            double expected = 0;
            double products = 0;
            for (int p = 0; p < gemm.k(); p++) {
                double value = a.get((long) row * gemm.k() + p);
                expected += value * combined[p];
                products += value * value * squares[p];
            }
            double found = 0;
            double rounding = 0;
            for (int j = 0; j < gemm.n(); j++) {
                long at = (long) row * gemm.n() + j;
                found += Counter.sign(signs, j) * c.get(at);
                rounding += c.halfUlp(at) * c.halfUlp(at);
            }
            double bound = FreivaldsBound.ofRow(rounding, products, FreivaldsBound.accumulation(gemm));
            return FreivaldsBound.units(found - expected, bound);
        }

        double elementDeviation(int i, int j) {
            double exact = 0;
            double squares = 0;
            for (int p = 0; p < gemm.k(); p++) {
                double product = a.get((long) i * gemm.k() + p) * b.get((long) j * gemm.k() + p);
                exact += product;
                squares += product * product;
            }
            long at = (long) i * gemm.n() + j;
            double bound = FreivaldsBound.ofElement(c.halfUlp(at), squares, FreivaldsBound.elementAccumulation(gemm));
            return FreivaldsBound.units(c.get(at) - exact, bound);
        }
    }

    /** The largest deviation and the first wrong place. */
    private static final class Worst {
        private double units;
        private String firstWrong = "";

        void see(double seen, String place) {
            units = Math.max(units, seen);
            if (!(seen <= 1) && firstWrong.isEmpty()) {
                firstWrong = place;
            }
        }

        String words() {
            String most = String.format(Locale.ROOT, "; worst %.3g of the bound", units);
            return firstWrong.isEmpty() ? most : most + "; first wrong: " + firstWrong;
        }
    }
}
